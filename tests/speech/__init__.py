"""Tests of callbot.speech."""

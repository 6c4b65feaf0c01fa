"""Tests of callbot.console."""

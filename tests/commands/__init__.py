"""Tests of callbot.commands."""

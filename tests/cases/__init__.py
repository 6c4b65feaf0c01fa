"""Tests of callbot.cases."""

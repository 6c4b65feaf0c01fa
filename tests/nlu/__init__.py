"""Tests of callbot.nlu."""

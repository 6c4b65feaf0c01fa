"""Tests of what measures understanding."""

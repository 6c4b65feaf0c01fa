"""Tests of the dialog: no engines, no clock, no store."""

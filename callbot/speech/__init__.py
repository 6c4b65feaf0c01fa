"""Hearing and speaking: when somebody talks, what was said, and how to say it."""

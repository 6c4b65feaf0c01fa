"""Measures callbot: words, answers, load, interruptions, emergencies. What `callbot bench` runs."""

"""What to ask, what to say and what to decide: all pure."""

"""What the command line can do, by kind."""

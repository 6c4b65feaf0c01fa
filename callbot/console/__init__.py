"""The web side: what carriers ask for, what machines watch, what people look at."""

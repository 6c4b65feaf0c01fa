"""Cases: what callers reported, how it was filed, and who has to do something about it."""

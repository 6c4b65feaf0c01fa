"""Understanding of what a caller says: emergencies, intents and slots."""

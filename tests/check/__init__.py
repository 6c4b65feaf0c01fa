"""Tests of callbot.check: what is easier to try on the shipped content than in a copied file (see test_content.py)."""

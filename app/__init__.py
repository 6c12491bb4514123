"""Touchstone's application: it judges what the models saw and the index matched, and acts on it."""

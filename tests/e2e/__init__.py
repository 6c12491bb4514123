"""One story, end to end."""

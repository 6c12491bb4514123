"""Reading text in photos."""

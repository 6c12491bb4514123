"""The Python client against the description, a real server, and a network that fails."""

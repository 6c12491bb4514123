"""Doors for people at a terminal: each parses its arguments and makes one call."""

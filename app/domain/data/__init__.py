"""Packaged word lists that the domain reads; data alone, no code."""

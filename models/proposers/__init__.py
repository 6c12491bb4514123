"""Proposers: photo in, regions out."""

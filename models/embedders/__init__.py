"""Embedders: regions in, unit rows out."""

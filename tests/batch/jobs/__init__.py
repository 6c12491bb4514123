"""Tests of catalogues in the background."""

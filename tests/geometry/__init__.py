"""Tests of the geometric check, on drawn marks whose true transform is known."""

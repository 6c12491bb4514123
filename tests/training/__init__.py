"""Tests of `models/training/`."""

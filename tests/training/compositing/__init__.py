"""Tests of the compositor."""

"""Tests of catalogue scoring."""

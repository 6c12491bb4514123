"""Tests of what running a network costs."""

"""Tests of the doors for people at a terminal."""

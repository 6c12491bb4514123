"""Tests of the speed report."""

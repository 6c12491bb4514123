"""Patches that look as if somebody hid something: statistics, trees, and the detector."""

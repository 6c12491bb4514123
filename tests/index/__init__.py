"""Tests of the index: exactness, changes, snapshots and replacement while it answers."""

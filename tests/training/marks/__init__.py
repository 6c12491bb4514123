"""Tests of where training marks come from."""

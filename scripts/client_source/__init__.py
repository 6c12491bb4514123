"""Turns the API's description into the source of the Python client's models and calls."""

"""Measures what Touchstone finds and what it raises for nothing.

A run exports its predictions first, through the same class that the API uses, and scores them
afterwards; ties count against us, and every figure carries a bootstrap interval.
"""

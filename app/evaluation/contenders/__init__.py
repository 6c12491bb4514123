"""Everybody who is measured, behind one role: Touchstone itself and the rivals.

    references ─▶ enrol          regions of a query ─▶ rank ─▶ brands, strongest first

A contender is given the same references and the same queries as every other, and never the truth.
"""

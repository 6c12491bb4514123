"""Measures what Touchstone finds and what it raises for nothing.

    data ─▶ suite.export ─▶ every contender, the same questions ─▶ predictions in a folder
    folder ─▶ suite.score ─▶ figures as JSON and Markdown, with no model and no photo

Touchstone answers through the classes that the API uses, and rivals answer beside it. Ties count
against whoever was asked, and every figure carries a bootstrap interval over photos.
"""

"""The case file's pages."""

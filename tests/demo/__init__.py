"""The demo's photos and the report."""

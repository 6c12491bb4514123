"""Alembic's folder: `env.py` runs revisions, `versions/` holds them, oldest `0001`."""

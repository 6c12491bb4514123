"""Tests of `app.storage`: one contract, on SQLite and, where there is one, on PostgreSQL."""

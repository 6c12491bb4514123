"""Tests of the domain, which needs neither models nor a database."""

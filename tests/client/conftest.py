"""The furnished service, for these tests."""

from tests.furnished import furnished, start, start_once

__all__ = ["furnished", "start", "start_once"]

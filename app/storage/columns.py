"""Column types that read the same from SQLite and PostgreSQL.

Values go in and come out as domain types; what cannot be stored without loss (a date and time
without a time zone) is refused instead of guessed at.
"""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer
from sqlalchemy.types import TypeDecorator

# SQLite hands out AUTOINCREMENT ids for a column typed exactly INTEGER, which holds 64 bits there.
ID = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware and in UTC on the way out, whatever the database made of it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any aware moment into UTC.

        Raises:
            ValueError: when the value has no time zone.
        """
        del dialect
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Attach UTC to SQLite's naive values, convert PostgreSQL's aware ones."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def utc_now() -> datetime:
    """Return this moment, as `UtcDateTime` gives it back."""
    return datetime.now(UTC)

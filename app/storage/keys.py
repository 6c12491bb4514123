"""API keys: made, found by their prefix, revoked and never deleted."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, update

from app.domain.identity import ApiKey, NewKey, Scope
from app.storage.audit import log_changes
from app.storage.columns import utc_now
from app.storage.database import Database
from app.storage.names import display_name
from app.storage.service_tables import ApiKeyRow
from app.storage.versioned import found


class SqlKeyStore:
    """Implements `app.domain.ports.KeyStore`."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def add(self, new: NewKey) -> ApiKey:
        """Keep a key; `InvalidInputError` when its name cannot be stored."""
        row = ApiKeyRow(
            name=display_name(new.name),
            prefix=new.prefix,
            digest=new.digest,
            scopes=[str(scope) for scope in new.scopes],
            rate_per_minute=new.rate_per_minute,
            created_at=self._clock(),
        )
        with self._database.session(write=True) as session:
            session.add(row)
            log_changes(session, row.created_at)
        return _key(row)

    def get(self, key_id: int) -> ApiKey:
        """Return one key, or raise `NotFoundError`."""
        with self._database.session() as session:
            return _key(found(session.get(ApiKeyRow, key_id), "key", key_id))

    def with_prefix(self, prefix: str) -> ApiKey | None:
        """Return the key that a token's prefix names, revoked or not."""
        with self._database.session() as session:
            row = session.scalar(select(ApiKeyRow).where(ApiKeyRow.prefix == prefix))
            return None if row is None else _key(row)

    def list(self, *, after: int = 0, limit: int = 100) -> list[ApiKey]:
        """Return keys with ids above `after`, ascending."""
        page = select(ApiKeyRow).where(ApiKeyRow.id > after).order_by(ApiKeyRow.id).limit(limit)
        with self._database.session() as session:
            return [_key(row) for row in session.scalars(page)]

    def any(self) -> bool:
        """Tell whether a key was ever made, revoked ones included."""
        with self._database.session() as session:
            return session.scalar(select(ApiKeyRow.id).limit(1)) is not None

    def revoke(self, key_id: int) -> ApiKey:
        """Revoke a key, for good; the first moment counts. `NotFoundError`."""
        with self._database.session(write=True) as session:
            row = found(session.get(ApiKeyRow, key_id, with_for_update=True), "key", key_id)
            row.revoked_at = row.revoked_at or self._clock()
            log_changes(session, row.revoked_at)
        return _key(row)

    def used(self, key_id: int) -> None:
        """Note that a key was used at this moment."""
        with self._database.session(write=True) as session:
            session.execute(
                update(ApiKeyRow).where(ApiKeyRow.id == key_id).values(last_used_at=self._clock())
            )


def _key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        digest=row.digest,
        scopes=tuple(Scope(text) for text in row.scopes),
        rate_per_minute=row.rate_per_minute,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )

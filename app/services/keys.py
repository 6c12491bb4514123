"""Makes keys, and tells who is asking from the token that a request carries.

A token is shown once, when its key is made. Its secret has 256 random bits, so one round of SHA-256
is all the hashing that it needs; the slow hashes that passwords ask for would only slow every
request down. Digests are compared in constant time.

As long as no key was ever made the service is open, which suits a machine of one's own; from the
first key on it is closed, and revoking the last one does not open it again.
"""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from app.domain.errors import StorageError, UnauthenticatedError
from app.domain.identity import TOKEN, ApiKey, NewKey, Principal, Scope
from app.domain.ports import KeyStore

_NOTE_EVERY = 60.0  # seconds between two notes of a key's last use
_LOOK_EVERY = 1.0  # seconds for which a service without keys stays open unasked


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key with its token, which nobody can see again."""

    key: ApiKey
    token: str


class KeyKeeper:
    """Keys of one service; safe to share between threads."""

    def __init__(self, store: KeyStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._noted: dict[int, float] = {}
        self._closed = False
        self._looked = -_LOOK_EVERY

    @property
    def store(self) -> KeyStore:
        """Where they are kept."""
        return self._store

    def make(
        self, name: str, scopes: Sequence[Scope], rate_per_minute: int | None = None
    ) -> MadeKey:
        """Make a key.

        Raises:
            InvalidInputError: when it has no name, no scope or a rate below one.
        """
        prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        new = NewKey(name, prefix, _digest(secret), tuple(scopes), rate_per_minute)
        made = MadeKey(self._store.add(new), f"ts_{prefix}_{secret}")
        self._closed = True
        return made

    def closed(self) -> bool:
        """Tell whether a key is needed: whether one was ever made, here or in another process."""
        now = self._clock()
        if not self._closed and now - self._looked >= _LOOK_EVERY:
            self._closed = self._store.any()
            self._looked = now
        return self._closed

    def principal(self, token: str) -> Principal:
        """Return whom a token stands for.

        Raises:
            UnauthenticatedError: when it is unknown or revoked; not told which.
        """
        parts = TOKEN.fullmatch(token)
        key = self._store.with_prefix(parts["prefix"]) if parts else None
        secret = parts["secret"] if parts else ""
        # A digest is computed and compared in any case, so that time tells nothing either.
        same = hmac.compare_digest(_digest(secret), key.digest if key else _digest("no key"))
        if key is None or not same or not key.active:
            raise UnauthenticatedError("the key is not known, or has been revoked")
        self._note_use(key.id)
        return Principal(key.name, frozenset(key.scopes), key.id, key.rate_per_minute)

    def _note_use(self, key_id: int) -> None:
        """Write the last use down, but not at every request: a write costs more than a look-up."""
        now = self._clock()
        with self._lock:
            if now - self._noted.get(key_id, -_NOTE_EVERY) < _NOTE_EVERY:
                return
            self._noted[key_id] = now
        # A database that takes no writes must not stop those who only read.
        with suppress(StorageError):
            self._store.used(key_id)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

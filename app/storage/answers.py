"""Answers to writes, kept for a time under the key that their caller gave them.

A row is claimed before the write is carried out and filled with its answer afterwards. Two callers
at once meet at the primary key, so one of them carries it out. A claim whose process died is given
to the next caller once its lease has passed; a finish that comes after that changes nothing.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Delete, delete, update
from sqlalchemy.orm import Session

from app.domain.errors import IdempotencyError
from app.domain.idempotency import Claim, KeptAnswer, WriteId
from app.storage.columns import utc_now
from app.storage.database import Database
from app.storage.service_tables import AnswerRow
from app.storage.versioned import settled


class SqlAnswerStore:
    """Implements `app.domain.ports.AnswerStore`."""

    def __init__(
        self,
        database: Database,
        *,
        keep: timedelta = timedelta(hours=24),
        lease: timedelta = timedelta(minutes=2),
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._keep = keep
        self._lease = lease
        self._clock = clock

    @settled
    def claim(self, write: WriteId) -> Claim | KeptAnswer:
        """Return the answer that this write got, or the right to carry it out.

        Raises:
            IdempotencyError: when the key stands for another write, or one that is under way.
        """
        now = self._clock()
        claim = Claim(write, uuid.uuid4().hex)
        with self._database.session(write=True) as session:
            session.execute(_of(write).where(AnswerRow.expires_at <= now))
            row = session.get(AnswerRow, (write.owner, write.key), with_for_update=True)
            if row is None:
                session.add(self._new(claim, now))
                return claim
            if row.fingerprint != write.fingerprint:
                raise IdempotencyError("this Idempotency-Key was used for another request")
            if row.status is not None:
                return KeptAnswer(row.status, row.headers, row.body)
            if row.leased_until > now:
                raise IdempotencyError("a request with this Idempotency-Key is still under way")
            row.claim, row.leased_until = claim.token, now + self._lease
        return claim

    def finish(self, claim: Claim, answer: KeptAnswer) -> None:
        """Keep the answer, unless the claim was given to somebody else meanwhile."""
        write = claim.write
        values = {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}
        with self._database.session(write=True) as session:
            session.execute(
                update(AnswerRow)
                .where(
                    AnswerRow.owner == write.owner,
                    AnswerRow.key == write.key,
                    AnswerRow.claim == claim.token,
                )
                .values(**values)
            )
            self._forget_expired(session)

    def release(self, claim: Claim) -> None:
        """Give a claim back: the write came to nothing and may be tried again."""
        with self._database.session(write=True) as session:
            session.execute(_of(claim.write).where(AnswerRow.claim == claim.token))

    def _new(self, claim: Claim, now: datetime) -> AnswerRow:
        return AnswerRow(
            owner=claim.write.owner,
            key=claim.write.key,
            fingerprint=claim.write.fingerprint,
            claim=claim.token,
            leased_until=now + self._lease,
            expires_at=now + self._keep,
            headers={},
            body=b"",
        )

    def _forget_expired(self, session: Session) -> None:
        session.execute(delete(AnswerRow).where(AnswerRow.expires_at <= self._clock()))


def _of(write: WriteId) -> Delete:
    return delete(AnswerRow).where(AnswerRow.owner == write.owner, AnswerRow.key == write.key)

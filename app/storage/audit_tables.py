"""The table of the audit log, which the database itself keeps append-only.

Triggers refuse to change or to remove an event, whoever asks, so a log that was tampered with takes
somebody who may alter the schema. Dropping the table, as a downgrade does, stays possible.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, Identity, Index, event
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.columns import ID
from app.storage.tables import AUTOINCREMENT, Base


class AuditRow(Base):
    """An event of the audit log."""

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_kind_subject_id", "kind", "subject_id"), AUTOINCREMENT)

    id: Mapped[int] = mapped_column(ID, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[str] = mapped_column(index=True)
    actor_name: Mapped[str]
    action: Mapped[str]
    kind: Mapped[str]
    subject_id: Mapped[int] = mapped_column(ID)
    registry_version: Mapped[int | None] = mapped_column(ID)
    # `none_as_null`: "there was nothing before" is no value, and not the JSON word null.
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


_REFUSED = "the audit log is append-only"
SQLITE_TRIGGERS = tuple(
    f"CREATE TRIGGER audit_events_no_{verb.lower()} BEFORE {verb} ON audit_events"
    f" BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    for verb in ("UPDATE", "DELETE")
)
_REFUSE = (
    "CREATE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$"
)
_APPEND_ONLY = (
    "CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events"
    " FOR EACH ROW EXECUTE FUNCTION audit_events_refuse()"
)
POSTGRES_TRIGGERS = (_REFUSE, _APPEND_ONLY)
for _statements, _dialect in ((SQLITE_TRIGGERS, "sqlite"), (POSTGRES_TRIGGERS, "postgresql")):
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(AuditRow.__table__, "after_create", _ddl.execute_if(dialect=_dialect))

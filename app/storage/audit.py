"""The audit log: written from what a session is about to change, in the same transaction.

    session.new, .dirty, .deleted ─▶ before, after ─▶ flush ─▶ events

Nobody has to remember to write an event: whatever a store alters in the tables named here is seen
from its session, and a change that is rolled back takes its events along.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import Session

from app.domain.audit import (
    Actor,
    AuditAction,
    AuditEvent,
    AuditFilter,
    AuditKind,
    Subject,
    current_actor,
)
from app.domain.registry import IdPrefix, public_id
from app.storage.audit_tables import AuditRow
from app.storage.database import Database
from app.storage.names import NAME_LIMIT, storable
from app.storage.service_tables import ApiKeyRow
from app.storage.tables import BackgroundRow, Base, BrandRow, MotifRow, ReferenceRow, SellerRow
from app.storage.webhook_tables import WebhookRow

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the log shows of a table's rows; secrets and their digests are not among it."""

    kind: AuditKind
    columns: tuple[str, ...]


_SHOWN: Final[Mapping[type[Base], _Shown]] = MappingProxyType(
    {
        BrandRow: _Shown(AuditKind.BRAND, ("name", "aliases", "prices")),
        SellerRow: _Shown(
            AuditKind.SELLER,
            ("brand_id", "seller_id", "kind", "territory", "valid_from", "valid_until", "note"),
        ),
        MotifRow: _Shown(
            AuditKind.MOTIF,
            (
                "brand_id",
                "name",
                "kind",
                "words",
                "registrations",
                "disabled",
                "disabled_until",
                "expected_place",
                "quarantined_at",
                "quarantine_code",
                "quarantine_detail",
            ),
        ),
        ReferenceRow: _Shown(
            AuditKind.REFERENCE,
            (
                "motif_id",
                "polarity",
                "blob",
                "width",
                "height",
                "box",
                "source",
                "status",
                "findings",
            ),
        ),
        BackgroundRow: _Shown(AuditKind.BACKGROUND, ("model", "blob", "photos")),
        ApiKeyRow: _Shown(
            AuditKind.KEY, ("name", "prefix", "scopes", "rate_per_minute", "revoked_at")
        ),
        WebhookRow: _Shown(AuditKind.WEBHOOK, ("url", "events", "active")),
    }
)
_ORDER: Final = {table: place for place, table in enumerate(_SHOWN)}
_IDS: Final = {"brand_id": IdPrefix.BRAND, "motif_id": IdPrefix.MOTIF}
_NAMES: Final = {"blob": "sha256"}  # as the API calls it


@dataclass(frozen=True, slots=True)
class _Change:
    row: Base
    action: AuditAction
    before: Document | None


def log_changes(session: Session, at: datetime, *, registry_version: int | None = None) -> None:
    """Flush the session, and add an event for each row it creates, changes or removes."""
    changes = _changes(session)
    session.flush()  # new rows have their ids from here on
    actor = current_actor()
    for change in changes:
        removed = change.action is AuditAction.REMOVED
        session.add(
            AuditRow(
                at=at,
                actor_id=storable(actor.id)[:NAME_LIMIT],
                actor_name=storable(actor.name)[:NAME_LIMIT],
                action=str(change.action),
                kind=str(_SHOWN[type(change.row)].kind),
                subject_id=inspect(change.row).identity[0],  # type: ignore[index]
                registry_version=registry_version,
                before=change.before,
                after=None if removed else _document(change.row),
            )
        )


def _changes(session: Session) -> list[_Change]:
    created = [_Change(row, AuditAction.CREATED, None) for row in session.new]
    changed = [
        _Change(row, AuditAction.CHANGED, _document(row, before=True))
        for row in session.dirty
        if session.is_modified(row)
    ]
    gone = [*session.deleted, *_gone_along(session)]
    removed = [_Change(row, AuditAction.REMOVED, _document(row)) for row in gone]
    kept = [each for each in (*created, *changed, *removed) if type(each.row) in _SHOWN]
    # Brands before their motifs, and those before their references.
    return sorted(kept, key=lambda change: _ORDER[type(change.row)])


def _gone_along(session: Session) -> list[Base]:
    """Return the references and sellers that the database removes with their motifs and brands."""
    motifs = [row.id for row in session.deleted if isinstance(row, MotifRow)]
    brands = [row.id for row in session.deleted if isinstance(row, BrandRow)]
    gone: list[Base] = []
    if motifs:
        of_motifs = select(ReferenceRow).where(ReferenceRow.motif_id.in_(motifs))
        gone += session.scalars(of_motifs.order_by(ReferenceRow.id))
    if brands:
        of_brands = select(SellerRow).where(SellerRow.brand_id.in_(brands))
        gone += session.scalars(of_brands.order_by(SellerRow.id))
    return gone


def _document(row: Base, *, before: bool = False) -> Document:
    shown = _SHOWN.get(type(row))
    if shown is None:
        return {}
    document = {_NAMES.get(name, name): _value(row, name, before) for name in shown.columns}
    if isinstance(row, MotifRow):
        document["brand"] = row.brand.name  # so that the log reads without a look-up
    return document


def _value(row: Base, name: str, before: bool) -> Any:
    value = getattr(row, name)
    history = inspect(row).attrs[name].history
    if before and history.deleted:
        value = history.deleted[0]
    if name in _IDS:
        return public_id(_IDS[name], value)
    return value.isoformat() if isinstance(value, date) else value


class SqlAuditStore:
    """Implements `app.domain.ports.AuditStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(
        self, wanted: AuditFilter, *, before: int | None = None, limit: int = 50
    ) -> list[AuditEvent]:
        """Return events newest first, with ids below `before` when it is given."""
        page = _matching(wanted).order_by(AuditRow.id.desc()).limit(limit)
        if before is not None:
            page = page.where(AuditRow.id < before)
        with self._database.session() as session:
            return [_event(row) for row in session.scalars(page)]


def _matching(wanted: AuditFilter) -> Select[AuditRow]:
    page = select(AuditRow)
    if wanted.subject is not None:
        page = page.where(
            AuditRow.kind == str(wanted.subject.kind),
            AuditRow.subject_id == wanted.subject.number,
        )
    if wanted.kind is not None:
        page = page.where(AuditRow.kind == str(wanted.kind))
    if wanted.action is not None:
        page = page.where(AuditRow.action == str(wanted.action))
    if wanted.actor is not None:
        page = page.where(AuditRow.actor_id == storable(wanted.actor))
    if wanted.since is not None:
        page = page.where(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        page = page.where(AuditRow.at < wanted.until)
    return page


def _event(row: AuditRow) -> AuditEvent:
    return AuditEvent(
        id=row.id,
        at=row.at,
        actor=Actor(row.actor_id, row.actor_name),
        action=AuditAction(row.action),
        subject=Subject(AuditKind(row.kind), row.subject_id),
        registry_version=row.registry_version,
        before=row.before,
        after=row.after,
    )

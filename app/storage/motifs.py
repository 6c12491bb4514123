"""The registry's motifs, with their words and registrations."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import ConflictError, InvalidInputError
from app.domain.expected_place import ExpectedPlace
from app.domain.flood import Quarantine
from app.domain.ports import MotifChange
from app.domain.registry import IdPrefix, Motif, NewMotif, Registration, public_id
from app.domain.webhook import EventType
from app.storage.brands import named_brand, new_brand
from app.storage.mapping import brand_from, motif_from, registration_document
from app.storage.names import display_name, name_key, storable, unique_names
from app.storage.outbox import tell
from app.storage.tables import BrandRow, MotifRow
from app.storage.versioned import VersionedStore, found, settled


class MotifTable(VersionedStore):
    """The motif methods of `RegistryStore`."""

    @settled
    def ensure_motif(self, new: NewMotif) -> tuple[Motif, bool]:
        """Return the motif of that brand and name, created (with its brand) where missing.

        Words and registrations that an existing motif lacks are added to it; a registration is
        known by its office and number. So is an expected place, where it has none. The flag
        tells whether the motif is new.

        Raises:
            InvalidInputError: when a name cannot be stored.
            ConflictError: when the motif exists with another kind.
        """
        with self._changing() as session:
            brand = named_brand(session, display_name(new.brand)) or new_brand(new.brand)
            row = _named_motif(session, brand, display_name(new.name))
            created = row is None
            if row is None:
                row = _new_motif(brand, new)
                session.add(row)
            elif row.kind != new.kind:
                raise ConflictError(f"motif {row.name!r} of {brand.name!r} is a {row.kind}")
            # Lists equal to what is there are no change, so the version stays.
            row.words = unique_names(row.words, new.words)
            row.registrations = _merged(row.registrations, new.registrations)
            row.expected_place = row.expected_place or _place_text(new.expected_place)
        return _motif(row), created

    def motif(self, motif_id: int) -> Motif:
        """Return one motif, or raise `NotFoundError`."""
        with self._reading() as session:
            return _motif(_get(session, motif_id))

    def motifs(
        self, *, brand_id: int | None = None, after: int = 0, limit: int = 100
    ) -> list[Motif]:
        """Return motifs with ids above `after`, ascending, optionally of one brand."""
        page = select(MotifRow).where(MotifRow.id > after).order_by(MotifRow.id).limit(limit)
        if brand_id is not None:
            page = page.where(MotifRow.brand_id == brand_id)
        with self._reading() as session:
            return [_motif(row) for row in session.scalars(page)]

    @settled
    def change_motif(self, motif_id: int, change: MotifChange) -> Motif:
        """Change a motif's fields; `NotFoundError`, `ConflictError`."""
        with self._changing() as session:
            row = _get(session, motif_id)
            if change.name is not None:
                _rename(session, row, change.name)
            if change.words is not None:
                row.words = unique_names(change.words)
            if change.registrations is not None:
                row.registrations = _merged([], change.registrations)
            if change.expected_place is not None or change.forget_place:
                row.expected_place = _place_text(change.expected_place)
        return _motif(row)

    def disable_motif(self, motif_id: int, *, until: datetime | None = None) -> Motif:
        """Switch a motif off, until `until` or until it is enabled again.

        Raises:
            InvalidInputError: when `until` has no time zone.
            NotFoundError: when there is no such motif.
        """
        if until is not None and until.utcoffset() is None:
            raise InvalidInputError("the end of a pause needs a time zone")
        return self._switch(motif_id, disabled=True, until=until)

    def enable_motif(self, motif_id: int) -> Motif:
        """Switch a motif on; `NotFoundError`."""
        return self._switch(motif_id, disabled=False, until=None)

    def quarantine_motif(self, motif_id: int, quarantine: Quarantine) -> tuple[Motif, bool]:
        """Put a motif into quarantine and tell webhooks of it, unless it is there already.

        The flag tells whether it is there now for the first time. `NotFoundError`.
        """
        with self._changing() as session:
            row = _get(session, motif_id)
            is_new = row.quarantined_at is None
            if is_new:
                row.quarantined_at = quarantine.at
                row.quarantine_code = str(quarantine.code)
                row.quarantine_detail = storable(quarantine.detail)
                tell(session, EventType.MOTIF_QUARANTINED, quarantine.at, _told(row))
        return _motif(row), is_new

    def release_motif(self, motif_id: int, at: datetime) -> Motif:
        """Let a motif out of quarantine; `NotFoundError`, `ConflictError` when it is in none."""
        with self._changing() as session:
            row = _get(session, motif_id)
            if row.quarantined_at is None:
                raise ConflictError(f"motif {row.name!r} is not in quarantine")
            row.quarantined_at, row.released_at = None, at
            row.quarantine_code = row.quarantine_detail = ""
        return _motif(row)

    def quarantined_motifs(self) -> list[Motif]:
        """Return the motifs in quarantine, ids ascending."""
        held = select(MotifRow).where(MotifRow.quarantined_at.is_not(None)).order_by(MotifRow.id)
        with self._reading() as session:
            return [_motif(row) for row in session.scalars(held)]

    def remove_motif(self, motif_id: int) -> None:
        """Remove a motif with its references and their embeddings; `NotFoundError`."""
        with self._changing() as session:
            session.delete(_get(session, motif_id))

    def _switch(self, motif_id: int, *, disabled: bool, until: datetime | None) -> Motif:
        with self._changing() as session:
            row = _get(session, motif_id)
            row.disabled, row.disabled_until = disabled, until
        return _motif(row)


def _told(row: MotifRow) -> dict[str, Any]:
    return {
        "motif_id": public_id(IdPrefix.MOTIF, row.id),
        "brand": row.brand.name,
        "motif": row.name,
        "code": row.quarantine_code,
        "detail": row.quarantine_detail,
    }


def _motif(row: MotifRow) -> Motif:
    return motif_from(row, brand_from(row.brand))


def _get(session: Session, motif_id: int) -> MotifRow:
    return found(session.get(MotifRow, motif_id), "motif", motif_id)


def _named_motif(session: Session, brand: BrandRow, name: str) -> MotifRow | None:
    return session.scalar(
        select(MotifRow).where(MotifRow.brand_id == brand.id, MotifRow.name_key == name_key(name))
    )


def _new_motif(brand: BrandRow, new: NewMotif) -> MotifRow:
    return MotifRow(
        brand=brand,
        name=display_name(new.name),
        name_key=name_key(new.name),
        kind=str(new.kind),
        words=[],
        registrations=[],
        disabled=False,
        disabled_until=None,
        expected_place="",
        quarantine_code="",
        quarantine_detail="",
    )


def _place_text(place: ExpectedPlace | None) -> str:
    return "" if place is None else str(place)


def _rename(session: Session, row: MotifRow, name: str) -> None:
    taken = _named_motif(session, row.brand, display_name(name))
    if taken is not None and taken is not row:
        raise ConflictError(f"{row.brand.name!r} has a motif named {taken.name!r} already")
    row.name, row.name_key = display_name(name), name_key(name)


def _merged(
    kept: list[dict[str, Any]], registrations: Iterable[Registration]
) -> list[dict[str, Any]]:
    """Return `kept` and those registrations whose office and number it lacks."""
    # What is kept wins: the manifest's short form knows neither classes nor expiry.
    merged = {(document["office"], document["number"]): document for document in kept}
    for registration in registrations:
        merged.setdefault(
            (registration.office, registration.number), registration_document(registration)
        )
    return [*merged.values()]

"""The registry's references: which image, and which part of it, shows a motif."""

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.errors import ConflictError, NotFoundError
from app.domain.lint import ReferenceStatus
from app.domain.registry import NewReference, Reference
from app.storage.mapping import box_text, reference_from
from app.storage.names import storable
from app.storage.tables import MotifRow, ReferenceRow
from app.storage.versioned import VersionedStore, found, settled


class ReferenceTable(VersionedStore):
    """The reference methods of `RegistryStore`."""

    @settled
    def add_reference(self, motif_id: int, new: NewReference) -> tuple[Reference, bool]:
        """Add a reference; the same motif, blob, box and polarity again returns the first.

        The flag tells whether it is new. `NotFoundError` when the motif is not there.
        """
        with self._changing() as session:
            row = _same(session, motif_id, new)
            created = row is None
            if row is None:
                row = _new_reference(motif_id, new)
                session.add(row)
        return reference_from(row), created

    def known_reference(self, motif_id: int, new: NewReference) -> Reference | None:
        """Return what `add_reference` would find there already; `NotFoundError` for the motif."""
        with self._reading() as session:
            row = _same(session, motif_id, new)
            return None if row is None else reference_from(row)

    def references(self, motif_id: int) -> list[Reference]:
        """Return a motif's references, ids ascending; `NotFoundError`."""
        of_motif = select(ReferenceRow).where(ReferenceRow.motif_id == motif_id)
        with self._reading() as session:
            found(session.get(MotifRow, motif_id), "motif", motif_id)
            return [
                reference_from(row) for row in session.scalars(of_motif.order_by(ReferenceRow.id))
            ]

    def quarantined(self, *, after: int = 0, limit: int = 100) -> list[Reference]:
        """Return references in quarantine with ids above `after`, ascending."""
        held = (
            select(ReferenceRow)
            .where(ReferenceRow.status == str(ReferenceStatus.QUARANTINED))
            .where(ReferenceRow.id > after)
        )
        with self._reading() as session:
            page = session.scalars(held.order_by(ReferenceRow.id).limit(limit))
            return [reference_from(row) for row in page]

    def release_reference(self, reference_id: int) -> Reference:
        """Let a reference out of quarantine; `NotFoundError`, `ConflictError`."""
        with self._changing() as session:
            row = _get(session, reference_id)
            if row.status != ReferenceStatus.QUARANTINED:
                raise ConflictError(f"reference {reference_id} is not in quarantine")
            row.status = str(ReferenceStatus.RELEASED)
        return reference_from(row)

    def reference(self, reference_id: int) -> Reference:
        """Return one reference, or raise `NotFoundError`."""
        with self._reading() as session:
            return reference_from(_get(session, reference_id))

    def remove_reference(self, reference_id: int) -> None:
        """Remove one reference with its embeddings; `NotFoundError`."""
        with self._changing() as session:
            session.delete(_get(session, reference_id))


def _get(session: Session, reference_id: int) -> ReferenceRow:
    return found(session.get(ReferenceRow, reference_id), "reference", reference_id)


def _same(session: Session, motif_id: int, new: NewReference) -> ReferenceRow | None:
    """Return the reference that is there already; asks after the motif in the same query."""
    same = and_(
        ReferenceRow.motif_id == MotifRow.id,
        ReferenceRow.blob == new.blob,
        ReferenceRow.polarity == str(new.polarity),
        ReferenceRow.box == box_text(new.box),
    )
    answer = session.execute(
        select(MotifRow.id, ReferenceRow)
        .outerjoin(ReferenceRow, same)
        .where(MotifRow.id == motif_id)
    ).first()
    if answer is None:
        raise NotFoundError(f"there is no motif with number {motif_id}")
    row: ReferenceRow | None = answer[1]
    return row


def _new_reference(motif_id: int, new: NewReference) -> ReferenceRow:
    return ReferenceRow(
        motif_id=motif_id,
        polarity=str(new.polarity),
        blob=new.blob,
        width=new.width,
        height=new.height,
        box=box_text(new.box),
        source=storable(new.source),
        status=str(new.status),
        findings=[
            {"code": str(finding.code), "detail": storable(finding.detail)}
            for finding in new.findings
        ],
    )

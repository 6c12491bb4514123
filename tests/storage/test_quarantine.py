"""Motifs in quarantine as they are kept, and that webhooks are told in the same transaction."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.domain.errors import ConflictError, NotFoundError
from app.domain.flood import FloodCode, Quarantine
from app.domain.webhook import EventType
from app.storage.database import Database
from app.storage.registry import SqlRegistryStore
from app.storage.webhooks import SqlWebhookStore
from tests.storage.samples import new_motif

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FLOOD = Quarantine(FloodCode.OFTEN_DISMISSED, "60 of 61 decided reviews were dismissed", NOON)


@pytest.fixture
def motif(registry: SqlRegistryStore) -> int:
    return registry.ensure_motif(new_motif())[0].id


def test_a_motif_goes_into_quarantine_and_comes_out(registry: SqlRegistryStore, motif: int) -> None:
    version = registry.version()
    held, is_new = registry.quarantine_motif(motif, FLOOD)
    assert (held.quarantine, held.released_at, is_new) == (FLOOD, None, True)
    assert registry.version() == version + 1
    assert registry.quarantined_motifs() == [held]
    assert registry.state().motifs == (held,)
    released = registry.release_motif(motif, NOON + timedelta(days=1))
    assert (released.quarantine, released.released_at) == (None, NOON + timedelta(days=1))
    assert registry.version() == version + 2
    assert registry.quarantined_motifs() == []


def test_the_first_finding_stays(registry: SqlRegistryStore, motif: int) -> None:
    registry.quarantine_motif(motif, FLOOD)
    version = registry.version()
    again = Quarantine(FloodCode.FLOODS_QUEUE, "else", NOON + timedelta(days=1))
    held, is_new = registry.quarantine_motif(motif, again)
    assert (held.quarantine, is_new) == (FLOOD, False)
    assert registry.version() == version


def test_receivers_are_told_once(
    database: Database, registry: SqlRegistryStore, motif: int
) -> None:
    SqlWebhookStore(database).add("https://a.example/h", (EventType.MOTIF_QUARANTINED,), "whsec_x")
    registry.quarantine_motif(motif, FLOOD)
    registry.quarantine_motif(motif, FLOOD)
    with database.session() as session:
        (body,) = session.scalars(text("SELECT body FROM webhook_deliveries"))
    told = json.loads(body)
    assert (told["type"], told["timestamp"]) == ("motif.quarantined", NOON.isoformat())
    assert told["data"] == {
        "motif_id": "mot_1",
        "brand": "Cartier",
        "motif": "LOVE screw",
        "code": "often_dismissed",
        "detail": FLOOD.detail,
    }


def test_what_cannot_be_released(registry: SqlRegistryStore, motif: int) -> None:
    with pytest.raises(ConflictError, match="not in quarantine"):
        registry.release_motif(motif, NOON)
    with pytest.raises(NotFoundError):
        registry.release_motif(9, NOON)
    with pytest.raises(NotFoundError):
        registry.quarantine_motif(9, FLOOD)

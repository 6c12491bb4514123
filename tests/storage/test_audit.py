"""The audit log: what it says of a change, that it goes with it, and that nobody alters it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from app.domain.audit import (
    SYSTEM,
    Actor,
    AuditAction,
    AuditEvent,
    AuditFilter,
    AuditKind,
    Subject,
    acting_as,
)
from app.domain.errors import ConflictError, InvalidInputError, StorageError
from app.domain.flood import FloodCode, Quarantine
from app.domain.identity import NewKey, Scope
from app.domain.lint import ReferenceStatus
from app.domain.ports import MotifChange
from app.domain.sellers import NewSeller
from app.domain.webhook import EventType
from app.storage.audit import SqlAuditStore
from app.storage.backgrounds import SqlBackgroundStore
from app.storage.database import Database
from app.storage.keys import SqlKeyStore
from app.storage.registry import SqlRegistryStore
from app.storage.webhooks import SqlWebhookStore
from tests.storage.samples import new_motif, new_reference

ANNA = Actor("key_3", "Anna's pipeline")


@pytest.fixture
def log(database: Database) -> SqlAuditStore:
    return SqlAuditStore(database)


def _told(events: list[AuditEvent]) -> list[tuple[str, str]]:
    """What was done to what, oldest first."""
    return [(str(event.action), event.subject.id) for event in reversed(events)]


def test_a_change_is_told_with_who_before_and_after(
    registry: SqlRegistryStore, log: SqlAuditStore
) -> None:
    began = datetime.now(UTC)
    brand = registry.add_brand("Cartier", ["Cartier SA"])
    with acting_as(ANNA):
        registry.change_brand(brand.id, name="Cartier Paris")

    changed, created = log.list(AuditFilter())
    assert (created.actor, created.action, created.before) == (SYSTEM, AuditAction.CREATED, None)
    assert created.after == {"name": "Cartier", "aliases": ["Cartier SA"], "prices": []}
    assert (changed.actor, changed.action) == (ANNA, AuditAction.CHANGED)
    assert changed.subject == Subject(AuditKind.BRAND, brand.id)
    assert changed.before == created.after
    assert changed.after == {"name": "Cartier Paris", "aliases": ["Cartier SA"], "prices": []}
    assert (created.registry_version, changed.registry_version) == (1, 2)
    assert began <= created.at <= changed.at <= datetime.now(UTC)


def test_every_kind_of_change_to_the_registry_is_told(
    registry: SqlRegistryStore, log: SqlAuditStore
) -> None:
    motif, _ = registry.ensure_motif(new_motif("Cartier"))
    held = replace(new_reference(1), status=ReferenceStatus.QUARANTINED)
    reference, _ = registry.add_reference(motif.id, held)
    registry.release_reference(reference.id)
    registry.disable_motif(motif.id, until=datetime(2030, 1, 1, tzinfo=UTC))
    registry.enable_motif(motif.id)
    registry.change_motif(motif.id, MotifChange(words=("screw",)))
    registry.remove_reference(reference.id)
    registry.remove_motif(motif.id)
    registry.remove_brand(motif.brand.id)

    events = log.list(AuditFilter())
    assert _told(events) == [
        ("created", "brd_1"),
        ("created", "mot_1"),
        ("created", "ref_1"),
        ("changed", "ref_1"),
        ("changed", "mot_1"),
        ("changed", "mot_1"),
        ("changed", "mot_1"),
        ("removed", "ref_1"),
        ("removed", "mot_1"),
        ("removed", "brd_1"),
    ]
    (released,) = log.list(AuditFilter(Subject.parse("ref_1"), action=AuditAction.CHANGED))
    assert released.before is not None
    assert released.after is not None
    assert released.before["status"] == "quarantined"
    assert released.after == released.before | {"status": "released"}
    assert released.after["motif_id"] == "mot_1"
    assert released.after["sha256"] == held.blob
    disabled = events[5]
    assert disabled.after is not None
    assert disabled.after["disabled_until"] == "2030-01-01T00:00:00+00:00"
    assert events[0].before == {"name": "Cartier", "aliases": [], "prices": []}
    assert events[0].after is None
    assert events[1].before is not None
    assert events[1].before["brand"] == "Cartier"
    assert registry.version() == events[0].registry_version


def test_references_that_go_with_their_motif_are_told(
    registry: SqlRegistryStore, log: SqlAuditStore
) -> None:
    motif, _ = registry.ensure_motif(new_motif("Cartier"))
    for number in range(3):
        registry.add_reference(motif.id, new_reference(number))
    registry.remove_motif(motif.id)
    removed = log.list(AuditFilter(action=AuditAction.REMOVED))
    assert _told(removed) == [("removed", name) for name in ("mot_1", "ref_1", "ref_2", "ref_3")]
    assert len({event.registry_version for event in removed}) == 1


def test_sellers_are_told_and_go_with_their_brand(
    registry: SqlRegistryStore, log: SqlAuditStore
) -> None:
    brand = registry.add_brand("Cartier")
    registry.ensure_seller(brand.id, NewSeller("S1", territory="DE"))
    registry.ensure_seller(brand.id, NewSeller("S1", territory="DE", valid_until=date(2027, 1, 31)))
    registry.remove_brand(brand.id)
    sellers = log.list(AuditFilter(kind=AuditKind.SELLER))
    assert [(event.action, event.subject.id) for event in reversed(sellers)] == [
        (AuditAction.CREATED, "slr_1"),
        (AuditAction.CHANGED, "slr_1"),
        (AuditAction.REMOVED, "slr_1"),
    ]
    changed = sellers[1]
    assert changed.before is not None
    assert changed.before["brand_id"] == "brd_1"
    assert changed.after == changed.before | {"valid_until": "2027-01-31"}


def test_a_motif_that_goes_into_quarantine_is_told(
    registry: SqlRegistryStore, log: SqlAuditStore
) -> None:
    motif, _ = registry.ensure_motif(new_motif("Cartier"))
    at = datetime(2026, 3, 1, tzinfo=UTC)
    registry.quarantine_motif(motif.id, Quarantine(FloodCode.FLOODS_QUEUE, "told", at))
    held = log.list(AuditFilter())[0]
    assert held.after is not None
    assert held.after["quarantine_code"] == "floods_queue"


def test_what_changes_nothing_is_not_told(registry: SqlRegistryStore, log: SqlAuditStore) -> None:
    motif, _ = registry.ensure_motif(new_motif("Cartier"))
    registry.add_reference(motif.id, new_reference(1))
    before = len(log.list(AuditFilter()))
    registry.ensure_motif(new_motif("Cartier"))
    registry.add_reference(motif.id, new_reference(1))
    registry.enable_motif(motif.id)
    with pytest.raises(ConflictError):
        registry.add_brand("cartier")
    assert len(log.list(AuditFilter())) == before


def test_a_batch_is_told_whole_or_not_at_all(
    registry: SqlRegistryStore, log: SqlAuditStore
) -> None:
    def give_up() -> None:
        with registry.batch():
            registry.add_brand("a")
            raise KeyError

    with pytest.raises(KeyError):
        give_up()
    assert log.list(AuditFilter()) == []

    with registry.batch():
        registry.add_brand("a")
        with pytest.raises(ConflictError):
            registry.add_brand("A")
        registry.add_brand("b")
    told = [(event.subject.id, event.registry_version) for event in log.list(AuditFilter())]
    assert [version for _, version in told] == [2, 1]
    assert registry.version() == 2


def test_keys_webhooks_and_backgrounds_are_told_without_secrets(
    database: Database, log: SqlAuditStore
) -> None:
    keys, webhooks = SqlKeyStore(database), SqlWebhookStore(database)
    key = keys.add(NewKey("pipeline", "0123456789ab", "d" * 64, (Scope.ASSESS,)))
    keys.used(key.id)
    keys.revoke(key.id)
    keys.revoke(key.id)
    webhook = webhooks.add("https://shop.example/", [EventType.REVIEW_DECIDED], "whsec_x")
    webhooks.remove(webhook.id)
    SqlBackgroundStore(database).record("model", "b" * 64, 300)

    events = log.list(AuditFilter())
    assert _told(events) == [
        ("created", "key_1"),
        ("changed", "key_1"),
        ("created", "whk_1"),
        ("removed", "whk_1"),
        ("created", "bgr_1"),
    ]
    shown = str([(event.before, event.after) for event in events])
    assert "d" * 64 not in shown
    assert "whsec" not in shown
    revoked = events[3]
    assert revoked.after is not None
    assert revoked.after["revoked_at"] is not None
    assert revoked.registry_version is None


@pytest.mark.parametrize("change", ["UPDATE audit_events SET actor_id = 'x'", "DELETE FROM {}"])
def test_nobody_alters_an_event(
    database: Database, registry: SqlRegistryStore, log: SqlAuditStore, change: str
) -> None:
    registry.add_brand("Cartier")
    with pytest.raises(StorageError), database.session(write=True) as session:
        session.execute(text(change.format("audit_events")))
    (event,) = log.list(AuditFilter())
    assert event.actor == SYSTEM


def test_the_log_is_read_by_page_and_by_filter(
    registry: SqlRegistryStore, log: SqlAuditStore
) -> None:
    for number in range(5):
        with acting_as(ANNA if number % 2 else SYSTEM):
            registry.add_brand(f"brand {number}")
    first = log.list(AuditFilter(), limit=2)
    second = log.list(AuditFilter(), before=first[-1].id, limit=2)
    assert [event.subject.number for event in (*first, *second)] == [5, 4, 3, 2]
    assert [event.subject.number for event in log.list(AuditFilter(actor="key_3"))] == [4, 2]
    assert log.list(AuditFilter(kind=AuditKind.MOTIF)) == []
    moment = second[0].at
    since = log.list(AuditFilter(since=moment))
    assert {event.subject.number for event in since} >= {5, 4, 3}
    until = log.list(AuditFilter(until=moment))
    assert {event.id for event in since}.isdisjoint(event.id for event in until)
    assert len(since) + len(until) == 5
    assert log.list(AuditFilter(since=datetime.now(UTC) + timedelta(hours=1))) == []
    with pytest.raises(InvalidInputError, match="time zone"):
        AuditFilter(since=datetime(2026, 1, 1))  # noqa: DTZ001

"""Two replicas are one service: what one learns the other knows; neither serves what is wrong."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import build
from app.services.touchstone import Touchstone
from app.settings import Settings
from tests.fakes import calibrate, enrol, make_settings, motif_file, photo_with
from tests.replicas.conftest import Replica, Start
from touchstone_client import ListingCreate, Verdict
from touchstone_client.models import MotifCreate, MotifKind

SOON = 10.0  # seconds in which every replica has a change
UNBRANDED = ListingCreate(listing_id="B09X", brand_field="Unbranded")


@pytest.fixture
def third(shared: dict[str, str], tmp_path: Path) -> Iterator[Touchstone]:
    """A command on another machine, which has calibrated the service."""
    named = {name.removeprefix("TOUCHSTONE_").lower(): value for name, value in shared.items()}
    settings: Settings = make_settings(tmp_path / "third", **named)
    touchstone = build(settings)
    calibrate(touchstone, tmp_path)
    yield touchstone
    touchstone.close()


def _await_version(replica: Replica, version: int) -> float:
    """Wait until a replica's index is of that version; return the seconds it took."""
    began = time.monotonic()
    while replica.figure("touchstone_gallery_version") < version:
        assert time.monotonic() - began < SOON, replica.log.read_text()
        time.sleep(0.1)
    return time.monotonic() - began


def _enrolled(replica: Replica, seed: int) -> str:
    asked = MotifCreate(brand="Cartier", name=f"mark {seed}", kind=MotifKind.LOGO)
    motif = replica.client.create_motif(asked)
    replica.client.create_reference(motif.id, motif_file(seed))
    return motif.id


def test_every_replica_knows_a_change_soon_and_none_answers_from_before_it(
    third: Touchstone, start: Start
) -> None:
    photo = photo_with(0, seed=3)
    with start("a") as a, start("b") as b:
        assert b.client.create_assessment(UNBRANDED, [photo]).verdict is Verdict.CLEAR
        motif = _enrolled(a, 0)
        version = third.registry.version()
        # Nobody asks b for anything, so it has to look by itself.
        _await_version(b, version)
        _await_version(a, version)
        judged = b.client.create_assessment(UNBRANDED, [photo])
        assert judged.verdict is Verdict.SUSPECT
        assert judged.versions.registry == version
        # An answer is never older than the registry, whether or not a look came in between.
        b.client.disable_motif(motif)
        assert a.client.create_assessment(UNBRANDED, [photo]).verdict is Verdict.CLEAR
        a.client.enable_motif(motif)
        assert b.client.create_assessment(UNBRANDED, [photo]).verdict is Verdict.SUSPECT


def test_what_one_replica_did_another_one_has(third: Touchstone, start: Start) -> None:
    photo = photo_with(0, seed=4)
    with start("a") as a, start("b") as b:
        _enrolled(a, 0)
        judged = a.client.create_assessment(UNBRANDED, [photo], idempotency_key="event-1")
        a.process.kill()
        a.process.wait(10)
        # The same event is sent to the one that is left: the first answer, evidence and all.
        again = b.client.create_assessment(UNBRANDED, [photo], idempotency_key="event-1")
        assert again == judged
        assert b.client.get_evidence_file(judged.id)[:2] == b"PK"
        assert next(iter(b.client.list_reviews())).assessment_id == judged.id


@pytest.mark.parametrize("wrong", ["weights", "registry"])
def test_a_snapshot_that_does_not_fit_is_not_served(
    wrong: str, third: Touchstone, start: Start, tmp_path: Path
) -> None:
    _, reference = enrol(third, 0)
    index = tmp_path / "b" / "var" / "index"
    if wrong == "weights":
        third.snapshots.build()
        shutil.copytree(tmp_path / "third" / "var" / "index", index)
        (manifest,) = index.glob("*/manifest.json")
        told = json.loads(manifest.read_text())
        assert told["weights_sha256"]
        # The same name, dimension and ids, and of a network that was trained differently.
        manifest.write_text(json.dumps({**told, "weights_sha256": "0" * 64}))
    else:
        stranger = build(make_settings(tmp_path / "stranger"))
        assert enrol(stranger, 5)[1].id == reference.id  # and another picture under it
        stranger.snapshots.build()
        stranger.close()
        shutil.copytree(tmp_path / "stranger" / "var" / "index", index)
    with start("b") as b:
        judged = b.client.create_assessment(UNBRANDED, [photo_with(0, seed=5)])
        assert judged.verdict is Verdict.SUSPECT
        assert judged.images[0].matches[0].similarity > 0.9
        shown = b.client.search_image(photo_with(5, seed=5)).matches
        assert all(match.similarity < 0.9 for match in shown)
        assert "snapshot_not_used" in b.log.read_text()


def test_a_snapshot_that_fits_is_used(third: Touchstone, start: Start, tmp_path: Path) -> None:
    enrol(third, 0)
    third.snapshots.build()
    shutil.copytree(tmp_path / "third" / "var" / "index", tmp_path / "b" / "var" / "index")
    with start("b") as b:
        assert b.client.get_readiness().status == "ready"
        assert "snapshot_not_used" not in b.log.read_text()

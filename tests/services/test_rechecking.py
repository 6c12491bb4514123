"""Does an assessment still hold? Same, different, or nobody can say: each as it is."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.bootstrap import build, open_database
from app.domain.assessment import Verdict
from app.domain.errors import StorageError
from app.domain.listing import Listing
from app.domain.ports import MotifChange, StoredAssessment
from app.domain.recheck import Outcome, Recheck
from app.services.retention import Retention, RetentionPlan
from app.services.sources import BytesSource
from app.services.touchstone import Touchstone
from app.settings import Settings
from app.storage.photos import SqlPhotoStore
from tests.fakes import calibrate, enrol, make_settings, photo_with, plain_photo

LISTING = Listing("B09X", title="Screw bracelet", brand_field="Unbranded")
TINY = b"\x89PNG\r\n\x1a\n"  # no picture: reported on that image, and not kept


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rechecking")
    touchstone = build(make_settings(folder))
    enrol(touchstone, 7, name="LOVE screw")
    calibrate(touchstone, folder, photos=150)
    touchstone.close()
    return folder / "var"


@pytest.fixture
def settings(calibrated: Path, tmp_path: Path) -> Settings:
    shutil.copytree(calibrated, tmp_path / "var")
    return make_settings(tmp_path)


@pytest.fixture
def touchstone(settings: Settings) -> Iterator[Touchstone]:
    touchstone = build(settings)
    yield touchstone
    touchstone.close()


def _assessed(touchstone: Touchstone, *photos: bytes) -> StoredAssessment:
    sources = [BytesSource(f"{n}.png", data) for n, data in enumerate(photos, 1)]
    kept = touchstone.desk.assess(LISTING, sources)
    return touchstone.assessments.get(kept.id)


def _paths(recheck: Recheck) -> set[str]:
    return {difference.path for difference in recheck.differences}


def test_what_is_as_it_was_holds(touchstone: Touchstone) -> None:
    stored = _assessed(touchstone, photo_with(7), plain_photo(1), TINY)
    recheck = touchstone.rechecker.check(stored)
    assert (recheck.outcome, recheck.holds, recheck.changed) == (Outcome.SAME, True, ())
    assert recheck.differences == ()
    assert recheck.now["verdict"] == "suspect"
    assert recheck.unread == ("3.png",)
    assert recheck.missing == ()
    assert recheck.assessed_at == stored.created_at < recheck.checked_at
    assert len(touchstone.assessments.list()) == 1


def test_a_motif_that_is_gone_is_told_with_the_version_that_changed(
    touchstone: Touchstone,
) -> None:
    stored = _assessed(touchstone, photo_with(7))
    motif = touchstone.registry.motifs()[0]
    touchstone.registry.disable_motif(motif.id)
    recheck = touchstone.rechecker.check(stored)
    assert (recheck.outcome, recheck.holds) == (Outcome.DIFFERS, False)
    assert {"registry", "index"} <= set(recheck.changed)
    assert "model" not in recheck.changed
    told = {difference.path: difference for difference in recheck.differences}
    assert (told["verdict"].then, told["verdict"].now) == ("suspect", "clear")
    gone = told[f"images/1/matches/mot_{motif.id}"]
    assert gone.then["motif"] == "LOVE screw"
    assert gone.now is None


def test_a_name_that_changed_differs_and_holds(touchstone: Touchstone) -> None:
    stored = _assessed(touchstone, photo_with(7))
    motif = touchstone.registry.motifs()[0]
    touchstone.registry.change_motif(motif.id, MotifChange(name="LOVE"))
    recheck = touchstone.rechecker.check(stored)
    assert (recheck.outcome, recheck.holds) == (Outcome.DIFFERS, True)
    assert f"images/1/matches/mot_{motif.id}/motif" in _paths(recheck)
    assert "verdict" not in _paths(recheck)


def test_a_policy_that_changed_is_told(touchstone: Touchstone, settings: Settings) -> None:
    stored = _assessed(touchstone, photo_with(7))
    stricter = build(settings.model_copy(update={"suspect_per_million": 0.001}))
    recheck = stricter.rechecker.check(stored)
    assert recheck.changed == ("policy",)
    assert (recheck.holds, recheck.now["verdict"]) == (False, "review")
    stricter.close()


def test_a_photo_that_retention_removed_is_named_and_nothing_is_claimed(
    touchstone: Touchstone, settings: Settings
) -> None:
    stored = _assessed(touchstone, photo_with(7), plain_photo(1))
    lost = stored.assessment.images[0].sha256 or ""
    database = open_database(settings)
    with database.session(write=True) as session:
        session.execute(
            text("UPDATE photos SET seen_at = '2001-01-01', case_at = '2001-01-01'"
                 " WHERE sha256 = :lost"), {"lost": lost},
        )  # fmt: skip
    plan = RetentionPlan.of_days(30, None)
    assert Retention(plan, SqlPhotoStore(database), touchstone.blobs).run() == 1
    database.dispose()

    recheck = touchstone.rechecker.check(stored)
    assert (recheck.outcome, recheck.holds) == (Outcome.INCOMPLETE, None)
    (missing,) = recheck.missing
    assert (missing.image, missing.sha256) == ("1.png", lost)
    assert missing.removed_at is not None
    assert recheck.differences == ()

    touchstone.registry.disable_motif(touchstone.registry.motifs()[0].id)
    partly = touchstone.rechecker.check(stored)
    assert not any(path.startswith("images/1/") for path in _paths(partly))
    assert "verdict" not in _paths(partly)
    assert any(path.startswith("images/2/") for path in _paths(partly))


def test_a_photo_that_nobody_removed_on_purpose_is_lost(touchstone: Touchstone) -> None:
    stored = _assessed(touchstone, photo_with(7))
    touchstone.blobs.remove(stored.assessment.images[0].sha256 or "")
    (missing,) = touchstone.rechecker.check(stored).missing
    assert missing.removed_at is None


def test_a_photo_that_was_altered_is_not_judged(touchstone: Touchstone, settings: Settings) -> None:
    stored = _assessed(touchstone, photo_with(7))
    name = stored.assessment.images[0].sha256 or ""
    Path(settings.resolved_blob_url, "sha256", name[:2], name).write_bytes(photo_with(7, seed=9))
    with pytest.raises(StorageError, match="damaged"):
        touchstone.rechecker.check(stored)


def test_nothing_that_was_remembered_takes_part(touchstone: Touchstone, settings: Settings) -> None:
    _assessed(touchstone, photo_with(7))
    _assessed(touchstone, photo_with(3))
    database = open_database(settings)
    with database.session(write=True) as session:
        # What was embedded of the one photo stands for the other: the cache lies.
        wrong = "SELECT data FROM photo_regions ORDER BY id DESC LIMIT 1"
        session.execute(text(f"UPDATE photo_regions SET data = ({wrong})"))  # noqa: S608
    database.dispose()
    deceived = _assessed(touchstone, photo_with(7))
    assert deceived.assessment.verdict is not Verdict.SUSPECT
    recheck = touchstone.rechecker.check(deceived)
    assert (recheck.outcome, recheck.changed) == (Outcome.DIFFERS, ())
    assert recheck.now["verdict"] == "suspect"


def test_a_tampered_record_is_told_under_the_same_versions(
    touchstone: Touchstone, settings: Settings
) -> None:
    stored = _assessed(touchstone, photo_with(7))
    database = open_database(settings)
    with database.session(write=True) as session:
        tampered = 'replace(document, \'"verdict": "suspect"\', \'"verdict": "clear"\')'
        session.execute(text(f"UPDATE assessments SET document = {tampered}"))  # noqa: S608
    database.dispose()
    recheck = touchstone.rechecker.check(touchstone.assessments.get(stored.id))
    assert (recheck.holds, recheck.changed) == (False, ())
    assert _paths(recheck) == {"verdict"}

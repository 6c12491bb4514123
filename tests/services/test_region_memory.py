"""Photos that come again are not embedded again, and are judged exactly as before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from app.bootstrap import build, build_eyes, open_database
from app.domain.assessment import Assessment, Verdict
from app.domain.contract import assessment_document
from app.domain.errors import StorageError
from app.domain.listing import Listing
from app.domain.ports import KeptRegions
from app.services.assessment import Eyes
from app.services.region_memory import Recollection
from app.services.sources import BytesSource
from app.services.touchstone import Touchstone
from app.settings import Settings
from models.protocols import Embedder
from models.regions import Embeddings, Regions
from tests.fakes import calibrate, enrol, make_settings, motif_picture, photo_with, picture_with
from tests.images import encode_animation

LISTING = Listing("B09X", title="Screw bracelet", brand_field="Unbranded")


@dataclass
class CountingEmbedder:
    """The weight-free embedder under a name of its own, counting its calls."""

    inner: Embedder
    weights_sha256: str
    runtime: str = "numpy"
    calls: int = field(default=0)

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def dim(self) -> int:
        return self.inner.dim

    def embed(self, regions: Regions) -> Embeddings:
        self.calls += 1
        return self.inner.embed(regions)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = make_settings(tmp_path)
    touchstone = build(settings)
    enrol(touchstone, 7, name="LOVE screw")
    calibrate(touchstone, tmp_path, photos=150)
    touchstone.close()
    return settings


@pytest.fixture
def opened(settings: Settings) -> Iterator["Opened"]:
    opened = Opened(settings)
    yield opened
    opened.touchstone.close()


class Opened:
    """A service whose embedder counts."""

    def __init__(self, settings: Settings, weights: str = "", runtime: str = "numpy") -> None:
        eyes = build_eyes(settings)
        weights = weights or eyes.embedder.weights_sha256
        self.embedder = CountingEmbedder(eyes.embedder, weights, runtime)
        self.touchstone: Touchstone = build(settings, Eyes(eyes.proposer, self.embedder))
        self.touchstone.gallery.current()

    def assess(self, *photos: bytes) -> tuple[Assessment, int]:
        """Assess and keep; return also how often the embedder was called for it."""
        before = self.embedder.calls
        sources = [BytesSource(f"{n}.png", data) for n, data in enumerate(photos)]
        stored = self.touchstone.desk.assess(LISTING, sources)
        return stored.assessment, self.embedder.calls - before


def test_a_photo_that_comes_again_is_not_embedded_and_judged_the_same(opened: Opened) -> None:
    first, calls = opened.assess(photo_with(7), photo_with(3))
    assert (first.verdict, calls) == (Verdict.SUSPECT, 2)
    again, calls = opened.assess(photo_with(7), photo_with(3))
    assert calls == 0
    assert assessment_document(again) == assessment_document(first)
    assert again.images == first.images  # to the last bit, before any rounding
    _, calls = opened.assess(photo_with(7), photo_with(4))
    assert calls == 1


def test_every_frame_of_an_animation_is_remembered(opened: Opened) -> None:
    frames = [picture_with(motif_picture(seed), seed) for seed in (1, 7)]
    animation = encode_animation(frames, "gif")
    first, calls = opened.assess(animation)
    assert (first.verdict, calls) == (Verdict.SUSPECT, 2)
    again, calls = opened.assess(animation)
    assert (again.images, calls) == (first.images, 0)


def test_a_change_of_the_registry_is_never_missed(opened: Opened) -> None:
    first, _ = opened.assess(photo_with(7))
    motif = opened.touchstone.registry.motifs()[0]
    opened.touchstone.registry.disable_motif(motif.id)
    gone, calls = opened.assess(photo_with(7))
    assert (first.verdict, gone.verdict, calls) == (Verdict.SUSPECT, Verdict.CLEAR, 0)


def test_another_process_on_the_same_database_remembers_too(
    opened: Opened, settings: Settings
) -> None:
    opened.assess(photo_with(7))
    other = Opened(settings)
    assert other.assess(photo_with(7))[1] == 0
    other.touchstone.close()


@pytest.mark.parametrize("change", [{"weights": "f" * 64}, {"runtime": "other"}])
def test_another_model_or_runtime_looks_for_itself(
    opened: Opened, settings: Settings, change: dict[str, str]
) -> None:
    opened.assess(photo_with(7))
    other = Opened(settings, **change)
    assert other.assess(photo_with(7))[1] == 1
    other.touchstone.close()


def test_another_proposer_looks_for_itself(opened: Opened, settings: Settings) -> None:
    opened.assess(photo_with(7))
    other = Opened(settings.model_copy(update={"grid_scales": (1.0, 0.5)}))
    assert other.assess(photo_with(7))[1] == 1
    other.touchstone.close()


def test_it_can_be_switched_off(settings: Settings) -> None:
    opened = Opened(settings.model_copy(update={"region_cache_mb": 0}))
    assert [opened.assess(photo_with(7))[1] for _ in range(2)] == [1, 1]
    opened.touchstone.close()


@pytest.mark.parametrize(
    "damage", ["x''", "x'00112233'", "substr(data, 1, length(data) - 1)", "data || x'00'"]
)
def test_damaged_regions_are_looked_at_again(
    opened: Opened, settings: Settings, damage: str
) -> None:
    first, _ = opened.assess(photo_with(7))
    database = open_database(settings)
    with database.session(write=True) as session:
        session.execute(text(f"UPDATE photo_regions SET data = {damage}"))  # noqa: S608
    database.dispose()
    again, calls = opened.assess(photo_with(7))
    assert (again.images, calls) == (first.images, 1)
    assert opened.assess(photo_with(7))[1] == 0  # mended


def test_regions_of_another_picture_are_not_used(opened: Opened, settings: Settings) -> None:
    opened.assess(encode_animation([picture_with(motif_picture(7), n) for n in (0, 1)], "gif"))
    opened.assess(photo_with(7))
    database = open_database(settings)
    with database.session(write=True) as session:
        # Of two frames, for a photo that has one.
        longest = "SELECT data FROM photo_regions ORDER BY size DESC LIMIT 1"
        session.execute(text(f"UPDATE photo_regions SET data = ({longest})"))  # noqa: S608
    database.dispose()
    assert opened.assess(photo_with(7))[1] == 1


class _FailingStore:
    def load(self, photo: str, model: str) -> bytes | None:
        raise StorageError(f"{photo} {model}")

    def save(self, regions: Sequence[KeptRegions]) -> None:
        raise StorageError(str(len(regions)))


def test_a_store_that_fails_costs_time_and_nothing_else(settings: Settings) -> None:
    touchstone = build(settings)
    memory = Recollection(_FailingStore(), "m", touchstone.eyes.embedder.dim)
    source = BytesSource("1.png", photo_with(7))
    found = touchstone.assessor.assess(LISTING, [source], regions=memory)
    memory.keep()
    assert found.verdict is Verdict.SUSPECT
    touchstone.close()

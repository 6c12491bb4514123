"""What is read becomes evidence: matches, figures, reasons, and what each look contributed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from app.bootstrap import build
from app.domain.assessment import Assessment, ReasonCode, Verdict
from app.domain.contract import assessment_document, assessment_from_document
from app.domain.listing import Listing
from app.domain.match import Evidence, Match
from app.domain.registry import MotifKind, NewMotif
from app.services.sources import BytesSource
from app.services.stages import StageTotals
from app.services.touchstone import Touchstone
from models.reading.lines import TextLine
from tests.fakes import calibrate, enrol, make_settings, photo_with, plain_photo
from tests.images import encode
from tests.reading.printed import FakeReader, line, printed

UNBRANDED = Listing("L", brand_field="Unbranded")


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader()


@pytest.fixture
def touchstone(tmp_path: Path, reader: FakeReader) -> Iterator[Touchstone]:
    service = build(make_settings(tmp_path, reading="auto"), reader=reader)
    enrol(service, 0, brand="Swarovski")
    enrol(service, 1, brand="Gap")
    calibrate(service, tmp_path, photos=150)
    yield service
    service.close()


def assess(
    touchstone: Touchstone, photo: bytes, listing: Listing = UNBRANDED, copies: int = 1
) -> Assessment:
    photos = [BytesSource(f"{number}.jpg", photo) for number in range(copies)]
    return touchstone.assessor.assess(listing, photos)


def texts(matches: Sequence[Match]) -> list[Match]:
    return [match for match in matches if Evidence.TEXT in match.evidence]


def test_a_name_that_is_read_is_evidence_by_itself(
    touchstone: Touchstone, reader: FakeReader
) -> None:
    assert assess(touchstone, plain_photo(7)).verdict is Verdict.CLEAR
    reader.lines = (line("SWAR0VSKI", (20, 30, 120, 60)),)
    done = assess(touchstone, plain_photo(7))
    assert done.verdict is Verdict.SUSPECT
    best = done.images[0].matches[0]
    assert (best.brand, best.motif) == ("Swarovski", "mark 0")
    assert best.box.as_tuple() == (20, 30, 120, 60)
    assert best.reference_id == 1
    assert -1 <= best.similarity < 0.9, "a cosine of the line's pixels, not a score of the text"
    assert best.false_alarms_per_million == pytest.approx(10, rel=0.2)
    assert best.read == "SWAR0VSKI"
    assert done.reasons[0].code is ReasonCode.WORDMARK_READ
    assert "'SWAR0VSKI' in image 1" in done.reasons[0].detail
    assert done.lead is best
    assert done.versions.reader == "fake"


def test_common_words_are_no_evidence(touchstone: Touchstone, reader: FakeReader) -> None:
    reader.lines = (line("mind the GAP"), line("all you need is love"))
    done = assess(touchstone, plain_photo(7))
    assert done.verdict is not Verdict.SUSPECT
    assert all(match.brand != "Gap" or match.tail > 1e-3 for match in done.images[0].matches)


def test_look_and_text_are_combined_and_each_is_shown(
    touchstone: Touchstone, reader: FakeReader, tmp_path: Path
) -> None:
    alone = assess(touchstone, photo_with(0)).images[0].matches[0]
    assert alone.contributions == ()
    reader.lines = (line("SWAROVSKI", (5, 5, 100, 100)),)
    thorough = build(make_settings(tmp_path, reading="always"), reader=reader)
    try:
        both = assess(thorough, photo_with(0)).images[0].matches[0]
    finally:
        thorough.close()
    assert both.evidence == (Evidence.VISUAL, Evidence.GEOMETRIC, Evidence.TEXT)
    assert both.box == alone.box, "the look found the whole mark"
    assert both.similarity == alone.similarity
    look, text = both.contributions
    assert look.evidence is Evidence.VISUAL
    assert look.false_alarms_per_million == alone.false_alarms_per_million
    assert text.detail == "SWAROVSKI"
    assert both.tail <= alone.tail


def test_several_lines_of_one_name_count_once(touchstone: Touchstone, reader: FakeReader) -> None:
    reader.lines = (line("SWAROVSK"), line("SWAROVSKI"), line("Swarovski"))
    done = assess(touchstone, plain_photo(7))
    (match,) = texts(done.images[0].matches)
    assert len(match.contributions) == len(set(match.evidence))
    assert match.read == "SWAROVSKI"


def test_reading_is_left_out_where_it_cannot_matter(
    touchstone: Touchstone, reader: FakeReader
) -> None:
    reader.lines = (line("SWAROVSKI"),)
    assert assess(touchstone, photo_with(0)).verdict is Verdict.SUSPECT
    assert (reader.glances, reader.reads) == (0, 0), "the look was enough"
    assess(touchstone, plain_photo(7), Listing("L", brand_field="Swarovski"))
    assert (reader.glances, reader.reads) == (0, 0), "the listing hides nothing"
    assess(touchstone, plain_photo(7), copies=3)
    assert reader.reads == 1, "the first photo made it suspect"
    reader.lines = ()
    assess(touchstone, plain_photo(7))
    assert (reader.glances, reader.reads) == (2, 1), "a glance found no text"


def test_words_of_a_motif_are_its_own(touchstone: Touchstone, reader: FakeReader) -> None:
    new = NewMotif("Gap", "hidden words", MotifKind.WORDMARK, ("zirconia heartlock",))
    motif, _ = touchstone.registry.ensure_motif(new)
    reader.lines = (line("ZIRCONIA HEARTLOCK"),)
    assert not texts(assess(touchstone, plain_photo(7)).images[0].matches), "it has no picture"
    touchstone.enroller.add(motif.id, encode(printed("HEARTLOCK"), "png"))
    (match,) = texts(assess(touchstone, plain_photo(7)).images[0].matches)
    assert match.motif == "hidden words"
    touchstone.registry.disable_motif(motif.id)
    assert not texts(assess(touchstone, plain_photo(7)).images[0].matches)


def test_reading_is_timed_as_a_stage(touchstone: Touchstone) -> None:
    totals = StageTotals()
    photos = [BytesSource("a", plain_photo(1)), BytesSource("b", plain_photo(2))]
    touchstone.assessor.assess(UNBRANDED, photos, observe=totals)
    assert totals.calls["read"] == 2


def test_what_was_read_survives_being_stored(touchstone: Touchstone, reader: FakeReader) -> None:
    reader.lines = (TextLine("SWAROVSKI", (5, 5, 100, 100), 0.9, mirrored=True),)
    document = assessment_document(assess(touchstone, plain_photo(7)))
    again = assessment_document(assessment_from_document(document))
    assert again == document
    old = document["images"][0]["matches"][0]
    assert [part["evidence"] for part in old["contributions"]][-1] == "text"
    for image in document["images"]:
        for match in image["matches"]:
            del match["contributions"]  # as it was stored before photos were read
    del document["versions"]["reader"]
    restored = assessment_from_document(document)
    assert restored.images[0].matches[0].contributions == ()


def test_without_a_background_of_looks_a_name_still_asks_for_review(
    tmp_path: Path, reader: FakeReader
) -> None:
    service = build(make_settings(tmp_path / "bare", reading="auto"), reader=reader)
    try:
        enrol(service, 0, brand="Swarovski")
        reader.lines = (line("SWAROVSKI"),)
        done = assess(service, plain_photo(7))
        assert done.verdict is Verdict.REVIEW
        best = done.images[0].matches[0]
        assert best.read == "SWAROVSKI"
    finally:
        service.close()


def test_the_whole_way_with_a_real_reader(tmp_path: Path) -> None:
    service = build(make_settings(tmp_path, reading="auto"))
    try:
        enrol(service, 0, brand="Vodafone")
        calibrate(service, tmp_path, photos=120)
        done = assess(service, encode(printed("VODAFONE"), "png"))
        assert done.verdict is Verdict.SUSPECT
        assert done.images[0].matches[0].read == "VODAFONE"
        assert Evidence.TEXT in done.images[0].matches[0].evidence
        assert done.versions.reader is not None
    finally:
        service.close()

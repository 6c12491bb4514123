"""The pages: what is on them, in which words, and that equal cases are equal bytes."""

import re
from dataclasses import replace

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest

from app.domain.alignment import Alignment
from app.domain.assessment import Factors, ReasonCode, Verdict
from app.media.case_file.content import CaseFile
from app.media.case_file.sections import case_pdf
from app.media.case_file.words import meaning
from tests.media.case_file.made_up import REGISTRATION, assessment, case, listing

A4 = (595.28, 841.89)  # points


def read(pdf: bytes) -> tuple[list[str], int]:
    """The text of each page, in one line, and how many pictures there are."""
    document = pdfium.PdfDocument(pdf)
    texts, pictures = [], 0
    for page in document:
        assert page.get_size() == pytest.approx(A4, abs=0.1)
        texts.append(re.sub(r"\s+", " ", page.get_textpage().get_text_bounded()))
        pictures += sum(1 for _ in page.get_objects([pdfium_c.FPDF_PAGEOBJ_IMAGE]))
    document.close()
    return texts, pictures


@pytest.fixture(scope="module")
def pages() -> list[str]:
    return read(case_pdf(case()))[0]


def test_the_first_page_says_what_was_seen_in_neutral_words(pages: list[str]) -> None:
    assert "Visual match to registered mark Cartier / LOVE screw: needs review" in pages[0]
    assert "suspect (score 0.970)" in pages[0]
    assert "2026-03-04 05:06:07 UTC" in pages[0]
    assert "The listing says that its goods carry no brand. (claims_unbranded)" in pages[0]
    assert not re.search(r"counterfeit|\bfake|infring|illegal", " ".join(pages), re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        "Damen Armband",
        "女士手镯",
        "браслет",
        "3.2 in a million",
        "0.810",
        "EUIPO 018123456; Nice classes 14, 25; Vienna classes 26.4.1; expires 2030-09-17",
        "positive reference, source: press kit",
        "ab" * 32,
        "the file ends before its picture does",
        "Acme / star: 90,000 false alarms per million, similarity 0.400",
        "Removed from the registry since: ref_9.",
        "How to read the figures",
        "Limits",
        "flat-r41-n9",
        "policy-12345678",
        "not signed",
    ],
)
def test_everything_a_reader_needs_is_there(pages: list[str], text: str) -> None:
    assert text in " ".join(pages)


def test_every_page_is_numbered_and_names_the_case_by_its_hash(pages: list[str]) -> None:
    for number, page in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in page
        assert f"Case asm_7 sha256 of evidence.json: {'cd' * 32}" in page


def test_the_pictures_are_in_it() -> None:
    # The crop beside its reference stands on the first page and with its photo's overlay.
    assert read(case_pdf(case()))[1] == 3


def test_equal_cases_are_equal_bytes_and_others_are_not() -> None:
    first = case_pdf(case())
    assert case_pdf(case()) == first
    assert case_pdf(case(sha256="00" * 32)) != first


def test_a_clear_listing_and_one_without_photos_have_pages() -> None:
    calm = assessment(verdict=Verdict.CLEAR, factors=Factors(0.0, 1.0, 1.0), reasons=(), images=())
    empty = case(assessment=calm, photos=(), motifs=(), references=(), removed=())
    texts, pictures = read(case_pdf(empty))
    assert "No match that needs review" in texts[0]
    assert "No reason speaks against this listing." in texts[0]
    assert pictures == 0


def test_a_mark_without_a_registration_is_not_called_registered() -> None:
    made = case()
    exhibit = made.photos[0].matches[0]
    assert exhibit.motif is not None
    bare = replace(exhibit.motif, registrations=())
    photo = replace(made.photos[0], matches=(replace(exhibit, motif=bare),))
    texts, _ = read(case_pdf(case(photos=(photo, made.photos[1]), motifs=(bare,))))
    assert "Visual match to mark Cartier / LOVE screw: needs review" in texts[0]
    assert "none entered in the registry" in " ".join(texts)


def test_a_second_look_is_told_with_what_it_found() -> None:
    made = case()
    exhibit = made.photos[0].matches[0]
    alignment = Alignment(
        ((-1.0, 0.0, 120.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), 23, 0.94, 0.8, mirrored=True
    )
    match = replace(exhibit.match, alignment=alignment, verified=True)
    aligned = replace(exhibit, match=match, aligned=exhibit.comparison)
    texts, _ = read(
        case_pdf(case(photos=(replace(made.photos[0], matches=(aligned,)), made.photos[1])))
    )
    whole = " ".join(texts)
    assert "23 places agree, they span 80% of the reference, which covers 94% of the box" in whole
    assert "mirrored" in whole
    assert "confirmed by a second look" in whole


def test_the_signer_is_named() -> None:
    texts, _ = read(case_pdf(case(signer="ee" * 32)))
    assert f"signed with the Ed25519 key {'ee' * 32}" in " ".join(texts)


def test_long_and_hostile_texts_stay_on_the_pages() -> None:
    odd = listing(
        title="x" * 900,
        description="Satz. " * 3_000 + "\u202eend",
        seller_id="seller\u202e\a",
    )
    texts, _ = read(case_pdf(case(listing=odd)))
    whole = " ".join(texts)
    assert "more characters in evidence.json" in whole
    assert "seller[U+202E][U+0007]" in whole
    assert "2 kinds of characters have no letter form" in whole


def test_every_reason_has_words() -> None:
    (reason, *_) = assessment().reasons
    for code in ReasonCode:
        said = meaning(replace(reason, code=code))
        assert said.endswith("."), code


def test_a_case_has_every_image_and_a_date_with_a_zone() -> None:
    made: CaseFile = case()
    with pytest.raises(ValueError, match="every image"):
        case(photos=made.photos[:1])
    with pytest.raises(ValueError, match="time zone"):
        case(created_at=made.created_at.replace(tzinfo=None))
    assert REGISTRATION in made.motifs[0].registrations

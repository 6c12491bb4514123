"""The sections of a case file, in the order in which a reader needs them.

verdict ─▶ listing ─▶ photos and matches ─▶ marks ─▶ how to read, limits ─▶ versions, hashes
"""

from datetime import UTC
from typing import Final

from app.domain.assessment import ImageFinding
from app.domain.contract import alarms_text
from app.domain.match import Match
from app.domain.registry import IdPrefix, Motif, Reference, public_id
from app.media.case_file import words
from app.media.case_file.content import CaseFile, MatchExhibit, PhotoExhibit
from app.media.case_file.sheet import QUIET, Sheet

_LONGEST_TEXT: Final = 4_000  # characters of a description; the rest is in evidence.json


def case_pdf(case: CaseFile) -> bytes:
    """Return the case file as PDF; equal cases give equal bytes.

    Raises:
        OSError: when a font's package is not installed.
    """
    footer = f"Case {case.id}   sha256 of evidence.json: {case.sha256}"
    sheet = Sheet(f"Case file {case.id}", footer, case.created_at)
    _verdict(sheet, case)
    _listing(sheet, case)
    _photos(sheet, case)
    _marks(sheet, case)
    _reading(sheet)
    _versions(sheet, case)
    _unwritten(sheet)
    return sheet.output()


def _verdict(sheet: Sheet, case: CaseFile) -> None:
    assessment = case.assessment
    lead = case.lead
    marks = () if lead is None or lead.motif is None else lead.motif.registrations
    sheet.text(f"Touchstone case file {case.id}", size=9, colour=QUIET)
    sheet.heading(words.headline(assessment, marks), size=17)
    moment = case.created_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    sheet.rows(
        [
            ("Verdict", f"{assessment.verdict} (score {assessment.score:.3f})"),
            ("Listing", case.listing.listing_id),
            ("Judged at", moment),
            ("Says of its brand", words.claim_text(assessment.claim)),
        ]
    )
    if lead is not None and lead.comparison is not None:
        sheet.picture(lead.comparison, f"Crop beside its reference, {lead.mark}", height=58)
        sheet.text(f"Exhibit {lead.label}: {_comparison_caption(lead)}", size=8, colour=QUIET)
    sheet.heading("How the score came about")
    present, denied, unauthorised = assessment.factors.as_tuple()
    sheet.bar("A registered mark is shown", present, f"{present:.3f}")
    sheet.bar("The listing denies or omits the brand", denied, f"{denied:.3f}")
    sheet.bar("The seller is not known to be authorised", unauthorised, f"{unauthorised:.3f}")
    sheet.bar("Score: the three multiplied", assessment.score, f"{assessment.score:.3f}")
    sheet.heading("Reasons")
    if not assessment.reasons:
        sheet.text("No reason speaks against this listing.")
    for reason in assessment.reasons:
        sheet.text(f"{words.meaning(reason)} ({reason.code})", bold=True)
        sheet.text(reason.detail)


def _listing(sheet: Sheet, case: CaseFile) -> None:
    listing = case.listing
    price = "" if listing.price is None else f"{listing.price:,.2f} {listing.currency}".strip()
    sheet.heading("The listing as given")
    sheet.rows(
        [
            ("Listing id", listing.listing_id),
            ("Seller id", listing.seller_id),
            ("Territory", listing.territory),
            ("Title", _shortened(listing.title)),
            ("Brand field", listing.brand_field or "(empty)"),
            ("Category", listing.category),
            ("Price", price),
            ("Photos", str(len(listing.images))),
            ("Description", _shortened(listing.description)),
        ]
    )


def _photos(sheet: Sheet, case: CaseFile) -> None:
    for photo in case.photos:
        finding = photo.finding
        sheet.heading(f"Photo {photo.number} of {len(case.photos)}", keep=60)
        if photo.overlay is not None:
            sheet.picture(photo.overlay, f"Photo {photo.number} with its boxes", height=105)
        sheet.rows(
            [
                ("Name", finding.image),
                ("Size", _size(finding)),
                ("SHA-256", finding.sha256 or "not known"),
                ("Not judged", "" if finding.error is None else finding.error.detail),
            ],
            size=8,
        )
        for exhibit in photo.matches:
            _exhibit(sheet, exhibit)
        _nearly(sheet, photo)


def _exhibit(sheet: Sheet, exhibit: MatchExhibit) -> None:
    match = exhibit.match
    sheet.heading(f"Exhibit {exhibit.label}: {exhibit.mark}", size=11, keep=75)
    _compared(sheet, exhibit)
    share, rarity = words.rarity(match.false_alarms_per_million)
    sheet.bar("Rarity of the match", share, rarity)
    sheet.bar("Similarity (cosine)", max(match.similarity, 0.0), f"{match.similarity:.3f}")
    sheet.rows(_match_rows(exhibit), size=8)


def _compared(sheet: Sheet, exhibit: MatchExhibit) -> None:
    """Show crop and reference, one laid over the other where a second look found how."""
    picture, caption = exhibit.comparison, _comparison_caption(exhibit)
    if exhibit.aligned is not None:
        picture, caption = exhibit.aligned, _alignment_caption(exhibit.match)
    if picture is not None:
        sheet.picture(picture, f"The photo and the reference, {exhibit.mark}", height=58)
        sheet.text(caption, size=8, colour=QUIET)


def _match_rows(exhibit: MatchExhibit) -> list[tuple[str, str]]:
    match, reference = exhibit.match, exhibit.reference
    second = "confirmed by a second look" if match.verified else "no second look confirmed it"
    return [
        ("Box", ", ".join(str(edge) for edge in match.box.as_tuple())),
        ("Evidence", f"{', '.join(kind.value for kind in match.evidence)}; {second}"),
        ("Reference", public_id(IdPrefix.REFERENCE, match.reference_id)),
        ("Reference SHA-256", "removed since" if reference is None else reference.blob),
    ]


def _comparison_caption(exhibit: MatchExhibit) -> str:
    box = exhibit.match.box
    return (
        f"left the box in the photo ({box.width} x {box.height} pixels) with a fifth of its size "
        f"around it, right the reference of {exhibit.mark}; both scaled to one height."
    )


def _alignment_caption(match: Match) -> str:
    alignment = match.alignment
    if alignment is None:
        return ""
    flags = [("mirrored", alignment.mirrored), ("light and dark exchanged", alignment.inverted)]
    how = "".join(f", {name}" for name, there in flags if there)
    return (
        "left the photo, in the middle the reference laid over it where the second look found it, "
        f"right the reference; {alignment.inliers} places agree, they span "
        f"{alignment.reference_share:.0%} of the reference, which covers "
        f"{alignment.region_share:.0%} of the box{how}."
    )


def _nearly(sheet: Sheet, photo: PhotoExhibit) -> None:
    shown = [exhibit.match for exhibit in photo.matches]
    nearly = [match for match in photo.finding.matches if match not in shown]
    if nearly:
        sheet.text("Nearest otherwise, not counted as seen:", size=8, colour=QUIET)
        for match in nearly:
            sheet.text(_near_line(match), size=8, colour=QUIET)


def _near_line(match: Match) -> str:
    alarms = alarms_text(match.false_alarms_per_million)
    return (
        f"{match.brand} / {match.motif}: {alarms} false alarms per million, "
        f"similarity {match.similarity:.3f}"
    )


def _marks(sheet: Sheet, case: CaseFile) -> None:
    if not case.motifs and not case.removed:
        return
    sheet.heading("Marks and references that the figures name")
    for motif in case.motifs:
        own = [reference for reference in case.references if reference.motif_id == motif.id]
        _mark(sheet, motif, own)
    if case.removed:
        sheet.text(f"Removed from the registry since: {', '.join(case.removed)}.", size=8)


def _mark(sheet: Sheet, motif: Motif, references: list[Reference]) -> None:
    registered = "\n".join(words.registration_text(mark) for mark in motif.registrations)
    sheet.text(f"{motif.brand.name} / {motif.name}", bold=True)
    sheet.rows(
        [
            ("Kind of sign", motif.kind.value.replace("_", " ")),
            ("Registrations", registered or "none entered in the registry"),
            ("Motif id", public_id(IdPrefix.MOTIF, motif.id)),
            *(_reference_row(reference) for reference in references),
        ],
        size=8,
    )


def _reference_row(reference: Reference) -> tuple[str, str]:
    source = reference.source or "not stated"
    text = f"{reference.polarity} reference, source: {source}\nsha256 {reference.blob}"
    return public_id(IdPrefix.REFERENCE, reference.id), text


def _reading(sheet: Sheet) -> None:
    sheet.heading("How to read the figures")
    for paragraph in words.READING:
        sheet.text(paragraph)
    sheet.heading("Limits")
    for paragraph in words.LIMITS:
        sheet.text(paragraph)


def _versions(sheet: Sheet, case: CaseFile) -> None:
    versions = case.assessment.versions
    sheet.heading("Versions and hashes")
    sheet.rows(
        [
            ("Software", case.software),
            ("Model", versions.model),
            ("Index", versions.index),
            ("Registry", f"version {versions.registry}"),
            ("Policy", versions.policy),
            ("Background", versions.background or "none"),
            ("evidence.json", f"sha256 {case.sha256}"),
            ("Signature", _signature(case.signer)),
        ],
        size=8,
    )


def _signature(signer: str | None) -> str:
    if signer is None:
        return (
            "none: the manifest beside this file is not signed, so nobody vouches that the pack is "
            "as it was exported"
        )
    return f"the manifest beside this file is signed with the Ed25519 key {signer}"


def _unwritten(sheet: Sheet) -> None:
    replaced = sorted(sheet.writing.replaced)
    if replaced:
        names = ", ".join(f"U+{ord(character):04X}" for character in replaced[:40])
        sheet.text(
            f"{len(replaced)} kinds of characters have no letter form here or only steer others, "
            f"and are written as their numbers: {names}. evidence.json has them as given.",
            size=8,
            colour=QUIET,
        )


def _size(finding: ImageFinding) -> str:
    return "" if finding.width is None else f"{finding.width} x {finding.height} pixels"


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST_TEXT:
        return text
    rest = len(text) - _LONGEST_TEXT
    return f"{text[:_LONGEST_TEXT]} … ({rest} more characters in evidence.json)"

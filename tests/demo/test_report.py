"""The report: self-contained, escaped, well formed, and it shows every part of an assessment."""

import base64
import re
from html.parser import HTMLParser

import pytest

from app.demo.report import ReportCard, ReportSummary, render_report
from app.demo.report_views import data_uri, in_a_million
from app.domain.assessment import (
    Assessment,
    Factors,
    ImageError,
    ImageFinding,
    Reason,
    ReasonCode,
    Verdict,
    Versions,
)
from app.domain.box import Box
from app.domain.claim import SILENT, Claim, ClaimKind, ClaimSource
from app.domain.listing import Listing
from app.domain.match import Evidence, Match
from tests.images import encode, photo_array, solid_array

VERSIONS = Versions("eyes-1", "index-2", 41, "policy-3", "background-4")
SUMMARY = ReportSummary("Trial", 20, 60, 12.34, VERSIONS, "One plain sentence.")
UNBRANDED = Claim(ClaimKind.UNBRANDED, "Unbranded", ClaimSource.BRAND_FIELD)
PHOTO = encode(photo_array(1, (320, 240)), "jpeg")
REFERENCE = encode(solid_array(), "png")
VOID = {"meta", "img", "path", "circle", "rect"}


def match(brand: str = "Acme", alarms: float | None = 3.2, reference: int = 7) -> Match:
    return Match(
        brand=brand,
        motif=f"{brand} star",
        motif_id=reference,
        reference_id=reference,
        box=Box(40, 60, 140, 120),
        similarity=0.8149,
        false_alarms_per_million=alarms,
        tail=1.0 if alarms is None else alarms / 1e6,
        verified=brand == "Acme",
        evidence=(Evidence.VISUAL, Evidence.GEOMETRIC),
    )


def finding(*matches: Match, name: str = "front.jpg") -> ImageFinding:
    return ImageFinding(name, "0" * 64, 320, 240, None, matches)


def card(
    *images: ImageFinding,
    listing: Listing | None = None,
    verdict: Verdict = Verdict.SUSPECT,
    factors: Factors = Factors(0.98, 1.0, 1.0),  # noqa: B008 - frozen
    reasons: tuple[Reason, ...] = (Reason(ReasonCode.MOTIF_SEEN, "Acme / star in image 1"),),
    claim: Claim = UNBRANDED,
    photos: dict[str, bytes] | None = None,
) -> ReportCard:
    listing = listing or Listing("L-1", title="Steel bracelet", brand_field="Unbranded")
    return ReportCard(
        listing=listing,
        assessment=Assessment(
            listing.listing_id, verdict, factors, claim, reasons, images, VERSIONS
        ),
        photos={"front.jpg": PHOTO} if photos is None else photos,
        references={7: REFERENCE},
    )


class Page(HTMLParser):
    """Checks that tags are balanced, and gathers what a test asks for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str, **having: str) -> list[dict[str, str | None]]:
        wanted = {name.rstrip("_"): value for name, value in having.items()}
        return [
            attrs for name, attrs in self.tags if name == tag and wanted.items() <= attrs.items()
        ]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def page(*cards: ReportCard, summary: ReportSummary = SUMMARY) -> Page:
    return Page(render_report(cards, summary))


def test_it_asks_for_nothing_from_outside() -> None:
    html = render_report([card(finding(match()))], SUMMARY)
    shown = Page(html)
    for tag, attributes in shown.tags:
        assert tag not in {"script", "link", "iframe", "object", "embed", "form", "base"}
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "data", "poster", "srcset"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:image/", "#"))
    assert not re.search(r"url\(|@import|https?://", html)
    policy = shown.all("meta", http_equiv="x") or shown.all("meta")
    assert any("default-src 'none'" in (each.get("content") or "") for each in policy)


def test_pictures_travel_inside() -> None:
    sources = [image["src"] for image in page(card(finding(match()))).all("img")]
    assert f"data:image/jpeg;base64,{base64.b64encode(PHOTO).decode()}" in sources
    assert f"data:image/png;base64,{base64.b64encode(REFERENCE).decode()}" in sources


def test_whatever_a_seller_writes_is_escaped() -> None:
    bad = '"><script>alert(1)</script>'
    hostile = Listing(bad, (bad,), bad, bad, bad, bad, bad, 1.0, bad)
    claim = Claim(ClaimKind.NAMES, bad, ClaimSource.TITLE, (bad,))
    reasons = (Reason(ReasonCode.IMAGE_UNREADABLE, bad),)
    unread = ImageFinding(bad, error=ImageError(bad, bad))
    seen = finding(match(bad), name=f"{bad}.jpg")
    html = render_report(
        [
            card(
                unread,
                seen,
                listing=hostile,
                claim=claim,
                reasons=reasons,
                photos={f"{bad}.jpg": PHOTO},
            )
        ],
        ReportSummary(bad, 1, 1, None, Versions(bad, bad, 1, bad, bad), bad),
    )
    assert "<script" not in html
    assert not Page(html).all("script")
    assert bad in Page(html).text


def test_the_verdict_is_words_with_its_factors_claim_and_reasons() -> None:
    text = page(card(finding(match()))).text
    for part in ("suspect", "0.98", "1.00", "denies a brand: “Unbranded”", "motif_seen"):
        assert part in text
    assert "Acme / star in image 1" in text


def test_a_match_is_drawn_and_described() -> None:
    shown = page(card(finding(match())))
    (line,) = shown.all("rect", class_="line")
    assert [line[name] for name in ("x", "y", "width", "height")] == ["40", "60", "100", "60"]
    assert any(svg.get("viewbox") == "0 0 320 240" for svg in shown.all("svg"))
    assert "1 Acme" in shown.text
    assert "3.2 in a million" in shown.text
    assert "0.81" in shown.text
    assert "visual, geometric, confirmed by a second look" in shown.text
    (photo,) = [image for image in shown.all("img") if "front.jpg" in (image["alt"] or "")]
    assert photo["alt"] == "Photo front.jpg; boxed: Acme (Acme star)"


def test_only_the_best_match_of_a_photo_has_a_solid_box() -> None:
    second, first = page(card(finding(match(), match("Other", 600.0, 8)))).all(
        "rect", class_="line"
    )
    assert "stroke-dasharray" in second
    assert "stroke-dasharray" not in first


def test_weak_matches_are_listed_small_and_not_drawn() -> None:
    weak = [match(f"Weak{number}", 20_000.0 + number, number) for number in range(9)]
    shown = page(card(finding(match(), *weak)))
    assert len(shown.all("rect", class_="line")) == 1
    assert "false alarms 20,000 in a million" in shown.text
    assert "Weak2" in shown.text
    assert "Weak3" not in shown.text


def test_a_common_match_is_drawn_where_the_verdict_rests_on_it() -> None:
    common = finding(match(alarms=4_000.0))
    assert page(card(common)).all("rect", class_="line")
    assert not page(card(common, reasons=(), verdict=Verdict.CLEAR)).all("rect", class_="line")


def test_without_a_background_a_match_is_shown_as_not_calibrated() -> None:
    reasons = (Reason(ReasonCode.NOT_CALIBRATED, "no background fits this model"),)
    shown = page(card(finding(match(alarms=None)), reasons=reasons, verdict=Verdict.REVIEW))
    assert shown.all("rect", class_="line")
    assert "not calibrated" in shown.text


def test_an_unreadable_image_is_a_named_placeholder_without_its_bytes() -> None:
    broken = ImageFinding("reverse.jpg", error=ImageError("image_truncated", "It ends early."))
    shown = page(card(finding(match()), broken, photos={"front.jpg": PHOTO, "reverse.jpg": PHOTO}))
    assert "reverse.jpg" in shown.text
    assert "image_truncated" in shown.text
    assert "It ends early." in shown.text
    assert len([image for image in shown.all("img") if image["src"] != ""]) == 2
    assert "1 could not be judged" in shown.text


@pytest.mark.parametrize("data", [None, b"", b"<svg xmlns='x' onload='alert(1)'/>"])
def test_bytes_that_no_browser_shows_leave_a_placeholder(data: bytes | None) -> None:
    assert data_uri(data) is None
    photos = {} if data is None else {"front.jpg": data}
    shown = page(card(finding(match()), photos=photos))
    assert "not at hand" in shown.text
    assert not shown.all("rect", class_="line")
    assert "3.2 in a million" in shown.text


def test_a_reference_that_is_missing_is_said_to_be() -> None:
    assert "no image" in page(card(finding(match(reference=8)))).text


def test_the_gravest_come_first_and_are_counted() -> None:
    cards = [
        card(listing=Listing("c", title="Third"), verdict=Verdict.CLEAR),
        card(listing=Listing("b", title="Second"), factors=Factors(0.5, 1, 1)),
        card(listing=Listing("a", title="First"), factors=Factors(0.9, 1, 1)),
    ]
    shown = page(*cards)
    titles = [word for word in shown.words if word in {"First", "Second", "Third"}]
    assert titles == ["First", "Second", "Third"] * 2
    assert re.search(r"2 suspect 0 review 1 clear", shown.text)
    anchors = [link["href"] for link in shown.all("a")]
    assert anchors == [f"#{article['id']}" for article in shown.all("article")]


def test_the_head_says_what_was_run() -> None:
    text = page(card(finding())).text
    for part in (
        "Trial",
        "One plain sentence.",
        "20 motifs, 60 references",
        "12.3 photos a second",
    ):
        assert part in text
    for part in ("eyes-1", "index-2", "version 41", "policy-3", "background-4"):
        assert part in text
    untimed = ReportSummary("Trial", 0, 0, None, Versions("m", "i", 1, "p", None))
    assert "a second" not in page(summary=untimed).text.replace("a second look", "")
    assert "none loaded" in page(summary=untimed).text


def test_it_says_that_it_never_says_counterfeit() -> None:
    text = page(card(finding(match())), card(finding(), verdict=Verdict.CLEAR)).text
    assert text.count("counterfeit") == 1
    assert "never says that goods are counterfeit" in text


def test_a_silent_listing_without_images() -> None:
    reasons = (Reason(ReasonCode.NO_READABLE_IMAGE, "no image could be judged"),)
    text = page(card(verdict=Verdict.REVIEW, claim=SILENT, reasons=reasons, photos={})).text
    assert "says nothing of a brand" in text
    assert "has no image" in text


def test_a_claim_that_names_a_brand() -> None:
    claim = Claim(ClaimKind.NAMES, "by acme", ClaimSource.TITLE, ("Acme",))
    assert "The title names Acme: “by acme”." in page(card(finding(), claim=claim)).text


def test_labels_keep_away_from_the_edges() -> None:
    corner = Match("Acme", "star", 1, 7, Box(250, 0, 320, 40), 0.9, 1.0, 1e-6)
    (text,) = page(card(finding(corner))).all("text")
    assert text["text-anchor"] == "end"
    assert float(text["y"] or 0) > 8


def test_figures_are_rounded_to_what_they_can_say() -> None:
    assert in_a_million(0.51234) == "0.512 in a million"
    assert in_a_million(999_999.0) == "1,000,000 in a million"


def test_parts_that_do_not_belong_together_are_refused() -> None:
    good = card(finding())
    with pytest.raises(ValueError, match="not of one listing"):
        ReportCard(Listing("other"), good.assessment, {})
    with pytest.raises(ValueError, match="fewer than zero"):
        ReportSummary("Trial", -1, 0, None, VERSIONS)

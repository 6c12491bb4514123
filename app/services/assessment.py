"""The one use case: a listing's photos and words in, a reasoned verdict out.

    claim ─▶ fetch ─▶ decode ─▶ propose ─▶ embed ─▶ search ─▶ calibrate
          ─▶ verify ─▶ read text ─▶ look for hidden patches ─▶ rule

HTTP, the batch executor, the command line and the evaluation all call `Assessor.assess`. An image
that cannot be read becomes an error on that image; the others are judged all the same.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

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
from app.domain.calibration import NullDistributions
from app.domain.claim import Claim
from app.domain.claim_reading import ClaimReader, Statement
from app.domain.errors import ImageRefusedError
from app.domain.listing import Listing
from app.domain.listing_words import ListingWords
from app.domain.match import Match
from app.domain.residue import ResidueReader
from app.domain.sellers import Standing
from app.domain.trade import Trade
from app.domain.verdict import Policy, rule
from app.media.decoded import DecodedImage
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from app.media.looks import look_of
from app.services.concealing import PatchEvidence, expected_places
from app.services.errand import checkpoint
from app.services.gallery import Matcher, MotifGallery
from app.services.image_findings import best_of_frames, too_small
from app.services.live_gallery import LiveGallery
from app.services.photo_memory import NoPhotoMemory, PhotoMemory
from app.services.reading import TextEvidence
from app.services.region_memory import LookedAt, NoRegionMemory, PhotoRegions, RegionMemory
from app.services.sources import ImageSource, RecordedSource
from app.services.stages import Observe, and_reading, timed, unobserved
from app.services.verification import Verifier
from models.protocols import Embedder, RegionProposer, model_id
from models.regions import Regions

_Findings = tuple[ImageFinding, ...]
_LOOKS_KEPT = 50  # matches that reading may add to, of one photo


@dataclass(frozen=True, slots=True)
class _Situation:
    """What a listing's photo is read for: its claim, its seller, and whether others were enough."""

    claim: Claim
    standing: Standing
    decided: bool


@dataclass(frozen=True, slots=True)
class _Recall:
    """What may be remembered of earlier photos: whole findings, or what was embedded in them."""

    photos: PhotoMemory
    regions: RegionMemory


@dataclass(frozen=True, slots=True)
class Eyes:
    """What looks at a photo: a proposer and the embedder that reads its regions."""

    proposer: RegionProposer
    embedder: Embedder

    @property
    def model(self) -> str:
        """The name that assessments and backgrounds carry."""
        return model_id(self.embedder, self.proposer)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Assessor:
    """Assesses listings; safe to share between threads."""

    def __init__(
        self,
        eyes: Eyes,
        gallery: LiveGallery,
        claims: ClaimReader,
        residue: ResidueReader,
        policy: Policy,
        limits: DecodeLimits,
        *,
        verifier: Verifier | None = None,
        matches_per_image: int = 5,
        photos_at_once: int = 4,
        text: TextEvidence | None = None,
        clock: Callable[[], datetime] = _utc_now,
        patches: PatchEvidence | None = None,
    ) -> None:
        self._eyes = eyes
        self._gallery = gallery
        self._claims = claims
        self._residue = residue
        self._policy = policy
        self._limits = limits
        self._verifier = verifier
        self._matches_per_image = matches_per_image
        self._text = text
        self._clock = clock
        self._patches = patches
        # A photo of the largest size takes most of a gigabyte while it is decoded; a server with
        # forty request threads must not hold forty of them.
        self._places = threading.BoundedSemaphore(photos_at_once)

    @property
    def policy(self) -> Policy:
        """The policy that verdicts follow."""
        return self._policy

    def assess(
        self,
        listing: Listing,
        sources: Sequence[ImageSource],
        *,
        observe: Observe = unobserved,
        memory: PhotoMemory | None = None,
        regions: RegionMemory | None = None,
    ) -> Assessment:
        """Return the verdict on a listing under one version of the registry.

        Args:
            listing: what the seller says.
            sources: the photos, in the listing's order.
            observe: is told how long each stage took, for photos that were looked at.
            memory: what photos are looked up in, where the same ones come again and again.
            regions: what embedded regions of photos are looked up in; none, so that everything is
                computed anew, where it is left out.
        """
        matcher = self._gallery.current()
        recall = _Recall(memory or NoPhotoMemory(), regions or NoRegionMemory())
        said = self._claims.listen(listing, matcher.gallery.brand_names)
        trade = self._trade(listing, matcher.gallery)
        images: tuple[ImageFinding, ...] = ()
        for source in sources:
            decided = self._decided(images, said.claim, trade, matcher)
            situation = _Situation(said.claim, trade.standing, decided)
            with self._places:
                checkpoint()  # holding a place, so that a crowd of the abandoned leaves at once
                images += (self._look(source, matcher, situation, observe, recall),)
        with timed(observe, "judge"):
            return self._ruled(listing, said, images, matcher, trade)

    def reassess(self, listing: Listing, images: tuple[ImageFinding, ...]) -> Assessment:
        """Return the verdict on what was seen before, by registry and policy as they are now."""
        matcher = self._gallery.current()
        said = self._claims.listen(listing, matcher.gallery.brand_names)
        return self._ruled(listing, said, images, matcher, self._trade(listing, matcher.gallery))

    def rematch(self, regions: PhotoRegions) -> tuple[Match, ...]:
        """Return a photo's best matches by what it was embedded as before, by sight alone."""
        match, limit = self._gallery.current().match, self._matches_per_image
        return best_of_frames([match(*seen.arrays, limit) for seen in regions.frames], limit)

    def _ruled(
        self, listing: Listing, said: Statement, images: _Findings, matcher: Matcher, trade: Trade
    ) -> Assessment:
        words = ListingWords(said.remarks, self._residue.read(listing, matcher.gallery.residue))
        nulls, policy = matcher.gallery.nulls, self._policy
        places = expected_places(images, listing, matcher.gallery.motifs)
        ruling = rule(images, said.claim, nulls, policy, words=words, trade=trade, places=places)
        return Assessment(
            listing_id=listing.listing_id,
            verdict=ruling.verdict,
            factors=ruling.factors,
            claim=said.claim,
            reasons=ruling.reasons + _registry_reasons(matcher),
            images=images,
            versions=self._versions(matcher),
            shares=ruling.shares,
        )

    def factors(
        self, listing: Listing, finding: ImageFinding, nulls: NullDistributions | None
    ) -> Factors:
        """Return the factors of a listing that shows this one photo, under other nulls maybe."""
        gallery = self._gallery.current().gallery
        said = self._claims.listen(listing, gallery.brand_names)
        words = ListingWords(said.remarks, self._residue.read(listing, gallery.residue))
        trade = self._trade(listing, gallery)
        return rule((finding,), said.claim, nulls, self._policy, words=words, trade=trade).factors

    def search(
        self, source: ImageSource, *, limit: int = 10, observe: Observe = unobserved
    ) -> ImageFinding:
        """Return the nearest motifs of one image, with no listing and no verdict.

        Raises:
            ImageRefusedError: when the image cannot be read.
        """
        matcher = self._gallery.current()
        with self.decoded(source) as image:
            return self._finding(source.name, image, matcher, limit, observe, NoRegionMemory())

    def matches(self, regions: Regions, limit: int) -> tuple[Match, ...]:
        """Return the best matches of chosen regions of a photo, looked at twice, best first."""
        seen = LookedAt(regions.boxes, self._eyes.embedder.embed(regions))
        return self._matches(regions.photo, seen, self._gallery.current(), limit, unobserved)[
            :limit
        ]

    @contextmanager
    def decoded(self, source: ImageSource) -> Iterator[DecodedImage]:
        """Decode an image and hold one of the places for photos while it is looked at.

        Raises:
            ImageRefusedError: when the image cannot be read.
        """
        with self._places:
            checkpoint()
            yield decode_image(source.read(self._limits), self._limits)

    def _trade(self, listing: Listing, gallery: MotifGallery) -> Trade:
        standing = gallery.sellers.standing(listing, self._clock().date())
        return Trade(standing, gallery.prices.offer(listing))

    def _versions(self, matcher: Matcher) -> Versions:
        return Versions(
            model=self._eyes.model,
            index=matcher.gallery.version,
            registry=matcher.gallery.registry_version,
            policy=self._policy.version,
            background=matcher.gallery.background,
            reader=None if self._text is None else self._text.name,
            inspector=None if self._patches is None else self._patches.name,
        )

    def _decided(
        self, images: tuple[ImageFinding, ...], claim: Claim, trade: Trade, matcher: Matcher
    ) -> bool:
        """Tell whether the photos so far make the listing suspect, if anybody needs to know."""
        if self._text is None or not images:
            return False
        ruling = rule(images, claim, matcher.gallery.nulls, self._policy, trade=trade)
        return ruling.verdict is Verdict.SUSPECT

    def _look(
        self,
        source: ImageSource,
        matcher: Matcher,
        situation: _Situation,
        observe: Observe,
        recall: _Recall,
    ) -> ImageFinding:
        if isinstance(source, RecordedSource):
            return source.finding
        began = time.perf_counter()
        try:
            data = source.read(self._limits)
        except ImageRefusedError as error:
            observe("decode", time.perf_counter() - began)
            return ImageFinding(source.name, error=ImageError(error.code, error.message))
        sha256 = hashlib.sha256(data).hexdigest()
        reading = time.perf_counter() - began

        def look() -> ImageFinding:
            told = and_reading(reading, observe)
            return self._seen(source.name, data, matcher, situation, told, recall.regions)

        key = f"{sha256} {matcher.gallery.version} {matcher.gallery.background}"
        if self._text is not None:  # whether a photo is read depends on its listing
            key = f"{key} {situation!r}"
        return replace(recall.photos.once(key, look), image=source.name)

    def _seen(
        self,
        name: str,
        data: bytes,
        matcher: Matcher,
        situation: _Situation,
        observe: Observe,
        regions: RegionMemory,
    ) -> ImageFinding:
        try:
            with timed(observe, "decode"):
                image = decode_image(data, self._limits)
        except ImageRefusedError as error:
            sha256 = hashlib.sha256(data).hexdigest()
            return ImageFinding(name, sha256, error=ImageError(error.code, error.message))
        if min(image.width, image.height) < self._policy.min_side:
            return too_small(name, image, self._policy.min_side)
        finding = self._matched(name, image, matcher, situation, observe, regions)
        if self._patches is None:
            return finding
        with timed(observe, "inspect"):
            return replace(finding, concealed=self._patches.find(image.frames))

    def _matched(
        self,
        name: str,
        image: DecodedImage,
        matcher: Matcher,
        situation: _Situation,
        observe: Observe,
        regions: RegionMemory,
    ) -> ImageFinding:
        limit = self._matches_per_image
        if self._text is None:
            return self._finding(name, image, matcher, limit, observe, regions)
        # What is read may lift a match from far down the list.
        finding = self._finding(name, image, matcher, max(limit, _LOOKS_KEPT), observe, regions)
        with timed(observe, "read"):
            finding = self._with_text(finding, image, matcher.gallery, situation)
        return replace(finding, matches=finding.matches[:limit])

    def _with_text(
        self,
        finding: ImageFinding,
        image: DecodedImage,
        gallery: MotifGallery,
        situation: _Situation,
    ) -> ImageFinding:
        """Return the finding with what the photo's text adds, where that can matter."""

        def verdict() -> Verdict:
            if situation.decided:
                return Verdict.SUSPECT
            trade = Trade(situation.standing)
            nulls, policy = gallery.nulls, self._policy
            return rule((finding,), situation.claim, nulls, policy, trade=trade).verdict

        text, claim = self._text, situation.claim
        if text is None or text.why_unread(image.frames, gallery, claim, verdict) is not None:
            return finding
        return text.added(finding, image.frames, gallery)

    def _finding(
        self,
        name: str,
        image: DecodedImage,
        matcher: Matcher,
        limit: int,
        observe: Observe,
        regions: RegionMemory,
    ) -> ImageFinding:
        looked = regions.of(image, lambda frame: self._looked_at(frame, observe))
        frames = [
            self._matches(frame, seen, matcher, limit, observe)
            for frame, seen in zip(image.frames, looked, strict=True)
        ]
        matches = best_of_frames(frames, limit)
        finding = ImageFinding(name, image.sha256, image.width, image.height, matches=matches)
        return replace(finding, look=look_of(image.frames[0]))

    def _looked_at(self, frame: NDArray[np.uint8], observe: Observe) -> LookedAt:
        with timed(observe, "propose"):
            regions = self._eyes.proposer.propose(frame)
        with timed(observe, "embed"):
            return LookedAt(regions.boxes, self._eyes.embedder.embed(regions))

    def _matches(
        self,
        frame: NDArray[np.uint8],
        seen: LookedAt,
        matcher: Matcher,
        limit: int,
        observe: Observe,
    ) -> tuple[Match, ...]:
        wanted = limit if self._verifier is None else max(limit, self._verifier.candidates)
        with timed(observe, "search"):
            matches = matcher.match(seen.boxes, seen.embeddings, wanted)
        with timed(observe, "verify"):
            if self._verifier is None:
                return matches
            return self._verifier.verify(frame, matches, matcher.gallery)


def _registry_reasons(matcher: Matcher) -> tuple[Reason, ...]:
    if matcher.gallery.motifs:
        return ()
    detail = "the registry has no enabled motif with a reference, so nothing was looked for"
    return (Reason(ReasonCode.EMPTY_REGISTRY, detail),)

"""Judges a finished run's listings again, from what is kept of it.

    kept regions ─▶ matches of each photo ─┐
    outcomes, rows of the catalogue ───────┴▶ then | now, listing by listing

Nothing is written. A listing whose row the catalogue has no more, or has differently, is counted
and left out: nobody may judge what it says today by the photos of yesterday.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter

from app.batch.executor import LocalExecutor
from app.batch.kept_regions import photos, read_frames
from app.batch.lookup import Lookup
from app.batch.report.reading import FinishedRun, Judged
from app.batch.rows import CatalogRow
from app.batch.stage import AssessStage, ListingAssessor
from app.domain.assessment import Assessment, ImageFinding
from app.domain.contract import Document, assessment_document
from app.domain.listing import Listing
from app.domain.match import Match
from app.services.collecting import ImageCollector
from app.services.region_memory import PhotoRegions

Matching = Callable[[PhotoRegions], tuple[Match, ...]]
Reassess = Callable[[Listing, tuple[ImageFinding, ...]], Assessment]
Judge = Callable[[CatalogRow, Assessment], Assessment | None]

_MATCHES: TypeAdapter[tuple[Match, ...]] = TypeAdapter(tuple[Match, ...])


@dataclass(frozen=True, slots=True)
class Comparison:
    """One listing then and now; versions and words as they were given."""

    then: Assessment
    now: Assessment

    @property
    def flipped(self) -> bool:
        """Whether the verdict is another one."""
        return self.then.verdict is not self.now.verdict


@dataclass(slots=True)
class Tally:
    """What looking back came across.

    Attributes:
        listings: Listings judged again.
        flips: Of these, by verdict then and now, where they differ.
        changed_rows: Listings left out because the catalogue has their row differently now.
        without_regions: Listings left out because a photo's embedding was not kept.
    """

    listings: int = 0
    flips: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed_rows: int = 0
    without_regions: int = 0

    def add(self, pair: Comparison) -> None:
        """Count one listing."""
        self.listings += 1
        if pair.flipped:
            self.flips[str(pair.then.verdict), str(pair.now.verdict)] += 1

    def to_document(self) -> Document:
        """Return the figures as plain JSON values."""
        flips = [
            {"then": then, "now": now, "listings": n}
            for (then, now), n in sorted(self.flips.items())
        ]
        return {
            "listings": self.listings,
            "flipped": self.flips.total(),
            "flips": flips,
            "changed_rows": self.changed_rows,
            "without_regions": self.without_regions,
        }


class KeptMatches:
    """Matches of a run's photos by what is kept of them, worked out once for each photo."""

    def __init__(self, run: Path, matching: Matching) -> None:
        """Go through all that the run has kept.

        Raises:
            StorageError: when it is damaged.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="touchstone-back-")
        self._matches = Lookup(Path(self._folder.name) / "matches.sqlite")
        self.photos = 0
        for photo in photos(read_frames(run)):
            self._matches.put(photo.sha256, _MATCHES.dump_json(matching(photo)))
            self.photos += 1

    def of(self, image: ImageFinding) -> tuple[Match, ...] | None:
        """Return a photo's matches, `None` where its embedding was not kept."""
        kept = None if image.sha256 is None else self._matches.get(image.sha256)
        return None if kept is None else _MATCHES.validate_json(kept)

    def close(self) -> None:
        """Forget them."""
        self._matches.close()
        self._folder.cleanup()


def look_back(
    run: FinishedRun, judge: Judge, tally: Tally, *, workers: int = 1
) -> Iterator[Comparison]:
    """Yield every listing of a run that can be judged again, then and now.

    Args:
        run: the run.
        judge: gives the verdict of now, or `None` where what it takes was not kept.
        tally: is told of each listing, those left out included.
        workers: listings judged at a time.

    Raises:
        StorageError: when what is kept of the run is damaged.
        UnsupportedFileError: when the catalogue cannot be read.
    """

    def work(judged: Judged) -> tuple[Judged, Assessment | None, Assessment | None]:
        then, row = judged.assessment, judged.row
        return judged, then, None if then is None or row is None else judge(row, then)

    with closing(LocalExecutor(workers).map(work, run.judged())) as every:
        for judged, then, now in every:
            if then is None:
                continue
            if now is None:
                tally.changed_rows += judged.row is None
                tally.without_regions += judged.row is not None
                continue
            pair = Comparison(then, now)
            tally.add(pair)
            yield pair


def with_motifs(matches: KeptMatches, motif_ids: frozenset[int], reassess: Reassess) -> Judge:
    """Return a judge that adds the matches of some motifs to what was seen then."""

    def judge(row: CatalogRow, then: Assessment) -> Assessment | None:
        images = []
        for image in then.images:
            found = matches.of(image)
            if found is None and image.error is None:
                return None
            others = [m for m in image.matches if m.motif_id not in motif_ids]
            best = sorted([*others, *(found or ())], key=lambda match: match.rank_key)
            images.append(replace(image, matches=tuple(best)))
        return reassess(row.listing, tuple(images))

    return judge


def by_the_rule(reassess: Reassess) -> Judge:
    """Return a judge that rules anew on what was seen then."""

    def judge(row: CatalogRow, then: Assessment) -> Assessment | None:
        return reassess(row.listing, then.images)

    return judge


def by_regions(matches: KeptMatches, reassess: Reassess, *, same_background: bool) -> Judge:
    """Return a judge that searches the registry anew by what photos were embedded as then.

    A match that is as it was keeps the figure it had, second look and text included, as long as
    figures are counted on the same background; what was only read stays as well.
    """

    def judge(row: CatalogRow, then: Assessment) -> Assessment | None:
        images = []
        for image in then.images:
            found = matches.of(image)
            if found is None and image.error is None:
                return None
            merged = _carried(found or (), image.matches) if same_background else found or ()
            images.append(replace(image, matches=merged))
        return reassess(row.listing, tuple(images))

    return judge


def by_photos(assessor: ListingAssessor, collector: ImageCollector | None) -> Judge:
    """Return a judge that looks at the photos again."""
    stage = AssessStage(assessor, collector=collector)

    def judge(row: CatalogRow, then: Assessment) -> Assessment | None:  # noqa: ARG001  the role's
        return stage.assess(row)

    return judge


def _carried(now: tuple[Match, ...], then: tuple[Match, ...]) -> tuple[Match, ...]:
    known = {(match.motif_id, match.reference_id, match.box): match for match in then}
    kept = [known.get((m.motif_id, m.reference_id, m.box), m) for m in now]
    return tuple(sorted(kept, key=lambda match: match.rank_key))


def assessment_changes(pair: Comparison) -> Document:
    """Return a flipped listing for people who decide about a switch."""
    now = assessment_document(pair.now)
    return {
        "listing_id": pair.then.listing_id,
        "then": {"verdict": str(pair.then.verdict), "score": round(pair.then.score, 6)},
        "now": {"verdict": now["verdict"], "score": now["score"], "reasons": now["reasons"]},
    }


def differing(then: Mapping[str, object], now: Mapping[str, object]) -> frozenset[str]:
    """Return the names of the versions that differ."""
    return frozenset(name for name in now if then.get(name) != now[name])

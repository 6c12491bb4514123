"""`touchstone catalog rematch OUT --motif ID`: a motif that came later, searched in past photos."""

from contextlib import closing
from heapq import nlargest
from pathlib import Path
from typing import Annotated, Any

import typer

from app.batch.looking_back import Comparison, KeptMatches, Tally, look_back, with_motifs
from app.batch.report.reading import FinishedRun
from app.cli.printing import print_json, print_rows
from app.cli.session import explained, opened
from app.domain.contract import alarms_text, match_document
from app.domain.errors import InvalidInputError
from app.domain.match import Match
from app.services.rematching import MotifSearch

_Found = tuple[Comparison, str, Match]


def rematch(
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="What `catalog score --keep-regions` wrote.")
    ],
    motif: Annotated[list[str], typer.Option("--motif", help="A motif's id; may be given again.")],
    *,
    limit: Annotated[int, typer.Option(min=0, help="Listings shown, the rarest matches.")] = 100,
    encoding: Annotated[str, typer.Option(help="Encoding of CSV files, as for the run.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Search the photos of a finished run for motifs again, without the photos."""
    with explained():
        run = FinishedRun(target, encoding=encoding)
        with opened() as touchstone:
            _require_model(run, touchstone.eyes.model)
            search = MotifSearch(touchstone.gallery, touchstone.vectors, motif)
            with closing(KeptMatches(run.path, search.matches)) as matches:
                if not matches.photos:
                    raise InvalidInputError(
                        f"{run.path.name} has no embeddings; score with --keep-regions first"
                    )
                judge = with_motifs(matches, search.motif_ids, touchstone.assessor.reassess)
                tally = Tally()
                pairs = look_back(run, judge, tally)
                every = (_found(pair, search.motif_ids) for pair in pairs)
                worst = nlargest(limit, (one for one in every if one is not None), key=_gravity)
                photos = matches.photos
    document = {"photos": photos, **tally.to_document(), "matches": [_shown(one) for one in worst]}
    if as_json:
        print_json(document)
    else:
        _print(document)


def _require_model(run: FinishedRun, model: str) -> None:
    made = run.versions.get("model")
    if made != model:
        raise InvalidInputError(
            f"the embeddings of {run.path.name} are of {made}, the model in use is {model}; "
            "score the catalogue anew"
        )


def _found(pair: Comparison, motif_ids: frozenset[int]) -> _Found | None:
    """Return a listing's rarest match of the motifs, where it counts or turned the verdict."""
    matches = [
        (image.image, match)
        for image in pair.now.images
        for match in image.matches
        if match.motif_id in motif_ids
    ]
    if not matches:
        return None
    image, best = min(matches, key=lambda found: found[1].rank_key)
    return (pair, image, best) if best.notable or pair.flipped else None


def _gravity(found: _Found) -> tuple[float, float]:
    pair, _, match = found
    return (-match.tail, pair.now.score)


def _shown(found: _Found) -> dict[str, Any]:
    pair, image, match = found
    return {
        "listing_id": pair.now.listing_id,
        "then": str(pair.then.verdict),
        "now": str(pair.now.verdict),
        "score": round(pair.now.score, 6),
        "image": image,
        "match": match_document(match),
    }


def _print(document: dict[str, Any]) -> None:
    columns = ("listing", "then", "now", "score", "image", "motif", "false alarms per million")
    rows: list[tuple[str, ...]] = [
        (
            one["listing_id"],
            one["then"],
            one["now"],
            f"{one['score']:.3f}",
            one["image"],
            f"{one['match']['brand']} / {one['match']['motif']}",
            alarms_text(one["match"]["false_alarms_per_million"]),
        )
        for one in document["matches"]
    ]
    print_rows("found again, by sight alone", columns, rows)
    typer.echo(sentence(document) + f"; {document['photos']} photos searched")


def sentence(document: dict[str, Any]) -> str:
    """Return what came of looking back, in a line."""
    flips = ", ".join(
        f"{flip['listings']} {flip['then']} to {flip['now']}" for flip in document["flips"]
    )
    parts = [f"{document['listings']} listings, {document['flipped']} other verdicts"]
    if flips:
        parts[0] += f" ({flips})"
    if document["changed_rows"]:
        parts.append(f"{document['changed_rows']} left out, their row has changed")
    if document["without_regions"]:
        parts.append(f"{document['without_regions']} left out, embeddings not kept")
    return ", ".join(parts)

"""An assessment in one flat row: its verdict, its claim, and its best match over all photos.

Codes in one value are joined by `;`.
"""

import json
import math
from collections.abc import Mapping

from app.domain.contract import Document

COLUMNS = (
    "listing_id",
    "verdict",
    "score",
    "claim_kind",
    "claim_text",
    "reasons",
    "best_brand",
    "best_motif",
    "best_image",
    "best_box",
    "best_similarity",
    "best_false_alarms_per_million",
    "images",
    "image_errors",
    "model",
    "index",
    "registry",
    "policy",
    "background",
)


def flat(document: Document) -> Mapping[str, object]:
    """Return an assessment as one value for each of `COLUMNS`; what is missing is empty."""
    images = document["images"]
    image, match = best_match(document)
    return {
        "listing_id": document["listing_id"],
        "verdict": document["verdict"],
        "score": document["score"],
        "claim_kind": document["claim"]["kind"],
        "claim_text": document["claim"]["text"],
        "reasons": ";".join(reason["code"] for reason in document["reasons"]),
        "best_brand": match.get("brand"),
        "best_motif": match.get("motif"),
        "best_image": image,
        "best_box": json.dumps(match["box"]) if match else None,
        "best_similarity": match.get("similarity"),
        "best_false_alarms_per_million": match.get("false_alarms_per_million"),
        "images": len(images),
        "image_errors": ";".join(found["error"]["code"] for found in images if found["error"]),
        **{name: document["versions"][name] for name in COLUMNS[-5:]},
    }


def best_match(document: Document) -> tuple[str | None, Document]:
    """Return the rarest match over all images and the image it is in; most similar among equals."""
    found = [(image["image"], match) for image in document["images"] for match in image["matches"]]
    return min(found, key=lambda pair: _rank(pair[1]), default=(None, {}))


def _rank(match: Document) -> tuple[float, float]:
    alarms = match["false_alarms_per_million"]
    return (math.inf if alarms is None else alarms, -match["similarity"])

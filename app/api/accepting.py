"""Which of a route's media types a caller would rather have (RFC 9110, 12.5.1)."""

from collections.abc import Mapping
from typing import TypeVar

from fastapi import Request

Form = TypeVar("Form")


def preferred(request: Request, known: Mapping[str, Form], default: Form) -> Form:
    """Return what the `Accept` header asks for most, as far as it is known."""
    asked = request.headers.get("accept", "").split(",")
    ranked = sorted(asked, key=_quality, reverse=True)
    found = (known.get(each.partition(";")[0].strip().lower()) for each in ranked)
    return next((each for each in found if each is not None), default)


def _quality(accepted: str) -> float:
    """Return the weight of one entry of an `Accept` header.

    >>> _quality("image/png;q=0.5"), _quality("application/json")
    (0.5, 1.0)
    """
    _, _, weight = accepted.replace(" ", "").partition(";q=")
    try:
        return float(weight or 1)
    except ValueError:
        return 0.0

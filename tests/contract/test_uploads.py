"""Mutated image files through every door that takes one: a verdict, or an error by its name.

`MUTATED_UPLOADS=10000` asks for more of them than a test run has time for; with `-s` the
test then says what came of them.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import requests

from tests.api.documented import description
from tests.api.sending import LISTING, as_base64
from tests.contract.mutations import mutated_files
from tests.furnished import Service, Start

UPLOADS = int(os.environ.get("MUTATED_UPLOADS", "210"))
NAMED = set(description()["components"]["examples"])
OUR_FAULT = {"internal_error", "touchstone_error", "image_refused"}  # the last is a base class

Door = Callable[[Service, str, bytes], requests.Response]
Files = dict[str, tuple[str | None, str | bytes, str]]
ANY = "application/octet-stream"


def _as_form(service: Service, name: str, data: bytes) -> requests.Response:
    listing = json.dumps(LISTING)
    files: Files = {"images": (name, data, ANY), "listing": (None, listing, "application/json")}
    return service.session.post(f"{service.url}/v1/assessments", files=files, timeout=20)


def _as_json(service: Service, name: str, data: bytes) -> requests.Response:
    body: Any = {"listing": LISTING, "images": [{"name": name, "base64": as_base64(data)}]}
    return service.session.post(f"{service.url}/v1/assessments", json=body, timeout=20)


def _to_search(service: Service, name: str, data: bytes) -> requests.Response:
    files: Files = {"image": (name, data, ANY)}
    return service.session.post(f"{service.url}/v1/search", files=files, timeout=20)


def _to_explain(service: Service, name: str, data: bytes) -> requests.Response:
    files: Files = {"image": (name, data, ANY), "motif_id": (None, "mot_1", "text/plain")}
    return service.session.post(f"{service.url}/v1/explain", files=files, timeout=20)


def _as_reference(service: Service, name: str, data: bytes) -> requests.Response:
    path = "/v1/motifs/mot_3/references"
    files: Files = {"image": (name, data, ANY)}
    answer = service.session.post(f"{service.url}{path}", files=files, timeout=20)
    if answer.status_code == 201:
        kept = answer.json()["id"]
        gone = service.session.delete(f"{service.url}{path}/{kept}", timeout=20)
        assert gone.status_code == 204
    return answer


# Most files go the way of listings; a new reference changes the registry and costs more.
DOORS: Sequence[Door] = (
    *((_as_form, _as_json, _as_form, _to_search, _to_explain) * 4),
    _as_reference,
)


def test_mutated_uploads_give_only_named_errors(start: Start) -> None:
    found: Counter[str] = Counter()
    with start() as service:
        for number, (name, data) in enumerate(mutated_files(UPLOADS)):
            door = DOORS[number % len(DOORS)]
            told = f"{name} by {door.__name__}"
            answer = door(service, name, data)
            assert answer.status_code < 500, f"{told}: {answer.text}"
            found[_outcome(answer.json(), told)] += 1
        ready = service.session.get(f"{service.url}/health/ready", timeout=20)
        assert ready.status_code == 200
    print(f"\n{UPLOADS} mutated uploads: {json.dumps(dict(found.most_common()), indent=1)}")  # noqa: T201
    # Both ends are reached, or the files were not what they are meant to be.
    assert found["read"] > UPLOADS / 20
    assert found.total() - found["read"] > UPLOADS / 5


def _outcome(document: dict[str, Any], told: str) -> str:
    """Return `read`, or the code under which the file was refused."""
    if "images" in document:
        error = document["images"][0]["error"]
        code = "read" if error is None else str(error["code"])
        assert document["verdict"] != "clear" or error is None, told
    else:
        code = str(document.get("code", "read"))
    assert code == "read" or code.startswith("image_"), f"{told}: {document}"
    assert code == "read" or code in NAMED - OUR_FAULT, f"{told}: {document}"
    return code

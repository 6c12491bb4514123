"""Schemathesis asks a real server everything that its description allows, and much that it forbids.

Every operation is met twice. First as the description alone would have it: each boundary of each
parameter and body, fields left out, of the wrong type, too long, and requests without a key. Then
with ids that exist, so that the requests get past the door. No answer may be a 500, and each has to
be one that the description knows, in status, media type, headers and schema. What is asked is the
same in every run.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeAlias

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis.checks import load_all_checks, positive_data_acceptance
from schemathesis.core.result import Ok

from tests.api.documented import description
from tests.furnished import Service, Start

FUZZED = 8  # requests of the library's own making for each operation, beside its systematic ones
INFORMED = 10  # requests with ids that exist
# Rules that a JSON schema cannot tell (a cursor is one that was given out, a box lies in its
# picture, one of two fields is sent) refuse some of what the schema allows.
TOLD_IN_WORDS = [positive_data_acceptance]
KNOWN_IDS = {
    "assessment_id": ("asm_1",),
    "brand_id": ("brd_1", "brd_4"),
    "authorisation_id": ("slr_1",),
    "motif_id": ("mot_1", "mot_3"),  # the latter is in quarantine
    "reference_id": ("ref_1", "ref_4"),
    # Two that are open, one that is decided, one whose decision has been appealed against.
    "review_id": ("rev_1", "rev_2", "rev_3", "rev_4"),
    "webhook_id": ("whk_1",),
    "delivery_id": ("dlv_1",),
    "catalog_id": ("cat_1", "cat_2"),  # one that is done, one that waits
    "key_id": ("key_2",),  # key_1 is the one that asks
}

NEEDS_AN_IMAGE = {"POST /v1/motifs/{motif_id}/references"}  # test_uploads.py has them

Case: TypeAlias = "schemathesis.Case[Any]"

load_all_checks()
SCHEMA = schemathesis.openapi.from_dict(description())
# A query parameter that no route knows is ignored, as on most servers, and not refused.
SCHEMA.config.generation.update(
    deterministic=True, max_examples=FUZZED, allow_extra_parameters=False
)
WITH_IDS = {
    operation.label: operation
    for operation in (
        result.ok() for result in SCHEMA.get_all_operations() if isinstance(result, Ok)
    )
    if operation.path_parameters
}


@pytest.fixture(scope="module")
def closed(start_once: Start) -> Iterator[Service]:
    """One service for all that the description alone leads to."""
    with start_once() as service:
        yield service
        told = service.session.get(f"{service.url}/v1/keys/key_1", timeout=10)
        assert told.status_code == 200, "the key was lost on the way, so nothing was tested"


@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
@SCHEMA.parametrize()
def test_whatever_the_description_leads_to(case: Case, closed: Service) -> None:
    case.call_and_validate(
        closed.url, session=closed.session, excluded_checks=TOLD_IN_WORDS, timeout=10
    )


# Of the library itself, which draws the boundaries of forms.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
@pytest.mark.parametrize("label", WITH_IDS)
def test_things_that_exist(label: str, start: Start) -> None:
    operation = WITH_IDS[label]
    ids = st.fixed_dictionaries(
        {each.name: st.sampled_from(KNOWN_IDS[each.name]) for each in operation.path_parameters}
    )
    statuses: Counter[int] = Counter()

    with start() as service:

        @hypothesis.settings(
            max_examples=INFORMED,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy(), known=ids)
        def ask(case: Case, known: dict[str, Any]) -> None:
            case.path_parameters = known
            answer = case.call_and_validate(
                service.url, session=service.session, excluded_checks=TOLD_IN_WORDS, timeout=10
            )
            statuses[answer.status_code] += 1

        ask()
    assert label in NEEDS_AN_IMAGE or any(status < 300 for status in statuses), statuses

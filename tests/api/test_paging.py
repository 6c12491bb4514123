"""Lists page by cursor: every item once, whatever comes and goes meanwhile."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from app.api.cursors import decode_cursor, encode_cursor
from app.domain.errors import InvalidInputError
from app.services.touchstone import Touchstone
from tests.api.sending import assessed, check_problem
from tests.fakes import enrol, motif_file


def _walk(client: TestClient, path: str, limit: int, **query: str) -> Iterator[list[str]]:
    cursor: str | None = ""
    seen: set[str] = set()
    while cursor is not None:
        assert cursor not in seen, "the walk goes in a circle"
        seen.add(cursor)
        params: dict[str, Any] = {"limit": limit, **query}
        page = client.get(path, params=params | ({"cursor": cursor} if cursor else {})).json()
        yield [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]


@pytest.fixture
def five_of_each(client: TestClient, touchstone: Touchstone) -> None:
    for seed in range(5):
        enrol(touchstone, seed, brand=f"brand {seed}")
        if seed:
            touchstone.enroller.add(1, motif_file(seed))
        assessed(client)


LISTS = {
    "/v1/brands": ["brd_1", "brd_2", "brd_3", "brd_4", "brd_5"],
    "/v1/motifs": ["mot_1", "mot_2", "mot_3", "mot_4", "mot_5"],
    "/v1/motifs/mot_1/references": ["ref_1", "ref_3", "ref_5", "ref_7", "ref_9"],
    "/v1/assessments": ["asm_5", "asm_4", "asm_3", "asm_2", "asm_1"],
}


@pytest.mark.usefixtures("five_of_each")
def test_every_item_comes_once(client: TestClient) -> None:
    for path, expected in LISTS.items():
        for limit in (1, 2, 5, 6):
            pages = list(_walk(client, path, limit))
            assert [name for page in pages for name in page] == expected
            assert all(len(page) == limit for page in pages[:-1])
            assert pages[-1]  # a last page that is full is followed by no empty one


@pytest.mark.usefixtures("five_of_each")
def test_a_page_holds_when_items_come_and_go(client: TestClient) -> None:
    motifs = _walk(client, "/v1/motifs", 2)
    assert next(motifs) == ["mot_1", "mot_2"]
    client.delete("/v1/motifs/mot_2")
    client.delete("/v1/motifs/mot_4")
    assert list(motifs) == [["mot_3", "mot_5"]]
    assessments = _walk(client, "/v1/assessments", 2)
    assert next(assessments) == ["asm_5", "asm_4"]
    assessed(client)
    assert list(assessments) == [["asm_3", "asm_2"], ["asm_1"]]


@pytest.mark.parametrize("path", ["/v1/brands", "/v1/motifs", "/v1/assessments"])
def test_an_empty_list_is_one_page(unchanged: TestClient, path: str) -> None:
    assert unchanged.get(path).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("cursor", ["", "!", "MTI=", "LTE", "MDE", "MTI\u00e9", "x" * 101])
def test_a_foreign_cursor_is_refused(unchanged: TestClient, cursor: str) -> None:
    answer = unchanged.get("/v1/brands", params={"cursor": cursor})
    check_problem(answer, 422, "invalid_input")


@pytest.mark.parametrize("limit", ["0", "101", "-5", "1.5"])
def test_a_page_size_that_cannot_be(unchanged: TestClient, limit: str) -> None:
    check_problem(unchanged.get("/v1/motifs", params={"limit": limit}), 422, "invalid_input")


@given(st.integers(0, 10**18 - 1))
def test_a_cursor_comes_back_as_its_id(number: int) -> None:
    assert decode_cursor(encode_cursor(number)) == number


@given(st.text(max_size=30))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    try:
        number = decode_cursor(text)
    except InvalidInputError:
        return
    assert encode_cursor(number) == text

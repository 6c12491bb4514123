"""A manifest reads back exactly as written, or not at all."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from index import IndexOptions, SnapshotFile, SnapshotManifest, SnapshotRefusedError

MANIFEST = SnapshotManifest(
    version="20250131T094500123456Z-0000000041-9f2c11aa",
    model="mobile-embedder",
    weights_sha256="ab" * 32,
    dim=256,
    kind="flat",
    options=IndexOptions(),
    count=3,
    registry_version=41,
    created_at=datetime(2025, 1, 31, 9, 45, tzinfo=UTC),
    files=(SnapshotFile("ids.npy", "00", 152), SnapshotFile("vectors.npy", "11", 3200)),
)


def test_it_reads_back_as_written() -> None:
    assert SnapshotManifest.from_json(MANIFEST.to_json()) == MANIFEST


def test_its_json_is_meant_for_people_too() -> None:
    fields = json.loads(MANIFEST.to_json())
    assert fields["files"]["ids.npy"] == {"sha256": "00", "bytes": 152}
    assert (fields["metric"], fields["created_at"]) == ("cosine", "2025-01-31T09:45:00+00:00")


def test_any_single_altered_character_is_refused() -> None:
    text = MANIFEST.to_json()
    for place, character in enumerate(text):
        altered = text[:place] + ("0" if character != "0" else "1") + text[place + 1 :]
        with pytest.raises(SnapshotRefusedError) as refusal:
            SnapshotManifest.from_json(altered)
        assert refusal.value.reason in {"manifest", "format"}


@pytest.mark.parametrize(
    "alter",
    [
        lambda fields: fields.pop("count"),
        lambda fields: fields.update(unheard_of=1),
        lambda fields: fields.update(dim="256"),
        lambda fields: fields.update(count=None),
        lambda fields: fields.update(files=[]),
        lambda fields: fields.update(options={"kind": "annoy"}),
        lambda fields: fields.update(created_at="yesterday"),
        lambda fields: fields.pop("seal"),
    ],
)
def test_fields_that_are_missing_unknown_or_of_another_type_are_refused(
    alter: Callable[[dict[str, Any]], Any],
) -> None:
    fields = json.loads(MANIFEST.to_json())
    alter(fields)
    with pytest.raises(SnapshotRefusedError) as refusal:
        SnapshotManifest.from_json(json.dumps(fields, indent=2) + "\n")
    assert refusal.value.reason == "manifest"


@pytest.mark.parametrize("text", ["", "null", "[]", "7", "{}", '{"format": 1}', "{", "\x00"])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(SnapshotRefusedError, match="unusable") as refusal:
        SnapshotManifest.from_json(text)
    assert refusal.value.reason == "manifest"


def test_another_format_is_named_whatever_else_it_holds() -> None:
    with pytest.raises(SnapshotRefusedError, match="format 2, expected 1") as refusal:
        SnapshotManifest.from_json('{"format": 2, "novelty": []}')
    assert refusal.value.reason == "format"


@pytest.mark.parametrize(
    "values",
    [
        {"model": ""},
        {"weights_sha256": None},
        {"dim": 0},
        {"count": -1},
        {"count": True},
        {"registry_version": -1},
        {"kind": "annoy"},
        {"created_at": datetime(2025, 1, 1)},  # noqa: DTZ001
        {"created_at": datetime(2025, 1, 1, tzinfo=timezone(timedelta(hours=1)))},
        {"files": (SnapshotFile("../ids.npy", "00", 1),)},
        {"files": (SnapshotFile("b", "00", 1), SnapshotFile("a", "00", 1))},
        {"files": (SnapshotFile("a", "00", 1), SnapshotFile("a", "00", 1))},
    ],
    ids=str,
)
def test_impossible_values_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(SnapshotRefusedError) as refusal:
        replace(MANIFEST, **values)
    assert refusal.value.reason == "manifest"

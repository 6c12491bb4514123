"""`catalog rematch` and `catalog replay` say what scoring anew would, without the photos."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import build
from app.domain.registry import IdPrefix, public_id
from app.settings import Settings
from tests.batch.samples import read_jsonl, write_jsonl
from tests.cli.test_commands import Run, run
from tests.fakes import calibrate, enrol, photo_with, plain_photo

__all__ = ["run"]
LISTINGS = 12
CLOSE = 2e-3  # what keeping embeddings in eight bits costs a similarity at most, here


@pytest.fixture
def service(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], str]:
    """A calibrated service with motif 1; called with a number, it enrols that motif as well."""
    monkeypatch.setenv("TOUCHSTONE_READING", "never")
    monkeypatch.setenv("TOUCHSTONE_SECOND_LOOK", "off")

    def enrolled(seed: int) -> str:
        touchstone = build(Settings())
        try:
            motif, _ = enrol(touchstone, seed, brand=f"Brand {seed}")
        finally:
            touchstone.close()
        return public_id(IdPrefix.MOTIF, motif.id)

    enrolled(1)
    touchstone = build(Settings())
    calibrate(touchstone, tmp_path)
    touchstone.close()
    return enrolled


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """Of each four listings one shows motif 1, one motif 2 and two none; one photo is broken."""
    rows = []
    for number in range(LISTINGS):
        shown = {0: photo_with(1, number), 1: photo_with(2, number)}.get(number % 4)
        (tmp_path / f"{number}.png").write_bytes(shown or plain_photo(number, "png"))
        claim = "Unbranded" if number % 3 else "Brand 2"
        rows.append({"listing_id": f"L{number}", "brand_field": claim, "images": [f"{number}.png"]})
    rows[3]["images"] = ["gone.png", "3.png"]
    return write_jsonl(tmp_path / "in.jsonl", rows)


def _score(run: Run, catalog: Path, name: str, *words: str) -> list[dict[str, Any]]:
    target = catalog.with_name(name)
    done = run("catalog", "score", catalog, target, *words)
    assert done.code == 0, done.err
    return read_jsonl(target)


def _without_photos(catalog: Path) -> None:
    for photo in catalog.parent.glob("*.png"):
        photo.unlink()


def _verdicts(documents: list[dict[str, Any]]) -> dict[str, str]:
    return {document["listing_id"]: document["verdict"] for document in documents}


def test_a_motif_that_came_later_is_found_without_the_photos(
    run: Run, service: Callable[[int], str], catalog: Path
) -> None:
    then = _score(run, catalog, "out.jsonl", "--keep-regions")
    motif = service(2)
    anew = _score(run, catalog, "anew.jsonl")
    _without_photos(catalog)
    done = run("catalog", "rematch", catalog.with_name("out.jsonl"), "--motif", motif, "--json")
    assert done.code == 0, done.err
    found = done.json
    assert (found["photos"], found["listings"]) == (LISTINGS, LISTINGS)
    assert found["changed_rows"] == found["without_regions"] == 0
    expected = {
        document["listing_id"]: (document, match)
        for document in anew
        for match in document["images"][-1]["matches"]
        if match["motif_id"] == motif and match["false_alarms_per_million"] <= 1000
    }
    assert set(expected) >= {"L1", "L5", "L9"}
    assert {one["listing_id"] for one in found["matches"]} == set(expected)
    before = _verdicts(then)
    for one in found["matches"]:
        document, match = expected[one["listing_id"]]
        assert (one["then"], one["now"]) == (before[one["listing_id"]], document["verdict"])
        assert one["match"]["box"] == match["box"]
        assert one["match"]["similarity"] == pytest.approx(match["similarity"], abs=CLOSE)
    # L9 names the brand that it shows.
    assert {one["now"] for one in found["matches"] if one["listing_id"] in {"L1", "L5"}} == {
        "suspect"
    }
    assert "L9" in expected
    assert before["L9"] == "clear"


def test_rematch_needs_embeddings_of_the_model_in_use(
    run: Run, service: Callable[[int], str], catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _score(run, catalog, "out.jsonl")
    motif, target = service(2), catalog.with_name("out.jsonl")
    done = run("catalog", "rematch", target, "--motif", motif)
    assert (done.code, "score with --keep-regions first" in done.err) == (1, True)
    _score(run, catalog, "out.jsonl", "--keep-regions")
    done = run("catalog", "rematch", target, "--motif", "mot_99")
    assert (done.code, "no enabled motif with a reference: mot_99" in done.err) == (1, True)
    monkeypatch.setenv("TOUCHSTONE_GRID_OVERLAP", "0.25")
    done = run("catalog", "rematch", target, "--motif", motif)
    assert (done.code, "score the catalogue anew" in done.err) == (1, True)


def test_changed_rows_are_left_out_and_told(
    run: Run, service: Callable[[int], str], catalog: Path
) -> None:
    _score(run, catalog, "out.jsonl", "--keep-regions")
    motif = service(2)
    lines = catalog.read_text(encoding="utf-8").splitlines()
    lines[1] = json.dumps(json.loads(lines[1]) | {"title": "something else"})
    catalog.write_text("\n".join(lines) + "\n", encoding="utf-8")
    target = catalog.with_name("out.jsonl")
    found = run("catalog", "rematch", target, "--motif", motif, "--json").json
    assert (found["changed_rows"], found["listings"]) == (1, LISTINGS - 1)
    assert "L1" not in {one["listing_id"] for one in found["matches"]}
    done = run("catalog", "rematch", target, "--motif", motif)
    assert "1 left out, their row has changed" in done.out


def test_replay_under_the_same_versions_flips_nothing(
    run: Run, service: Callable[[int], str], catalog: Path
) -> None:
    _score(run, catalog, "out.jsonl")
    _without_photos(catalog)
    found = run("catalog", "replay", catalog.with_name("out.jsonl"), "--json").json
    assert (found["by"], found["listings"], found["flipped"]) == ("matches", LISTINGS, 0)


def test_replay_under_another_policy_says_what_scoring_anew_does(
    run: Run, service: Callable[[int], str], catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    then = _score(run, catalog, "out.jsonl")
    budgets = {"suspect_per_million": "100000", "review_per_million": "250000"}
    with monkeypatch.context() as environment:
        for name, value in budgets.items():
            environment.setenv(f"TOUCHSTONE_{name.upper()}", value)
        anew = _score(run, catalog, "anew.jsonl")
    _without_photos(catalog)
    words = [f"--{name.replace('_', '-')}={value}" for name, value in budgets.items()]
    found = run("catalog", "replay", catalog.with_name("out.jsonl"), *words, "--json").json
    assert found["by"] == "matches"
    assert found["now"] == anew[0]["versions"]
    _assert_flips(found, then, anew)
    assert found["flipped"]


def test_replay_under_another_registry_says_what_scoring_anew_does(
    run: Run,
    service: Callable[[int], str],
    catalog: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    then = _score(run, catalog, "out.jsonl", "--keep-regions")
    shutil.copytree(tmp_path / "var", tmp_path / "other")
    with monkeypatch.context() as environment:
        environment.setenv("TOUCHSTONE_DATA_DIR", str(tmp_path / "other"))
        motif = service(2)
        assert run("motifs", "disable", "mot_1").code == 0
        anew = _score(run, catalog, "anew.jsonl")
    _without_photos(catalog)
    words = ("--registry", tmp_path / "other")
    found = run("catalog", "replay", catalog.with_name("out.jsonl"), *words, "--json").json
    assert found["by"] == "embeddings"
    _assert_flips(found, then, anew)
    flips = {(flip["then"], flip["now"]) for flip in found["flips"]}
    assert flips >= {("suspect", "clear"), ("clear", "suspect")}
    assert motif == "mot_2"
    shown = run("catalog", "replay", catalog.with_name("out.jsonl"), *words)
    assert "registry: " in shown.out
    assert "judged by embeddings" in shown.out
    missing = run("catalog", "replay", catalog.with_name("out.jsonl"), "--registry", tmp_path)
    assert (missing.code, "has no touchstone.db" in missing.err) == (1, True)


def test_replay_under_another_model_looks_at_the_photos(
    run: Run, service: Callable[[int], str], catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    then = _score(run, catalog, "out.jsonl", "--keep-regions")
    with monkeypatch.context() as environment:
        # Another proposer is another model: the background does not fit it.
        environment.setenv("TOUCHSTONE_GRID_SCALES", "[1.0]")
        anew = _score(run, catalog, "anew.jsonl")
        found = run("catalog", "replay", catalog.with_name("out.jsonl"), "--json").json
    assert found["by"] == "photos"
    _assert_flips(found, then, anew)
    assert found["flipped"]


def _assert_flips(
    found: dict[str, Any], then: list[dict[str, Any]], anew: list[dict[str, Any]]
) -> None:
    before, after = _verdicts(then), _verdicts(anew)
    expected = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    changes = {
        one["listing_id"]: (one["then"]["verdict"], one["now"]["verdict"])
        for one in found["changes"]
    }
    assert changes == expected
    assert found["flipped"] == len(expected)

"""The command line as a user meets it: exit codes, JSON, one line for each failure."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from tests.fakes import motif_file, photo_with, plain_photo, write_photos

COMMANDS = (
    "demo", "serve", "motifs import", "motifs list", "motifs show", "motifs disable",
    "motifs enable", "motifs remove", "score", "catalog score", "calibrate", "evaluate", "words",
    "audit", "retention run", "reviews export", "keys create", "keys list", "keys revoke",
    "index build", "index stats", "index verify",
    "evidence keygen", "evidence export", "evidence verify",
)  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on a service of its own in `tmp_path`."""
    monkeypatch.setenv("TOUCHSTONE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("TOUCHSTONE_MODEL", "pixels")
    monkeypatch.chdir(tmp_path)

    def call(*words: object) -> Done:
        result = CliRunner().invoke(cli, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    rows = ["brand,motif,kind,path"]
    for seed in range(3):
        (tmp_path / f"{seed}.png").write_bytes(motif_file(seed))
        rows.append(f"Brand {seed},mark {seed},logo,{seed}.png")
    path = tmp_path / "manifest.csv"
    path.write_text("\n".join([*rows, "Brand 9,mark,logo,absent.png"]))
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_contract_has_help(run: Run, command: str) -> None:
    done = run(*command.split(), "--help")
    assert (done.code, "Usage" in done.out) == (0, True)


@pytest.mark.parametrize(
    "words",
    [
        ["motifs", "import"],
        ["score"],
        ["no-such"],
        ["catalog", "score", "a.jsonl"],
        ["score", "--x"],
    ],
)
def test_wrong_usage_is_exit_code_two(run: Run, words: list[str]) -> None:
    assert run(*words).code == 2


def test_a_manifest_is_imported_and_scoring_works_at_once(
    run: Run, manifest: Path, tmp_path: Path
) -> None:
    report = run("motifs", "import", manifest, "--json")
    assert report.code == 0
    assert report.json["references_added"] == 3
    assert [error["row"] for error in report.json["errors"]] == [4]
    assert run("calibrate", *write_photos(tmp_path / "ordinary", 120)).code == 0
    (tmp_path / "a.png").write_bytes(photo_with(1))
    scored = run("score", tmp_path / "a.png", "--brand-field", "Unbranded", "--json").json
    assert scored["verdict"] == "suspect"
    assert scored["images"][0]["matches"][0]["brand"] == "Brand 1"
    assert scored["claim"] == {
        "kind": "unbranded",
        "text": "Unbranded",
        "source": "brand_field",
        "brands": [],
    }
    for people in (run("score", tmp_path / "a.png", "--title", "a [red]b"), run("motifs", "list")):
        assert people.code == 0
        assert "Brand 1" in people.out


def test_the_registry_is_kept_from_the_command_line(run: Run, manifest: Path) -> None:
    run("motifs", "import", manifest)
    motif = run("motifs", "list", "--json").json["motifs"][0]["motif_id"]
    shown = run("motifs", "show", motif, "--json").json
    assert (shown["brand"], len(shown["references"])) == ("Brand 0", 1)
    assert run("motifs", "show", motif).code == 0
    off = run("motifs", "disable", motif, "--until", "2099-01-01", "--json").json
    assert (off["enabled"], off["disabled_until"]) == (False, "2099-01-01T00:00:00+00:00")
    assert run("motifs", "enable", motif, "--json").json["enabled"] is True
    assert run("motifs", "remove", motif).code == 0
    gone = run("motifs", "show", motif)
    assert (gone.code, gone.out) == (1, "")
    assert gone.err.startswith("touchstone: ")
    assert gone.err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["motifs", "import", "absent.csv"],
        ["motifs", "show", "brd_1"],
        ["motifs", "disable", "mot_1", "--until", "soon"],
        ["motifs", "disable", "mot_1", "--until", "2020-01-01"],
        ["score", "absent.jpg"],
        ["calibrate", "absent.jpg"],
        ["catalog", "score", "absent.jsonl", "out.jsonl"],
        ["catalog", "score", "catalogue.xlsx", "out.jsonl"],
        ["index", "verify"],
        ["keys", "create", "pipeline", "--scope", "write"],
        ["keys", "create", " ", "--scope", "admin"],
        ["keys", "revoke", "key_7"],
        ["serve", "--host", "0.0.0.0"],  # noqa: S104  what is refused
        ["evaluate", "imagenet"],
    ],
)
def test_a_failure_is_one_line_and_exit_code_one(run: Run, words: list[str]) -> None:
    done = run(*words)
    assert done.code == 1
    lines = [line for line in done.err.splitlines() if line.startswith("touchstone: ")]
    assert len(lines) == 1
    assert "Traceback" not in done.err


def test_a_manifest_without_one_usable_row_is_a_failure(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("brand,motif,kind,path\nB,m,logo,absent.png\n")
    done = run("motifs", "import", path)
    assert done.code == 1
    assert "row 1" in done.err


def test_the_demo_deletes_nothing_but_an_earlier_demo(run: Run, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "holiday.jpg").write_bytes(b"mine")
    done = run("demo", "--out", tmp_path)
    assert (done.code, "is not of an earlier demo" in done.err) == (1, True)
    assert (tmp_path / "photos" / "holiday.jpg").read_bytes() == b"mine"


def test_a_list_that_is_not_json_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHSTONE_GRID_SCALES", "1,0.5")
    assert run("index", "stats").code == 1


def test_a_broken_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHSTONE_NEIGHBOURS", "many")
    done = run("index", "stats")
    assert (done.code, "TOUCHSTONE_NEIGHBOURS" in done.err) == (1, True)
    monkeypatch.delenv("TOUCHSTONE_NEIGHBOURS")
    monkeypatch.setenv("TOUCHSTONE_MODEL", "resnet-9000")
    assert "efficientnet-lite0-imagenet" in run("index", "stats").err


def test_settings_come_from_a_file_too(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "touchstone.toml").write_text('index_kind = "exact"\n')
    assert run("index", "stats", "--json").json["kind"] == "exact"
    monkeypatch.setenv("TOUCHSTONE_INDEX_KIND", "hnsw")
    assert run("index", "stats", "--json").json["kind"] == "hnsw"
    (tmp_path / "touchstone.toml").write_text("no_such_setting = 1\n")
    assert run("index", "stats").code == 1


def test_two_data_directories_are_two_services(
    run: Run, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("motifs", "import", manifest)
    monkeypatch.setenv("TOUCHSTONE_DATA_DIR", str(tmp_path / "elsewhere"))
    assert run("motifs", "list", "--json").json["motifs"] == []


def test_a_snapshot_is_built_and_verified(run: Run, manifest: Path) -> None:
    run("motifs", "import", manifest)
    built = run("index", "build", "--json").json
    assert built["count"] == 3
    verified = run("index", "verify", "--json").json
    assert (verified["verified"], verified["version"]) == (True, built["version"])
    stats = run("index", "stats", "--json").json
    assert (stats["references"], stats["snapshots"]) == (3, [built["version"]])


def test_a_catalogue_is_scored(run: Run, manifest: Path, tmp_path: Path) -> None:
    run("motifs", "import", manifest)
    (tmp_path / "a.png").write_bytes(photo_with(0))
    (tmp_path / "b.jpg").write_bytes(plain_photo()[:200])
    rows = [
        {"listing_id": "1", "images": ["a.png"], "brand_field": "Unbranded"},
        {"listing_id": "2", "images": ["b.jpg", "a.png"]},
        {"no": "id"},
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    forecast = run("catalog", "score", "in.jsonl", "out.jsonl", "--dry-run")
    assert forecast.code == 0
    assert "3 rows; of 3 read, 1 rejected" in forecast.out
    assert "3 photos, 2 readable, 1 not (1 image_truncated)" in forecast.out
    assert not (tmp_path / "out.jsonl.run").exists()
    summary = run("catalog", "score", "in.jsonl", "out.jsonl", "--json")
    assert summary.code == 0
    assert (summary.json["listings"], summary.json["rejected"]) == (2, 1)
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["listing_id"] for line in lines] == ["1", "2"]
    assert lines[1]["images"][0]["error"]["code"] == "image_truncated"
    assert run("catalog", "score", "in.jsonl", "out.csv").code == 0
    assert run("catalog", "score", "in.jsonl", "out.jsonl", "--resume").code == 0
    (tmp_path / "b.jpg").write_bytes(plain_photo())
    retried = run("catalog", "score", "in.jsonl", "out.jsonl", "--retry-failed")
    assert "2 rows kept from an earlier run, 3 photos of which 0 unreadable" in retried.out
    unchanged = run("catalog", "score", "in.jsonl", "new.parquet", "--since", "out.jsonl")
    assert "2 rows unchanged" in unchanged.out
    (tmp_path / "bad.jsonl").write_text("no\nlisting\n")
    rejected = run("catalog", "score", "bad.jsonl", "out.jsonl")
    assert rejected.code == 1
    assert "every one of the 2 rows was rejected" in rejected.err


def test_keys_are_made_listed_and_revoked(run: Run) -> None:
    token = run("keys", "create", "pipeline", "--scope", "assess", "--scope", "review").out.strip()
    assert token.startswith("ts_")
    made = run("keys", "create", "root", "--scope", "admin", "--rate", 5, "--json").json
    assert (made["scopes"], made["rate_per_minute"]) == (["admin"], 5)
    listed = run("keys", "list", "--json")
    assert [key["name"] for key in listed.json["keys"]] == ["pipeline", "root"]
    assert token not in listed.out
    assert "pipeline" in run("keys", "list").out
    assert run("keys", "revoke", made["key_id"]).code == 0
    assert run("keys", "list", "--json").json["keys"][1]["revoked_at"] is not None


def test_keys_need_no_model(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHSTONE_MODEL", "resnet-9000")
    assert run("keys", "create", "root", "--scope", "admin").code == 0


def test_without_a_decision_there_are_no_labels(run: Run) -> None:
    assert run("reviews", "export").out == ""


def test_words_are_counted_on_a_catalogue(run: Run, tmp_path: Path) -> None:
    rows = ["listing_id,title,images", *(f"L{n},ring {n},a.jpg" for n in range(1_000))]
    (tmp_path / "shop.csv").write_text("\n".join(rows) + "\n")
    assert run("words", "shop.csv", "--json").json == {"titles": 1_000, "words": 1}
    assert (tmp_path / "var" / "title-words.json").exists()
    (tmp_path / "small.csv").write_text("\n".join(rows[:9]) + "\n")
    refused = run("words", "small.csv")
    assert (refused.code, "too few" in refused.err) == (1, True)

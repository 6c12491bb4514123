"""Writes the Python client's models and calls from `docs/openapi.json`, or checks them.

    docs/openapi.json ─▶ client_source ─▶ ruff format ─▶ touchstone_client/models, …/calls

A file that nothing makes any more is removed.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from scripts.client_source.described import Description
from scripts.client_source.modules import (
    calls_index,
    calls_module,
    models_index,
    models_module,
)

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "touchstone_client"
MADE = ("models", "calls")


def sources() -> dict[str, str]:
    """Return the source of every generated file, by its path below the client's folder."""
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    description = Description(document)
    groups = description.groups()
    tags = [
        tag
        for tag in description.tags
        if any(each.tag == tag and not each.by_hand for each in description.operations)
    ]
    files = {
        "models/__init__.py": models_index(description, groups),
        "calls/__init__.py": calls_index(tags),
    }
    for group, names in groups.items():
        files[f"models/{group}.py"] = models_module(description, group, names)
    for tag in tags:
        files[f"calls/{tag}.py"] = calls_module(description, tag)
    return {name: formatted(text) for name, text in sorted(files.items())}


def formatted(text: str) -> str:
    """Return source in the project's format, its imports in order."""
    for command in (["check", "--fix", "--quiet", "--select", "I"], ["format", "--quiet"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(TARGET / "made.py")]
        done = subprocess.run(  # noqa: S603  of this environment, on what was just made
            [*ruff, "-"], input=text, capture_output=True, text=True, cwd=ROOT, check=False
        )
        if done.returncode:
            raise SystemExit(f"ruff refused what was made: {done.stderr}\n{text}")
        text = done.stdout
    return text


def differing(made: dict[str, str]) -> list[str]:
    """Return the files that are not as they would be made now."""
    kept = {
        str(path.relative_to(TARGET)): path.read_text(encoding="utf-8")
        for folder in MADE
        for path in (TARGET / folder).glob("*.py")
    }
    return sorted(name for name in kept.keys() | made.keys() if kept.get(name) != made.get(name))


def main() -> int:
    """Write the files, or with `--check` say which differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 if one differs"
    )
    check = parser.parse_args().check
    made = sources()
    names = differing(made)
    if check and names:
        print(
            f"out of date: {', '.join(names)}; run python -m scripts.make_client", file=sys.stderr
        )
        return 1
    for name in names:
        path = TARGET / name
        if name in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[name], encoding="utf-8")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())

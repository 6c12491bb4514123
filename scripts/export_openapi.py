"""Writes the API's description to `docs/openapi.json`, or checks that it is up to date."""

import argparse
import json
import sys
from pathlib import Path

from app.main import create_app
from app.settings import Settings

TARGET = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def description() -> str:
    """Return the description of the application as it is now."""
    return json.dumps(create_app(Settings()).openapi(), indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the file, or with `--check` say whether it differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if it differs")
    if not parser.parse_args().check:
        TARGET.write_text(description(), encoding="utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == description():
        return 0
    print(f"{TARGET.name} is out of date; run python -m scripts.export_openapi", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

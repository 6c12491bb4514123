"""The committed splits keep what was looked at apart from what is reported."""

from collections import Counter
from pathlib import Path

import pytest

from app.evaluation.splits import background_part, brand_parts

PARTS = ("fit", "calibrate", "compose", "report")
DATA = Path(__file__).parents[3] / "shared" / "data"


def test_no_photo_is_in_two_parts() -> None:
    parts = {part: background_part(Path("data"), part) for part in PARTS}
    counts = Counter(path for paths in parts.values() for path in paths)
    assert max(counts.values()) == 1
    assert [len(parts[part]) for part in PARTS] == [250, 400, 668, 575]


def test_every_brand_is_either_looked_at_or_not() -> None:
    assert Counter(brand_parts().values()) == {"tune": 13, "report": 14}


@pytest.mark.skipif(not DATA.is_dir(), reason="the labelled photos are not beside this checkout")
def test_the_files_name_photos_that_exist() -> None:
    assert all(path.is_file() for part in PARTS for path in background_part(DATA, part))

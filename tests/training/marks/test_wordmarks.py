"""Wordmarks are the same every time, tight, and of words and fonts of their own side."""

import io
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont

from models.training.marks import emblems, lettering, wordmarks
from models.training.marks.brands import is_reported
from models.training.marks.errors import PackageRefusedError
from models.training.marks.fonts import Face, Font, fetch_fonts, read_fonts
from models.training.marks.packages import NpmPackage
from models.training.marks.packs import Candidate
from models.training.marks.rendering import SIDE, Picture
from models.training.marks.words import WORDS, next_word, word_side
from tests.training.marks.samples import archive, place


@pytest.fixture(scope="module")
def font_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the font that Pillow carries, as a file."""
    default = ImageFont.load_default(20)
    assert isinstance(default, ImageFont.FreeTypeFont)
    assert isinstance(default.path, io.BytesIO)
    path = tmp_path_factory.mktemp("fonts") / "default.ttf"
    path.write_bytes(default.path.getvalue())
    return path


@pytest.fixture(scope="module")
def faces(font_file: Path) -> list[Face]:
    """Return one face a side, of real names, all of them set in Pillow's font."""
    first = {font.side: font for font in reversed(read_fonts())}
    return [Face(font, "400", font_file) for font in first.values()]


@pytest.fixture(scope="module")
def drawn(faces: list[Face]) -> list[Candidate]:
    return list(wordmarks.candidates(faces, taken=(), count=60))


def test_the_same_number_is_the_same_wordmark(faces: list[Face], drawn: list[Candidate]) -> None:
    again = list(wordmarks.candidates(faces, taken=(), count=60))
    for (*told, one), (*told_again, other) in zip(drawn, again, strict=True):
        assert told == told_again
        assert isinstance(one, Picture)
        assert isinstance(other, Picture)
        np.testing.assert_array_equal(one.rgba, other.rgba)


def test_wordmarks_differ(drawn: list[Candidate]) -> None:
    pictures = {picture.rgba.tobytes() for *_, picture in drawn if isinstance(picture, Picture)}
    assert len(pictures) == len(drawn) == len({identity for identity, *_ in drawn})


def test_most_are_tinted_and_some_are_not(drawn: list[Candidate]) -> None:
    tinted = [picture.tinted for *_, picture in drawn if isinstance(picture, Picture)]
    assert 0.6 < np.mean(tinted) < 0.95


def test_sides_are_as_meant(drawn: list[Candidate]) -> None:
    assert Counter(side for _, _, side, _ in drawn) == {"train": 51, "validation": 3, "test": 6}


def test_words_are_of_their_side_and_free(drawn: list[Candidate]) -> None:
    rng = np.random.default_rng(0)
    free = {word for word in WORDS if word_side(word) == "train"} - {"nova"}
    for side in ("train", "validation", "test"):
        words = [next_word(rng, side, taken=free) for _ in range(40)]
        assert {word_side(word) for word in words} == {side}
        assert not free & set(words)
        assert all(word.isalpha() and word.islower() for word in words)
        assert not any(is_reported(word) for word in words)


def test_the_list_of_words_has_no_word_twice() -> None:
    assert len(set(WORDS)) == len(WORDS) > 400


def test_fonts_are_pinned_and_on_three_sides() -> None:
    fonts = read_fonts()
    sides = Counter(font.side for font in fonts)
    assert len(fonts) == len({font.name for font in fonts}) >= 150
    assert sides["test"] >= 10
    assert sides["validation"] >= 5
    assert {font.npm.licence for font in fonts} == {"OFL-1.1", "Apache-2.0", "UFL-1.0"}


def test_fonts_are_unpacked_once_and_archives_go(font_file: Path, tmp_path: Path) -> None:
    member = {"files/made-latin-700-normal.woff2": font_file.read_bytes(), "index.css": b""}
    npm = place(archive(member), tmp_path / "downloads", "@fontsource/made")
    font = Font("made", npm, "sans")
    (face,) = fetch_fonts([font], tmp_path)
    assert (face.weight, face.path.parent.name) == ("700", "made-1.0.0")
    assert not (tmp_path / "downloads" / npm.archive).exists()
    assert fetch_fonts([font], tmp_path) == (face,)


def test_a_font_without_its_weights_is_refused(tmp_path: Path) -> None:
    npm: NpmPackage = place(archive({"LICENSE": b""}), tmp_path / "downloads", "@fontsource/made")
    with pytest.raises(PackageRefusedError, match="no latin face"):
        fetch_fonts([Font("made", npm, "sans")], tmp_path)


def test_letters_reach_every_edge(font_file: Path) -> None:
    line = lettering.set_line("Nova", font_file, spacing=0.2, first_apart=True)
    assert line[..., 1].any()
    assert line[:, : line.shape[1] // 8, 0].max() == 0  # the first letter is in the second ink
    for edge in (line[0], line[-1], line[:, 0], line[:, -1]):
        assert edge.any()


def test_an_arch_bends_and_keeps_its_ink(font_file: Path) -> None:
    line = lettering.set_line("orchard", font_file)
    for angle in (1.2, -1.2):
        bent = lettering.arch(line, angle)
        assert bent.shape[0] > 1.3 * line.shape[0]
        assert int(bent.sum()) == pytest.approx(int(line.sum()), rel=0.5)
    up, down = lettering.arch(line, 1.2)[..., 0], lettering.arch(line, -1.2)[..., 0]
    height, middle = up.shape[0], slice(up.shape[1] * 2 // 5, up.shape[1] * 3 // 5)
    assert up[: height // 2, middle].sum() > 2 * up[height // 2 :, middle].sum()
    assert down[height // 2 :, middle].sum() > 2 * down[: height // 2, middle].sum()


def test_a_knocked_out_panel_is_the_letters_turned_round(font_file: Path) -> None:
    line = lettering.set_line("oak", font_file)
    panel = lettering.panel(line, "rectangle", 0.3, knocked_out=True)
    room = round(0.3 * lettering.EM)
    inner = panel[room:-room, room:-room, 0]
    np.testing.assert_array_equal(inner, 255 - line[..., 0])


def test_emblems_vary_and_stay_inside() -> None:
    drawn = [emblems.draw_emblem(np.random.default_rng(seed), 64) for seed in range(40)]
    assert {emblem.shape for emblem in drawn} == {(64, 64)}
    assert all(0.03 < emblem.mean() / 255 < 0.95 for emblem in drawn)
    assert len({emblem.tobytes() for emblem in drawn}) > 35


def test_every_wordmark_is_as_long_as_any_mark(drawn: list[Candidate]) -> None:
    sizes = {max(p.rgba.shape) for *_, p in drawn if isinstance(p, Picture)}
    assert sizes == {SIDE}

"""Made-up data sets in the shape of the real ones: coloured patterns as marks, on plain photos."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.cli.ablation import variants_of
from app.cli.catalog import score_quietly
from app.cli.session import service_at
from app.evaluation.bench import Bench
from app.evaluation.splits import background_part
from app.evaluation.workshop import Workshop
from app.services.touchstone import Touchstone
from app.settings import Settings
from models.embedders.pixels import PixelEmbedder
from models.regions import Photo
from models.training.marks.mark import Mark
from tests.images import photo_array

BRANDS = ("Adidas", "BMW", "Google", "Puma")  # tune, report, report, tune
PRODUCTS = ("Bravo-Apple-Juice", "Alpro-Fresh-Soy-Milk")
Row = dict[str, str | int]


def pattern(name: str, side: int = 64) -> Photo:
    """A pattern of coloured squares that belongs to the name alone."""
    cells = np.random.default_rng(list(name.encode())).integers(0, 256, (4, 4, 3))
    grown: Photo = np.kron(cells, np.ones((side // 4, side // 4, 1))).astype(np.uint8)
    return grown


def photo_with(name: str, seed: int, side: int = 48) -> tuple[Photo, tuple[int, int, int, int]]:
    """A photo with the pattern of a name somewhere in it, and where."""
    photo = photo_array(seed, (160, 120))
    left, top = (int(v) for v in np.random.default_rng(seed).integers(0, (160 - side, 120 - side)))
    photo[top : top + side, left : left + side] = pattern(name, side)
    return photo, (left, top, left + side, top + side)


def write_data(folder: Path) -> Path:
    """Write all data sets below the folder and return it."""
    for part in ("calibrate", "report"):
        for seed, path in enumerate(background_part(folder, part)):
            _save(photo_array(seed + (5000 if part == "report" else 0), (72, 60)), path)
    _write_labels(folder / "flickrlogos27", list(_flickr(folder / "flickrlogos27")))
    _write_labels(folder / "grocery", list(_grocery(folder)))
    return folder


def _flickr(folder: Path) -> Iterator[Row]:
    for place, brand in enumerate(BRANDS):
        for number in range(8):
            path = f"images/{brand}{number}.png"
            photo, box = photo_with(brand, 100 * place + number, 32 + 4 * number)
            _save(photo, folder / path)
            edges = dict(zip(("x_min", "y_min", "x_max", "y_max"), box, strict=True))
            row: Row = {"path": path, "brand": brand, "width": 160, "height": 120, **edges}
            split = "train" if number < 7 else "query"
            yield row | {"split": split}
            if number == 6:  # a second box in one photo, a little off
                yield row | {"split": split, "x_max": box[2] - 2}
    for number in range(6):
        path = f"images/none{number}.png"
        _save(photo_array(900 + number, (160, 120)), folder / path)
        yield {"path": path, "brand": "", "split": "query", "width": 160, "height": 120}


def _grocery(data: Path) -> Iterator[Row]:
    for product in PRODUCTS:
        path = f"iconic/{product}.png"
        _save(pattern(product), data / "grocery" / path)
        yield {"path": path, "split": "iconic", "product": product}
    for part in ("report", "calibrate"):
        listed = [p for p in background_part(data, part) if "grocery" in p.parts][:6]
        for number, photo_path in enumerate(listed):
            product = PRODUCTS[number % 2]
            if part == "report":
                _save(photo_with(product, 700 + number)[0], photo_path)
            path = str(photo_path.relative_to(data / "grocery"))
            yield {"path": path, "split": "train", "product": product}
            yield {"path": path, "split": "test", "product": product}  # as the real labels do


def _write_labels(folder: Path, rows: Sequence[Row]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def _save(photo: Photo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(photo).save(path)


class FakeMarks:
    """Patterns as prepared marks: every third held out, each of these with a twin."""

    def __init__(self) -> None:
        self.marks = tuple(self._mark(number) for number in range(12))

    @staticmethod
    def _mark(number: int) -> Mark:
        split = "test" if number % 3 == 0 else "train"
        return Mark(f"simple-icons:m{number}", f"m{number}", "simple-icons", split, tinted=False)

    def rgba(self, mark: Mark) -> NDArray[np.uint8]:
        """The pattern of the mark's name, opaque."""
        return np.dstack([pattern(mark.identity), np.full((64, 64), 255, np.uint8)])

    def group(self, mark: Mark) -> int:
        """A held-out mark and the one after it are twins."""
        number = int(mark.brand[1:])
        return number - 1 if number % 3 == 1 else number


@dataclass(frozen=True)
class FakePlaced:
    """Where the fake compositor put a mark."""

    box: tuple[int, int, int, int]
    technique: str
    share: float


@dataclass(frozen=True, eq=False)
class FakeScene:
    """A photo with one pattern pasted into it."""

    photo: Photo
    placed: tuple[FakePlaced, ...]


class FakeScenes:
    """Pastes a mark; the trick `hidden` leaves none to be seen."""

    def __init__(self, photos: Sequence[Photo]) -> None:
        self._photos = photos

    def scene(
        self,
        rng: np.random.Generator,
        marks: Sequence[Mark],
        *,
        share: float | None = None,
        technique: str | None = None,
        trick: str | None = None,
        **_: int,
    ) -> FakeScene:
        """Put the one mark into a photo; its size is the photo's."""
        photo = np.array(self._photos[int(rng.integers(len(self._photos)))])
        side = max(4, int((share or 0.5) * min(photo.shape[:2])) // 4 * 4)
        if trick == "hidden":
            return FakeScene(photo, ())
        left, top = (int(v) for v in rng.integers(0, np.subtract(photo.shape[1::-1], side)))
        photo[top : top + side, left : left + side] = pattern(marks[0].identity, side)
        box = (left, top, left + side, top + side)
        share = side / min(photo.shape[:2])
        return FakeScene(photo, (FakePlaced(box, technique or "printed", share),))


def fake_workshop(folder: Path | None, photos: Sequence[Photo]) -> Workshop:
    """Twelve patterns and the fake compositor."""
    del folder
    sources = frozenset({"simple-icons"})
    return Workshop(FakeMarks(), FakeScenes(photos), ("printed",), ("hidden", "collage"), sources)


def made_up_bench(data: Path, out: Path) -> Bench:
    """A bench of the pixel embedder, calibrated on photos of the made-up data."""
    settings = Settings(model="pixels", reading="never")

    def open_calibrated(folder: Path, matches_per_image: int) -> Touchstone:
        touchstone = service_at(settings)(folder, matches_per_image)
        touchstone.calibrator.run(background_part(data, "calibrate")[:100])
        return touchstone

    return Bench(
        data,
        out,
        open_calibrated,
        score_quietly,
        every_nth_mark=400,
        load_rival=PixelEmbedder,
        variants=variants_of(settings),
        open_workshop=fake_workshop,
    )

"""Makes the folder of training marks: fetch, render, find what is the same, index.

    packages ─▶ fetch_archives ─▶ read_drawings ─▶ render ─▶ packs/SOURCE.{bin,json} ─▶ index.json
    fonts    ─▶ fetch_fonts    ─▶ design        ─▶ draw   ─▶ packs/wordmarks.…       ─▶ index.json

A step that is done is not done again: an archive that is there is not fetched, a pack of the same
recipe is kept, an index over the same packs stays. Cut short, it goes on where it was. The same
versions make the same folder. It needs the network only for archives that are not in `downloads/`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np

from models.training.marks import wordmarks
from models.training.marks.drawings import Drawing, read_drawings
from models.training.marks.errors import StoreError
from models.training.marks.fetching import check_archive, fetch_archives
from models.training.marks.fonts import fetch_fonts, read_fonts
from models.training.marks.journal import Journal
from models.training.marks.likeness import describe, group, mend_sides, same_pictures
from models.training.marks.packages import BRAND_PACKAGES, PICTOGRAM_PACKAGES, IconPackage
from models.training.marks.packs import (
    Pack,
    decode,
    pack_paths,
    read_pack,
    write_pack,
)
from models.training.marks.rendering import LeftOutError, Picture, Pixels, render
from models.training.marks.split import Side, check_known, held_out_brands, read_split
from models.training.marks.store import INDEX, MarkStore, write_index

_RENDERING: Final = "1"  # counts up whenever the same drawing comes out as other pixels
_LIKENESS: Final = "1"


def prepare_marks(folder: Path, *, progress: bool = True) -> MarkStore:
    """Fetch and render every training mark into a folder, and open it.

    Args:
        folder: Made where it is not there; about 250 MB when done.
        progress: Whether to draw bars on the terminal; `prepare.log` is written either way.

    Raises:
        FetchError: npm is not installed, or a package could not be fetched.
        PackageRefusedError: a package is not the pinned one.
    """
    journal = Journal(folder, progress=progress)
    split = read_split()
    packs = prepare_packages(folder, (*BRAND_PACKAGES, *PICTOGRAM_PACKAGES), split, journal)
    taken = held_out_brands(split)
    if _kept(folder, wordmarks.SOURCE, wordmarks.recipe(read_fonts(), taken)) is None:
        index_packs(folder, packs, journal)  # usable from here on, while the wordmarks are made
    return index_packs(folder, [*packs, prepare_wordmarks(folder, taken, journal)], journal)


def prepare_packages(
    folder: Path, packages: Sequence[IconPackage], split: Mapping[str, Side], journal: Journal
) -> list[Pack]:
    """Fetch and render icon packages; return their packs in the order given."""
    fetch_archives([package.npm for package in packages], folder / "downloads")
    journal.note(f"{len(packages)} icon packages are in {folder / 'downloads'}")
    return [_prepare_package(folder, package, split, journal) for package in packages]


def prepare_wordmarks(folder: Path, taken: Collection[str], journal: Journal) -> Pack:
    """Fetch the fonts and draw the synthetic wordmarks, of words not taken; return their pack."""
    fonts = read_fonts()
    recipe = wordmarks.recipe(fonts, taken)
    done = _kept(folder, wordmarks.SOURCE, recipe)
    if done is not None:
        return done
    faces = fetch_fonts(fonts, folder)
    journal.note(f"{len(fonts)} font packages, {len(faces)} faces are in {folder / 'fonts'}")
    drawn = journal.track(wordmarks.candidates(faces, taken), "wordmarks", wordmarks.COUNT)
    return _noted(write_pack(folder, wordmarks.SOURCE, recipe, drawn), journal)


def index_packs(folder: Path, packs: Sequence[Pack], journal: Journal) -> MarkStore:
    """Find marks that are the same, mend their sides, write `index.json` and open the store."""
    digest = sha256("\n".join([_LIKENESS, *(pack.recipe for pack in packs)]).encode())
    recipe = digest.hexdigest()
    try:
        done = MarkStore.open(folder)
    except StoreError:
        done = None
    if done is not None and done.recipe == recipe:
        return done
    rows = [row for pack in packs for row in pack.rows]
    journal.note(f"comparing {len(rows)} pictures")
    pairs = same_pictures(describe(_pictures(folder, packs)))
    groups = group([row.brand for row in rows], pairs)
    splits = mend_sides([row.split for row in rows], groups)
    write_index(folder, recipe, packs, splits, groups)
    excluded = splits.count("excluded")
    journal.note(
        f"{INDEX}: {len(rows)} marks in {len(set(groups))} groups, "
        f"{len(pairs)} pairs of one drawing, {excluded} marks excluded"
    )
    return MarkStore.open(folder)


def brands_of(folder: Path, packages: Sequence[IconPackage]) -> dict[str, str]:
    """Return the brand key of every drawing of packages that are in the cache, by identity.

    `make_split` of this is `split.csv`: it is how the file was made.
    """
    return {
        _identity(package, drawing): drawing.brand
        for package in packages
        for drawing in read_drawings(package, check_archive(package.npm, folder / "downloads"))
    }


def _prepare_package(
    folder: Path, package: IconPackage, split: Mapping[str, Side], journal: Journal
) -> Pack:
    held_out = held_out_brands(split) if package.shy_of_brands else frozenset()
    shyness = sha256("\n".join(sorted(held_out)).encode()).hexdigest()
    archive = check_archive(package.npm, folder / "downloads")
    drawings = read_drawings(package, archive, held_out)
    if package.pictograms:
        sides = {_identity(package, d): Side(d.brand, "train") for d in drawings}
    else:
        identities = [_identity(package, d) for d in drawings]
        check_known(identities, split)
        sides = {identity: split[identity] for identity in identities}
    listed = "\n".join(f"{name},{side.brand},{side.split}" for name, side in sides.items())
    parts = (_RENDERING, repr(package), shyness, listed)
    recipe = sha256("\n".join(parts).encode()).hexdigest()
    done = _kept(folder, package.source, recipe)
    if done is not None:
        return done
    rendered = ((_identity(package, d), *sides[_identity(package, d)], _try(d)) for d in drawings)
    tracked = journal.track(rendered, package.source, len(drawings))
    return _noted(write_pack(folder, package.source, recipe, tracked), journal)


def _kept(folder: Path, source: str, recipe: str) -> Pack | None:
    """Return a source's pack if it is there and of this recipe."""
    done = read_pack(folder, source)
    return done if done is not None and done.recipe == recipe else None


def _identity(package: IconPackage, drawing: Drawing) -> str:
    return f"{package.source}:{drawing.name}"


def _try(drawing: Drawing) -> Picture | LeftOutError:
    try:
        return render(drawing)
    except LeftOutError as error:
        return error


def _noted(pack: Pack, journal: Journal) -> Pack:
    reasons = ", ".join(f"{count} {reason}" for reason, count in pack.left_out.items())
    journal.note(f"{pack.source}: {len(pack.rows)} marks; left out: {reasons or 'none'}")
    return pack


def _pictures(folder: Path, packs: Sequence[Pack]) -> Iterator[Pixels]:
    """Yield the pixels of every row of the packs, in order."""
    for pack in packs:
        stored = np.fromfile(pack_paths(folder, pack.source)[0], np.uint8)
        for row in pack.rows:
            yield decode(stored[row.offset : row.offset + row.length])

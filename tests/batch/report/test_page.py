"""The page as a reader opens it: figures, cards, rings, and nothing from anywhere else."""

import html
import json
import re
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from PIL import Image

from app.batch.report.page import PictureSources, ReportOptions, write_report
from app.batch.scoring import score_catalog
from app.bootstrap import build
from app.domain.contract import Document
from app.domain.errors import InvalidInputError, UnsupportedFileError
from app.media.limits import DecodeLimits
from tests.batch.samples import FakeAssessor, listing_values, write_jsonl
from tests.fakes import calibrate, enrol, make_settings, photo_with, plain_photo

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a run with a real assessor: two sellers share a photo of a mark."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "photos").mkdir()
    (folder / "photos/mark.png").write_bytes(photo_with(0))
    (folder / "photos/plain.jpg").write_bytes(plain_photo(3))
    (folder / "photos/broken.jpg").write_bytes(b"junk")
    unbranded = {"brand_field": "Unbranded", "description": ""}
    rows: list[Document] = [
        {"listing_id": "A", "seller_id": "S1", "images": ["photos/mark.png"], **unbranded},
        {"listing_id": "B", "seller_id": "S2", "images": ["photos/mark.png"], **unbranded},
        {"listing_id": "C", "seller_id": HOSTILE, "images": ["photos/broken.jpg"], **unbranded},
        {"listing_id": "D", "seller_id": "S1", "images": ["photos/plain.jpg"], **unbranded},
        {"listing_id": "E"},
    ]
    source = write_jsonl(folder / "in.jsonl", rows)
    touchstone = build(make_settings(folder))
    enrol(touchstone, 0)
    calibrate(touchstone, folder)
    score_catalog(source, folder / "out.jsonl", assessor=touchstone.assessor)
    done = write_report(
        folder / "out.jsonl",
        folder / "report.html",
        sources=PictureSources(touchstone.evidence.reference, DecodeLimits()),
    )
    touchstone.close()
    assert (done["listings"], done["shared_photos"]) == (4, 1)
    assert done["errors"] == {"image_unsupported": 1, "row_rejected": 1}
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_worst_come_first_with_photo_reference_and_reasons(page: str) -> None:
    cards = re.findall(r'<article class="card (\w+)">(.*?)</article>', page, re.DOTALL)
    assert [verdict for verdict, _ in cards] == ["suspect", "suspect", "review"]
    assert cards[0][1].count("data:image/jpeg;base64,") == 2
    assert "motif_seen" in cards[0][1]
    assert "No photo of this listing could be judged." in cards[2][1]


def test_the_ring_of_sellers_is_named(page: str) -> None:
    assert "Ring of 2 sellers: 1 shared photo in 2 listings" in page
    assert re.search(r">S1</span>\s*<span[^>]*>S2</span>", page)
    assert "<b>2 photos</b>" in page


def test_tables_plots_and_errors_are_there(page: str) -> None:
    for title in ("Claim", "Brand of the best match", "Seller", "Category"):
        assert f"<th>{title}</th>" in page
    assert page.count('<svg class="plot"') == 2
    assert "<code>row_rejected</code></th><td>1</td>" in page


def test_nothing_is_fetched_run_or_believed(page: str) -> None:
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"(?:src|href)=[\"'](?!data:|#)", page)
    assert "<script" not in page
    assert "counterfeit" not in page


def _scored(folder: Path, count: int) -> Path:
    source = write_jsonl(folder / "in.jsonl", [listing_values(n) for n in range(count)])
    score_catalog(source, folder / "out.jsonl", assessor=FakeAssessor())
    return folder / "out.jsonl"


NO_REFERENCES = PictureSources(lambda _: None, DecodeLimits())


def test_what_is_shown_is_bounded(folder: Path) -> None:
    target = _scored(folder, 60)
    options = ReportOptions(worst=4, photos_compared=3)
    html = folder / "r.html"
    done = write_report(target, html, sources=NO_REFERENCES, options=options)
    text = html.read_text(encoding="utf-8")
    assert text.count('<article class="card') == 4
    assert done["photos_compared"] == 3
    assert "more were not, because of the limit" in text


def test_a_catalogue_that_has_changed_leaves_figures_alone(folder: Path) -> None:
    target = _scored(folder, 10)
    write_jsonl(folder / "in.jsonl", [listing_values(n, title="other") for n in range(10)])
    html = folder / "r.html"
    done = write_report(target, html, sources=NO_REFERENCES)
    assert done["listings"] == 10
    assert "10 listings have changed" in html.read_text(encoding="utf-8")


def test_no_run_and_no_catalogue_are_refused(folder: Path) -> None:
    html = folder / "r.html"
    with pytest.raises(InvalidInputError, match="no run beside it"):
        write_report(folder / "out.jsonl", html, sources=NO_REFERENCES)
    target = _scored(folder, 2)
    (folder / "in.jsonl").unlink()
    with pytest.raises(UnsupportedFileError):
        write_report(target, html, sources=NO_REFERENCES)
    assert not html.exists()


def _browser() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


HARNESS = """<!doctype html>
<iframe id=f style="width:WIDTHpx;height:900px" src=report.html></iframe>
<pre id=told></pre><script>
f.onload = () => {
  const page = f.contentDocument, root = page.documentElement;
  const all = (what) => [...page.querySelectorAll(what)];
  told.textContent = JSON.stringify({
    title: page.title,
    overflow: root.scrollWidth - root.clientWidth,
    images: all("img").length,
    broken: all("img").filter((each) => !each.complete || !each.naturalWidth).length,
    squeezed: all("img, svg.plot, .card, .ring").filter((each) => each.offsetWidth === 0
      && each.getBoundingClientRect().width < 40).length,
    lost: all("nav a").filter((each) => !page.querySelector(each.getAttribute("href"))).length,
    hidden: all("h1, h2, h3, td, dd").filter((each) => each.textContent.trim()
      && each.getBoundingClientRect().height < 8).length,
    cards: all(".card").length,
    styled: f.contentWindow.getComputedStyle(page.querySelector(".cards")).display,
  });
};
</script>"""


class _Folder(SimpleHTTPRequestHandler):
    """Serves a folder and remembers what was asked for."""

    asked: ClassVar[list[str]] = []

    def log_message(self, *_: object) -> None:
        self.asked.append(self.path)


@pytest.mark.skipif(_browser() is None, reason="no Chromium is installed")
@pytest.mark.parametrize("width", [1240, 390])
def test_a_real_browser_lays_it_out_and_asks_for_nothing_else(
    page: str, tmp_path: Path, width: int
) -> None:
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    (tmp_path / "harness.html").write_text(HARNESS.replace("WIDTH", str(width)), encoding="utf-8")
    _Folder.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Folder, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/harness.html"
        shown = _chromium(tmp_path, "--virtual-time-budget=20000", "--dump-dom", address)
        server.shutdown()
    told = re.search(r"<pre id=\"told\">(.*?)</pre>", shown.decode())
    assert told is not None
    found = json.loads(html.unescape(told[1]))
    assert found["title"] == "Touchstone: 2 suspect of 4 listings"
    assert (found["images"], found["broken"], found["cards"]) == (5, 0, 3)
    assert found["overflow"] <= 0, "the page is wider than its window"
    assert found["squeezed"] == found["lost"] == found["hidden"] == 0
    assert found["styled"] == "grid"
    asked = " ".join(path for path in _Folder.asked if "favicon" not in path)
    assert asked == "/harness.html /report.html"


@pytest.mark.skipif(_browser() is None, reason="no Chromium is installed")
def test_it_opens_from_a_file(page: str, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    shot = tmp_path / "shot.png"
    _chromium(
        tmp_path,
        "--window-size=1200,1600",
        f"--screenshot={shot}",
        (tmp_path / "report.html").as_uri(),
    )
    picture = np.asarray(Image.open(shot).convert("RGB"))
    assert picture.shape == (1600, 1200, 3)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 100


def _chromium(folder: Path, *words: str) -> bytes:
    command = [
        str(_browser()), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", f"--user-data-dir={folder / 'profile'}", *words,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_totals_are_plain_json(folder: Path) -> None:
    target = _scored(folder, 5)
    done = write_report(target, folder / "r.html", sources=NO_REFERENCES)
    assert json.loads(json.dumps(done)) == done

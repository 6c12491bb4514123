"""What workers share, and what travels to them; no cluster is needed for either."""

import asyncio
from pathlib import Path

import pytest

from app.batch.elsewhere import Findings, with_photos
from app.batch.image_folders import LocalFolder, UrlSource
from app.batch.rows import Place, catalog_row
from app.domain.errors import ImageTooLargeError, MissingImageError
from app.media.limits import DecodeLimits
from app.services.sources import BytesSource, RefusedSource


def test_a_photo_is_looked_at_by_one_worker_and_the_others_wait(tmp_path: Path) -> None:
    async def story() -> None:
        findings = Findings(tmp_path / "scratch")
        assert await findings.claim("photo", "first") is None
        waiting = [asyncio.create_task(findings.claim("photo", name)) for name in "ab"]
        await asyncio.sleep(0)
        assert not any(task.done() for task in waiting)
        await findings.keep("photo", b"seen")
        assert await asyncio.gather(*waiting) == [b"seen", b"seen"]
        assert await findings.claim("photo", "late") == b"seen"

    asyncio.run(asyncio.wait_for(story(), 10))


def test_what_a_dead_worker_claimed_falls_to_one_that_waits(tmp_path: Path) -> None:
    async def story() -> None:
        findings = Findings(tmp_path / "scratch")
        assert await findings.claim("photo", "dead") is None
        assert await findings.claim("other", "alive") is None
        waiting = [asyncio.create_task(findings.claim("photo", name)) for name in "ab"]
        others = asyncio.create_task(findings.claim("other", "c"))
        await asyncio.sleep(0)
        await findings.give_up("dead")
        done, still = await asyncio.wait(waiting, timeout=1)
        assert [task.result() for task in done] == [None]  # one of the two looks now
        await findings.keep("photo", b"seen")
        assert await still.pop() == b"seen"
        assert not others.done()
        await findings.keep("other", b"")
        assert await others == b""

    asyncio.run(asyncio.wait_for(story(), 10))


def test_photos_of_this_machine_travel_and_the_others_are_left_to_the_worker(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.jpg").write_bytes(b"picture")
    (tmp_path / "long.jpg").write_bytes(b"x" * 101)
    images = ["a.jpg", "gone.jpg", "long.jpg", "https://example.org/a.jpg"]
    row = catalog_row(
        Place(1),
        {"listing_id": "L1", "images": images},
        folder=LocalFolder(tmp_path),
        text="",
    )
    given, gone, long, url = with_photos(row, DecodeLimits(max_bytes=100)).sources
    assert given == BytesSource("a.jpg", b"picture")
    for refused, error in ((gone, MissingImageError), (long, ImageTooLargeError)):
        assert isinstance(refused, RefusedSource)
        with pytest.raises(error):
            refused.read(DecodeLimits())
    assert url == UrlSource("https://example.org/a.jpg")
    # Of the same row: its digest and what it says stay.
    assert with_photos(row, DecodeLimits()).digest == row.digest

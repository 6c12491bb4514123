"""A process that nobody asks follows the registry by itself, at moments that differ."""

import time
from pathlib import Path

from structlog.testing import capture_logs

from app.bootstrap import build
from app.domain.errors import StorageError
from app.services.refreshing import GalleryRefresher
from tests.fakes import enrol, make_settings


def test_an_idle_process_follows(tmp_path: Path) -> None:
    touchstone, other = build(make_settings(tmp_path)), build(make_settings(tmp_path))
    refresher = GalleryRefresher(touchstone.gallery, 0.05)
    refresher.start()
    refresher.start()
    enrol(other, 1)
    end = time.monotonic() + 10
    while (found := touchstone.gallery.loaded) is None or len(found.gallery.index) < 1:
        assert time.monotonic() < end
        time.sleep(0.01)
    refresher.stop()
    assert found.gallery.registry_version == other.registry.version()
    enrol(other, 2)
    time.sleep(0.2)
    assert touchstone.gallery.loaded is found  # nothing looks any more
    for service in (touchstone, other):
        service.close()


def test_looks_are_spread_between_half_and_all_of_the_time(tmp_path: Path) -> None:
    touchstone = build(make_settings(tmp_path))
    chances = iter([0.0, 0.5, 1.0])
    refresher = GalleryRefresher(touchstone.gallery, 8.0, lambda: next(chances))
    assert [refresher.next_wait() for _ in range(3)] == [4.0, 6.0, 8.0]
    touchstone.close()


def test_a_lost_database_is_told_and_survived(tmp_path: Path) -> None:
    class Lost:
        def current(self) -> None:
            raise StorageError("the database cannot be reached")

    refresher = GalleryRefresher(Lost(), 1.0)  # type: ignore[arg-type]
    with capture_logs() as logs:
        assert not refresher.look()
    assert logs[0]["event"] == "gallery_not_refreshed"

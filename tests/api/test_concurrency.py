"""Listings are assessed while the registry changes under them: nothing fails, nothing lags."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from fastapi.testclient import TestClient

from app.services.touchstone import Touchstone
from tests.api.sending import as_base64, assessed, motifs_in
from tests.fakes import enrol, motif_file, photo_with

ROUNDS = 4
PHOTO = ("1.png", photo_with(0))


def _until(stop: Event, action: Callable[[], None]) -> int:
    times = 0
    while not stop.is_set():
        action()
        times += 1
    return times


def _change_the_registry(client: TestClient) -> None:
    """Switch, add and remove, and expect each change in the very next answer."""
    for number in range(ROUNDS):
        assert client.post("/v1/motifs/mot_1/disable").status_code == 200
        assert motifs_in(assessed(client, PHOTO)) == []
        assert client.post("/v1/motifs/mot_1/enable").status_code == 200
        assert motifs_in(assessed(client, PHOTO)) == ["mark 0"]
        new = {"brand": "Bulgari", "name": f"mark {10 + number}", "kind": "logo"}
        place = client.post("/v1/motifs", json=new).headers["location"]
        image = {"base64": as_base64(motif_file(10 + number))}
        assert client.post(f"{place}/references", json=image).status_code == 201
        shown = ("2.png", photo_with(10 + number))
        assert motifs_in(assessed(client, shown)) == [f"mark {10 + number}"]
        assert client.delete(place).status_code == 204
        assert motifs_in(assessed(client, shown)) == []


def test_assessing_while_the_registry_changes(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    enrol(touchstone, 1)
    stop = Event()

    def assess() -> None:
        # Motif 1 stands still, so it is found whatever happens to the others.
        assert motifs_in(assessed(client, ("1.png", photo_with(1)))) == ["mark 1"]

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(_until, stop, assess) for _ in range(3)]
        try:
            _change_the_registry(client)
        finally:
            stop.set()
        assert all(future.result() > 0 for future in running)


def test_the_same_reference_from_many_sides_is_one(client: TestClient) -> None:
    body = {"brand": "Cartier", "name": "mark 0", "kind": "logo"}
    image = {"base64": as_base64(motif_file(0))}

    def add(_: int) -> tuple[int, str, int, str]:
        motif = client.post("/v1/motifs", json=body)
        place = f"/v1/motifs/{motif.json()['id']}/references"
        reference = client.post(place, json=image)
        return (
            motif.status_code,
            motif.json()["id"],
            reference.status_code,
            reference.json()["id"],
        )

    with ThreadPoolExecutor(6) as pool:
        added = list(pool.map(add, range(6)))
    assert sorted(status for status, *_ in added) == [200] * 5 + [201]
    assert sorted(status for *_, status, _ in added) == [200] * 5 + [201]
    assert {motif for _, motif, *_ in added} == {"mot_1"}
    assert {reference for *_, reference in added} == {"ref_1"}

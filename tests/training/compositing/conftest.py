"""One drawn store for all tests here."""

import pytest

from models.training.compositing.scene import Compositor
from models.training.marks.mark import Mark
from models.training.marks.store import MarkStore
from tests.training.compositing.drawn import drawn_store, grounds


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> MarkStore:
    return drawn_store(tmp_path_factory.mktemp("marks"))


@pytest.fixture(scope="session")
def compositor(store: MarkStore) -> Compositor:
    return Compositor(store, grounds())


@pytest.fixture(scope="session")
def marks(store: MarkStore) -> dict[str, Mark]:
    return {mark.identity.partition(":")[2]: mark for mark in store.marks}

"""Recipes that workers of a cluster make their assessors from; importable where they run."""

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.assessment import Assessment
from app.domain.errors import ModelRefusedError
from app.domain.listing import Listing
from app.services.photo_memory import PhotoMemory
from app.services.region_memory import RegionMemory
from app.services.sources import ImageSource
from app.services.stages import Observe, unobserved
from tests.batch.samples import FakeAssessor


@dataclass(frozen=True)
class FakeRecipe:
    """Makes fake assessors that leave traces in a folder, and end their process when told to.

    `fatal` listings kill the worker that assesses them, each time; those in `trouble` raise.
    """

    traces: Path
    seconds: float = 0.0
    fatal: tuple[str, ...] = ()
    trouble: tuple[str, ...] = ()
    refused: str = ""

    def __call__(self, threads: int, gpu: bool) -> "FakeBench":
        if self.refused:
            raise ModelRefusedError(self.refused)
        (self.traces / f"opened-{os.getpid()}").write_text(f"{threads} {gpu}")
        return FakeBench(TracingAssessor(self))


@dataclass
class TracingAssessor:
    """A `FakeAssessor` that notes which process looked at what."""

    recipe: FakeRecipe
    fake: FakeAssessor = field(default_factory=FakeAssessor)

    def assess(
        self,
        listing: Listing,
        sources: Sequence[ImageSource],
        *,
        observe: Observe = unobserved,
        memory: PhotoMemory | None = None,
        regions: RegionMemory | None = None,  # noqa: ARG002  the role's signature
    ) -> Assessment:
        if listing.listing_id in self.recipe.fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        if listing.listing_id in self.recipe.trouble:
            raise ValueError("a bug")
        time.sleep(self.recipe.seconds)
        found = self.fake.assess(listing, sources, observe=observe, memory=memory)
        with (self.recipe.traces / f"looked-{os.getpid()}").open("a") as file:
            file.writelines(f"{name}\n" for name in self.fake.looked)
        self.fake.looked.clear()
        return found


@dataclass
class FakeBench:
    assessor: TracingAssessor
    collector: None = None

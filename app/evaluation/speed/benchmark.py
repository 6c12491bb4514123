"""Runs the speed report: gathers the contestants, lets them take turns, sums up.

The caller opens a service for each profile, over one registry; this file times them, the machine
and the rivals in the same interleaved rounds, and counts the work of each stage beforehand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, cast

from app.domain.errors import InvalidInputError
from app.evaluation.speed.assessing import one_at_a_time, several_at_once
from app.evaluation.speed.figures import Pace, ProfileFigures, stage_figures
from app.evaluation.speed.machine import (
    MachineSizes,
    describe_machine,
    machine_contestants,
    rate_rows,
    rates_of,
)
from app.evaluation.speed.rivals import rival_contestants
from app.evaluation.speed.rounds import Contestant, Figures, interleaved
from app.evaluation.speed.speed_report import SpeedReport
from app.evaluation.speed.stage_work import precision_of, stage_work
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from app.services.assessment import Eyes
from app.services.touchstone import Touchstone
from models.costs.matrix_product import Precision


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A service as one setting makes it; `plain` are its eyes on torch."""

    name: str
    touchstone: Touchstone
    plain: Eyes


@dataclass(frozen=True, slots=True)
class SpeedPlan:
    """What is measured. `looking` are rivals that propose and embed, by name."""

    photos: Sequence[bytes]
    references: int
    rounds: int = 7
    at_once: tuple[int, ...] = (1, 2, 4)
    sizes: MachineSizes = field(default_factory=MachineSizes)
    looking: Mapping[str, Eyes] = field(default_factory=dict)
    rivals: bool = True

    def __post_init__(self) -> None:
        if not self.photos or self.references < 1 or self.rounds < 1:
            raise InvalidInputError("a benchmark takes a photo, a reference and a round at least")
        if not self.at_once or min(self.at_once) < 1:
            raise InvalidInputError("photos are assessed at least one at a time")


def run_benchmark(profiles: Sequence[Profile], plan: SpeedPlan) -> SpeedReport:
    """Return the report on these profiles, the first of which rivals are compared with."""
    before = describe_machine()
    eyes = [profile.touchstone.eyes for profile in profiles]
    works = [
        stage_work(plan.photos, own, profile.plain, plan.references)
        for own, profile in zip(eyes, profiles, strict=True)
    ]
    contestants, rivals = _contestants(profiles, plan), _rivals(profiles, plan)
    machine = machine_contestants(_precisions(eyes), plan.sizes)
    laps = interleaved(contestants | rivals | machine, plan.rounds)
    figures = []
    for profile, (work, regions) in zip(profiles, works, strict=True):
        embedder = profile.touchstone.eyes.embedder
        shown = ProfileFigures(
            profile.name,
            profile.touchstone.eyes.model,
            str(getattr(embedder, "runtime", "")),
            regions,
            stage_figures(laps[profile.name], work),
            _paces(profile.name, plan.at_once, laps),
        )
        figures.append(shown)
    rival_seconds = {name: median(lap["seconds"] for lap in laps[name]) for name in rivals}
    facts = {**before, "load_average_after": describe_machine()["load_average"], **_material(plan)}
    return SpeedReport(facts, rates_of(laps), rate_rows(laps), tuple(figures), rival_seconds)


def _contestants(profiles: Sequence[Profile], plan: SpeedPlan) -> dict[str, Contestant]:
    found: dict[str, Contestant] = {}
    for profile in profiles:
        assessor = profile.touchstone.assessor
        found[profile.name] = one_at_a_time(assessor, plan.photos)
        for threads in plan.at_once:
            name = _at_once(profile.name, threads)
            found[name] = several_at_once(assessor, plan.photos, threads)
    return found


def _rivals(profiles: Sequence[Profile], plan: SpeedPlan) -> dict[str, Contestant]:
    if not plan.rivals:
        return {}
    own = {f"the same networks on torch, {profiles[0].name}": profiles[0].plain}
    return rival_contestants(plan.photos, own | dict(plan.looking))


def _precisions(eyes: Sequence[Eyes]) -> list[Precision]:
    found = {precision_of(getattr(pair.embedder, "runtime", "")) for pair in eyes}
    return [cast("Precision", precision) for precision in sorted(found | {"f32"})]


def _paces(
    name: str, at_once: Sequence[int], laps: Mapping[str, Sequence[Figures]]
) -> tuple[Pace, ...]:
    return tuple(
        Pace.of(threads, [lap["rate"] for lap in laps[_at_once(name, threads)]])
        for threads in at_once
    )


def _at_once(name: str, threads: int) -> str:
    return f"{name}, {threads} at once"


def _material(plan: SpeedPlan) -> dict[str, Any]:
    sizes = [len(data) for data in plan.photos]
    first = decode_image(plan.photos[0], DecodeLimits())
    return {
        "width": first.width,
        "height": first.height,
        "photos": len(sizes),
        "mean_file_bytes": sum(sizes) // len(sizes),
        "references": plan.references,
        "rounds": plan.rounds,
    }

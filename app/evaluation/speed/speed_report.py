"""The speed report as JSON values and as Markdown tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.evaluation.speed.figures import ProfileFigures, StageFigure
from app.evaluation.speed.floors import Rates, Work
from app.evaluation.speed.rivals import DECODING

_DASH = "-"
_STAGE_COLUMNS = (
    "stage",
    "ms",
    "share",
    "million multiply-adds",
    "MB",
    "floor, ms",
    "set by",
    "times the floor",
    "maps uncached, ms",
)
_READING = (
    "The floor is the larger of multiply-adds over the measured rate of a matrix product in the "
    "stage's precision, and unavoidable bytes over the measured rate of a copy; "
    "decoding, whose arithmetic is not counted, has bytes alone. "
    "The last column is the time that a network's maps and weights alone would take if each layer "
    "fetched them from memory and put them back; caches spare most of it. Medians over interleaved "
    "rounds."
)


@dataclass(frozen=True, slots=True, eq=False)
class SpeedReport:
    """What one run has measured; `rivals` are seconds a photo, `rates` those that floors use."""

    facts: Mapping[str, Any]
    rates: Rates
    rate_rows: Mapping[str, Mapping[str, float]]
    profiles: tuple[ProfileFigures, ...]
    rivals: Mapping[str, float]

    def document(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "run": dict(self.facts),
            "rates_per_second": {name: dict(row) for name, row in self.rate_rows.items()},
            "profiles": {p.name: p.document(self.rates) for p in self.profiles},
            "rivals": {
                name: {"ms": 1000 * seconds, "times_ours": seconds / self._ours(name)}
                for name, seconds in self.rivals.items()
            },
        }

    def markdown(self) -> str:
        """Return the tables."""
        parts = [self._machine(), self._paces()]
        parts += [self._stages(profile) for profile in self.profiles]
        parts += [_READING] + ([self._rivals()] if self.rivals else [])
        return "\n\n".join(parts)

    def _ours(self, rival: str) -> float:
        """Return the seconds of what a rival replaces in the first profile."""
        first = self.profiles[0]
        if rival == DECODING:
            return next(stage.seconds for stage in first.stages if stage.name == "decode")
        return first.looking

    def _machine(self) -> str:
        facts = self.facts
        busy, after = facts.get("load_average") or [0.0], facts.get("load_average_after") or [0.0]
        said = (
            f"{facts['processor']}, {facts['cores']} cores; load {busy[0]} before, {after[0]} "
            f"after. {facts['photos']} photos of {facts['width']} x {facts['height']} "
            f"pixels in {facts['mean_file_bytes'] / 1000:.0f} kB, "
            f"{facts['references']} references, {facts['rounds']} rounds."
        )
        rows = [
            (name, f"{row['median'] / 1e9:.3g}", f"{row['best'] / 1e9:.3g}")
            for name, row in self.rate_rows.items()
        ]
        head = ("measured", "thousand million a second, median", "best round")
        return f"{said}\n\n{_table(head, rows)}"

    def _paces(self) -> str:
        rows = [
            (
                profile.name,
                str(pace.threads),
                f"{pace.median:.1f}",
                f"{pace.slowest:.1f} to {pace.fastest:.1f}",
            )
            for profile in self.profiles
            for pace in profile.paces
        ]
        return _table(("profile", "photos at once", "photos a second", "rounds"), rows)

    def _stages(self, profile: ProfileFigures) -> str:
        total = profile.document(self.rates)["total"]
        rows = [_stage_row(stage, self.rates) for stage in profile.stages]
        rows.append(
            (
                "**photo**",
                f"{total['ms']:.2f}",
                f"{total['share']:.1%}",
                *(_DASH,) * 2,
                f"{total['floor_ms']:.2f}",
                _DASH,
                f"{total['times_floor']:.1f}",
                _DASH,
            )
        )
        said = f"**{profile.name}**: {profile.regions:.1f} regions a photo, {profile.runtime}."
        return f"{said}\n\n{_table(_STAGE_COLUMNS, rows)}"

    def _rivals(self) -> str:
        rows = [
            (name, f"{1000 * seconds:.1f}", f"{seconds / self._ours(name):.2f}")
            for name, seconds in self.rivals.items()
        ]
        first = self.profiles[0]
        ours = (f"Touchstone, {first.name}: propose and embed", f"{1000 * first.looking:.1f}", "1")
        return _table(("instead of propose and embed", "ms a photo", "times ours"), [ours, *rows])


def _stage_row(stage: StageFigure, rates: Rates) -> tuple[str, ...]:
    cells = (stage.name, f"{1000 * stage.seconds:.2f}", f"{stage.share:.1%}")
    if stage.work is None:
        return cells + (_DASH,) * (len(_STAGE_COLUMNS) - len(cells))
    floor, uncached = stage.work.floor(rates), stage.work.uncached(rates)
    return (
        *cells,
        f"{stage.work.multiply_adds / 1e6:.1f}",
        f"{stage.work.moved / 1e6:.2f}",
        f"{1000 * floor:.3f}",
        _bound(stage.work, rates),
        f"{stage.seconds / floor:.1f}",
        _DASH if uncached is None else f"{1000 * uncached:.2f}",
    )


def _bound(work: Work, rates: Rates) -> str:
    bound = work.bound(rates)
    return f"{bound}, {work.precision}" if bound == "arithmetic" else bound


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)

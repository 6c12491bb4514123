"""Prints results: JSON for machines, tables for people; standard output holds nothing else."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from app.domain.assessment import Assessment, ImageFinding, Verdict
from app.domain.contract import alarms_text
from app.domain.match import Match

_COLOURS = {Verdict.CLEAR: "green", Verdict.REVIEW: "yellow", Verdict.SUSPECT: "red"}


def console() -> Console:
    """Return a console on standard output as it is now."""
    return Console(file=sys.stdout, highlight=False)


def print_json(value: Any) -> None:
    """Write one JSON document."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def print_rows(title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write a table; cells are taken literally, never as markup."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(_plain(cell) for cell in row))
    console().print(table)


def verdict_text(verdict: Verdict) -> str:
    """Return a verdict as markup."""
    return f"[{_COLOURS[verdict]}]{verdict}[/]"


def print_assessment(assessment: Assessment) -> None:
    """Write a verdict with its factors, reasons and best matches."""
    out = console()
    out.print(f"{verdict_text(assessment.verdict)}  score {assessment.score:.3f}")
    present, denied, unauthorised = assessment.factors.as_tuple()
    out.print(
        f"  = motif there {present:.3f} x brand denied {denied:.2f} x not authorised "
        f"{unauthorised:.2f}"
    )
    for reason in assessment.reasons:
        out.print(f"  {reason.code}: {_plain(reason.detail)}")
    for finding in assessment.images:
        print_finding(finding)


def print_finding(finding: ImageFinding) -> None:
    """Write one image's matches, or why there are none."""
    if finding.error is not None:
        console().print(f"{_plain(finding.image)}: {_plain(finding.error.detail)}")
        return
    title = f"{finding.image} ({finding.width} x {finding.height})"
    columns = ("brand", "motif", "similarity", "false alarms per million", "box")
    print_rows(title, columns, [_match_row(match) for match in finding.matches])


def _match_row(match: Match) -> tuple[str, ...]:
    box = " ".join(str(edge) for edge in match.box.as_tuple())
    return (
        match.brand,
        f"{match.motif} (in quarantine)" if match.quarantined else match.motif,
        f"{match.similarity:.3f}",
        alarms_text(match.false_alarms_per_million),
        box,
    )


def _plain(text: str) -> str:
    return text.replace("[", r"\[")

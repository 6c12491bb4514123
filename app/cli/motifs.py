"""`touchstone motifs …`: import a manifest, and keep the registry in order."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.printing import print_json, print_rows
from app.cli.progress import counted
from app.cli.session import explained, fail, opened
from app.domain.errors import InvalidInputError
from app.domain.registry import IdPrefix, Motif, Reference, parse_id, public_id
from app.services.manifest import ImportReport
from app.services.touchstone import Touchstone

commands = typer.Typer(help="Keep the registry of protected motifs.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
MotifId = Annotated[str, typer.Argument(metavar="ID", help="A motif's id, such as mot_12.")]


@commands.command("import")
def import_manifest(
    manifest: Annotated[Path, typer.Argument(metavar="MANIFEST.csv", help="One reference a row.")],
    as_json: AsJson = False,
) -> None:
    """Add the motifs and references of a CSV manifest; doing it again changes nothing."""
    with explained(), opened() as touchstone, counted("references", None) as advance:
        report = touchstone.importer.run(manifest, advance=advance)
        version = touchstone.registry.version()
    document = _report_document(report, version)
    if as_json:
        print_json(document)
    else:
        for error in report.errors:
            typer.echo(error.message, err=True)
        for row, reference in report.quarantined:
            typer.echo(f"row {row}: in quarantine, {findings_text(reference)}", err=True)
        typer.echo(
            f"{report.references_added} references added, {report.references_unchanged} known, "
            f"{len(report.quarantined)} in quarantine, {len(report.errors)} rows refused; "
            f"registry version {version}"
        )
    if report.errors and len(report.errors) == report.rows:
        fail(f"none of the {report.rows} rows of {manifest} could be used")


def _report_document(report: ImportReport, version: int) -> dict[str, Any]:
    return {
        "rows": report.rows,
        "motifs_added": report.motifs_added,
        "references_added": report.references_added,
        "references_unchanged": report.references_unchanged,
        "quarantined": [
            {"row": row} | reference_document(reference) for row, reference in report.quarantined
        ],
        "ignored_columns": list(report.ignored_columns),
        "errors": [{"row": error.row, "detail": error.message} for error in report.errors],
        "registry": version,
    }


@commands.command("list")
def list_motifs(as_json: AsJson = False) -> None:
    """List every motif with its number of references."""
    with explained(), opened() as touchstone:
        state = touchstone.registry.state()
    counts: dict[int, int] = {}
    for reference in state.references:
        counts[reference.motif_id] = counts.get(reference.motif_id, 0) + 1
    documents = [motif_document(m) | {"references": counts.get(m.id, 0)} for m in state.motifs]
    if as_json:
        print_json({"registry": state.version, "motifs": documents})
        return
    columns = ("motif_id", "brand", "motif", "kind", "enabled", "references")
    rows = [tuple(str(document[column]) for column in columns) for document in documents]
    print_rows(f"registry version {state.version}", columns, rows)


@commands.command("show")
def show(motif: MotifId, as_json: AsJson = False) -> None:
    """Show one motif with its references."""
    with explained(), opened() as touchstone:
        number = parse_id(IdPrefix.MOTIF, motif)
        document = motif_document(touchstone.registry.motif(number))
        references = touchstone.registry.references(number)
    document["references"] = [reference_document(reference) for reference in references]
    if as_json:
        print_json(document)
        return
    for name, value in document.items():
        if name != "references":
            typer.echo(f"{name}: {value}")
    columns = ("reference_id", "polarity", "status", "width", "height", "box", "source")
    rows = [
        (*(str(shown[column]) for column in columns), findings_text(reference))
        for shown, reference in zip(document["references"], references, strict=True)
    ]
    print_rows("references", (*columns, "findings"), rows)


@commands.command("quarantined")
def quarantined(as_json: AsJson = False) -> None:
    """List the references and motifs in quarantine, with the reasons."""
    with explained(), opened() as touchstone:
        state = touchstone.registry.state()
    motifs = {motif.id: motif for motif in state.motifs}
    held = [reference for reference in state.references if not reference.takes_part]
    floods = [motif for motif in state.motifs if motif.quarantine is not None]
    if as_json:
        print_json(
            [
                motif_document(motifs[reference.motif_id]) | reference_document(reference)
                for reference in held
            ]
            + [motif_document(motif) | {"reference_id": None} for motif in floods]
        )
        return
    rows: list[tuple[str, ...]] = [
        (
            public_id(IdPrefix.REFERENCE, reference.id),
            motifs[reference.motif_id].brand.name,
            motifs[reference.motif_id].name,
            reference.source,
            findings_text(reference),
        )
        for reference in held
    ]
    rows += [
        (public_id(IdPrefix.MOTIF, each.id), each.brand.name, each.name, "", quarantine_text(each))
        for each in floods
    ]
    print_rows("in quarantine", ("id", "brand", "motif", "source", "findings"), rows)


@commands.command("release")
def release(
    held: Annotated[
        str, typer.Argument(metavar="ID", help="A reference's or a motif's id, such as ref_31.")
    ],
    as_json: AsJson = False,
) -> None:
    """Let a reference or a motif out of quarantine: matches with it count from now on."""
    with explained(), opened() as touchstone:
        if held.startswith(f"{IdPrefix.MOTIF}_"):
            motif = touchstone.flood.release(parse_id(IdPrefix.MOTIF, held))
            document, told = motif_document(motif), f"{held} ({motif.name}) counts again"
        else:
            number = parse_id(IdPrefix.REFERENCE, held)
            released = touchstone.registry.release_reference(number)
            document = reference_document(released)
            told = f"{held} takes part, in spite of: {findings_text(released)}"
    if as_json:
        print_json(document)
    else:
        typer.echo(told)


@commands.command("disable")
def disable(
    motif: MotifId,
    until: Annotated[
        str, typer.Option(help="When it comes back by itself, ISO 8601, UTC unless it says.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Take a motif out of matching, for good or until a moment."""
    with explained(), opened() as touchstone:
        number = parse_id(IdPrefix.MOTIF, motif)
        changed = touchstone.registry.disable_motif(number, until=_moment(until))
    _print_change(changed, as_json)


@commands.command("enable")
def enable(motif: MotifId, as_json: AsJson = False) -> None:
    """Put a motif back into matching."""
    with explained(), opened() as touchstone:
        changed = touchstone.registry.enable_motif(parse_id(IdPrefix.MOTIF, motif))
    _print_change(changed, as_json)


@commands.command("remove")
def remove(motif: MotifId, as_json: AsJson = False) -> None:
    """Remove a motif with its references."""
    with explained(), opened() as touchstone:
        removed = _remove(touchstone, parse_id(IdPrefix.MOTIF, motif))
    if as_json:
        print_json({"removed": motif})
    else:
        typer.echo(f"removed {motif} ({removed.brand.name} / {removed.name})")


def _remove(touchstone: Touchstone, number: int) -> Motif:
    motif = touchstone.registry.motif(number)
    touchstone.registry.remove_motif(number)
    return motif


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(f"{text!r} is not a moment such as 2026-12-31T18:00") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment <= datetime.now(UTC):
        raise InvalidInputError(f"{text} has passed already")
    return moment


def _print_change(motif: Motif, as_json: bool) -> None:
    document = motif_document(motif)
    if as_json:
        print_json(document)
        return
    state = "enabled" if document["enabled"] else "disabled"
    until = f" until {document['disabled_until']}" if document["disabled_until"] else ""
    typer.echo(f"{document['motif_id']} ({motif.brand.name} / {motif.name}) is {state}{until}")


def motif_document(motif: Motif) -> dict[str, Any]:
    """Return a motif as JSON values."""
    enabled = motif.enabled_at(datetime.now(UTC))
    until = motif.disabled_until
    return {
        "motif_id": public_id(IdPrefix.MOTIF, motif.id),
        "brand": motif.brand.name,
        "motif": motif.name,
        "kind": str(motif.kind),
        "words": list(motif.words),
        "registrations": [
            asdict(mark) | {"expires_on": mark.expires_on and mark.expires_on.isoformat()}
            for mark in motif.registrations
        ],
        "expected_place": None if motif.expected_place is None else str(motif.expected_place),
        "enabled": enabled,
        "disabled_until": None if enabled or until is None else until.isoformat(),
        "quarantine": quarantine_text(motif) or None,
    }


def reference_document(reference: Reference) -> dict[str, Any]:
    """Return a reference as JSON values."""
    return {
        "reference_id": public_id(IdPrefix.REFERENCE, reference.id),
        "polarity": str(reference.polarity),
        "sha256": reference.blob,
        "width": reference.width,
        "height": reference.height,
        "box": None if reference.box is None else list(reference.box.as_tuple()),
        "source": reference.source,
        "status": str(reference.status),
        "findings": [
            {"code": str(finding.code), "detail": finding.detail} for finding in reference.findings
        ],
    }


def findings_text(reference: Reference) -> str:
    """Return what the lint said of a reference, for people."""
    return "; ".join(f"{finding.code}: {finding.detail}" for finding in reference.findings)


def quarantine_text(motif: Motif) -> str:
    """Return why a motif is in quarantine, for people; empty where it is not."""
    held = motif.quarantine
    return "" if held is None else f"{held.code}: {held.detail}"

"""`touchstone evidence …`: take a case out of the house, and check one that came back."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.batch.durable import replacing, writing
from app.cli.printing import print_json
from app.cli.session import explained, fail, opened
from app.domain.errors import InvalidInputError
from app.domain.ports import StoredAssessment
from app.domain.registry import IdPrefix, parse_id
from app.services.case_checking import CaseCheck, SignatureState, check_case
from app.services.evidence import EvidenceRoom
from app.services.signing import PublicKey, make_key

commands = typer.Typer(help="Export cases and check them.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class _Form(StrEnum):
    """What a case can be written as, by the extension of its file."""

    ZIP = ".zip"
    PDF = ".pdf"


@commands.command("keygen")
def keygen(
    private: Annotated[
        Path, typer.Argument(metavar="PRIVATE", help="Where the private key is written.")
    ],
    public: Annotated[
        Path | None,
        typer.Option(help="Where the public key is written; default PRIVATE with .pub.pem."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make the key pair with which evidence is signed and checked."""
    with explained():
        beside = private.with_suffix(".pub.pem") if public is None else public
        fingerprint = make_key(private, beside).public.fingerprint
    if as_json:
        document = {"private": str(private), "public": str(beside), "fingerprint": fingerprint}
        print_json(document)
        return
    typer.echo(f"private key {private}: keep it to yourself, name it in TOUCHSTONE_SIGNING_KEY")
    typer.echo(f"public key {beside}: give it to whoever shall check your packs")
    typer.echo(f"fingerprint {fingerprint}")


@commands.command("export")
def export(
    assessment: Annotated[
        str, typer.Argument(metavar="ID", help="An assessment's id, such as asm_7.")
    ],
    out: Annotated[Path, typer.Option(help="File: .zip for the pack, .pdf for its pages.")],
    as_json: AsJson = False,
) -> None:
    """Write a kept assessment's case; the pack is signed where a key is set."""
    with explained(), opened() as touchstone:
        form = _form(out)
        stored = touchstone.assessments.get(parse_id(IdPrefix.ASSESSMENT, assessment))
        _write(touchstone.evidence, stored, out, form)
        signer = touchstone.evidence.signer if form is _Form.ZIP else None
    if as_json:
        signed = {"signed": signer is not None, "fingerprint": signer}
        print_json({"case": assessment, "file": str(out), **signed})
        return
    typer.echo(f"wrote {out}")
    if form is _Form.ZIP and signer is None:
        typer.echo(
            "NOT SIGNED: TOUCHSTONE_SIGNING_KEY names no key; the manifest says so", err=True
        )
    elif signer is not None:
        typer.echo(f"signed with the key {signer}")


@commands.command("verify")
def verify(
    case: Annotated[Path, typer.Argument(metavar="CASE.zip", help="A pack that was exported.")],
    public_key: Annotated[
        Path | None, typer.Option(help="PEM file of the key that should have signed it.")
    ] = None,
    hashes_only: Annotated[
        bool, typer.Option("--hashes-only", help="Check no signature; says so in the answer.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say whether a pack is signed, and what in it was altered, is missing or was added."""
    if (public_key is None) is not hashes_only:
        raise typer.BadParameter("give either --public-key or --hashes-only")
    with explained():
        key = None if public_key is None else PublicKey.read(public_key)
        report = check_case(case, key)
    if as_json:
        print_json(report.document())
    else:
        _print(report)
    if not report.trusted:
        fail(_failure(case, report))


def _form(out: Path) -> _Form:
    try:
        return _Form(out.suffix.lower())
    except ValueError:
        raise InvalidInputError(f"{out.name} ends in neither .zip nor .pdf") from None


def _write(room: EvidenceRoom, stored: StoredAssessment, out: Path, form: _Form) -> None:
    with writing(out), replacing(out) as file:
        if form is _Form.PDF:
            file.write(room.pdf(stored))
        else:
            room.write_zip(stored, file)


def _print(report: CaseCheck) -> None:
    for what, names in (
        ("altered", report.altered),
        ("missing", report.missing),
        ("added", report.added),
    ):
        for name in names:
            # A stranger chose the name: written so that it cannot steer a terminal.
            typer.echo(f"{what}: {ascii(name)[1:-1]}")
    if report.trusted:
        typer.echo(f"{report.case}: all {report.files} files are as they were exported")
        typer.echo(_SIGNATURES[report.signature].format(signer=report.signer))


def _failure(case: Path, report: CaseCheck) -> str:
    counts = [
        f"{len(names)} {what}"
        for what, names in (
            ("altered", report.altered),
            ("missing", report.missing),
            ("added", report.added),
        )
        if names
    ]
    files = f"files {', '.join(counts)}" if counts else "its files match its manifest"
    return f"{case}: {_SIGNATURES[report.signature].format(signer=report.signer)}; {files}"


_SIGNATURES = {
    SignatureState.VALID: "the signature is valid",
    SignatureState.INVALID: "the signature does not fit the manifest, which was altered",
    SignatureState.OTHER_KEY: "the manifest names another key, {signer}",
    SignatureState.MISSING: "the manifest is not signed",
    SignatureState.UNCHECKED: "no signature was checked: who made this pack is not known",
}

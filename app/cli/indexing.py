"""`touchstone index …`: snapshots of the vector index, which make starts quicker."""

from typing import Annotated, Any

import typer

from app.cli.printing import print_json
from app.cli.session import explained, opened
from index import SnapshotManifest

commands = typer.Typer(help="Build and check index snapshots.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@commands.command("build")
def build(as_json: AsJson = False) -> None:
    """Write a snapshot of the registry's vectors and make it current."""
    with explained(), opened() as touchstone:
        manifest = touchstone.snapshots.build()
    _print(_document(manifest), as_json)


@commands.command("stats")
def stats(as_json: AsJson = False) -> None:
    """Say what is searched now, and which snapshots are on disk."""
    with explained(), opened() as touchstone:
        gallery = touchstone.gallery.current().gallery
        document = {
            "index": gallery.version,
            "kind": gallery.index.kind,
            "dim": gallery.index.dim,
            "references": len(gallery.references),
            "motifs": len(gallery.motifs),
            "registry": gallery.registry_version,
            "model": touchstone.eyes.model,
            "background": gallery.background,
            "snapshots": touchstone.snapshots.versions(),
        }
    _print(document, as_json)


@commands.command("verify")
def verify(as_json: AsJson = False) -> None:
    """Check the current snapshot against its checksums and the model in use."""
    with explained(), opened() as touchstone:
        manifest = touchstone.snapshots.verify()
    _print({"verified": True} | _document(manifest), as_json)


def _document(manifest: SnapshotManifest) -> dict[str, Any]:
    return {
        "version": manifest.version,
        "model": manifest.model,
        "weights_sha256": manifest.weights_sha256,
        "dim": manifest.dim,
        "kind": manifest.kind,
        "count": manifest.count,
        "registry": manifest.registry_version,
        "created_at": str(manifest.created_at),
    }


def _print(document: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    for name, value in document.items():
        typer.echo(f"{name}: {value}")

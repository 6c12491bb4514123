"""The `touchstone` command: parse, call a service, print.

Exit codes are a contract: 0 for done, 1 for a failure explained in one line, 2 for wrong usage.
Results go to standard output (`--json` for machines), everything else to standard error.
"""

import typer

from app.cli import (
    audit,
    catalog,
    catalog_rematch,
    catalog_replay,
    catalog_report,
    evidence,
    explaining,
    indexing,
    keys,
    motifs,
    policy,
    prices,
    retention,
    reviews,
    scoring,
    sellers,
    serving,
    verifying,
    webhooks,
    words,
    worker,
)
from app.cli.session import explained

cli = typer.Typer(
    name="touchstone",
    help="Finds protected brand motifs in product photos of goods listed as unbranded.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli.command("demo")(serving.demo)
cli.command("serve")(serving.serve)
cli.command("worker")(worker.worker)
cli.add_typer(motifs.commands, name="motifs")
cli.add_typer(sellers.commands, name="sellers")
cli.add_typer(prices.commands, name="prices")
cli.command("score")(scoring.score)
cli.command("explain")(explaining.explain)
catalog.commands.command("report")(catalog_report.report)
catalog.commands.command("rematch")(catalog_rematch.rematch)
catalog.commands.command("replay")(catalog_replay.replay)
cli.add_typer(catalog.commands, name="catalog")
cli.command("calibrate")(scoring.calibrate)
cli.command("verify")(verifying.verify)
cli.command("policy")(policy.policy)
cli.command("evaluate")(scoring.evaluate)
cli.command("words")(words.words)
cli.add_typer(keys.commands, name="keys")
cli.add_typer(webhooks.commands, name="webhooks")
cli.command("audit")(audit.audit)
cli.add_typer(retention.commands, name="retention")
cli.add_typer(reviews.commands, name="reviews")
cli.add_typer(indexing.commands, name="index")
cli.add_typer(evidence.commands, name="evidence")


def main() -> None:
    """Run the command; what `pyproject.toml` installs as `touchstone`."""
    with explained():
        cli()


__all__ = ["cli", "main"]

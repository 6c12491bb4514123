"""Prints what a dry run found, for people."""

import typer

from app.batch.dry_run import DryRun, FileReport

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_SHOWN_FILES = 10


def print_forecast(found: DryRun) -> None:
    """Write what was understood, what the sample showed, and what the run will cost."""
    for line in forecast(found):
        typer.echo(line)


def forecast(found: DryRun) -> list[str]:
    """Return the lines."""
    lines = [_file(report) for report in found.files[:_SHOWN_FILES]]
    if len(found.files) > _SHOWN_FILES:
        lines.append(f"and {len(found.files) - _SHOWN_FILES} files more")
    lines.append(f"{found.rows:,} rows; of {found.rows_read:,} read, {found.rejected} rejected")
    lines += [f"  {reject}" for reject in found.rejects]
    missing = sum(found.image_errors.values())
    causes = ", ".join(f"{count} {code}" for code, count in found.image_errors.items())
    lines.append(
        f"sample: {found.sample_listings} listings, {found.sample_photos} photos, "
        f"{found.sample_photos - missing} readable"
        + (f", {missing} not ({causes})" if missing else "")
    )
    if found.photos_per_second is None or found.hours is None:
        lines.append("no photo in the sample, so nobody can say what the run will cost")
        return lines
    lines.append(
        f"the run: about {found.photos:,} photos at {found.photos_per_second:.1f} a second, "
        f"{hours(found.hours)}; reads {size(found.read_bytes)} of photos, "
        f"writes {size(found.written_bytes)} as JSONL"
    )
    return lines


def _file(report: FileReport) -> str:
    parts = [f"{report.name}: {size(report.bytes)}"]
    if report.encoding:
        parts.append(report.encoding)
    if report.delimiter:
        parts.append(f"separated by {report.delimiter!r}")
    parts.append(f"columns {', '.join(report.columns) or 'none'}")
    if report.ignored:
        parts.append(f"ignored {', '.join(report.ignored)}")
    return "; ".join(parts)


def size(count: float) -> str:
    """Return a number of bytes as people read it.

    >>> size(12), size(1_234_567)
    ('12 bytes', '1.2 MB')
    """
    unit = 0
    while count >= 1000 and unit < len(_UNITS) - 1:
        count, unit = count / 1000, unit + 1
    return f"{count:.0f} {_UNITS[unit]}" if not unit else f"{count:.1f} {_UNITS[unit]}"


def hours(value: float) -> str:
    """Return a time as people read it.

    >>> hours(0.02), hours(0.5), hours(7.25)
    ('72 seconds', '30 minutes', '7.2 hours')
    """
    if value < 0.1:
        return f"{value * 3600:.0f} seconds"
    return f"{value * 60:.0f} minutes" if value < 2 else f"{value:.1f} hours"

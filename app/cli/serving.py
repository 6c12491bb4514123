"""`touchstone serve` and `touchstone demo`.

Both import what they need when they run: FastAPI and the icon set would otherwise be paid for by
every `touchstone score`.
"""

import webbrowser
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.cli.printing import print_json
from app.cli.session import explained, opened, read_settings, service_at
from app.cli.worker_process import worker_beside
from app.domain.errors import InvalidInputError
from app.logs import log_to_stderr, server_logs


def serve(
    host: Annotated[str, typer.Option(help="Address; default from the settings.")] = "",
    port: Annotated[int, typer.Option(help="Port; default from the settings.")] = -1,
) -> None:
    """Run the API with its documentation and metrics on one port."""
    from app.api import leave  # noqa: PLC0415
    from app.api.access import is_loopback  # noqa: PLC0415
    from app.cli.server import run  # noqa: PLC0415
    from app.main import create_app  # noqa: PLC0415

    # Opened before the server starts, so that a refused model is one line and no traceback.
    with explained(), opened() as touchstone:
        settings = read_settings()
        address = host or settings.host
        if not (is_loopback(address) or settings.anonymous or touchstone.keys.closed()):
            raise InvalidInputError(
                f"will not listen on {address} while there is no key: make one with `touchstone"
                " keys create NAME --scope admin`, or set TOUCHSTONE_ANONYMOUS=true"
            )
        app = create_app(settings, touchstone)
        with worker_beside(wanted=settings.worker):
            run(
                app,
                leaving=partial(leave, app),
                delay=settings.shutdown_delay_seconds,
                host=address,
                port=settings.port if port < 0 else port,
                timeout_graceful_shutdown=settings.shutdown_seconds,
                log_config=server_logs(settings.log_format),
                access_log=False,  # the application logs every request, under its id
                server_header=False,
            )


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the demo's data and report.")] = Path(
        "var/demo"
    ),
    show: Annotated[bool, typer.Option("--open", help="Open the report in a browser.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Assess sample listings against a starter registry and write an HTML report; offline."""
    from app.demo.story import print_story, run_demo  # noqa: PLC0415

    with explained():
        settings = read_settings()
        log_to_stderr(settings.log_format)
        story = run_demo(service_at(settings), out)
    if as_json:
        print_json(story.document())
    else:
        print_story(story)
    if show:
        webbrowser.open(story.report.absolute().as_uri())

"""Opens a service for one command, and explains failures in one line.

Everything that the command line raises on purpose is a `TouchstoneError`, a settings error or an
error of the file system; each becomes one line on standard error and exit code 1. Anything else
is a bug, and its traceback is shown.
"""

import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from app.bootstrap import (
    build,
    build_audit,
    build_eyes,
    build_keys,
    build_retention,
    build_sellers,
    build_webhooks,
    open_database,
)
from app.domain.audit import Actor, acting_as
from app.domain.errors import InvalidInputError, TouchstoneError
from app.domain.ports import AuditStore
from app.logs import log_to_stderr
from app.services.keys import KeyKeeper
from app.services.retention import Retention
from app.services.selling import SellerDesk
from app.services.touchstone import Touchstone
from app.services.webhooks import WebhookDesk
from app.settings import Settings
from app.storage.database import Database


def read_settings() -> Settings:
    """Return the settings.

    Raises:
        InvalidInputError: naming the first setting that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InvalidInputError(f"setting TOUCHSTONE_{name.upper()}: {first['msg']}") from error
    except ValueError as error:  # a list that is not JSON, a file that is not TOML
        raise InvalidInputError(f"settings cannot be read: {error}") from error


@contextmanager
def opened() -> Iterator[Touchstone]:
    """Open the service that the settings describe, and close it afterwards."""
    settings = read_settings()
    log_to_stderr(settings.log_format)
    touchstone = build(settings)
    try:
        with acting_as(this_user()):
            yield touchstone
    finally:
        touchstone.close()


@contextmanager
def opened_keys() -> Iterator[KeyKeeper]:
    """Open the keys of the service that the settings describe, without its model."""
    with _opened_database() as (_, database):
        yield build_keys(database)


@contextmanager
def opened_webhooks() -> Iterator[WebhookDesk]:
    """Open the webhooks of the service that the settings describe, without its model."""
    with _opened_database() as (settings, database):
        yield build_webhooks(settings, database)


@contextmanager
def opened_audit() -> Iterator[AuditStore]:
    """Open the audit log of the service that the settings describe, without its model."""
    with _opened_database() as (_, database):
        yield build_audit(database)


@contextmanager
def opened_retention() -> Iterator[Retention]:
    """Open what removes the photos of the service that the settings describe, without its model."""
    with _opened_database() as (settings, database):
        yield build_retention(settings, database)


@contextmanager
def _opened_database() -> Iterator[tuple[Settings, Database]]:
    settings = read_settings()
    log_to_stderr(settings.log_format)
    database = open_database(settings)
    try:
        with acting_as(this_user()):
            yield settings, database
    finally:
        database.dispose()


def this_user() -> Actor:
    """Return whom a command acts as: the user of the operating system that runs it."""
    try:
        return Actor.of_user(getpass.getuser())
    except (OSError, KeyError):  # a container may run under a number that has no name
        return Actor.of_user(str(os.getuid()))


@contextmanager
def opened_sellers() -> Iterator[SellerDesk]:
    """Open the sellers of the service that the settings describe, without its model."""
    with _opened_database() as (_, database):
        yield build_sellers(database)


def service_at(settings: Settings) -> Callable[[Path, int], Touchstone]:
    """Return a function that opens an independent service in a folder of its own.

    Used by commands that must neither see nor touch the operator's data: demo and evaluation.
    """

    def open_at(data_dir: Path, matches_per_image: int) -> Touchstone:
        own = {"data_dir": data_dir, "database_url": "", "blob_url": ""}
        return build(
            settings.model_copy(update=own | {"matches_per_image": matches_per_image}),
            build_eyes(settings),
        )

    return open_at


@contextmanager
def explained() -> Iterator[None]:
    """Turn an expected failure into one line on standard error and exit code 1."""
    try:
        yield
    except TouchstoneError as error:
        fail(error.message)
    except OSError as error:
        fail(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "))


def fail(message: str) -> None:
    """Print one line and leave with exit code 1."""
    line = " ".join(message.split())
    sys.stderr.write(f"touchstone: {line}\n")
    raise SystemExit(1)

"""The last guard of the log: keys, secrets and photos are struck out wherever they stand."""

import json

import pytest
import structlog

from app.logs import log_to_stderr, without_secrets
from tests.api.sending import as_base64
from tests.fakes import plain_photo

KEY = "ts_q2x0Zm9vYmFyYmF6cXV4"


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_no_secret_gets_through_in_any_form(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = structlog.get_config()
    log_to_stderr(log_format)
    log = structlog.get_logger()
    photo = plain_photo()
    try:
        try:
            _fail(photo)
        except ValueError:
            told = {"keys": [KEY], "photo": photo}
            log.exception("failed", nested=told, text=as_base64(photo))
    finally:
        structlog.configure(**before)
    line = capsys.readouterr().err
    assert "failed" in line
    assert "ValueError" in line
    assert KEY[3:] not in line
    assert "MfKQ9r8" not in line
    assert as_base64(photo)[:40] not in line
    assert "JFIF" not in line
    assert f"{len(photo)} bytes" in line
    if log_format == "json":
        assert json.loads(line)["level"] == "error"


def _fail(photo: bytes) -> None:
    """Fail with a photo among the local variables, which no traceback may show."""
    assert photo
    raise ValueError(f"key {KEY} with whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


def test_what_is_no_secret_stays() -> None:
    event = {"event": "request", "path": "/v1/motifs/mot_1", "ms": 1.5, "ok": None}
    assert without_secrets(None, "", dict(event)) == event

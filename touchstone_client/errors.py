"""What can go wrong with a call, as exceptions.

    TouchstoneClientError
    ├── UnreachableError              no answer came
    ├── UnreadableAnswerError         one came that this client does not understand
    ├── SignatureError                a webhook's message is not what its sender signed
    └── ApiError                      a problem (RFC 9457): status, code, detail, request_id, fields
        ├── InvalidInputError         422, 400 and the like: sending it again will not help
        │   └── ImageRefusedError     an image, by name: `image_truncated` …
        ├── UnauthenticatedError      401
        ├── ForbiddenError            403
        ├── NotFoundError             404
        ├── ConflictError             409
        │   └── IdempotencyError      the key was used for something else
        ├── RateLimitedError          429
        ├── UnavailableError          503, 408, 502, 504: for now
        └── ServerError               500: a fault of the service

`code` is the stable string to branch on; a code that this client has never heard of gets the class
of its status.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from touchstone_client.models import Problem, ProblemError


class TouchstoneClientError(Exception):
    """Anything that this client raises by itself."""


class UnreachableError(TouchstoneClientError):
    """No answer came, in as many tries as there were."""


class UnreadableAnswerError(TouchstoneClientError):
    """The answer is not one that this client understands."""


class SignatureError(TouchstoneClientError):
    """A message is not what the holder of the secret signed, or is too old."""


class ApiError(TouchstoneClientError):
    """The service refused, or failed."""

    def __init__(self, problem: Problem, retry_after: float | None = None) -> None:
        super().__init__(f"{problem.code} ({problem.status}): {problem.detail}")
        self.problem = problem
        self.retry_after = retry_after
        """Seconds that the service asked to wait."""

    @property
    def code(self) -> str:
        """A stable string to branch on."""
        return self.problem.code

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problem.status

    @property
    def detail(self) -> str:
        """What went wrong this time, in one sentence."""
        return self.problem.detail

    @property
    def request_id(self) -> str:
        """What to look for in the service's log."""
        return self.problem.request_id

    @property
    def fields(self) -> tuple[ProblemError, ...]:
        """The fields that cannot be used, where it is about fields."""
        return self.problem.errors or ()


class InvalidInputError(ApiError):
    """What was sent cannot be used; sending it again will not help."""


class ImageRefusedError(InvalidInputError):
    """An image cannot be used."""


class UnauthenticatedError(ApiError):
    """No key was sent, or one that is unknown or revoked."""


class ForbiddenError(ApiError):
    """The key lacks a scope."""


class NotFoundError(ApiError):
    """There is no such thing under that id."""


class ConflictError(ApiError):
    """It exists already, or something that depends on it does."""


class IdempotencyError(ConflictError):
    """The Idempotency-Key was used for another request."""


class RateLimitedError(ApiError):
    """The key has used up its requests for now."""


class UnavailableError(ApiError):
    """The service cannot answer for now."""


class ServerError(ApiError):
    """A fault of the service; its log has it under `request_id`."""


_BY_STATUS: Final[Mapping[int, type[ApiError]]] = {
    401: UnauthenticatedError,
    403: ForbiddenError,
    404: NotFoundError,
    408: UnavailableError,
    409: ConflictError,
    429: RateLimitedError,
    502: UnavailableError,
    503: UnavailableError,
    504: UnavailableError,
}


def error_class(status: int, code: str) -> type[ApiError]:
    """Return the exception of a problem.

    >>> error_class(422, "image_truncated").__name__, error_class(418, "new").__name__
    ('ImageRefusedError', 'InvalidInputError')
    """
    if code.startswith("image_"):
        return ImageRefusedError
    if code == "idempotency_conflict":
        return IdempotencyError
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return ServerError if status >= 500 else InvalidInputError


def error_of(status: int, content: bytes, path: str, retry_after: float | None) -> ApiError:
    """Return the exception of an answer that is no success, a problem or not."""
    try:
        problem = Problem.model_validate_json(content)
    except ValidationError:
        # A proxy's own page, most likely.
        problem = _made_up(status, path)
    return error_class(status, problem.code)(problem, retry_after)


def _made_up(status: int, path: str) -> Problem:
    told: dict[str, Any] = {"type": "about:blank", "title": f"HTTP {status}", "request_id": ""}
    detail = "the answer is no problem document; something between may have given it"
    return Problem(**told, status=status, detail=detail, instance=path, code=f"http_{status}")

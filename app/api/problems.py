"""Errors as RFC 9457 problem JSON: the domain's tree, refused requests, and routes not found.

One table says which status each class of the tree has; a class that is not in it has its parent's.
The same table documents the routes, so that what is promised cannot drift from what is answered.
An exception outside the tree never gets here: `middleware.py` logs it and answers without a word
of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.api.schemas.base import Problem, ProblemError
from app.domain import errors
from app.domain.errors import (
    BusyError,
    ClusterError,
    ConflictError,
    DeadlineError,
    ForbiddenError,
    IdempotencyError,
    ImageTooLargeError,
    InvalidCatalogError,
    InvalidInputError,
    InvalidRowError,
    ModelRefusedError,
    NotFoundError,
    NotReadyError,
    RateLimitedError,
    StorageError,
    TooManyPixelsError,
    TouchstoneError,
    UnauthenticatedError,
    UnsupportedImageError,
)

_log = structlog.get_logger(__name__)
Document: TypeAlias = dict[str, Any]
Cause: TypeAlias = type[TouchstoneError] | int  # a class of the tree, or a status of HTTP's own
MEDIA_TYPE: Final = "application/problem+json"
INTERNAL_CODE: Final = "internal_error"

STATUSES: Final[Mapping[type[TouchstoneError], int]] = MappingProxyType(
    {
        TouchstoneError: 500,
        InvalidInputError: 422,
        ImageTooLargeError: 413,
        TooManyPixelsError: 413,
        UnsupportedImageError: 415,
        UnauthenticatedError: 401,
        ForbiddenError: 403,
        RateLimitedError: 429,
        BusyError: 429,
        DeadlineError: 503,
        NotFoundError: 404,
        ConflictError: 409,
        NotReadyError: 503,
        ModelRefusedError: 503,
        ClusterError: 503,
        StorageError: 503,
    }
)
# Codes of the problems that HTTP itself knows.
HTTP_CODES: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "malformed_request",
        404: NotFoundError.code,
        405: "method_not_allowed",
        408: "request_timeout",
        413: "request_too_large",
        415: "unsupported_media_type",
        422: InvalidInputError.code,
        500: INTERNAL_CODE,
    }
)
# What a route may meet that reads photos.
BODY_REFUSALS: Final = (400, 408, 413, 415)
# What a route may meet whose work has to wait for others'.
WAITING_REFUSALS: Final = (BusyError, DeadlineError)


def status_of(error: type[TouchstoneError]) -> int:
    """Return the status of a class of errors.

    >>> from app.domain.errors import TruncatedImageError
    >>> status_of(TruncatedImageError), status_of(NotFoundError)
    (422, 404)
    """
    return next(STATUSES[parent] for parent in error.__mro__ if parent in STATUSES)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    instance: str,
    request_id: str,
    fields: Sequence[ProblemError] = (),
) -> Problem:
    """Return a problem; its type and title follow from its code."""
    return Problem(
        type=f"urn:touchstone:problem:{code}",
        title=code.replace("_", " ").capitalize(),
        status=status,
        detail=detail,
        instance=instance,
        code=code,
        request_id=request_id,
        errors=tuple(fields) or None,
    )


def answer(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    fields: Sequence[ProblemError] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return the answer to a request that cannot be served."""
    body = problem(
        status,
        code,
        detail,
        instance=request.url.path,
        request_id=getattr(request.state, "request_id", ""),
        fields=fields,
    )
    document = body.model_dump(mode="json", exclude_none=True)
    return JSONResponse(document, status, dict(headers or {}), MEDIA_TYPE)


def refusal(
    request: Request, error: TouchstoneError, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return the answer to a request that was refused with an error of the tree."""
    status = status_of(type(error))
    if isinstance(error, BusyError):
        headers = {**(headers or {}), "Retry-After": str(error.retry_after)}
    if isinstance(error, BusyError | DeadlineError | RateLimitedError):
        request.app.state.metrics.refused(error.code)
    if status >= 500:
        _log.error("request_failed", code=error.code, reason=error.message, exc_info=error)
    return answer(
        request, status, error.code, error.message, fields=_fields(error), headers=headers
    )


def _fields(error: TouchstoneError) -> tuple[ProblemError, ...]:
    """Return the rows that an error is about."""
    if not isinstance(error, InvalidCatalogError):
        return ()
    return tuple(
        ProblemError(location=f"catalog/{place}", detail=reason, code=InvalidRowError.code)
        for place, reason in error.rows
    )


async def _of_the_tree(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, TouchstoneError):
        raise error
    return refusal(request, error)


async def _of_validation(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    fields = [
        ProblemError(
            location="/".join(str(step) for step in each["loc"]),
            detail=str(each["msg"]),
            code=str(each["type"]),
        )
        for each in error.errors()
    ]
    more = f" (and {len(fields) - 1} more)" if len(fields) > 1 else ""
    detail = f"{fields[0].location}: {fields[0].detail}{more}"
    return answer(request, 422, InvalidInputError.code, detail, fields=fields)


async def _of_http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    code = HTTP_CODES.get(error.status_code, f"http_{error.status_code}")
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(request.app.state.methods.of(request.scope)))
    return answer(request, error.status_code, code, str(error.detail), headers=headers)


def install_handlers(app: FastAPI) -> None:
    """Make every refusal of the application a problem."""
    app.add_exception_handler(TouchstoneError, _of_the_tree)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)


def refusals(*causes: Cause, reads_input: bool = True) -> dict[int | str, Document]:
    """Return the OpenAPI responses of a route that may be refused for these causes.

    Every route may meet a database that fails, and a bug; every one that reads input, a request
    that it cannot use.
    """
    every = (StorageError, 500, InvalidInputError) if reads_input else (StorageError, 500)
    return _responses(*causes, *every)


def refusals_of_repeats() -> Document:
    """Return the OpenAPI responses of every write that takes an `Idempotency-Key`."""
    return {str(status): each for status, each in _responses(IdempotencyError).items()}


def refusals_of_access() -> Document:
    """Return the OpenAPI responses of every route that asks for a key."""
    access = _responses(UnauthenticatedError, ForbiddenError, RateLimitedError)
    return {str(status): response for status, response in access.items()}


def _responses(*causes: Cause) -> dict[int | str, Document]:
    responses: dict[int | str, Document] = {}
    for status, code in sorted({_status_and_code(cause) for cause in causes}):
        examples = {code: {"$ref": f"#/components/examples/{code}"}}
        media = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}
        new = {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: media}}
        known = responses.setdefault(status, new)
        known["content"][MEDIA_TYPE]["examples"].update(examples)
    return responses


def problem_examples() -> Document:
    """Return one OpenAPI example for every code there is, in alphabetical order."""
    causes: list[Cause] = [*HTTP_CODES, *_tree()]
    examples: Document = {}
    for cause in causes:
        status, code = _status_and_code(cause)
        example = problem(
            status, code, _explained(cause), instance="/v1/…", request_id="5d0c1f9a7b3e"
        )
        examples[code] = {"summary": example.title, "value": example.model_dump(exclude_none=True)}
    return dict(sorted(examples.items()))


def _tree() -> Iterator[type[TouchstoneError]]:
    # From the tree's own file: a subclass made elsewhere shares its parent's code.
    for each in vars(errors).values():
        if isinstance(each, type) and issubclass(each, TouchstoneError):
            yield each


def _status_and_code(cause: Cause) -> tuple[int, str]:
    if isinstance(cause, int):
        return cause, HTTP_CODES[cause]
    return status_of(cause), cause.code


def _explained(cause: Cause) -> str:
    if isinstance(cause, int):
        return HTTPStatus(cause).description or HTTPStatus(cause).phrase
    return (cause.__doc__ or "").partition("\n")[0]

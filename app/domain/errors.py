"""Every way Touchstone says no, in one tree.

TouchstoneError                   code, one plain sentence
├── InvalidInputError             the caller can mend it
│   ├── ImageRefusedError         a photo that will not be decoded; always about one image
│   │   ├── EmptyImageError           no bytes at all
│   │   ├── ImageTooLargeError        more bytes than the limit
│   │   ├── TooManyPixelsError        more pixels than the limit, read from the header alone
│   │   ├── UnsupportedImageError     not a format on the list, whatever its name says
│   │   ├── TruncatedImageError       the file ends before its picture does
│   │   ├── CorruptImageError         the decoder gave up for another reason
│   │   ├── MissingImageError         the path or blob named by a listing is not there
│   │   ├── UrlRefusedError           its address is not one that may be fetched
│   │   ├── AddressForbiddenError     its host is not on the public Internet
│   │   ├── FetchTimeoutError         fetching it took too long
│   │   └── FetchFailedError          its server gave no image
│   ├── InvalidRowError           one row of a manifest or a catalogue, with its number
│   ├── InvalidBoxError           a box outside its picture or without area
│   ├── UnsupportedFileError      a manifest or catalogue of an unknown format or header
│   ├── InvalidCatalogError       a catalogue of which no row is a listing, with why by line
│   └── ArchiveRefusedError       a case pack that is not safe to read
├── UnauthenticatedError          no key, or one that is unknown or revoked
├── ForbiddenError                the key may not do this
├── RateLimitedError              the key has used up its requests for now
├── BusyError                     the queue is full; nothing was begun
├── DeadlineError                 it took too long and was given up; nothing was kept
├── NotFoundError                 no such brand, motif, reference, assessment
├── ConflictError                 it exists already, or is in use
│   └── IdempotencyError          the caller's key for a write stands for another one
├── NotReadyError                 no index or model that fits is loaded yet
├── ModelRefusedError             weights, snapshot or background belong to another model
├── CalibrationError              too few background photos to say anything
├── ClusterError                  no worker of the cluster is to be had
└── StorageError                  the database or the blob store failed; nothing was half kept

`models/` and `index/` cannot import this file (they know nothing of the application); they raise
the small errors of `models.errors` and `index.errors`, and `app.services` turns those into
`ModelRefusedError`. `app.api.problems` turns this tree into RFC 9457 problem JSON, `app.cli` into
one line and exit code 1. An exception outside the tree is a bug: logged with an id, never echoed.
"""

from typing import ClassVar


class TouchstoneError(Exception):
    """Base of the tree. `str(error)` is one plain sentence that is safe to show to a caller."""

    code: ClassVar[str] = "touchstone_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInputError(TouchstoneError):
    """What was sent cannot be used; sending it again will not help."""

    code = "invalid_input"


class ImageRefusedError(InvalidInputError):
    """A photo was not decoded. The rest of its listing is still assessed."""

    code = "image_refused"


class EmptyImageError(ImageRefusedError):
    """The file has no bytes."""

    code = "image_empty"


class ImageTooLargeError(ImageRefusedError):
    """The file has more bytes than the limit."""

    code = "image_too_large"


class TooManyPixelsError(ImageRefusedError):
    """The header promises more pixels than the limit; nothing was decoded."""

    code = "image_too_many_pixels"


class UnsupportedImageError(ImageRefusedError):
    """The bytes are not one of the accepted formats, whatever the file is called."""

    code = "image_unsupported"


class TruncatedImageError(ImageRefusedError):
    """The file ends before its picture does."""

    code = "image_truncated"


class CorruptImageError(ImageRefusedError):
    """The decoder refused the file for any other reason."""

    code = "image_corrupt"


class MissingImageError(ImageRefusedError):
    """The listing names an image that is not there."""

    code = "image_missing"


class UrlRefusedError(ImageRefusedError):
    """The address is not one that may be fetched: switched off, or not on the allow-list."""

    code = "image_url_refused"


class AddressForbiddenError(ImageRefusedError):
    """The host has an address that is not on the public Internet; nothing was connected to."""

    code = "image_address_forbidden"


class FetchTimeoutError(ImageRefusedError):
    """Fetching took longer than is allowed."""

    code = "image_fetch_timeout"


class FetchFailedError(ImageRefusedError):
    """The server could not be reached, or what it answered is no image."""

    code = "image_fetch_failed"


class InvalidRowError(InvalidInputError):
    """One row of a manifest or catalogue cannot be used; `row` counts data rows from 1."""

    code = "invalid_row"

    def __init__(self, row: int, message: str) -> None:
        super().__init__(f"row {row}: {message}")
        self.row = row


class InvalidBoxError(InvalidInputError):
    """A box lies outside its picture or has no area."""

    code = "invalid_box"


class UnsupportedFileError(InvalidInputError):
    """A manifest or catalogue whose format, header or encoding is not understood."""

    code = "unsupported_file"


class InvalidCatalogError(InvalidInputError):
    """No row of a catalogue is a listing; `rows` are the first of them, with why."""

    code = "invalid_catalog"

    def __init__(self, message: str, rows: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.rows = rows  # where, such as "in.csv/line 3", and what is wrong there


class UnauthenticatedError(TouchstoneError):
    """No key was sent, or one that is unknown or revoked."""

    code = "unauthenticated"


class ForbiddenError(TouchstoneError):
    """The caller may not do this."""

    code = "forbidden"


class RateLimitedError(TouchstoneError):
    """The key has used up its requests for now; `Retry-After` says when there are more."""

    code = "rate_limited"


class BusyError(TouchstoneError):
    """More is waiting than can be worked on soon; nothing was begun."""

    code = "busy"

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds


class DeadlineError(TouchstoneError):
    """It took longer than was allowed and was given up; nothing was kept."""

    code = "deadline_passed"


class ArchiveRefusedError(InvalidInputError):
    """A case pack that is no ZIP file, or one that is not safe to read."""

    code = "archive_refused"


class NotFoundError(TouchstoneError):
    """There is no such thing under that id."""

    code = "not_found"


class ConflictError(TouchstoneError):
    """It exists already, or something that depends on it does."""

    code = "conflict"


class IdempotencyError(ConflictError):
    """The Idempotency-Key was used for another request, or for one that is still under way."""

    code = "idempotency_conflict"


class NotReadyError(TouchstoneError):
    """No model and index that fit each other are loaded yet."""

    code = "not_ready"


class ModelRefusedError(TouchstoneError):
    """Weights, a snapshot or a background that belong to another model."""

    code = "model_refused"


class CalibrationError(TouchstoneError):
    """The background is too small to say anything about false alarms."""

    code = "calibration_insufficient"


class ClusterError(TouchstoneError):
    """The cluster that listings were to be assessed on is not there, or gives no worker."""

    code = "cluster_failed"


class StorageError(TouchstoneError):
    """The database or the blob store failed; nothing was half kept."""

    code = "storage_failed"

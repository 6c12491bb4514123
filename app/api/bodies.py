"""A request's body, read whole: the parts of a multipart form, or JSON bytes not yet parsed.

Reading is the one thing done on the event loop; what is in the body is parsed later, in a worker
thread (`uploads.py`). A form whose end is missing is refused: the parser would leave out its last
part without a word, and a listing would be judged without its last photo.
"""

from dataclasses import dataclass
from email.message import Message
from typing import Annotated

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

_MAX_PARTS = 1_000
_MAX_FIELD_BYTES = 2 * 2**20
_MISSING = "missing"
_EXTRA = "extra_forbidden"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form; `filename` is `None` where it is a plain field."""

    name: str
    data: bytes
    filename: str | None


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent: JSON bytes, or else the parts of a form."""

    json: bytes | None
    parts: tuple[Part, ...] = ()

    def expect(self, *names: str) -> None:
        """Refuse a form with a part of any other name: a misspelt one would be ignored."""
        for part in self.parts:
            if part.name not in names:
                raise refused(part.name, _EXTRA, f"no such part; there are: {', '.join(names)}")

    def files(self, name: str) -> tuple[Part, ...]:
        """Return the files of that name, in order."""
        found = tuple(part for part in self.parts if part.name == name)
        if any(part.filename is None for part in found):
            raise refused(name, "file_expected", "must be sent as a file, with a file name")
        return found

    def single(self, name: str) -> Part | None:
        """Return the part of that name, file or field, or `None`; two of them are refused."""
        found = [part for part in self.parts if part.name == name]
        if len(found) > 1:
            raise refused(name, "too_many", "may be sent only once")
        return found[0] if found else None

    def required(self, name: str) -> Part:
        """Return the part of that name, or refuse."""
        part = self.single(name)
        if part is None:
            raise refused(name, _MISSING, "is missing")
        return part


def refused(part: str, code: str, detail: str) -> RequestValidationError:
    """Return the error about one part of a form."""
    return RequestValidationError([{"loc": ("part", part), "type": code, "msg": detail}])


def boundary_of(content_type: str) -> bytes:
    """Return what parts a form's parts, empty for anything that is no form.

    >>> boundary_of("multipart/form-data; boundary=abc"), boundary_of("application/json")
    (b'abc', b'')
    """
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_boundary("") if content_type else ""
    return boundary.encode("latin-1", "replace")


class WholeForm(MultiPartParser):
    """Starlette's parser, which also notices a form without its end."""

    ended = False

    def on_end(self) -> None:
        """Take note of the closing boundary."""
        self.ended = True

    def close(self) -> None:
        """Close every file, those of unfinished parts included."""
        for file in self._files_to_close_on_error:
            file.close()


async def read_body(request: Request) -> Body:
    """Read the body, whichever of the two kinds it is.

    Raises:
        HTTPException: 415 for another kind, 400 for a form that cannot be parsed.
    """
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    kind = header.get_content_type() if header["content-type"] else ""
    if kind == "application/json":
        return Body(await request.body())
    if kind == "multipart/form-data":
        return Body(None, await _read_form(request))
    raise HTTPException(415, "send multipart/form-data or application/json")


async def _read_form(request: Request) -> tuple[Part, ...]:
    form = WholeForm(
        request.headers,
        request.stream(),
        max_files=_MAX_PARTS,
        max_fields=_MAX_PARTS,
        max_part_size=_MAX_FIELD_BYTES,
    )
    try:
        data = await form.parse()
        if not form.ended:
            raise HTTPException(400, "the form ends before its closing boundary")
        return await _parts(data)
    except MultiPartException as error:
        raise HTTPException(400, f"the form cannot be parsed: {error.message}") from error
    finally:
        form.close()


async def _parts(data: FormData) -> tuple[Part, ...]:
    return tuple(
        [
            Part(_whole(name), await value.read(), _whole(value.filename or ""))
            if isinstance(value, UploadFile)
            else Part(_whole(name), _whole(value).encode(), None)
            for name, value in data.multi_items()
        ]
    )


def _whole(text: str) -> str:
    """Replace halves of characters, which a form in an odd charset can hold and JSON cannot."""
    return text.encode("utf-8", "replace").decode()


BodyDep = Annotated[Body, Depends(read_body)]

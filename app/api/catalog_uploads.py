"""The body of `POST /v1/catalogs`: a form with a file that may be large, or a path in JSON.

A file goes to disk as it arrives and is never in memory whole; the checks of the other forms hold.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import Message
from typing import Annotated, BinaryIO

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from app.api.bodies import WholeForm, refused
from app.api.schemas.catalogs import CatalogCreate, CatalogForm
from app.api.uploads import checked, parsed

_MOST_JSON = 2**16
_NAMES = ("catalog", *CatalogForm.model_fields)


@dataclass(frozen=True, slots=True)
class CatalogUpload:
    """A file and its name, or else a path."""

    name: str
    file: BinaryIO | None
    encoding: str


async def read_catalog(request: Request) -> AsyncIterator[CatalogUpload]:
    """Read the body, whichever of the two kinds it is.

    Raises:
        HTTPException: 415 for another kind, 400 for a form that cannot be parsed.
    """
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    kind = header.get_content_type() if header["content-type"] else ""
    if kind == "application/json":
        create = parsed(CatalogCreate, await _small(request), "body")
        yield CatalogUpload(create.path, None, create.encoding)
    elif kind == "multipart/form-data":
        async with _form(request) as form:
            yield _sent(form)
    else:
        raise HTTPException(415, "send multipart/form-data or application/json")


async def _small(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_JSON:
            raise HTTPException(413, f"the request body has more than {_MOST_JSON} bytes")
    return body


@asynccontextmanager
async def _form(request: Request) -> AsyncIterator[FormData]:
    form = WholeForm(request.headers, request.stream(), max_files=8, max_fields=8)
    try:
        data = await form.parse()
        if not form.ended:
            raise HTTPException(400, "the form ends before its closing boundary")
        yield data
    except MultiPartException as error:
        raise HTTPException(400, f"the form cannot be parsed: {error.message}") from error
    finally:
        form.close()


def _sent(form: FormData) -> CatalogUpload:
    found: dict[str, UploadFile | str] = {}
    for name, value in form.multi_items():
        if name not in _NAMES:
            raise refused(name, "extra_forbidden", f"no such part; there are: {', '.join(_NAMES)}")
        if name in found:
            raise refused(name, "too_many", "may be sent only once")
        found[name] = value
    file = found.pop("catalog", None)
    if file is None:
        raise refused("catalog", "missing", "is missing")
    if not isinstance(file, UploadFile) or not file.filename:
        raise refused("catalog", "file_expected", "must be sent as a file, with a file name")
    texts = {name: value for name, value in found.items() if isinstance(value, str) and value}
    fields = checked(CatalogForm, texts, "part")
    file.file.seek(0)
    name = file.filename.encode("utf-8", "replace").decode()
    return CatalogUpload(name.replace("\\", "/").rpartition("/")[2], file.file, fields.encoding)


CatalogUploadDep = Annotated[CatalogUpload, Depends(read_catalog)]

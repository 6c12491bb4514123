"""From a body to what a service takes: a listing with its photos, one image, or a reference.

The same thing sent as a form and as JSON ends up the same here. Photos keep the names they were
sent under. Nothing is fetched and no path is opened, whatever a name says: a listing that names a
photo which was not sent along is refused, because leaving it out could turn `review` into `clear`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.api.bodies import Body, BodyDep, Part, refused
from app.api.dependencies import OptionsDep
from app.api.schemas.base import Input
from app.api.schemas.images import ImageCreate
from app.api.schemas.listings import AssessmentCreate, ListingCreate
from app.api.schemas.references import ReferenceCreate, ReferenceForm
from app.domain.box import Box
from app.domain.errors import InvalidInputError
from app.domain.listing import Listing
from app.domain.registry import Polarity
from app.services.sources import BytesSource

Schema = TypeVar("Schema", bound=Input)


@dataclass(frozen=True, slots=True)
class AssessmentUpload:
    """A listing and its photos, in order."""

    listing: Listing
    sources: tuple[BytesSource, ...]


@dataclass(frozen=True, slots=True)
class ReferenceUpload:
    """A reference's image and what is said of it."""

    data: bytes
    polarity: Polarity
    box: Box | None
    source: str


def read_assessment(body: BodyDep, options: OptionsDep) -> AssessmentUpload:
    """Read `POST /v1/assessments`."""
    if body.json is not None:
        create = _parsed(AssessmentCreate, body.json, "body")
        listing, images = create.listing, [(each.name, each.base64) for each in create.images]
    else:
        body.expect("listing", "images")
        listing = _parsed(ListingCreate, body.required("listing").data, "part", "listing")
        images = [(part.filename or "", part.data) for part in body.files("images")]
    if len(images) > options.max_images_per_listing:
        raise InvalidInputError(
            f"{len(images)} images are too many; a listing may have "
            f"{options.max_images_per_listing}"
        )
    sources = _named(images)
    _check_all_sent(listing.images, sources)
    return AssessmentUpload(listing.to_listing(tuple(each.name for each in sources)), sources)


def read_image(body: BodyDep) -> BytesSource:
    """Read `POST /v1/search`."""
    if body.json is not None:
        create = _parsed(ImageCreate, body.json, "body")
        return _named([(create.name, create.base64)])[0]
    body.expect("image")
    part = _file(body, "image")
    return _named([(part.filename or "", part.data)])[0]


def read_reference(body: BodyDep) -> ReferenceUpload:
    """Read `POST /v1/motifs/{motif_id}/references`."""
    if body.json is not None:
        create = _parsed(ReferenceCreate, body.json, "body")
        return ReferenceUpload(create.base64, create.polarity, create.to_box(), create.source)
    body.expect("image", "polarity", "box", "source")
    image = _file(body, "image")
    fields = {name: body.single(name) for name in ("polarity", "box", "source")}
    texts = {name: part.data.decode() for name, part in fields.items() if part and part.data}
    form = _checked(ReferenceForm, texts, "part")
    return ReferenceUpload(image.data, form.polarity, form.to_box(), form.source)


def _file(body: Body, name: str) -> Part:
    body.required(name)
    return body.files(name)[0]


def _named(images: Sequence[tuple[str, bytes]]) -> tuple[BytesSource, ...]:
    return tuple(
        BytesSource(name or f"image-{number}", data)
        for number, (name, data) in enumerate(images, start=1)
    )


def _check_all_sent(names: Sequence[str], sources: Sequence[BytesSource]) -> None:
    """Compare by last path segment: a row says `photos/2.jpg`, a form only `2.jpg`."""
    wanted = Counter(_last_segment(name) for name in names)
    missing = wanted - Counter(_last_segment(source.name) for source in sources)
    if missing:
        raise refused("listing", "image_not_sent", f"names photos not sent: {', '.join(missing)}")


def _last_segment(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _parsed(schema: type[Schema], data: bytes, *where: str) -> Schema:
    try:
        return schema.model_validate_json(data)
    except ValidationError as error:
        raise _located(error, where) from error


def _checked(schema: type[Schema], fields: dict[str, str], *where: str) -> Schema:
    try:
        return schema.model_validate(fields)
    except ValidationError as error:
        raise _located(error, where) from error


def _located(error: ValidationError, where: tuple[str, ...]) -> RequestValidationError:
    # The input itself is left out: it may be megabytes of base64.
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    return RequestValidationError([{**each, "loc": (*where, *each["loc"])} for each in errors])


AssessmentUploadDep = Annotated[AssessmentUpload, Depends(read_assessment)]
ImageUploadDep = Annotated[BytesSource, Depends(read_image)]
ReferenceUploadDep = Annotated[ReferenceUpload, Depends(read_reference)]

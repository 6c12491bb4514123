"""From a body to what a service takes: a listing with its photos, one image, or a reference.

The same thing sent as a form and as JSON ends up the same here. Photos keep the names they were
sent under. No path is opened, whatever a name says, and a URL is fetched, later, only where the
operator has allowed that. A listing that names a photo which is neither sent along nor to be
fetched is refused, because leaving it out could turn `review` into `clear`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.api.bodies import Body, BodyDep, Part, refused
from app.api.dependencies import OptionsDep, TouchstoneDep
from app.api.schemas.base import Input
from app.api.schemas.explain import ExplainCreate, ExplainForm
from app.api.schemas.images import ImageCreate
from app.api.schemas.listings import AssessmentCreate, ListingCreate
from app.api.schemas.references import ReferenceCreate, ReferenceForm
from app.domain.box import Box
from app.domain.errors import InvalidInputError
from app.domain.listing import Listing
from app.domain.registry import IdPrefix, Polarity, parse_id
from app.media.fetching import ImageFetcher, is_url
from app.services.sources import BytesSource, FetchedSource, ImageSource

Schema = TypeVar("Schema", bound=Input)


@dataclass(frozen=True, slots=True)
class AssessmentUpload:
    """A listing and its photos, in order."""

    listing: Listing
    sources: tuple[ImageSource, ...]


@dataclass(frozen=True, slots=True)
class ReferenceUpload:
    """A reference's image and what is said of it."""

    data: bytes
    polarity: Polarity
    box: Box | None
    source: str


@dataclass(frozen=True, slots=True)
class ExplainUpload:
    """An image, and what is asked of it."""

    source: ImageSource
    listing: Listing
    motif_id: int
    box: Box | None


def read_assessment(
    body: BodyDep, options: OptionsDep, touchstone: TouchstoneDep
) -> AssessmentUpload:
    """Read `POST /v1/assessments`."""
    fetcher = touchstone.collector.fetcher
    if body.json is not None:
        create = parsed(AssessmentCreate, body.json, "body")
        place, listing = ("body", "listing", "images"), create.listing
        sent = _inside_json(create.images, fetcher)
    else:
        body.expect("listing", "images")
        place = ("part", "listing", "images")
        listing = parsed(ListingCreate, body.required("listing").data, "part", "listing")
        sent = _named(body.files("images"))
    sources = (*sent, *_to_fetch(listing.images, sent, fetcher, place))
    if len(sources) > options.max_images_per_listing:
        raise InvalidInputError(
            f"{len(sources)} images are too many; a listing may have "
            f"{options.max_images_per_listing}"
        )
    return AssessmentUpload(listing.to_listing(tuple(each.name for each in sources)), sources)


def read_image(body: BodyDep, touchstone: TouchstoneDep) -> ImageSource:
    """Read `POST /v1/search`."""
    if body.json is not None:
        create = parsed(ImageCreate, body.json, "body")
        return _inside_json([create], touchstone.collector.fetcher, "body")[0]
    body.expect("image")
    return _named([_file(body, "image")])[0]


def read_explain(body: BodyDep, touchstone: TouchstoneDep) -> ExplainUpload:
    """Read `POST /v1/explain`."""
    form: ExplainForm
    if body.json is not None:
        form = create = parsed(ExplainCreate, body.json, "body")
        place = ("body", "image")
        source = _inside_json([create.image], touchstone.collector.fetcher, *place)[0]
    else:
        names = tuple(ExplainForm.model_fields)
        body.expect("image", *names)
        source = _named([_file(body, "image")])[0]
        form = checked(ExplainForm, _texts(body, names), "part")
    motif_id = parse_id(IdPrefix.MOTIF, form.motif_id)
    return ExplainUpload(source, form.to_listing(source.name), motif_id, form.to_box())


def read_reference(body: BodyDep) -> ReferenceUpload:
    """Read `POST /v1/motifs/{motif_id}/references`."""
    if body.json is not None:
        create = parsed(ReferenceCreate, body.json, "body")
        return ReferenceUpload(create.base64, create.polarity, create.to_box(), create.source)
    body.expect("image", "polarity", "box", "source")
    image = _file(body, "image")
    form = checked(ReferenceForm, _texts(body, ("polarity", "box", "source")), "part")
    return ReferenceUpload(image.data, form.polarity, form.to_box(), form.source)


def _file(body: Body, name: str) -> Part:
    body.required(name)
    return body.files(name)[0]


def _texts(body: Body, names: Sequence[str]) -> dict[str, str]:
    """Return a form's plain fields; an empty one counts as not sent."""
    fields = {name: body.single(name) for name in names}
    return {name: part.data.decode() for name, part in fields.items() if part and part.data}


def _named(files: Sequence[Part]) -> tuple[ImageSource, ...]:
    return tuple(
        BytesSource(part.filename or f"image-{number}", part.data)
        for number, part in enumerate(files, start=1)
    )


def _inside_json(
    images: Sequence[ImageCreate], fetcher: ImageFetcher, *single: str
) -> tuple[ImageSource, ...]:
    """Return the sources of images inside JSON; `single` is where the only one stands."""
    sources: list[ImageSource] = []
    for number, image in enumerate(images, start=1):
        if image.url is not None:
            place = single or ("body", "images", number - 1)
            sources.append(_fetched(image.name, image.url, fetcher, (*place, "url")))
        else:
            sources.append(BytesSource(image.name or f"image-{number}", image.base64 or b""))
    return tuple(sources)


def _fetched(
    name: str, url: str, fetcher: ImageFetcher, place: tuple[str | int, ...]
) -> FetchedSource:
    if not fetcher.enabled:
        detail = "URL fetching is off; send the image itself, as a file or as base64"
        raise RequestValidationError([{"loc": place, "type": "url_fetching_off", "msg": detail}])
    return FetchedSource(name or url, url, fetcher)


def _to_fetch(
    names: Sequence[str],
    sent: Sequence[ImageSource],
    fetcher: ImageFetcher,
    place: tuple[str, ...],
) -> list[ImageSource]:
    """Return sources for the URLs among the names whose photos were not sent; refuse other names.

    Compared by last path segment: a row says `photos/2.jpg`, a form only `2.jpg`.
    """
    left = Counter(_last_segment(source.name) for source in sent)
    found: list[ImageSource] = []
    missing: list[str] = []
    for number, name in enumerate(names):
        if left[_last_segment(name)]:
            left[_last_segment(name)] -= 1
        elif is_url(name):
            found.append(_fetched("", name, fetcher, (*place, number)))
        else:
            missing.append(_last_segment(name))
    if missing:
        raise refused("listing", "image_not_sent", f"names photos not sent: {', '.join(missing)}")
    return found


def _last_segment(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def parsed(schema: type[Schema], data: bytes, *where: str) -> Schema:
    """Return JSON as a schema has it, or refuse it with where it differs."""
    try:
        return schema.model_validate_json(data)
    except ValidationError as error:
        raise _located(error, where) from error


def checked(schema: type[Schema], fields: dict[str, str], *where: str) -> Schema:
    """Return texts of a form as a schema has them, or refuse them with where they differ."""
    try:
        return schema.model_validate(fields)
    except ValidationError as error:
        raise _located(error, where) from error


def _located(error: ValidationError, where: tuple[str, ...]) -> RequestValidationError:
    # The input itself is left out: it may be megabytes of base64.
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    return RequestValidationError([{**each, "loc": (*where, *each["loc"])} for each in errors])


AssessmentUploadDep = Annotated[AssessmentUpload, Depends(read_assessment)]
ExplainUploadDep = Annotated[ExplainUpload, Depends(read_explain)]
ImageUploadDep = Annotated[ImageSource, Depends(read_image)]
ReferenceUploadDep = Annotated[ReferenceUpload, Depends(read_reference)]

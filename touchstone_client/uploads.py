"""The calls that no rule makes: those that take photos, and evidence, which has several forms.

Photos go as files of a form, which is a third smaller than base64; as JSON where one is a URL.
"""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel

from touchstone_client.calling import AsyncSender, Call, Part, Sender, raw, step
from touchstone_client.models import (
    AssessmentCreate,
    AssessmentPublic,
    EvidenceFormat,
    EvidencePublic,
    ExplainCreate,
    ExplanationPublic,
    ListingCreate,
    Polarity,
    ReferencePublic,
    SearchPublic,
)
from touchstone_client.photos import PhotoLike, photo_of, photos_of

Box = tuple[int, int, int, int]
Answer = TypeVar("Answer", bound=BaseModel)


def assessing(
    listing: ListingCreate, photos: Sequence[PhotoLike], key: str | None
) -> Call[AssessmentPublic]:
    """Return the call that judges a listing."""
    taken = photos_of(photos)
    if not taken or any(photo.url is not None for photo in taken):
        body = AssessmentCreate(listing=listing, images=tuple(each.to_json() for each in taken))
        return _post("/v1/assessments", AssessmentPublic, key, body=body)
    told = listing.model_dump_json(exclude_unset=True).encode()
    form: list[Part] = [("listing", (None, told, "application/json"))]
    form += [photo.part("images") for photo in taken]
    return _post("/v1/assessments", AssessmentPublic, key, form=form)


def searching(photo: PhotoLike, limit: int | None, key: str | None) -> Call[SearchPublic]:
    """Return the call that finds the nearest motifs."""
    taken, query = photo_of(photo), {"limit": limit}
    if taken.url is not None:
        return _post("/v1/search", SearchPublic, key, body=taken.to_json(), query=query)
    return _post("/v1/search", SearchPublic, key, form=[taken.part("image")], query=query)


def explaining(asked: ExplainCreate, key: str | None) -> Call[ExplanationPublic]:
    """Return the call that says why a motif was not raised."""
    return _post("/v1/explain", ExplanationPublic, key, body=asked)


def explain_body(
    photo: PhotoLike, motif_id: str, box: Box | None, title: str, description: str, brand: str
) -> ExplainCreate:
    """Return what such a call sends."""
    return ExplainCreate(
        image=photo_of(photo).to_json(),
        motif_id=motif_id,
        box=box,
        title=title,
        description=description,
        brand_field=brand,
    )


def enrolling(
    motif_id: str,
    photo: PhotoLike,
    told: tuple[Polarity, Box | None, str],
    key: str | None,
) -> Call[ReferencePublic]:
    """Return the call that adds a reference.

    Raises:
        ValueError: for a URL; references are always sent along.
    """
    taken = photo_of(photo)
    if taken.url is not None:
        raise ValueError("a reference is sent along; the service fetches none")
    polarity, box, source = told
    fields = {
        "polarity": polarity.value,
        "box": "" if box is None else ",".join(str(edge) for edge in box),
        "source": source,
    }
    texts = [(name, (None, text.encode(), "text/plain")) for name, text in fields.items() if text]
    form: list[Part] = [taken.part("image"), *texts]
    return _post(f"/v1/motifs/{step(motif_id)}/references", ReferencePublic, key, form=form)


def gathering(assessment_id: str) -> Call[EvidencePublic]:
    """Return the call for evidence as values."""
    path = f"/v1/assessments/{step(assessment_id)}/evidence"
    return Call("GET", path, EvidencePublic.model_validate_json, query={"format": "json"})


def fetching(assessment_id: str, wanted: EvidenceFormat, image: int) -> Call[bytes]:
    """Return the call for evidence as a file."""
    path = f"/v1/assessments/{step(assessment_id)}/evidence"
    return Call("GET", path, raw, query={"format": wanted.value, "image": image})


def _post(
    path: str,
    answer: type[Answer],
    key: str | None,
    *,
    body: BaseModel | None = None,
    form: Sequence[Part] = (),
    query: dict[str, int | None] | None = None,
) -> Call[Answer]:
    read = answer.model_validate_json
    return Call("POST", path, read, query=query or {}, body=body, form=form, keyed=True, key=key)


class UploadCalls(Sender):
    """Calls with photos, and for evidence."""

    def create_assessment(
        self,
        listing: ListingCreate,
        photos: Sequence[PhotoLike] = (),
        *,
        idempotency_key: str | None = None,
    ) -> AssessmentPublic:
        """Judge a listing by its photos and its words, and keep the verdict."""
        return self._send(assessing(listing, photos, idempotency_key))

    def search_image(
        self, photo: PhotoLike, *, limit: int | None = None, idempotency_key: str | None = None
    ) -> SearchPublic:
        """Find the motifs nearest to an image; no listing, no verdict."""
        return self._send(searching(photo, limit, idempotency_key))

    def explain_image(
        self,
        photo: PhotoLike,
        motif_id: str,
        *,
        box: Box | None = None,
        title: str = "",
        description: str = "",
        brand_field: str = "",
        idempotency_key: str | None = None,
    ) -> ExplanationPublic:
        """Say why a motif was not raised in an image."""
        asked = explain_body(photo, motif_id, box, title, description, brand_field)
        return self._send(explaining(asked, idempotency_key))

    def create_reference(
        self,
        motif_id: str,
        photo: PhotoLike,
        *,
        polarity: Polarity = Polarity.POSITIVE,
        box: Box | None = None,
        source: str = "",
        idempotency_key: str | None = None,
    ) -> ReferencePublic:
        """Add an image of a motif, or of a known look-alike."""
        return self._send(enrolling(motif_id, photo, (polarity, box, source), idempotency_key))

    def get_evidence(self, assessment_id: str) -> EvidencePublic:
        """Return everything that an assessment rests on."""
        return self._send(gathering(assessment_id))

    def get_evidence_file(
        self, assessment_id: str, wanted: EvidenceFormat = EvidenceFormat.ZIP, *, image: int = 1
    ) -> bytes:
        """Return evidence as a file; `image` chooses the photo of a PNG."""
        return self._send(fetching(assessment_id, wanted, image))


class AsyncUploadCalls(AsyncSender):
    """The same without blocking."""

    async def create_assessment(
        self,
        listing: ListingCreate,
        photos: Sequence[PhotoLike] = (),
        *,
        idempotency_key: str | None = None,
    ) -> AssessmentPublic:
        """Judge a listing by its photos and its words, and keep the verdict."""
        return await self._send(assessing(listing, photos, idempotency_key))

    async def search_image(
        self, photo: PhotoLike, *, limit: int | None = None, idempotency_key: str | None = None
    ) -> SearchPublic:
        """Find the motifs nearest to an image; no listing, no verdict."""
        return await self._send(searching(photo, limit, idempotency_key))

    async def explain_image(
        self,
        photo: PhotoLike,
        motif_id: str,
        *,
        box: Box | None = None,
        title: str = "",
        description: str = "",
        brand_field: str = "",
        idempotency_key: str | None = None,
    ) -> ExplanationPublic:
        """Say why a motif was not raised in an image."""
        asked = explain_body(photo, motif_id, box, title, description, brand_field)
        return await self._send(explaining(asked, idempotency_key))

    async def create_reference(
        self,
        motif_id: str,
        photo: PhotoLike,
        *,
        polarity: Polarity = Polarity.POSITIVE,
        box: Box | None = None,
        source: str = "",
        idempotency_key: str | None = None,
    ) -> ReferencePublic:
        """Add an image of a motif, or of a known look-alike."""
        call = enrolling(motif_id, photo, (polarity, box, source), idempotency_key)
        return await self._send(call)

    async def get_evidence(self, assessment_id: str) -> EvidencePublic:
        """Return everything that an assessment rests on."""
        return await self._send(gathering(assessment_id))

    async def get_evidence_file(
        self, assessment_id: str, wanted: EvidenceFormat = EvidenceFormat.ZIP, *, image: int = 1
    ) -> bytes:
        """Return evidence as a file; `image` chooses the photo of a PNG."""
        return await self._send(fetching(assessment_id, wanted, image))

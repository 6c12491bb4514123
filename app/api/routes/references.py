"""`/v1/motifs/{motif_id}/references`: the images that photos are matched against."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from app.api.cursors import PagingDep
from app.api.dependencies import (
    LocatorDep,
    MotifNumberDep,
    ReferenceNumberDep,
    TouchstoneDep,
)
from app.api.openapi import reference_body
from app.api.problems import BODY_REFUSALS, refusals
from app.api.routes.search import IMAGE_REFUSALS
from app.api.schemas.references import ReferencePage, ReferencePublic
from app.api.uploads import ReferenceUploadDep
from app.domain.errors import ConflictError, InvalidBoxError, ModelRefusedError, NotFoundError
from app.domain.registry import Reference
from app.services.evidence import media_type

router = APIRouter(prefix="/v1/motifs/{motif_id}/references", tags=["references"])
_IMAGE_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The image file as it was enrolled.",
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def existing_motif(number: MotifNumberDep, touchstone: TouchstoneDep) -> int:
    """Return the motif in the path, once the registry has it."""
    return touchstone.registry.motif(number).id


def stored_reference(
    motif: MotifNumberDep, number: ReferenceNumberDep, touchstone: TouchstoneDep
) -> Reference:
    """Return the reference in the path; one of another motif is not found under this one."""
    reference = touchstone.registry.reference(number)
    if reference.motif_id != motif:
        raise NotFoundError("the motif has no such reference")
    return reference


ExistingMotifDep = Annotated[int, Depends(existing_motif)]
StoredReferenceDep = Annotated[Reference, Depends(stored_reference)]


@router.post(
    "",
    status_code=201,
    summary="Add a reference",
    openapi_extra=reference_body(),
    responses={
        200: {"model": ReferencePublic, "description": "The motif has this reference already."},
        **refusals(
            *BODY_REFUSALS, NotFoundError, ModelRefusedError, InvalidBoxError, *IMAGE_REFUSALS
        ),
    },
)
def create_reference(
    motif: ExistingMotifDep,  # comes first: nothing is read for a motif that is not there
    upload: ReferenceUploadDep,
    touchstone: TouchstoneDep,
    locator: LocatorDep,
    response: Response,
) -> ReferencePublic:
    """Add an image of a motif, or of a known look-alike (`negative`).

    It is examined first. One that is too small, too simple, another brand's, or like too many
    ordinary photos is kept in quarantine: `status` and `findings` say so.
    """
    stored, is_new = touchstone.enroller.add(
        motif, upload.data, polarity=upload.polarity, box=upload.box, source=upload.source
    )
    reference = ReferencePublic.of(stored)
    ids = {"motif_id": reference.motif_id, "reference_id": reference.id}
    response.status_code = 201 if is_new else 200
    response.headers.update(locator.of("get_reference", **ids))
    return reference


@router.get("", summary="List a motif's references", responses=refusals(NotFoundError))
def list_references(
    motif: MotifNumberDep, touchstone: TouchstoneDep, paging: PagingDep
) -> ReferencePage:
    """List a motif's references, oldest first."""
    after = paging.position or 0
    found = [each for each in touchstone.registry.references(motif) if each.id > after]
    page, cursor = paging.cut(found)
    return ReferencePage(items=tuple(ReferencePublic.of(each) for each in page), next_cursor=cursor)


@router.get("/{reference_id}", summary="Get a reference", responses=refusals(NotFoundError))
def get_reference(reference: StoredReferenceDep) -> ReferencePublic:
    """Return a reference."""
    return ReferencePublic.of(reference)


@router.get(
    "/{reference_id}/image",
    summary="Get a reference's image",
    response_class=Response,
    responses={**_IMAGE_ANSWER, **refusals(NotFoundError)},
)
def get_reference_image(reference: StoredReferenceDep, touchstone: TouchstoneDep) -> Response:
    """Return the image file as it was enrolled."""
    data = touchstone.blobs.get(reference.blob)
    # Somebody else's file: a browser shows it as the image it is, and runs nothing in it.
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "ETag": f'"{reference.blob}"',
        "Cache-Control": "private, max-age=86400, immutable",
    }
    return Response(data, 200, headers, media_type(data))


@router.post(
    "/{reference_id}/release",
    summary="Let a reference out of quarantine",
    responses=refusals(NotFoundError, ConflictError),
)
def release_reference(reference: StoredReferenceDep, touchstone: TouchstoneDep) -> ReferencePublic:
    """Let photos be matched against it in spite of its findings, which are kept."""
    return ReferencePublic.of(touchstone.registry.release_reference(reference.id))


@router.delete(
    "/{reference_id}",
    status_code=204,
    response_class=Response,
    summary="Remove a reference",
    responses=refusals(NotFoundError),
)
def remove_reference(reference: StoredReferenceDep, touchstone: TouchstoneDep) -> None:
    """Remove a reference; the very next photo is judged without it."""
    touchstone.registry.remove_reference(reference.id)

"""What the judge needs from those who keep things: small roles, one per concern.

`app/storage` implements them on SQLAlchemy and fsspec; a use case takes only the roles it uses.
SQL is the truth: a registry change is visible to every reader as soon as its call returns, and
raises the registry's version by one. Every method is safe to call from several threads.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.assessment import Assessment
from app.domain.audit import AuditEvent, AuditFilter
from app.domain.expected_place import ExpectedPlace
from app.domain.flood import Quarantine
from app.domain.idempotency import Claim, KeptAnswer, WriteId
from app.domain.identity import ApiKey, NewKey
from app.domain.listing import Listing
from app.domain.prices import PriceRange
from app.domain.registry import Brand, Motif, NewMotif, NewReference, Reference, Registration
from app.domain.seller_store import SellerStore
from app.domain.sellers import Seller
from app.domain.webhook import Attempt, Delivery, DeliveryState, EventType, Parcel, Webhook

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class RegistryState:
    """The whole registry as it stood at one version, read in one transaction.

    Disabled motifs are included, ids ascend; the reader decides what takes part.
    """

    version: int
    brands: tuple[Brand, ...]
    motifs: tuple[Motif, ...]
    references: tuple[Reference, ...]
    sellers: tuple[Seller, ...] = ()


@dataclass(frozen=True, slots=True)
class MotifChange:
    """New values for a motif's fields; `None` leaves a field as it is.

    A place is taken away with `forget_place`, since `None` cannot say so.
    """

    name: str | None = None
    words: tuple[str, ...] | None = None
    registrations: tuple[Registration, ...] | None = None
    expected_place: ExpectedPlace | None = None
    forget_place: bool = False


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    """An assessment as it was kept, with the listing it judged."""

    id: int
    created_at: datetime
    listing: Listing
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class StoredBackground:
    """Where the operator's own background is kept, and for which model it was made."""

    model: str
    blob: str
    photos: int
    created_at: datetime


class RegistryReader(Protocol):
    """The registry as a whole, with a version that rises with every change."""

    def version(self) -> int:
        """Return the registry's version: 0 when nothing was ever added. One cheap read."""

    def state(self) -> RegistryState:
        """Return everything at one version."""


class RegistryStore(RegistryReader, SellerStore, Protocol):
    """Brands, motifs and references."""

    def batch(self) -> AbstractContextManager[None]:
        """Join the calls of this thread into one transaction; other writers wait meanwhile."""

    def add_brand(
        self, name: str, aliases: Sequence[str] = (), prices: Sequence[PriceRange] = ()
    ) -> Brand:
        """Create a brand.

        Raises:
            ConflictError: when a brand of that name exists (compared case-folded).
        """

    def brand(self, brand_id: int) -> Brand:
        """Return one brand, or raise `NotFoundError`."""

    def brands(self, *, after: int = 0, limit: int = 100) -> list[Brand]:
        """Return brands with ids above `after`, ascending."""

    def change_brand(
        self,
        brand_id: int,
        *,
        name: str | None = None,
        aliases: Sequence[str] | None = None,
        prices: Sequence[PriceRange] | None = None,
    ) -> Brand:
        """Rename a brand, or replace its aliases or prices; `NotFoundError`, `ConflictError`."""

    def remove_brand(self, brand_id: int) -> None:
        """Remove a brand without motifs, with its sellers; `ConflictError` while it has any."""

    def brand_named(self, name: str) -> Brand:
        """Return the brand of that name, compared case-folded, or raise `NotFoundError`."""

    def ensure_motif(self, new: NewMotif) -> tuple[Motif, bool]:
        """Return the motif of that brand and name, created (with its brand) where missing.

        Names are compared case-folded with white space collapsed. Words and registrations that
        an existing motif lacks are added to it, and an expected place where it has none. The flag
        tells whether the motif is new. When nothing changes, the version stays.

        Raises:
            ConflictError: when the motif exists with another kind.
        """

    def motif(self, motif_id: int) -> Motif:
        """Return one motif, or raise `NotFoundError`."""

    def motifs(
        self, *, brand_id: int | None = None, after: int = 0, limit: int = 100
    ) -> list[Motif]:
        """Return motifs with ids above `after`, ascending, optionally of one brand."""

    def change_motif(self, motif_id: int, change: MotifChange) -> Motif:
        """Change a motif's fields; `NotFoundError`, `ConflictError`."""

    def disable_motif(self, motif_id: int, *, until: datetime | None = None) -> Motif:
        """Switch a motif off, until `until` (timezone-aware) or until it is enabled again."""

    def enable_motif(self, motif_id: int) -> Motif:
        """Switch a motif on."""

    def quarantine_motif(self, motif_id: int, quarantine: Quarantine) -> tuple[Motif, bool]:
        """Put a motif into quarantine and tell webhooks of it, unless it is there already.

        The flag tells whether it is there now for the first time. `NotFoundError`.
        """

    def release_motif(self, motif_id: int, at: datetime) -> Motif:
        """Let a motif out of quarantine; `NotFoundError`, `ConflictError` when it is in none."""

    def quarantined_motifs(self) -> list[Motif]:
        """Return the motifs in quarantine, ids ascending."""

    def remove_motif(self, motif_id: int) -> None:
        """Remove a motif with its references."""

    def add_reference(self, motif_id: int, new: NewReference) -> tuple[Reference, bool]:
        """Add a reference; the same motif, blob, box and polarity again returns the first.

        The flag tells whether it is new. `NotFoundError` when the motif is not there.
        """

    def known_reference(self, motif_id: int, new: NewReference) -> Reference | None:
        """Return what `add_reference` would find there already; `NotFoundError` for the motif."""

    def references(self, motif_id: int) -> list[Reference]:
        """Return a motif's references, ids ascending; `NotFoundError`."""

    def quarantined(self, *, after: int = 0, limit: int = 100) -> list[Reference]:
        """Return references in quarantine with ids above `after`, ascending."""

    def release_reference(self, reference_id: int) -> Reference:
        """Let a reference out of quarantine, its findings kept.

        Raises:
            NotFoundError: when there is no such reference.
            ConflictError: when it is not in quarantine.
        """

    def reference(self, reference_id: int) -> Reference:
        """Return one reference, or raise `NotFoundError`."""

    def remove_reference(self, reference_id: int) -> None:
        """Remove one reference; `NotFoundError`."""


class EmbeddingStore(Protocol):
    """Embeddings of references, kept per model so that a start embeds nothing twice."""

    def load(self, model: str, reference_ids: Sequence[int], dim: int) -> dict[int, FloatArray]:
        """Return the stored vectors, `(dim,)` each; ids without one are left out."""

    def save(self, model: str, vectors: Iterable[tuple[int, FloatArray]]) -> None:
        """Keep vectors; one that exists already is replaced. Ids that are gone are ignored."""


class AssessmentStore(Protocol):
    """Assessments as they were given."""

    def add(self, listing: Listing, assessment: Assessment) -> StoredAssessment:
        """Keep an assessment and return it with its id."""

    def get(self, assessment_id: int) -> StoredAssessment:
        """Return one assessment, or raise `NotFoundError`."""

    def list(self, *, before: int | None = None, limit: int = 50) -> list[StoredAssessment]:
        """Return assessments newest first, with ids below `before` when it is given."""


class BackgroundStore(Protocol):
    """Which background the operator calibrated with."""

    def latest(self, model: str) -> StoredBackground | None:
        """Return the newest background made for this model, or `None`."""

    def record(self, model: str, blob: str, photos: int) -> StoredBackground:
        """Make a kept blob the background of this model."""


class BlobStore(Protocol):
    """Bytes under the SHA-256 of their content."""

    def put(self, data: bytes) -> str:
        """Keep bytes and return their SHA-256 in hex. Putting them again is free."""

    def get(self, key: str) -> bytes:
        """Return the bytes, or raise `NotFoundError`; `StorageError` when they are damaged."""

    def exists(self, key: str) -> bool:
        """Tell whether bytes are kept under this key."""

    def remove(self, key: str) -> None:
        """Remove bytes, if they are there; for photos whose time is over, and for nothing else."""


class KeyStore(Protocol):
    """API keys; none is ever deleted."""

    def add(self, new: NewKey) -> ApiKey:
        """Keep a key."""

    def get(self, key_id: int) -> ApiKey:
        """Return one key, or raise `NotFoundError`."""

    def with_prefix(self, prefix: str) -> ApiKey | None:
        """Return the key that a token's prefix names, revoked or not."""

    def list(self, *, after: int = 0, limit: int = 100) -> list[ApiKey]:
        """Return keys with ids above `after`, ascending."""

    def any(self) -> bool:
        """Tell whether a key was ever made, revoked ones included."""

    def revoke(self, key_id: int) -> ApiKey:
        """Revoke a key, for good; `NotFoundError`."""

    def used(self, key_id: int) -> None:
        """Note that a key was used at this moment."""


class AuditStore(Protocol):
    """The audit log; stores write it themselves, with each change and in its transaction."""

    def list(
        self, wanted: AuditFilter, *, before: int | None = None, limit: int = 50
    ) -> list[AuditEvent]:
        """Return events newest first, with ids below `before` when it is given."""


@dataclass(frozen=True, slots=True)
class KeptRegions:
    """What a model made of a photo, in bytes that only their maker reads."""

    photo: str  # SHA-256 of the file
    model: str
    data: bytes


class RegionStore(Protocol):
    """A bounded cache of embedded regions; what is not there is embedded again."""

    def load(self, photo: str, model: str) -> bytes | None:
        """Return what was kept of a photo under a model."""

    def save(self, regions: Sequence[KeptRegions]) -> None:
        """Keep regions; the oldest make room for them."""


class PhotoStore(Protocol):
    """Which photos assessments name, and which were removed since; their hashes stay."""

    def removed(self, photos: Sequence[str]) -> dict[str, datetime]:
        """Return when those of the photos that were removed on purpose were removed."""

    def count_due(self, seen_before: datetime | None, case_before: datetime | None) -> int:
        """Return how many photos `remove_due` would remove."""

    def remove_due(
        self,
        seen_before: datetime | None,
        case_before: datetime | None,
        remove: Callable[[str], None],
        *,
        limit: int = 100,
    ) -> int:
        """Remove photos that were last named before these moments; return how many.

        `case_before` holds for photos of listings that were not clear; `None` keeps for ever.
        A photo that is a reference's image is spared.
        """


class AnswerStore(Protocol):
    """Answers to writes, kept for a time under the keys that their callers gave them."""

    def claim(self, write: WriteId) -> Claim | KeptAnswer:
        """Return the answer that this write got, or the right to carry it out.

        Raises:
            IdempotencyError: when the key stands for another write, or one that is under way.
        """

    def finish(self, claim: Claim, answer: KeptAnswer) -> None:
        """Keep the answer, unless the claim was given to somebody else meanwhile."""

    def release(self, claim: Claim) -> None:
        """Give a claim back: the write came to nothing and may be tried again."""


class WebhookStore(Protocol):
    """Webhooks and the messages on their way to them, which are kept with what they tell."""

    def add(self, url: str, events: Sequence[EventType], secret: str) -> Webhook:
        """Keep a webhook."""

    def get(self, webhook_id: int) -> Webhook:
        """Return one webhook, or raise `NotFoundError`."""

    def list(self, *, after: int = 0, limit: int = 100) -> list[Webhook]:
        """Return webhooks with ids above `after`, ascending."""

    def remove(self, webhook_id: int) -> None:
        """Remove a webhook with its deliveries; `NotFoundError`."""

    def deliveries(
        self,
        webhook_id: int,
        state: DeliveryState | None = None,
        *,
        before: int | None = None,
        limit: int = 50,
    ) -> Sequence[Delivery]:
        """Return a webhook's deliveries, newest first; `NotFoundError`."""

    def claim(self, busy: Iterable[int], limit: int, lease: timedelta) -> Sequence[Parcel]:
        """Take deliveries that are due, at most one for each webhook that is not busy.

        Whoever does not settle one within the lease has lost it: it is due again.
        """

    def settle(self, delivery_id: int, attempt: Attempt, wait: timedelta | None) -> None:
        """Note a try; one that failed is due again after `wait`, and dead without one."""

    def replay(self, webhook_id: int, delivery_id: int) -> Delivery:
        """Make a delivery that is over due again at once; `NotFoundError`, `ConflictError`."""

    def counts(self) -> dict[DeliveryState, int]:
        """Return how many deliveries there are in each state."""

    def forget(self, before: datetime) -> int:
        """Remove deliveries made before that moment which arrived; return how many."""

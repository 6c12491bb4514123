"""The use cases of one running service, gathered for those who call them."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.ports import AnswerStore, AssessmentStore, AuditStore, BlobStore, RegistryStore
from app.media.limits import DecodeLimits
from app.services.assessment import Assessor, Eyes
from app.services.blob_checking import BlobChecker
from app.services.calibrating import Calibrator
from app.services.catalogs import CatalogDesk
from app.services.collecting import ImageCollector
from app.services.delivering import Deliverer
from app.services.desk import AssessmentDesk
from app.services.enrolment import Enroller
from app.services.evidence import EvidenceRoom
from app.services.explaining import Explainer
from app.services.flooding import FloodGuard
from app.services.index_building import SnapshotKeeper
from app.services.judging_kit import KitPacker
from app.services.keys import KeyKeeper
from app.services.live_gallery import LiveGallery
from app.services.manifest import ManifestImporter
from app.services.rechecking import Rechecker
from app.services.reference_vectors import ReferenceVectors
from app.services.refreshing import GalleryRefresher
from app.services.retention import Retention
from app.services.reviewing import ReviewDesk
from app.services.webhooks import WebhookDesk


@dataclass(frozen=True, slots=True)
class Touchstone:
    """One service: made by `app.bootstrap`, closed by whoever asked for it."""

    eyes: Eyes
    registry: RegistryStore
    assessments: AssessmentStore
    blobs: BlobStore
    blob_checker: BlobChecker
    gallery: LiveGallery
    refresher: GalleryRefresher
    assessor: Assessor
    collector: ImageCollector
    desk: AssessmentDesk
    enroller: Enroller
    importer: ManifestImporter
    calibrator: Calibrator
    vectors: ReferenceVectors
    packer: KitPacker
    snapshots: SnapshotKeeper
    keys: KeyKeeper
    audit: AuditStore
    evidence: EvidenceRoom
    rechecker: Rechecker
    retention: Retention
    explainer: Explainer
    answers: AnswerStore
    reviews: ReviewDesk
    flood: FloodGuard
    webhooks: WebhookDesk
    deliverer: Deliverer
    catalogs: CatalogDesk
    limits: DecodeLimits
    close: Callable[[], None]

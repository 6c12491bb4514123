"""The one place that names concrete classes: settings in, a running `Touchstone` out."""

from datetime import timedelta
from pathlib import Path

from app.batch.jobs.checking import CatalogInspector
from app.batch.jobs.task_queue import TaskQueue
from app.bootstrap.eyes import build_eyes as build_eyes
from app.bootstrap.eyes import build_patches
from app.bootstrap.eyes import build_reader as build_reader
from app.domain.claim_reading import ClaimReader, load_terms
from app.domain.ports import BackgroundStore, BlobStore
from app.domain.rationing import ReadingMode
from app.domain.residue import ResidueReader
from app.domain.webhook import RetryPlan
from app.media.decoding import decoder_versions
from app.media.fetching import AllowedHost, ImageFetcher
from app.media.limits import DecodeLimits
from app.media.posting import Poster
from app.policies import (
    build_fetch_policy,
    build_flood_policy,
    build_gallery_options,
    build_limits,
    build_lint_policy,
    build_policy,
)
from app.services.assessment import Assessor, Eyes
from app.services.background_files import BackgroundLibrary
from app.services.batch_sizes import CountedEmbedder
from app.services.blob_checking import BlobChecker
from app.services.calibrating import Calibrator
from app.services.case_pictures import CasePictures
from app.services.catalogs import CatalogDesk, CatalogLimits
from app.services.collecting import ImageCollector
from app.services.delivering import Deliverer
from app.services.desk import AssessmentDesk
from app.services.enrolment import Enroller
from app.services.evidence import EvidenceRoom
from app.services.explaining import Explainer
from app.services.flooding import FloodGuard
from app.services.index_building import SnapshotKeeper
from app.services.judging_kit import (
    Bench,
    JudgingKit,
    KitBackgrounds,
    KitPacker,
    KitRegistry,
    KitVectors,
)
from app.services.keys import KeyKeeper
from app.services.linting import Linter
from app.services.live_gallery import LiveGallery
from app.services.look_alikes import LookAlikes
from app.services.manifest import ManifestImporter
from app.services.photo_look import PhotoLook
from app.services.reading import TextEvidence
from app.services.rechecking import Rechecker
from app.services.reference_looks import ReferenceLooks
from app.services.reference_shelf import ReferenceShelf
from app.services.reference_vectors import ReferenceVectors
from app.services.refreshing import GalleryRefresher
from app.services.region_memory import RegionMemories
from app.services.retention import Retention, RetentionPlan
from app.services.reviewing import ReviewDesk
from app.services.selling import SellerDesk
from app.services.signing import SigningKey
from app.services.text_backgrounds import shipped_text_background
from app.services.title_words import title_shares
from app.services.touchstone import Touchstone
from app.services.verification import SHIPPED_ODDS, VerificationOptions, Verifier
from app.services.webhooks import WebhookDesk
from app.settings import Settings
from app.storage.answers import SqlAnswerStore
from app.storage.assessments import SqlAssessmentStore
from app.storage.audit import SqlAuditStore
from app.storage.backgrounds import SqlBackgroundStore
from app.storage.blobs import FsspecBlobStore
from app.storage.catalogs import SqlCatalogStore
from app.storage.database import Database
from app.storage.embeddings import SqlEmbeddingStore
from app.storage.keys import SqlKeyStore
from app.storage.photos import SqlPhotoStore
from app.storage.regions import SqlRegionStore
from app.storage.registry import SqlRegistryStore
from app.storage.reviews import SqlReviewStore
from app.storage.webhooks import SqlWebhookStore
from models.geometry import OF_PHOTOS
from models.protocols import TextReader
from models.weights_file import shipped_file


def build_collector(settings: Settings) -> ImageCollector:
    """Return who fetches images, under the policy that the settings describe.

    Raises:
        InvalidInputError: when the allow-list names something that is no host.
    """
    policy = build_fetch_policy(settings)
    fetcher = ImageFetcher(policy, build_limits(settings))
    return ImageCollector(
        fetcher, at_once=settings.fetches_at_once, max_bytes=settings.max_request_bytes
    )


def open_database(settings: Settings) -> Database:
    """Return the settings' database, migrated.

    Raises:
        StorageError: when it cannot be used.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.resolved_database_url)
    database.migrate()
    return database


def build_keys(database: Database) -> KeyKeeper:
    """Return the keeper of a database's keys."""
    return KeyKeeper(SqlKeyStore(database))


def build_audit(database: Database) -> SqlAuditStore:
    """Return who reads a database's audit log."""
    return SqlAuditStore(database)


def build_sellers(database: Database) -> SellerDesk:
    """Return who keeps a database's lists of authorised sellers."""
    return SellerDesk(SqlRegistryStore(database))


def build_webhooks(settings: Settings, database: Database) -> WebhookDesk:
    """Return who registers webhooks; `InvalidInputError` when the allow-list names no host."""
    return WebhookDesk(SqlWebhookStore(database), _poster(settings))


def build_queue(settings: Settings) -> TaskQueue:
    """Return the queue of catalogues, not yet opened; `InvalidInputError` for an unknown URL."""
    return TaskQueue(
        settings.queue_url, settings.queue_file, service=settings.resolved_database_url
    )


def build_catalogs(settings: Settings, database: Database) -> CatalogDesk:
    """Return who takes catalogues in."""
    return CatalogDesk(
        SqlCatalogStore(database),
        CatalogInspector(),
        build_queue(settings),
        settings.resolved_catalog_dir,
        CatalogLimits(catalog_folders(settings), settings.max_catalogs_waiting),
    )


def catalog_folders(settings: Settings) -> tuple[Path, ...]:
    """Return the folders whose catalogues may be named by a path."""
    return tuple(Path(folder).resolve() for folder in settings.catalog_folders)


def build_deliverer(settings: Settings, database: Database) -> Deliverer:
    """Return who sends messages to webhooks, not yet started."""
    first = timedelta(seconds=settings.webhook_retry_seconds)
    return Deliverer(
        SqlWebhookStore(database),
        _poster(settings),
        RetryPlan(settings.webhook_tries, first),
        seconds=settings.webhook_seconds,
        keep=timedelta(days=settings.webhook_log_days),
    )


def build_retention(settings: Settings, database: Database) -> Retention:
    """Return who removes photos whose time is over, not yet started."""
    plan = RetentionPlan.of_days(settings.retain_photos_days, settings.retain_case_photos_days)
    blobs = FsspecBlobStore(settings.resolved_blob_url)
    return Retention(plan, SqlPhotoStore(database), blobs)


def _memories(settings: Settings, eyes: Eyes, database: Database) -> RegionMemories | None:
    if not settings.region_cache_mb:
        return None
    store = SqlRegionStore(database, max_bytes=settings.region_cache_mb * 2**20)
    # Two runtimes, or two versions of a decoder, differ in the last digits.
    runtime = getattr(eyes.embedder, "runtime", "")
    model = f"{eyes.model} {runtime} {decoder_versions()}"
    return RegionMemories(store, model, eyes.embedder.dim)


def _poster(settings: Settings) -> Poster:
    inside = tuple(AllowedHost.parse(text.strip()) for text in settings.webhook_allow)
    return Poster(inside, settings.webhook_seconds)


def build_pictures(settings: Settings, database: Database) -> CasePictures:
    """Return who draws matches and references; needs no model."""
    blobs = FsspecBlobStore(settings.resolved_blob_url)
    return CasePictures(SqlRegistryStore(database), blobs, build_limits(settings))


def build_signer(settings: Settings) -> SigningKey | None:
    """Return the key that signs evidence, or `None` where the settings name none.

    Raises:
        InvalidInputError: when the file that they name holds no such key.
    """
    return None if settings.signing_key is None else SigningKey.read(settings.signing_key)


def build_verifier(settings: Settings, blobs: BlobStore, limits: DecodeLimits) -> Verifier | None:
    """Return what looks again at the best matches, `None` when the settings switch it off."""
    if settings.second_look == "off":
        return None
    odds = SHIPPED_ODDS if settings.second_look == "weigh" else None
    options = VerificationOptions(candidates=settings.second_look_candidates, odds=odds)
    photos = PhotoLook(ReferenceLooks(blobs, limits, detail=OF_PHOTOS))
    return Verifier(ReferenceLooks(blobs, limits), options, photos=photos)


def _text_evidence(
    settings: Settings, reader: TextReader | None, vectors: ReferenceVectors
) -> TextEvidence | None:
    reader = reader or build_reader(settings)
    if reader is None:
        return None
    return TextEvidence(reader, vectors, shipped_text_background, ReadingMode(settings.reading))


def _assessor(
    settings: Settings,
    eyes: Eyes,
    gallery: LiveGallery,
    verifier: Verifier | None,
    text: TextEvidence | None,
) -> Assessor:
    return Assessor(
        eyes,
        gallery,
        ClaimReader(load_terms()),
        ResidueReader(title_shares(settings.title_words)),
        build_policy(settings),
        build_limits(settings),
        verifier=verifier,
        matches_per_image=settings.matches_per_image,
        photos_at_once=settings.photos_at_once,
        text=text,
        patches=build_patches(settings),
    )


def _linter(
    settings: Settings, shelf: ReferenceShelf, library: BackgroundLibrary, blobs: BlobStore
) -> Linter:
    policy = build_lint_policy(settings)
    return Linter(policy, LookAlikes(policy, shelf, blobs, build_limits(settings)), library)


def build(
    settings: Settings, eyes: Eyes | None = None, reader: TextReader | None = None
) -> Touchstone:
    """Return a service on the settings' database and blobs, migrated and ready to use.

    Raises:
        ModelRefusedError: when the model cannot be used.
        InvalidInputError: when the signing key cannot.
        StorageError: when the database cannot.
    """
    eyes = eyes or build_eyes(settings)
    eyes = Eyes(eyes.proposer, CountedEmbedder(eyes.embedder))
    limits, collector = build_limits(settings), build_collector(settings)
    database = open_database(settings)
    registry, assessments = SqlRegistryStore(database), SqlAssessmentStore(database)
    blobs = FsspecBlobStore(settings.resolved_blob_url)
    vectors = ReferenceVectors(eyes.embedder, SqlEmbeddingStore(database), blobs, limits)
    library = _library(settings, eyes, SqlBackgroundStore(database), blobs)
    gallery = LiveGallery(registry, vectors, library, build_gallery_options(settings))
    text = _text_evidence(settings, reader, vectors)
    assessor = _assessor(settings, eyes, gallery, build_verifier(settings, blobs, limits), text)
    linter = _linter(settings, ReferenceShelf(registry, vectors), library, blobs)
    enroller = Enroller(registry, blobs, vectors, linter, limits)
    memories = _memories(settings, eyes, database)
    reviews, lease = SqlReviewStore(database), timedelta(minutes=settings.review_lease_minutes)
    flood = FloodGuard(reviews, registry, build_flood_policy(settings))
    return Touchstone(
        eyes=eyes,
        registry=registry,
        assessments=assessments,
        blobs=blobs,
        blob_checker=BlobChecker(registry, assessments, library, blobs, SqlPhotoStore(database)),
        gallery=gallery,
        refresher=GalleryRefresher(gallery, settings.refresh_seconds),
        assessor=assessor,
        collector=collector,
        desk=AssessmentDesk(assessor, assessments, blobs, collector, flood, memories),
        rechecker=Rechecker(assessor, blobs, SqlPhotoStore(database)),
        retention=build_retention(settings, database),
        enroller=enroller,
        importer=ManifestImporter(registry, enroller, limits),
        calibrator=Calibrator(eyes, library, limits),
        vectors=vectors,
        packer=KitPacker(registry, gallery, vectors, blobs, settings.data_dir),
        snapshots=SnapshotKeeper(settings.snapshots, eyes.embedder, gallery),
        keys=build_keys(database),
        audit=build_audit(database),
        explainer=Explainer(eyes, registry, gallery, assessor, enroller),
        evidence=EvidenceRoom(registry, blobs, limits, build_signer(settings)),
        reviews=ReviewDesk(reviews, registry, assessments, blobs, enroller, lease, flood),
        flood=flood,
        webhooks=build_webhooks(settings, database),
        deliverer=build_deliverer(settings, database),
        catalogs=build_catalogs(settings, database),
        answers=SqlAnswerStore(database, keep=timedelta(hours=settings.answer_hours)),
        limits=limits,
        close=lambda: _close(collector, database),
    )


def _library(
    settings: Settings, eyes: Eyes, store: BackgroundStore, blobs: BlobStore
) -> BackgroundLibrary:
    shipped = shipped_file(f"{settings.model}.{settings.speed}.background.safetensors")
    return BackgroundLibrary(eyes.model, store, blobs, shipped)


def build_bench(settings: Settings, key: str) -> Bench:
    """Return what judges by the kit under a key, without a database.

    Raises:
        NotFoundError: when the kit is not in the settings' blob store.
        StorageError: when it cannot be read.
        ModelRefusedError: when the model cannot be used here.
    """
    blobs = FsspecBlobStore(settings.resolved_blob_url)
    kit = JudgingKit.read(blobs, key)
    kit.unpack(blobs, settings.data_dir)
    eyes = build_eyes(settings)
    store = KitVectors(settings.data_dir)
    vectors = ReferenceVectors(eyes.embedder, store, blobs, build_limits(settings))
    library = _library(settings, eyes, KitBackgrounds(kit), blobs)
    gallery = LiveGallery(KitRegistry(kit), vectors, library, build_gallery_options(settings))
    verifier = build_verifier(settings, blobs, build_limits(settings))
    text = _text_evidence(settings, None, vectors)
    assessor = _assessor(settings, eyes, gallery, verifier, text)
    return Bench(assessor, build_collector(settings))


def _close(collector: ImageCollector, database: Database) -> None:
    collector.close()
    database.dispose()

"""What a worker and the page of a run are given: settings in, values of `app.batch` out."""

from app.batch.jobs.runner import Means, RunnerOptions
from app.batch.report.page import PictureSources
from app.bootstrap import (
    build_collector,
    build_eyes,
    build_pictures,
    catalog_folders,
)
from app.policies import build_limits
from app.services.touchstone import Touchstone
from app.services.whole_photos import WholePhotos
from app.settings import Settings
from app.storage.database import Database
from models.catalogue import copy_similarity


def runner_options(settings: Settings) -> RunnerOptions:
    """Return how a worker works on catalogues."""
    return RunnerOptions(settings.resolved_catalog_dir, catalog_folders(settings))


def means_of(settings: Settings, touchstone: Touchstone) -> Means:
    """Return what a worker scores catalogues with."""
    return Means(touchstone.assessor, touchstone.collector, pictures_of(settings, touchstone))


def pictures_of(settings: Settings, touchstone: Touchstone) -> PictureSources:
    """Return what a page of a run takes from a running service."""
    return PictureSources(
        touchstone.evidence.reference,
        touchstone.limits,
        touchstone.collector.fetcher,
        WholePhotos(lambda: touchstone.eyes.embedder),
        copy_similarity(settings.model),
    )


def build_picture_sources(settings: Settings, database: Database) -> PictureSources:
    """Return the same without a running service; the model is started when it is needed."""
    return PictureSources(
        build_pictures(settings, database).reference,
        build_limits(settings),
        build_collector(settings).fetcher,
        WholePhotos(lambda: build_eyes(settings).embedder),
        copy_similarity(settings.model),
    )

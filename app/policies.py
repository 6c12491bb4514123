"""From settings to the values that rules go by: budgets, limits and what is asked of references."""

from datetime import timedelta

from app.domain.flood import FloodPolicy
from app.domain.hiding import HidingPolicy
from app.domain.lint import LintMode, LintPolicy
from app.domain.listing_words import WordPolicy
from app.domain.verdict import NamedBrand, Policy
from app.media.fetching import FetchPolicy
from app.media.limits import DecodeLimits
from app.services.live_gallery import GalleryOptions
from app.services.title_words import title_shares
from app.settings import Settings
from index import IndexOptions
from models.catalogue import match_similarity


def build_policy(settings: Settings) -> Policy:
    """Return the verdict policy that the settings describe."""
    return Policy(
        suspect_per_million=settings.suspect_per_million,
        review_per_million=settings.review_per_million,
        prior=settings.motif_prior,
        min_side=settings.min_image_side,
        words=WordPolicy(
            residue_per_million=settings.residue_per_million,
            wording_reviews=settings.wording_reviews,
            shares=title_shares(settings.title_words).name,
        ),
        pooled=settings.pooling,
        hiding=HidingPolicy(review_per_million=settings.concealment_per_million),
        named_brand=NamedBrand(settings.named_brand),
        price_share=settings.price_share,
    )


def build_lint_policy(settings: Settings) -> LintPolicy:
    """Return what the settings ask of a reference."""
    return LintPolicy(
        mode=LintMode(settings.lint),
        min_side=settings.lint_min_side,
        match_similarity=match_similarity(settings.model),
        per_million=settings.lint_per_million,
    )


def build_flood_policy(settings: Settings) -> FloodPolicy:
    """Return when a motif floods those who review."""
    return FloodPolicy(
        queue_share=settings.flood_queue_share,
        min_open=settings.flood_min_open,
        dismissals=settings.flood_dismissals,
        min_decided=settings.flood_min_decided,
        window=timedelta(days=settings.flood_days),
        on=settings.flood == "quarantine",
    )


def build_limits(settings: Settings) -> DecodeLimits:
    """Return the decoding limits that the settings describe."""
    return DecodeLimits(
        max_bytes=settings.max_image_bytes,
        max_pixels=settings.max_image_pixels,
        max_frames=settings.max_image_frames,
    )


def build_fetch_policy(settings: Settings) -> FetchPolicy:
    """Return which images may be fetched, and how.

    Raises:
        InvalidInputError: when the allow-list names something that is no host.
    """
    return FetchPolicy.of(
        settings.fetch_allow,
        http=settings.fetch_http,
        seconds=settings.fetch_seconds,
        max_redirects=settings.fetch_redirects,
    )


def build_gallery_options(settings: Settings) -> GalleryOptions:
    """Return how the gallery is built and searched."""
    index = IndexOptions(kind=settings.index_kind)
    return GalleryOptions(index, settings.snapshots, settings.neighbours)

"""Every setting, typed, with its default and what it means.

Read from the environment with the prefix `TOUCHSTONE_`, else from the TOML file that
`TOUCHSTONE_CONFIG` names (default `touchstone.toml`, if there is one), else the default. Settings
are read once at the edge (`bootstrap`, `main`, `cli`) and passed on as values; nothing below ever
asks for them.
"""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


class Settings(BaseSettings):
    """Touchstone's settings. Two data directories are two independent services."""

    model_config = SettingsConfigDict(env_prefix="TOUCHSTONE_", extra="forbid", frozen=True)

    data_dir: Path = Field(Path("var"), description="Holds everything a run makes.")
    database_url: str = Field(
        "", description="SQLAlchemy URL; empty means SQLite in the data directory."
    )
    blob_url: str = Field("", description="fsspec URL; empty means a folder in the data directory.")

    model: str = Field("touchstone-motif-1", description="Name of a model card.")
    runtime: Literal["auto", "openvino", "torch", "cuda"] = Field(
        "auto", description="What runs the network; auto takes OpenVINO on x86, else torch."
    )
    precision: Literal["auto", "f32"] = Field(
        "auto", description="auto lets OpenVINO take bf16 where the processor has it."
    )
    threads: int = Field(
        0, ge=0, description="Threads for the network; 0 leaves it to the runtime."
    )

    proposer: Literal["auto", "learned", "grid"] = Field(
        "auto", description="What chooses regions; auto takes the model's own where it has one."
    )
    speed: Literal["full", "fast"] = Field(
        "full", description="fast looks at fewer regions of a smaller picture, and misses more."
    )
    grid_scales: tuple[float, ...] = Field(
        (1.0, 0.5, 0.33),
        description="Window sides of the proposer `grid`, as shares of a photo's short side.",
    )
    grid_overlap: float = Field(0.5, ge=0, lt=0.9, description="Overlap of neighbouring windows.")
    grid_min_side: int = Field(24, ge=8, description="Windows smaller than this are left out.")

    reading: Literal["auto", "always", "never"] = Field(
        "auto", description="When text in photos is read; auto where it can change the verdict."
    )
    reading_side: int = Field(
        736, ge=320, le=4096, description="Long side, in pixels, at which text is looked for."
    )

    index_kind: Literal["flat", "ivf", "hnsw", "exact"] = Field(
        "flat", description="flat is exact, up to about 100,000 references; then ivf or hnsw."
    )
    neighbours: int = Field(
        100, ge=1, le=1000, description="References searched for each region of a photo."
    )
    refresh_seconds: float = Field(
        5.0, gt=0, le=3_600, description="Longest that an idle process is behind the registry."
    )
    matches_per_image: int = Field(
        5, ge=1, le=100, description="Matches shown for each image, best first."
    )

    second_look: Literal["off", "show", "weigh"] = Field(
        "weigh",
        description="Lay the best references over the photo: not, to mark what is verified, or "
        "to let that count in false-alarm figures as well.",
    )
    second_look_candidates: int = Field(
        3, ge=1, le=20, description="Matches of a photo that get a second look, best first."
    )

    suspect_per_million: float = Field(
        1_000.0, gt=0, description="Budget: ordinary listings in a million called suspect."
    )
    review_per_million: float = Field(
        20_000.0, gt=0, description="Budget: ordinary listings in a million sent to review."
    )
    motif_prior: float = Field(
        0.02, gt=0, lt=1, description="Share of the moderated stream that shows a motif."
    )
    wording_reviews: bool = Field(
        True, description="Whether names in disguise and admitted copies alone ask for a review."
    )
    residue_per_million: float = Field(
        1_000.0,
        ge=0,
        description="Budget: ordinary listings in a million that residue words review.",
    )
    named_brand: Literal["clear", "review"] = Field(
        "clear",
        description="What becomes of a listing that names the brand it shows, unless its seller is "
        "authorised.",
    )
    price_share: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Share of a brand's lowest known price below which a price is far below it; "
        "0 says nothing of prices.",
    )
    pooling: bool = Field(
        False, description="Whether matches of one motif in several photos of a listing add up."
    )
    concealment: bool = Field(True, description="Whether photos are looked at for hidden patches.")
    concealment_per_million: float = Field(
        0.0,
        ge=0,
        le=5_000,
        description="Budget: ordinary listings in a million that a hidden patch alone reviews.",
    )
    min_image_side: int = Field(
        48, ge=1, description="Images with a shorter side are too small to judge."
    )

    lint: Literal["quarantine", "note", "off"] = Field(
        "quarantine", description="What a grave finding about a new reference leads to."
    )
    lint_min_side: int = Field(
        16, ge=1, description="References with a shorter side are too small."
    )
    lint_per_million: float = Field(
        25_000.0,
        gt=0,
        le=1_000_000,
        description="Ordinary photos in a million that may resemble a new reference.",
    )

    max_image_bytes: int = Field(20 * 2**20, ge=1, description="Largest image file accepted.")
    max_image_pixels: int = Field(
        50_000_000, ge=1, le=178_000_000, description="Largest picture decoded, in pixels."
    )
    max_image_frames: int = Field(4, ge=1, description="Frames looked at in an animation.")
    photos_at_once: int = Field(
        4, ge=1, description="Photos decoded and embedded at a time; bounds the service's memory."
    )
    queue_length: int = Field(
        8, ge=0, description="Requests that may wait for a place; the next one is answered 429."
    )
    deadline_seconds: float = Field(
        30.0, gt=0, le=600, description="Longest that a request with photos may wait and work."
    )
    uploads_at_once: int = Field(
        64, ge=1, description="Requests with photos taken in at a time, their bodies included."
    )
    upload_seconds: float = Field(
        60.0, gt=0, le=3600, description="Longest that a request's body may take to arrive."
    )
    max_images_per_listing: int = Field(24, ge=1, description="Most images in one request.")
    max_request_bytes: int = Field(64 * 2**20, ge=1, description="Largest request body accepted.")

    fetch_allow: tuple[str, ...] = Field(
        (), description="Hosts that images may be fetched from; empty switches fetching off."
    )
    fetch_http: bool = Field(False, description="Whether plain http is fetched beside https.")
    fetch_seconds: float = Field(
        10.0, gt=0, le=120, description="Longest that fetching the images of a listing may take."
    )
    fetch_redirects: int = Field(3, ge=0, le=20, description="How often an image may have moved.")
    fetches_at_once: int = Field(
        8, ge=1, le=256, description="Images fetched at a time, for all requests together."
    )

    anonymous: bool = Field(
        False, description="Answer without keys on any address, as long as none has been made."
    )
    rate_per_minute: int = Field(
        6_000, ge=0, description="Requests a minute that a key may make; 0 for as many as it likes."
    )
    review_lease_minutes: float = Field(
        15.0, gt=0, description="How long a claimed review is held before others may take it."
    )
    flood: Literal["quarantine", "off"] = Field(
        "quarantine", description="What becomes of a motif that floods the queue of reviews."
    )
    flood_queue_share: float = Field(
        0.5, gt=0, le=1, description="Share of the open reviews above which a motif floods."
    )
    flood_min_open: int = Field(
        100, ge=1, description="Open reviews of a motif below which that share says nothing."
    )
    flood_dismissals: float = Field(
        0.95, gt=0, le=1, description="Share of dismissals above which a motif floods."
    )
    flood_min_decided: int = Field(
        50, ge=1, description="Decisions of a motif below which that share says nothing."
    )
    flood_days: float = Field(
        30.0, gt=0, description="How many days a decision counts in that share."
    )
    answer_hours: float = Field(
        24.0, gt=0, description="How long the answer to a write with an Idempotency-Key is kept."
    )
    webhook_allow: tuple[str, ...] = Field(
        (), description="Receivers of webhooks that may be internal or speak plain http."
    )
    webhook_seconds: float = Field(
        10.0, gt=0, le=120, description="Longest that a webhook's receiver may take to answer."
    )
    webhook_tries: int = Field(
        10, ge=1, le=50, description="How often a message is sent before it is a dead letter."
    )
    webhook_retry_seconds: float = Field(
        5.0, gt=0, description="Wait before the second try; each later wait is four times as long."
    )
    webhook_log_days: float = Field(
        30.0, gt=0, description="How long messages that arrived stay in the delivery log."
    )
    retain_photos_days: float = Field(
        0.0, ge=0, description="Days that a photo is kept after its last assessment; 0 for ever."
    )
    retain_case_photos_days: float | None = Field(
        None,
        ge=0,
        description="The same for photos of listings that were not clear; unset, as the others.",
    )
    region_cache_mb: int = Field(
        256,
        ge=0,
        description="Megabytes of embedded regions kept for photos that come again; 0 for none.",
    )
    catalog_folders: tuple[str, ...] = Field(
        (), description="Folders whose catalogues may be named by a path over HTTP."
    )
    catalog_dir: Path | None = Field(
        None, description="Holds what catalogues over HTTP leave; else a folder in the data one."
    )
    max_catalog_bytes: int = Field(2**30, ge=1, description="Largest catalogue uploaded.")
    max_catalogs_waiting: int = Field(
        100, ge=1, description="Most catalogues waiting or at work; beyond it none is taken in."
    )
    queue_url: str = Field(
        "", description="redis:// or postgresql:// URL of the queue; empty keeps it in a file."
    )
    worker: bool = Field(
        True, description="Whether `touchstone serve` starts a worker for catalogues."
    )
    cors_origins: tuple[str, ...] = Field(
        (), description="Origins whose pages may call the API; empty closes it to all of them."
    )

    signing_key: Path | None = Field(
        None,
        description="PEM file of the Ed25519 key that signs evidence; unsigned without.",
    )

    host: str = Field("127.0.0.1", description="Address that `touchstone serve` listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that `touchstone serve` listens on.")
    shutdown_delay_seconds: float = Field(
        3.0, ge=0, description="How long to answer on after SIGTERM, while /health/ready says 503."
    )
    shutdown_seconds: int = Field(
        30, ge=0, description="Longest that running requests may take to end, after that."
    )
    log_format: Literal["console", "json"] = Field("console", description="How logs are written.")
    traces_url: str = Field(
        "", description="OTLP/HTTP address that OpenTelemetry spans are sent to; empty for none."
    )

    @property
    def resolved_database_url(self) -> str:
        """The database in use."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute()}/touchstone.db"

    @property
    def resolved_blob_url(self) -> str:
        """The blob store in use."""
        return self.blob_url or str(self.data_dir.absolute() / "blobs")

    @property
    def snapshots(self) -> Path:
        """Where index snapshots are kept."""
        return self.data_dir / "index"

    @property
    def resolved_catalog_dir(self) -> Path:
        """Where jobs have their folders."""
        return (self.catalog_dir or self.data_dir / "catalogs").absolute()

    @property
    def queue_file(self) -> Path:
        """The queue, where no server keeps it."""
        return self.data_dir.absolute() / "queue.db"

    @property
    def title_words(self) -> Path:
        """Where counts of title words are kept."""
        return self.data_dir / "title-words.json"

    @property
    def model_cache(self) -> Path:
        """Where converted networks are kept."""
        return self.data_dir / "models"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the library's signature
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, secret files, TOML."""
        config = Path(os.environ.get("TOUCHSTONE_CONFIG", "touchstone.toml"))
        toml = TomlConfigSettingsSource(settings_cls, config)
        return (init_settings, env_settings, file_secret_settings, toml)

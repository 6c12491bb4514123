"""What judges in another process: settings and a kit travel, the rest is made over there."""

import atexit
import json
import tempfile
from dataclasses import dataclass

from app.batch.cluster_jobs import ClusterOptions
from app.batch.shards import TaskExecutor
from app.batch.stage import AssessStage
from app.bootstrap import build_bench
from app.domain.errors import InvalidInputError, NotFoundError, StorageError
from app.services.judging_kit import Bench
from app.services.touchstone import Touchstone
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class BenchRecipe:
    """Makes a bench from plain values; called in the process that is to judge."""

    settings: str
    kit: str

    @classmethod
    def of(cls, settings: Settings, touchstone: Touchstone) -> "BenchRecipe":
        """Keep a kit of a service in its blob store, and return the recipe for it."""
        own = (*sorted(settings.model_cache.glob(f"{settings.model}-*")), settings.title_words)
        kit = touchstone.packer.pack(own)
        # The database's password, which is in its URL, is nothing that a worker needs.
        changes = {"blob_url": settings.resolved_blob_url, "database_url": "", "signing_key": None}
        return cls(settings.model_copy(update=changes).model_dump_json(), kit)

    def __call__(self, threads: int, gpu: bool) -> Bench:
        """Make it, in a temporary folder that goes with the process.

        Raises:
            StorageError: when the kit cannot be read here.
            ModelRefusedError: when the model cannot be used here.
        """
        folder = tempfile.TemporaryDirectory(prefix="touchstone-worker-")
        atexit.register(folder.cleanup)
        given = json.loads(self.settings) | {"data_dir": folder.name, "threads": threads}
        if gpu and given["runtime"] == "auto":
            given["runtime"] = "cuda"
        settings = Settings(**given)
        try:
            return build_bench(settings, self.kit)
        except NotFoundError as error:
            raise StorageError(
                f"a worker does not find the run's kit in the blob store {settings.blob_url}; set "
                "TOUCHSTONE_BLOB_URL to one that every machine of the cluster reaches"
            ) from error


def on_ray(settings: Settings, touchstone: Touchstone, options: ClusterOptions) -> TaskExecutor:
    """Return workers on a Ray cluster that judge as a service does at this moment.

    Raises:
        InvalidInputError: when Ray is not installed.
    """
    try:
        from app.batch.ray import RayExecutor  # noqa: PLC0415  an extra that few need
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "ray":
            raise
        raise InvalidInputError(
            "--executor ray needs Ray, which is not installed: pip install 'touchstone[ray]'"
        ) from error
    recipe = BenchRecipe.of(settings, touchstone)
    versions = AssessStage(touchstone.assessor).versions()
    return RayExecutor(recipe, versions, touchstone.limits, options)

"""The whole way from marks to weights, in stages that can each be cut off and called again.

    marks ─▶ crop pools ─▶ embedder ─▶ blended with what it began as
          └▶ scene pools ─▶ proposer

The caller brings the photos, since which photo may be used for what is decided elsewhere. A
`Recipe` holds every number; `SHORT` runs in minutes and shows that everything works, `FULL` makes
what ships.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from models.networks.embedding import load_embedding_network, row_length, save_embedding
from models.networks.trunk import trunk_spec
from models.training.blocks import MARKS_ONLY, MixedBlocks
from models.training.compositing.scene import Compositor
from models.training.compositing.views import RealBox
from models.training.embedding.batches import resized
from models.training.embedding.blending import Blend, blended
from models.training.embedding.config import EmbeddingConfig
from models.training.embedding.trainer import WEIGHTS, train_embedding
from models.training.marks.mark import Mark
from models.training.marks.prepare import prepare_marks
from models.training.marks.store import MarkStore
from models.training.pool import CropPool, make_pool, open_pool
from models.training.pretrained import load_pretrained, pretrained_source
from models.training.proposals.config import ProposalConfig
from models.training.proposals.pool import make_scene_pool
from models.training.proposals.sources import CompositeScenes, PhotoScenes
from models.training.proposals.trainer import train_proposal

Photo = NDArray[np.uint8]
LabelledPhoto = tuple[Path, Sequence[tuple[float, float, float, float]]]


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What training may look at: photos to compose on, real boxes by brand, photos with boxes.

    `held_out` are further ordinary photos, for the pools that training is watched with.
    """

    photos: Sequence[Photo]
    held_out: Sequence[Photo]
    real: Mapping[str, Sequence[RealBox]]
    labelled: Sequence[LabelledPhoto]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every number of a training."""

    seed: int = 0
    side: int = 128
    views: int = 4
    blocks: int = 512
    shards: int = 110
    validation_shards: int = 2
    scenes: int = 6000
    validation_scenes: int = 400
    real_repeats: int = 2
    embedding: EmbeddingConfig = field(default_factory=EmbeddingConfig)
    blend: Blend = field(default_factory=Blend)
    proposal: ProposalConfig = field(default_factory=ProposalConfig)
    workers: int = 2


FULL = Recipe(
    embedding=EmbeddingConfig(
        steps=9000,
        blocks=42,
        views=3,
        frozen_blocks=3,
        look_alikes=0.1,
        spread=3.0,
        colour=0.15,
    ),
)
SHORT = Recipe(
    shards=6,
    validation_shards=1,
    scenes=200,
    validation_scenes=50,
    real_repeats=1,
    embedding=EmbeddingConfig(steps=200, warm_up=20, validate_every=100, validation_blocks=200),
    proposal=ProposalConfig(steps=60, warmup=10, validate_every=60),
)
STAGES = ("marks", "pools", "scenes", "embedding", "blend", "proposal")
BLENDED = "blended.safetensors"


@dataclass(frozen=True, slots=True)
class Training:
    """One training in one folder."""

    work: Path
    recipe: Recipe
    material: Material
    progress: bool = True

    def run(self, stages: Sequence[str] = STAGES) -> None:
        """Go through the stages; what is complete already is left as it is."""
        actions: Mapping[str, Callable[[], object]] = {
            "marks": self.marks,
            "pools": self.pools,
            "scenes": self.scenes,
            "embedding": self.embedding,
            "blend": self.blend,
            "proposal": self.proposal,
        }
        for stage in stages:
            actions[stage]()

    def marks(self) -> MarkStore:
        """Fetch, render and index the marks."""
        return prepare_marks(self.work / "marks", progress=self.progress)

    def pools(self) -> None:
        """Compose the crops that the embedder is trained and watched with."""
        store, recipe = MarkStore.open(self.work / "marks"), self.recipe
        held_out = MixedBlocks(
            store,
            store.select("validation"),
            self.material.held_out,
            {},
            side=recipe.side,
            views=recipe.views,
            shares=MARKS_ONLY,
        )
        self._pool("crops-validation", held_out, recipe.validation_shards, recipe.seed + 1)
        training = MixedBlocks(
            store,
            store.select("train"),
            self.material.photos,
            self.material.real,
            side=recipe.side,
            views=recipe.views,
        )
        self._pool("crops", training, recipe.shards, recipe.seed)

    def _pool(self, name: str, source: MixedBlocks, shards: int, seed: int) -> CropPool:
        recipe = self.recipe
        with Progress(disable=not self.progress) as bar:
            task = bar.add_task(name, total=shards)
            return make_pool(
                self.work / name,
                source,
                shards=shards,
                blocks=recipe.blocks,
                views=recipe.views,
                side=recipe.side,
                seed=seed,
                workers=recipe.workers,
                made=lambda _: bar.advance(task),
            )

    def scenes(self) -> None:
        """Compose the scenes that the proposer is trained and watched with."""
        store, recipe = MarkStore.open(self.work / "marks"), self.recipe
        material = self.material
        self._scenes(
            "scenes-validation",
            _composites(store, store.select("validation"), material.held_out),
            recipe.validation_scenes,
            recipe.seed + 1,
        )
        self._scenes(
            "scenes",
            _composites(store, store.select("train"), material.photos),
            recipe.scenes,
            recipe.seed,
        )
        if material.labelled:
            # A labelled photo often shows the mark again, unlabelled: trust its emptiness less.
            photos = PhotoScenes(material.labelled, trust=0.3)
            self._scenes("scenes-real", photos, len(material.labelled), recipe.seed)

    def _scenes(
        self, name: str, source: CompositeScenes[Mark] | PhotoScenes, count: int, seed: int
    ) -> None:
        make_scene_pool(self.work / name, source, count, seed, progress=self.progress)

    def embedding(self) -> Path:
        """Train the embedder and return its weights."""
        return train_embedding(
            self.work / "crops",
            self.work / "embedding",
            self.recipe.embedding,
            validation=self.work / "crops-validation",
            progress=self.progress,
        )

    def blend(self) -> Path:
        """Blend the trained embedder with what it began as; return the weights that ship."""
        config, folder = self.recipe.embedding, self.work / "embedding"
        spec, dim = trunk_spec(config.trunk), row_length(config.dim, config.colour)
        network = load_embedding_network(folder / WEIGHTS, spec, dim)
        start = load_pretrained(pretrained_source(config.trunk))
        mixed = blended(
            network, start, self._first_crops(self.recipe.blend.crops), self.recipe.blend
        )
        save_embedding(mixed, folder / BLENDED)
        return folder / BLENDED

    def _first_crops(self, count: int) -> NDArray[np.uint8]:
        pool, crops, held = open_pool(self.work / "crops"), [], 0
        for number in range(len(pool.shards)):
            if held < count:
                crops.append(pool.load(number).crops)
                held += len(crops[-1])
        return resized(np.concatenate(crops)[:count], self.recipe.embedding.size)

    def proposal(self) -> Path:
        """Train the proposer and return its weights."""
        pools = [self.work / name for name in ("scenes", "scenes-real")]
        return train_proposal(
            [pool for pool in pools if pool.is_dir()],
            self.work / "proposal",
            self.recipe.proposal,
            validation=self.work / "scenes-validation",
            progress=self.progress,
        )


def _composites(
    store: MarkStore, marks: Sequence[Mark], photos: Sequence[Photo]
) -> CompositeScenes[Mark]:
    return CompositeScenes(Compositor(store, photos), marks)

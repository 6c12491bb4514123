"""The colours that a mark gets: its own, others by the seller's whim, or one that shows."""

from dataclasses import replace

import cv2
import numpy as np

from models.training.compositing.ink import Floats, Ink


def coloured(
    ink: Ink, ground: Floats, technique: str, tricks: tuple[str, ...], rng: np.random.Generator
) -> Ink:
    """Choose the colour of a mark that has none, or of one that the seller recoloured."""
    if not ink.tinted and "recolour" not in tricks and rng.random() < 0.9:
        return ink
    if not ink.tinted and rng.random() < 0.4:
        hue = cv2.cvtColor(ink.colours, cv2.COLOR_RGB2HSV)
        hue[..., 0] = (hue[..., 0] + rng.uniform(40, 320)) % 360
        hue[..., 1] = np.clip(hue[..., 1] * rng.uniform(0.4, 1.3), 0, 1)
        return replace(ink, colours=np.asarray(cv2.cvtColor(hue, cv2.COLOR_HSV2RGB), np.float32))
    middle = ground.reshape(-1, 3).mean(0)
    return ink.tint(_colour(middle, rng, low=0.12 if technique in ("printed", "woven") else 0.2))


def _colour(ground: Floats, rng: np.random.Generator, low: float) -> Floats:
    """Return a colour that can be told from the ground."""
    for _ in range(8):
        draw = rng.random()
        if draw < 0.4:
            colour = np.full(3, rng.choice([0.03, 0.1, 0.9, 0.98, 0.5]))
        elif draw < 0.8:
            colour = rng.uniform(0, 1, 3)
        else:  # tone on tone
            colour = np.clip(ground * rng.uniform(0.4, 1.7), 0, 1)
        if float(np.abs(colour - ground).max()) > low:
            return np.asarray(colour, np.float32)
    return np.asarray(np.where(ground > 0.5, 0.05, 0.95), np.float32)

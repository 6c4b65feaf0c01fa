"""What "resembles nothing known" means: distances in the space of the encoder's sentence embeddings.

Each known intent is a cloud of embeddings; all clouds are taken to have one shape. The distance of an utterance
from the nearest cloud's middle, in units of that shape, tells strangers better than the intents' probabilities do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

RIDGE = 1e-4
"""Added to the shared covariance's diagonal, relative to its mean: a few thousand points in 384 dimensions."""


def clouds(embeddings: Mapping[str, Sequence[Floats]]) -> tuple[Floats, Floats]:
    """Means (intents, hidden) of the `embeddings` of each intent, in the order of their names, and the inverse
    (hidden, hidden) of the covariance that they share."""
    stacked = [np.stack(embeddings[name]).astype(np.float64) for name in sorted(embeddings)]
    offsets = np.concatenate([rows - rows.mean(axis=0) for rows in stacked])
    covariance = offsets.T @ offsets / len(offsets)
    covariance += np.eye(len(covariance)) * RIDGE * np.trace(covariance) / len(covariance)
    means = np.stack([rows.mean(axis=0) for rows in stacked])
    return means.astype(np.float32), np.linalg.inv(covariance).astype(np.float32)


def distance(embedding: Floats, means: Floats, precision: Floats) -> float:
    """Mahalanobis distance of `embedding` (hidden,) from the nearest of `means` (intents, hidden), under the
    `precision` (hidden, hidden) that the intents share."""
    offsets = means - embedding
    return math.sqrt(max(0.0, float((offsets @ precision * offsets).sum(axis=1).min())))

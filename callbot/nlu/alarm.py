"""Two of the three detectors of an emergency: a head of the small model, and likeness to known emergencies.

The third are the phrases of `emergency`. Any one of them suffices. The head sees the whole utterance and can miss what
it was not taught; likeness asks only whether somebody has said nearly this in an emergency, and lets known look-alikes
and ordinary reports speak against it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from callbot.nlu.calibrate import Floats, log_odds, sigmoid

_NEIGHBOURS = 3
"""Known lines on either side whose likeness is averaged."""


class Alarm(NamedTuple):
    """What the two detectors say about one utterance."""

    score: float
    """0 to 1; 0.5 is where the threshold lies that was chosen for recall."""
    kind: str
    """The emergency's kind, if it is one."""
    head: float
    """The head's score alone, on the same scale."""
    likeness: float
    """The likeness' score alone, on the same scale."""

    @property
    def rings(self) -> bool:
        """One of the detectors takes the utterance for an emergency."""
        return self.score >= 0.5


class Detector(NamedTuple):
    """Turns a raw score into one whose threshold is at 0.5."""

    slope: float
    threshold: float
    """Raw score that becomes 0.5."""

    def __call__(self, raw: float) -> float:
        """0 to 1."""
        return sigmoid(self.slope * (raw - self.threshold))


class Bank:
    """Known emergencies, and what only sounds like them."""

    def __init__(self, vectors: npt.NDArray[np.float16], kinds: npt.NDArray[np.int8]) -> None:
        """`vectors` (lines, hidden) are unit embeddings; `kinds` (lines,) the number of the kind, -1 = none."""
        self._vectors = vectors.astype(np.float32)
        self._dangers = np.flatnonzero(kinds >= 0)
        self._calm = np.flatnonzero(kinds < 0)
        self._kinds = kinds

    def likeness(self, embedding: Floats) -> tuple[float, int]:
        """How much more an `embedding` (hidden,) is like its nearest emergencies than like its nearest others (-2 to
        2), and the kind of the nearest emergency."""
        cosines = self._vectors @ unit(embedding)
        dangers, calm = cosines[self._dangers], cosines[self._calm]
        nearest = int(self._kinds[self._dangers[int(dangers.argmax())]])
        return _top(dangers) - _top(calm), nearest


def unit(embedding: Floats) -> Floats:
    """`embedding`, or each row of several, at length 1."""
    lengths = np.linalg.norm(embedding, axis=-1, keepdims=True)
    shortened: Floats = embedding / np.maximum(lengths, 1e-9)
    return shortened


def _top(cosines: Floats) -> float:
    count = min(_NEIGHBOURS, len(cosines))
    return float(np.partition(cosines, -count)[-count:].mean()) if count else 0.0


def merged(ordinary: dict[str, float], emergency: str, score: float) -> dict[str, float]:
    """Probabilities of the intents in which `emergency` stands with the detectors' score instead of its own.

    Where they see none, what the intent head gave to it goes to the others in proportion; where they do, the others
    keep what they had: somebody may collapse beside a pothole.
    """
    rest = 1 - ordinary.get(emergency, 0.0) * (1 - score)
    result = {name: chance / max(rest, 1e-6) for name, chance in ordinary.items() if name != emergency}
    return result | {emergency: score}


def fitted(raw: list[float], truth: list[bool], threshold: float) -> Detector:
    """A detector whose score is 0.5 at the raw score `threshold`, as steep as the probability of `truth` given `raw`.

    >>> fitted([-2.0, -1.0, 1.0, 2.0], [False, False, True, True], 0.0)(0.0)
    0.5
    """
    spread = float(np.std(raw)) or 1.0
    positive = float(np.mean([value for value, right in zip(raw, truth, strict=True) if right] or [1.0]))
    # The typical emergency shall come out at 0.98.
    slope = log_odds(0.98) / max(positive - threshold, 0.25 * spread)
    return Detector(slope, threshold)

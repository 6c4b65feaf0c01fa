"""From what a network says about the words to the intents and the row of tags that fit each other best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from callbot.nlu.calibrate import Floats
from callbot.nlu.model import viterbi

_TRIED = 3
"""Intents, the most probable first, whose tags are looked at."""


class Reading(NamedTuple):
    """What a fitted network says about one utterance."""

    intents: Floats
    """Logits (intents,): of which one wins, or each by itself where an utterance may have several."""
    slots: Floats
    """Scores of the words that were read (words, tags)."""
    pooled: Floats
    """Embedding (hidden,)."""


def decoded(reading: Reading, table: Floats, seen: Floats) -> tuple[int, list[int]]:
    """The best intent together with its best row of tags, under the chain's `table`.

    `seen` (intents, tags) is 0 where a tag was seen with an intent in training and -inf elsewhere: an utterance
    that books a restaurant names no album.
    """
    chances = reading.intents - np.logaddexp.reduce(reading.intents)
    best: tuple[float, int, list[int]] = (-math.inf, 0, [])
    for intent in np.argsort(-chances)[:_TRIED]:
        allowed = table + seen[intent][None, :]
        path = viterbi(reading.slots, allowed)
        score = float(chances[intent]) + _weight(reading.slots, allowed, path)
        if score > best[0]:
            best = (score, int(intent), path)
    return best[1], best[2]


def several(reading: Reading, table: Floats) -> tuple[list[int], list[int]]:
    """Every intent that is more likely there than not, and the best row of tags."""
    return np.flatnonzero(reading.intents > 0).tolist(), viterbi(reading.slots, table)


def _weight(scores: Floats, allowed: Floats, path: Sequence[int]) -> float:
    before = [len(allowed) - 1, *path[:-1]]
    return float(sum(scores[at, tag] + allowed[before[at], tag] for at, tag in enumerate(path)))

"""Whether callers still talk like the material that the small model was made from. PURE.

Nobody marks what callers say, so nobody sees the accuracy fall. What can be seen is how sure the model is, how often
nothing fits, and how many words it has never met, beside the same figures for utterances that it was not trained on
(`Baseline`, kept in the version's card.json).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from callbot.nlu.utterances import UtteranceFile, examples, tokenise

CARD, KEY = "card.json", "drift"
"""The file of a version that has its baseline, and where in it."""

BUCKETS = tuple(step / 10 for step in range(1, 11))
"""Upper ends of the ranges of confidence that are counted."""


class Turn(NamedTuple):
    """What one understood turn tells about drift."""

    confidence: float
    """Of the best intent, 0 to 1."""
    out_of_scope: bool
    words: int
    unknown: int
    """Words that the material does not hold."""


class Baseline(BaseModel):
    """The same over a set of utterances: what is usual."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    utterances: int
    confidence: tuple[float, ...]
    """Share of the utterances at or below each of `BUCKETS`."""
    out_of_scope: float
    """Share of the utterances."""
    unknown_words: float
    """Share of the words."""


def vocabulary(files: Iterable[UtteranceFile], lists: Iterable[str]) -> frozenset[str]:
    """All words of the utterances, and of `lists`: names whose values are swapped in while training."""
    said = {word for file in files for example in examples(file) for word in example.words}
    return frozenset(said | {token.word for entry in lists for token in tokenise(entry)})


def turn(text: str, confidence: float, out_of_scope: bool, known: frozenset[str]) -> Turn:
    """What an utterance tells. Numbers are never unknown: every house has its own."""
    words = [token.word for token in tokenise(text)]
    unknown = sum(word not in known and not any(letter.isdigit() for letter in word) for word in words)
    return Turn(confidence, out_of_scope, len(words), unknown)


def baseline(turns: Sequence[Turn]) -> Baseline:
    """What is usual among `turns`, of which there must be one at least."""
    return Baseline(
        utterances=len(turns),
        confidence=tuple(sum(one.confidence <= end for one in turns) / len(turns) for end in BUCKETS),
        out_of_scope=sum(one.out_of_scope for one in turns) / len(turns),
        unknown_words=sum(one.unknown for one in turns) / max(1, sum(one.words for one in turns)),
    )


def baseline_of(card: str) -> Baseline | None:
    """The baseline in the text of a card.json; None for the card of a version that has none.

    Raises ValueError for a card or a baseline that is none.
    """
    kept = json.loads(card).get(KEY)
    return None if kept is None else Baseline.model_validate(kept)

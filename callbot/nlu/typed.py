"""Examples as people type them into a form or a chat: short forms, missing small words, slips of the finger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from callbot.nlu.utterances import OUTSIDE, Example

SHORT: Mapping[str, tuple[str, ...]] = {
    "street": ("st",),
    "avenue": ("ave", "av"),
    "road": ("rd",),
    "boulevard": ("blvd",),
    "drive": ("dr",),
    "place": ("pl",),
    "terrace": ("ter",),
    "apartment": ("apt",),
    "please": ("pls", "plz"),
    "thanks": ("thx",),
    "you": ("u",),
    "because": ("bc", "cuz"),
    "with": ("w",),
    "without": ("w o",),
    "between": ("btwn", "bet"),
    "north": ("n",),
    "south": ("s",),
    "number": ("no", "num"),
    "people": ("ppl",),
    "vehicle": ("veh",),
    "license": ("lic",),
    "morning": ("am",),
    "corner": ("cor",),
    "building": ("bldg",),
    "yesterday": ("yday",),
    "going": ("goin",),
    "neighbor": ("neighbour",),
    "intersection": ("int",),
    "sidewalk": ("side walk",),
    "pothole": ("pot hole",),
    "streetlight": ("street light",),
}
_LEFT_OUT = frozenset({"the", "a", "an", "is", "are", "was", "of", "there's", "there", "i", "it's", "i'd", "like"})
_SLIP = 0.02


def typed(example: Example, rng: Random) -> Example:
    """`example` as somebody types it. Values keep their words, shortened as addresses are."""
    hasty = rng.random() < 0.5
    words: list[str] = []
    tags: list[str] = []
    for word, tag in zip(example.words, example.tags, strict=True):
        if hasty and tag == OUTSIDE and word in _LEFT_OUT and rng.random() < 0.5:
            continue
        if word == "and" and tag.startswith("I-") and rng.random() < 0.4:
            # "Chapel & Howe": the sign is no word.
            continue
        written = rng.choice(SHORT[word]) if word in SHORT and rng.random() < 0.6 else word
        if tag == OUTSIDE:
            written = _apostrophe_lost(_slipped(written, rng), rng)
        pieces = written.split()
        words += pieces
        tags += [tag, *[tag.replace("B-", "I-")] * (len(pieces) - 1)]
    if not words:
        return example
    return replace(example, words=tuple(words), tags=tuple(tags))


def _apostrophe_lost(word: str, rng: Random) -> str:
    return word.replace("'", "") if "'" in word and rng.random() < 0.5 else word


def _slipped(word: str, rng: Random) -> str:
    """Two letters swapped, one lost or one doubled, now and then."""
    if len(word) < 5 or rng.random() > _SLIP * len(word) / 5:
        return word
    at = rng.randrange(1, len(word) - 1)
    return rng.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )
    )

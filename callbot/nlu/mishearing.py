"""What a recogniser takes words for, learned from utterances that it heard, to be done to those that it never did.

Only a part of the utterances can be spoken and heard in a reasonable time. But a recogniser repeats itself: what it
made of "dixwell" and of "dumping" in the heard ones, it will make of them in the others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple, Self

from callbot.nlu.heard import alignment
from callbot.nlu.swaps import Words
from callbot.nlu.utterances import OUTSIDE, Example

LONGEST = 3
"""Words said that may be heard as one stretch; a longer one is a muddle that says nothing about its words."""


class Stretch(NamedTuple):
    """Neighbouring words, and what was heard in their place."""

    said: Words
    heard: Words


def stretches(said: Sequence[str], heard: Sequence[str]) -> Iterator[Stretch]:
    """An utterance and what was heard of it, cut into the smallest pieces that belong together.

    A word of which nothing was heard becomes ().

    >>> [*stretches(["on", "dixwell", "please"], ["on", "dix", "well"])]
    [Stretch(said=('on',), heard=('on',)), Stretch(said=('dixwell',), heard=('dix', 'well')), \
Stretch(said=('please',), heard=())]
    """
    pairs, _ = alignment(said, heard)
    at = 0
    while at < len(said):
        end, there = at + 1, [place for word, place in pairs if word == at]
        while wider := [word for word, place in pairs if place in there and word >= end]:
            end = max(wider) + 1
            there = [place for word, place in pairs if at <= word < end]
        yield Stretch(tuple(said[at:end]), tuple(heard[min(there) : max(there) + 1]) if there else ())
        at = end


@dataclass(frozen=True, slots=True)
class Mishearing:
    """How often words were heard as what."""

    kept: Counter[Words]
    """How often a stretch was heard as it was said."""
    mistaken: dict[Words, Counter[Words]]
    """What else it was heard as, and how often."""

    @classmethod
    def learned(cls, pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> Self:
        """From pairs of what was said and what was heard."""
        kept: Counter[Words] = Counter()
        mistaken: dict[Words, Counter[Words]] = defaultdict(Counter)
        for said, heard in pairs:
            for stretch in stretches(said, heard):
                if stretch.said == stretch.heard:
                    kept[stretch.said] += 1
                elif len(stretch.said) <= LONGEST:
                    mistaken[stretch.said][stretch.heard] += 1
        return cls(kept, dict(mistaken))

    def heard(self, example: Example, rng: Random, *, worse: float = 1.0) -> Example:
        """`example` as the recogniser might hear it: each word mistaken as often as it was, times `worse`.

        Never less than one word is left.
        """
        words: list[str] = []
        tags: list[str] = []
        at = 0
        while at < len(example.words):
            said, found = self._mistaken(example.words, at, rng, worse)
            end = at + len(said)
            words += found
            tags += _carried(example.tags[at:end], len(found), tags[-1] if tags else OUTSIDE)
            at = end
        return replace(example, words=tuple(words), tags=tuple(tags)) if words else example

    def _mistaken(self, words: Words, at: int, rng: Random, worse: float) -> tuple[Words, Words]:
        for length in range(LONGEST, 0, -1):
            said = words[at : at + length]
            wrong = self.mistaken.get(said) if len(said) == length else None
            if wrong is None:
                continue
            count = wrong.total()
            # A stretch of several words was mostly heard word by word, which is counted with the words.
            right = min((self.kept[word,] for word in said), default=0)
            if rng.random() < worse * count / (count + right + 1):
                return said, rng.choices([*wrong], [*wrong.values()])[0]
        return words[at : at + 1], words[at : at + 1]


def _carried(tags: Sequence[str], count: int, before: str) -> list[str]:
    """The tags of `count` words in the place of those with `tags`: of the first value that is touched."""
    marked = next((tag for tag in tags if tag != OUTSIDE), OUTSIDE)
    if marked == OUTSIDE or not count:
        return [OUTSIDE] * count
    slot = marked[2:]
    goes_on = marked.startswith("I-") and before[2:] == slot and before != OUTSIDE
    return [f"I-{slot}" if goes_on or at else f"B-{slot}" for at in range(count)]

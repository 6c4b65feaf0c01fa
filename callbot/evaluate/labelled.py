"""Utterances of a public benchmark: words, any number of intents, tags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple, Self

from callbot.nlu.utterances import OUTSIDE, spans

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One utterance with what it means."""

    words: Words
    intents: tuple[str, ...]
    """Most benchmarks give one; () = none that is known."""
    tags: Words
    """One a word: "B-slot", "I-slot", "O"."""


class Names(NamedTuple):
    """Intents and tags in a fixed order."""

    intents: tuple[str, ...]
    tags: tuple[str, ...]
    """"O" first."""

    @classmethod
    def of(cls, examples: Sequence[Labelled]) -> Self:
        """All that occur."""
        slots = sorted({slot for example in examples for slot, _, _ in spans(example.tags)})
        intents = sorted({intent for example in examples for intent in example.intents})
        return cls(tuple(intents), (OUTSIDE, *(f"{mark}-{slot}" for slot in slots for mark in "BI")))


def values_of(examples: Sequence[Labelled]) -> dict[str, list[Words]]:
    """The words of every value, by slot, as often as they occur."""
    found: dict[str, list[Words]] = defaultdict(list)
    for example in examples:
        for slot, first, end in spans(example.tags):
            found[slot].append(example.words[first:end])
    return found


def swapped(example: Labelled, pool: Mapping[str, Sequence[Words]], rng: Random) -> Labelled:
    """The same request with other values: what is seen with one pattern only would be learnt as part of it."""
    words: list[str] = []
    tags: list[str] = []
    done = 0
    for slot, first, end in spans(example.tags):
        value = rng.choice(pool[slot])
        words += [*example.words[done:first], *value]
        tags += [*example.tags[done:first], f"B-{slot}", *[f"I-{slot}"] * (len(value) - 1)]
        done = end
    return replace(example, words=(*words, *example.words[done:]), tags=(*tags, *example.tags[done:]))

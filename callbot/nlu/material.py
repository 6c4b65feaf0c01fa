"""What a training is made from: examples in a fixed order, their division, and the values to swap in."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from random import Random

from callbot.content import Site
from callbot.errors import ContentError
from callbot.nlu.swaps import AugmentLists
from callbot.nlu.utterances import Example, UtteranceFile, examples

CALIBRATION_SHARE = 0.12


def known_examples(files: Sequence[UtteranceFile]) -> list[Example]:
    """All training examples, in an order that does not hang on the order of the files."""
    known = [example for file in files for example in examples(file)]
    if any(example.intent is None for example in known):
        raise ValueError("utterances without an intent cannot be trained on: they belong to the held-out ones")
    if len({example.intent for example in known}) < 2:
        raise ValueError("training takes utterances of two intents or more")
    return sorted(known, key=lambda example: (str(example.intent), example.asked, example.words))


def split(known: Sequence[Example], seed: int) -> tuple[list[Example], list[Example]]:
    """(Trained on, calibration): about one in eight of every intent is kept for calibration, at least one unless
    there is only one."""
    by_intent: dict[str, list[Example]] = defaultdict(list)
    for example in known:
        by_intent[str(example.intent)].append(example)
    rng = Random(seed)
    trained, calibration = [], []
    for intent in sorted(by_intent):
        shuffled = rng.sample(by_intent[intent], len(by_intent[intent]))
        cut = min(len(shuffled) - 1, max(1, round(len(shuffled) * CALIBRATION_SHARE)))
        calibration += shuffled[:cut]
        trained += shuffled[cut:]
    return trained, calibration


def data_hash(known: Sequence[Example]) -> str:
    """SHA-256 of the examples, whatever their order."""
    lines = sorted(repr((e.intent, e.asked, e.words, e.tags)) for e in known)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def site_lists(site: Site) -> AugmentLists:
    """The site's values to swap in. Raises ContentError for a list that is missing."""
    wanted = [field.name for field in fields(AugmentLists) if field.name not in ("streets", "places")]
    if absent := [name for name in wanted if name not in site.word_lists]:
        folder = site.folder / "intents" / "lists"
        raise ContentError(
            [f"{folder / name}.yaml:1: this file is missing: training swaps its values" for name in absent]
        )
    return AugmentLists(
        streets=tuple(name for street in site.streets for name in (street.name, *street.also)),
        places=tuple(name for place in site.places for name in (place.name, *place.also)),
        **{name: site.word_lists[name] for name in wanted},
    )

"""What a training is made from: examples in a fixed order, their division, what they teach, values to swap in."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

from callbot.content import Site
from callbot.errors import ContentError
from callbot.nlu.heard import FOLDER, HeardExample, read_heard, source_of
from callbot.nlu.swaps import AugmentLists
from callbot.nlu.utterances import OUTSIDE, Example, UtteranceFile, examples, normalise_text, spans
from callbot.schema import DIALOG_ACTS, Catalogue

DEV_SHARE, CALIBRATION_SHARE = 0.06, 0.14
"""Of every intent's utterances; the rest is trained on."""
OFTEN = 0.03
"""An intent without a form marks a slot reliably if this share of its utterances has it."""

_OPENINGS = ("{}", "i want to report {}", "i'm calling about {}", "there is a problem with {}")


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance of the material."""

    example: Example
    source: str
    """`heard.source_of` the utterance, or of the one that was spoken."""
    is_look_alike: bool = False
    """It only sounds like an emergency."""
    is_heard: bool = False
    """It has been through a recogniser."""


class Division(NamedTuple):
    """The material by use. A heard utterance is where its written one is."""

    trained: list[Line]
    dev: list[Line]
    """Chooses among passes."""
    calibration: list[Line]
    """Sets temperatures and thresholds, and is never trained on."""


def known_lines(files: Sequence[UtteranceFile], heard: Sequence[HeardExample] = ()) -> list[Line]:
    """All training lines, in an order that does not hang on the order of the files.

    Heard lines whose written one is gone are left out: nobody would find them to mend them.
    Raises ValueError for utterances without an intent, and for fewer than two intents.
    """
    written = [
        Line(example, source_of(example), is_look_alike=file.intent is None)
        for file in files
        for example in examples(file)
    ]
    if any(line.example.intent is None for line in written):
        raise ValueError("utterances without an intent cannot be trained on: they belong to the held-out ones")
    if len({line.example.intent for line in written}) < 2:
        raise ValueError("training takes utterances of two intents or more")
    alike = {line.source for line in written if line.is_look_alike}
    present = {(line.source, line.example.intent) for line in written}
    spoken = [
        Line(example, source, is_look_alike=source in alike, is_heard=True)
        for source, example in heard
        if (source, example.intent) in present
    ]
    return sorted([*written, *spoken], key=_order)


def plain_lines(catalogue: Catalogue) -> list[Line]:
    """How most callers begin, whom nobody writes examples for: the title of each case intent, and those of its
    keywords that no other intent has, by themselves and with the commonest openings. They are only trained on."""
    owners = Counter(keyword for spec in catalogue.intents.values() for keyword in spec.keywords)
    lines = []
    for intent, spec in catalogue.intents.items():
        phrases = [keyword for keyword in spec.keywords if owners[keyword] == 1]
        for text in (*phrases, *(opening.format(spec.title) for opening in _OPENINGS)):
            words = tuple(normalise_text(text).split())
            example = Example(intent, "", words, (OUTSIDE,) * len(words))
            lines.append(Line(example, source_of(example)))
    return lines


def _order(line: Line) -> tuple[bool, str, str, tuple[str, ...]]:
    return line.is_heard, str(line.example.intent), line.example.asked, line.example.words


def divided(known: Sequence[Line]) -> Division:
    """The lines by use: of each intent's utterances, those with the lowest hashes calibrate.

    By the utterances' own words and nothing else, so that versions of a model can be compared: what one was
    calibrated on, no other was trained on. The same words are never on two sides. Every intent keeps at least one
    line to train on, and with two or more, one to calibrate.
    """
    by_intent: dict[str, set[str]] = defaultdict(set)
    claimed: dict[str, str] = {}
    for line in known:
        # The same words may belong to two intents ("no problem"); the first in the alphabet places them.
        owner = claimed.setdefault(line.source, str(line.example.intent))
        by_intent[owner].add(line.source)
    uses: dict[str, int] = {}
    for sources in by_intent.values():
        ranked = sorted(sources)
        held = min(len(ranked) - 1, max(1, round(len(ranked) * CALIBRATION_SHARE)))
        tried = min(len(ranked) - 1, held + round(len(ranked) * DEV_SHARE))
        uses |= {source: 2 if at < held else 1 if at < tried else 0 for at, source in enumerate(ranked)}
    division = Division([], [], [])
    for line in known:
        division[uses[line.source]].append(line)
    return division


def taught_slots(known: Sequence[Line], catalogue: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """For each intent, the slots whose absence its utterances teach.

    A writer of "sidewalk_damage" has no reason to mark "last night", whose case has no time: such words are neither a
    value there nor none. `catalogue` has the slots of each case intent; dialog acts teach all slots; others those
    that they mark `OFTEN`.
    """
    marked: dict[str, Counter[str]] = defaultdict(Counter)
    counts: Counter[str] = Counter()
    for line in known:
        counts[str(line.example.intent)] += 1
        marked[str(line.example.intent)].update({slot for slot, _, _ in spans(line.example.tags)})
    everything = frozenset(slot for row in marked.values() for slot in row)
    taught: dict[str, frozenset[str]] = {}
    for intent in counts:
        often = {slot for slot, n in marked[intent].items() if n >= OFTEN * counts[intent]}
        own = everything if intent in DIALOG_ACTS else catalogue.get(intent, frozenset(often))
        taught[intent] = own & everything
    return taught


def own_values(example: Example, taught: Mapping[str, frozenset[str]]) -> Example:
    """`example` with only the marks of slots that its intent has: what an evaluation may count."""
    own = taught.get(str(example.intent))
    if own is None:
        return example
    tags = tuple(tag if tag[2:] in own else OUTSIDE for tag in example.tags)
    return replace(example, tags=tags)


def data_hash(known: Sequence[Line]) -> str:
    """SHA-256 of the lines, whatever their order."""
    rows = sorted(
        repr((e.intent, e.asked, e.words, e.tags, e.kind, line.is_heard, line.is_look_alike))
        for line in known
        for e in (line.example,)
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def site_slots(site: Site) -> dict[str, frozenset[str]]:
    """The slots of each case intent of a site."""
    return {intent: site.playbook.slot_names(intent) for intent in site.playbook.catalogue.intents}


def site_heard(site: Site) -> list[HeardExample]:
    """The site's heard utterances. Raises ContentError for a broken line."""
    return read_heard(site.folder / "intents" / FOLDER)


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

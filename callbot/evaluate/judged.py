"""Utterances beside what was made of them: what all parts of an evaluation look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from callbot.content import Site
from callbot.events import SlotHit, SlotValue, Understanding
from callbot.nlu.alarm import Alarm
from callbot.nlu.material import known_lines, own_values, site_slots, taught_slots
from callbot.nlu.normalize import normalize
from callbot.nlu.slots import SlotReader
from callbot.nlu.utterances import Example, UtteranceFile, examples, spans, tokenise, unmarked

WALL = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
"""When all of it is said, so that "last night" is always the same night: a Wednesday in New Haven, ten o'clock."""

LOOK_ALIKE = "look-alike"
"""Name of the callers who only sound like an emergency: whatever else they want is right."""

Value = tuple[str, int, int]
"""Slot, first word, word after the last."""


class Prediction(Protocol):
    """What the small model itself says (see `callbot.nlu.model.Prediction`)."""

    @property
    def spans(self) -> Sequence[tuple[str, int, int, float]]:
        """Slot, first character, character after the last, confidence."""

    @property
    def out_of_scope_score(self) -> float:
        """How strange the words are; higher is stranger."""

    @property
    def alarm(self) -> Alarm:
        """What its detectors of emergencies say."""


class Model(Protocol):
    """The small model."""

    def predict(self, text: str, asked: str = "") -> Prediction:
        """What the words mean to it."""


class Engine(Protocol):
    """What understands callers (see `callbot.nlu.understander.ModelUnderstander`)."""

    @property
    def model(self) -> Model:
        """Its small model."""

    @property
    def slots(self) -> SlotReader:
        """What turns words into values."""

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:
        """See `callbot.engines.Understander`."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One utterance: as it was meant and as it comes in."""

    said: Example
    text: str
    """What the engine gets: the words as written, or as they were recognised."""
    heard: bool = False
    """True: `text` came from a recogniser, so the tags of `said` do not lie on its words."""


@dataclass(frozen=True, slots=True)
class Named:
    """A slot's value in the words of a caller."""

    slot: str
    words: str
    value: SlotValue


@dataclass(frozen=True, slots=True)
class Judged:
    """One utterance with what it means and what was made of it."""

    spoken: Spoken
    meaning: Understanding
    strangeness: float
    wanted: frozenset[Value]
    found: frozenset[Value]
    """By the small model alone, in words of `text`."""
    named: tuple[Named, ...]
    """The values that were meant."""
    alarms: frozenset[str]
    """Detectors that take it for an emergency."""
    slots: frozenset[str] | None = None
    """Slots that count: those whose values are marked in utterances of this intent; None = all."""

    @property
    def truth(self) -> str | None:
        """The right intent; None for a look-alike of an emergency."""
        return self.spoken.said.intent

    @property
    def guess(self) -> str:
        """The most probable intent, whether rejected or not."""
        return self.meaning.intents[0].name if self.meaning.intents else "out_of_scope"

    @property
    def hits(self) -> tuple[SlotHit, ...]:
        """Values of slots that count, found by all means together."""
        return tuple(hit for hit in self.meaning.slots if self.slots is None or hit.name in self.slots)


Detector = Callable[[str, Alarm], bool]
"""Takes the words, and what the small model feels about them, for an emergency, or not."""


def detectors(site: Site) -> Mapping[str, Detector]:
    """The independent ways in which a call finds an emergency, by name."""
    suspicious = site.playbook.policy.thresholds.emergency
    return {
        "phrases": lambda text, _: site.emergency.find(text) is not None,
        "head of the model": lambda _, alarm: alarm.head >= suspicious,
        "likeness": lambda _, alarm: alarm.likeness >= suspicious,
    }


def written(files: Iterable[UtteranceFile]) -> list[Spoken]:
    """The utterances of the files, as they are written."""
    return [
        Spoken(example, unmarked(utterance.say))
        for file in files
        for utterance, example in zip(file.utterances, examples(file), strict=True)
    ]


def counted_slots(site: Site) -> Mapping[str, frozenset[str]]:
    """The slots whose values are marked in utterances of each intent.

    A pothole report says "last night" as well, but nobody has marked it: whoever finds it is not wrong.
    """
    return taught_slots(known_lines(site.utterances), site_slots(site))


def judge(
    engine: Engine, alarms: Mapping[str, Detector], counted: Mapping[str, frozenset[str]], spoken: Spoken
) -> Judged:
    """Have one utterance understood; see `detectors` and `counted_slots`."""
    slots = counted.get(str(spoken.said.intent))
    said, text = own_values(spoken.said, counted), spoken.text
    meaning = engine.understand(text, said.asked, WALL)
    alone = engine.model.predict(text, said.asked)
    kept = [span[:3] for span in alone.spans if slots is None or span[0] in slots]
    found = frozenset(_in_words(text, kept))
    wanted = frozenset() if spoken.heard else frozenset(spans(said.tags))
    raised = frozenset(name for name, detector in alarms.items() if detector(text, alone.alarm))
    return Judged(spoken, meaning, alone.out_of_scope_score, wanted, found, _named(engine.slots, said), raised, slots)


def _in_words(text: str, places: Iterable[tuple[str, int, int]]) -> Iterable[Value]:
    tokens = tokenise(text)
    for slot, start, end in places:
        inside = [at for at, token in enumerate(tokens) if token.start < end and token.end > start]
        if inside:
            yield slot, inside[0], inside[-1] + 1


def _named(reader: SlotReader, said: Example) -> tuple[Named, ...]:
    rows = []
    for slot, first, end in spans(said.tags):
        words = " ".join(said.words[first:end])
        value, _ = normalize(
            slot,
            words,
            gazetteer=reader.gazetteer,
            wall=WALL,
            timezone=reader.timezone,
            vehicles=reader.vehicles,
            area_code=reader.area_code,
        )
        rows.append(Named(slot, words, value))
    return tuple(rows)

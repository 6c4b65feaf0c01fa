"""Judged utterances, written short, and an engine that says what it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from callbot.content import Site
from callbot.evaluate.judged import Judged, Named, Spoken, Value
from callbot.events import IntentGuess, SlotHit, SlotValue, Understanding
from callbot.nlu.alarm import Alarm
from callbot.nlu.slots import SlotReader
from callbot.nlu.utterances import Example, tokenise
from callbot.room import slot_reader


def example(text: str, intent: str | None = "pothole", kind: str | None = None, asked: str = "") -> Example:
    words = tuple(token.word for token in tokenise(text))
    return Example(intent, asked, words, ("O",) * len(words), kind)


def judged(
    truth: str | None,
    guess: str,
    sure: float = 0.9,
    *,
    text: str = "there is a hole",
    kind: str | None = None,
    rejected: bool = False,
    strangeness: float = 0.0,
    wanted: frozenset[Value] = frozenset(),
    found: frozenset[Value] = frozenset(),
    named: Mapping[str, SlotValue] | None = None,
    hits: Mapping[str, SlotValue] | None = None,
    alarms: frozenset[str] = frozenset(),
    heard: bool = False,
    slots: frozenset[str] | None = None,
) -> Judged:
    values = tuple(SlotHit(name, str(value), value, 0.9) for name, value in (hits or {}).items())
    meaning = Understanding(text, (IntentGuess(guess, sure),), values, rejected)
    meant = tuple(Named(name, str(value), value) for name, value in (named or {}).items())
    spoken = Spoken(example(text, truth, kind), text, heard)
    return Judged(spoken, meaning, strangeness, wanted, found, meant, alarms, slots)


class Said(NamedTuple):
    """What the small model says."""

    spans: tuple[tuple[str, int, int, float], ...] = ()
    out_of_scope_score: float = 0.0
    alarm: Alarm = Alarm(0.0, "other", 0.0, 0.0)


@dataclass
class FakeModel:
    """Answers by the words."""

    answers: Mapping[str, Said]

    def predict(self, text: str, asked: str = "") -> Said:  # noqa: ARG002
        return self.answers.get(text, Said())


@dataclass
class FakeEngine:
    """Understands by the words; whatever it does not know is a pothole."""

    slots: SlotReader
    intents: Mapping[str, str] = field(default_factory=dict)
    hits: Mapping[str, tuple[SlotHit, ...]] = field(default_factory=dict)
    model: FakeModel = field(default_factory=lambda: FakeModel({}))

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:  # noqa: ARG002
        guess = self.intents.get(text, "pothole")
        return Understanding(text, (IntentGuess(guess, 0.9),), self.hits.get(text, ()), guess == "out_of_scope")


def engine(site: Site, intents: Mapping[str, str] | None = None) -> FakeEngine:
    return FakeEngine(slot_reader(site), intents or {})

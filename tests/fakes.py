"""Stand-ins for engines, and a driver that plays a scripted caller against the real conductor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import numpy as np

from callbot.call import Call
from callbot.content import Site
from callbot.engines import SAMPLE_RATE, Audio, Transcript
from callbot.events import (
    CallStarted,
    CaseStatus,
    Command,
    Fact,
    IntentGuess,
    LookedUp,
    LookUp,
    PlaybackEnded,
    SaveCase,
    Saved,
    SaveTurn,
    SlotHit,
    SlotValue,
    Speak,
    SpeechStarted,
    Transcribed,
    TurnEnded,
    Understand,
    Understanding,
    Understood,
    to_json,
)

C = TypeVar("C", bound=Command)

WALL = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
"""Half past six in the evening of a Friday in New Haven."""

ORANGE: dict[str, str | int | float | bool | None] = {
    "text": "215 Orange Street",
    "street": "Orange Street",
    "number": "215",
    "cross_street": None,
    "place": None,
    "unit": None,
    "matched": "Orange Street",
    "score": 1.0,
}


def meaning(intent: str, confidence: float = 0.97, *, text: str = "words", **slots: SlotValue) -> Understanding:
    """An utterance's meaning, written short."""
    hits = tuple(SlotHit(name, str(value), value, 0.95) for name, value in slots.items())
    return Understanding(text, (IntentGuess(intent, confidence),), hits, intent == "out_of_scope")


def started(caller: str | None = "+12035550123") -> CallStarted:
    """A caller on the default line."""
    return CallStarted("call-1", "main", caller, "twilio", "CA1", WALL)


@dataclass
class Driver:
    """Answers every command of a `Call` at once, as a perfect shell would; understanding is scripted."""

    site: Site
    meanings: Mapping[str, Understanding] = field(default_factory=dict)
    """The caller's words -> what they mean; anything else is not understood."""
    at: float = 0.0
    commands: list[Command] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    rows: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    """The call as it is recorded: each fact followed by its commands."""
    turn: int = 0
    linked_to: str | None = None
    """Every case that is filed repeats this one."""
    statuses: Mapping[str, CaseStatus] = field(default_factory=dict)
    """What the store knows about earlier cases."""

    def __post_init__(self) -> None:
        self.call = Call(self.site.playbook, self.site.emergency, self.site.lines.lines["main"])

    def feed(self, fact: Fact, seconds: float = 1.0) -> list[Command]:
        """One fact, a second later; returns every command that followed."""
        self.at += seconds
        new: list[Command] = []
        facts = [fact]
        while facts:
            heard = facts.pop(0)
            self.rows.append((self.at, to_json(heard)))
            for command in self.call.receive(heard, self.at):
                self.rows.append((self.at, to_json(command)))
                new.append(command)
                facts += self._answers(command)
        self.commands += new
        return new

    def start(self, caller: str | None = "+12035550123") -> list[Command]:
        """The phone rings."""
        return self.feed(started(caller))

    def say(self, text: str, confidence: float = 0.9) -> list[Command]:
        """The caller speaks a whole turn."""
        self.turn += 1
        commands = self.feed(SpeechStarted())
        commands += self.feed(TurnEnded(self.turn, 2.0))
        return commands + self.feed(Transcribed(self.turn, text, confidence, ()))

    def _answers(self, command: Command) -> list[Fact]:
        match command:
            case Speak():
                self.said += command.sentences
                return [PlaybackEnded(command.utterance, 1.0)]
            case Understand():
                known = self.meanings.get(command.text, meaning("inform", 0.2))
                return [Understood(command.turn, replace(known, text=command.text, out_of_scope=False))]
            case SaveTurn():
                return [Saved(command.record.index, "26-00001-4")]
            case SaveCase():
                return [Saved(command.turn, "26-00001-4", self.linked_to)]
            case LookUp():
                return [LookedUp(command.turn, self.statuses.get(command.number))]
        return []


def of_type(commands: list[Command], kind: type[C]) -> list[C]:
    """The commands of one kind."""
    return [command for command in commands if isinstance(command, kind)]


class FakeVad:
    """Speech wherever the audio is loud."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)

    def probabilities(self, audio: Audio) -> list[float]:
        self._rest = np.concatenate([self._rest, audio])
        count = len(self._rest) // 512
        frames = self._rest[: count * 512].reshape(count, 512)
        self._rest = self._rest[count * 512 :]
        return [float(level > 0.02) for level in np.sqrt((frames**2).mean(axis=1))]


@dataclass
class FakeDetector:
    """Every turn is complete."""

    probability: float = 0.9

    def complete(self, audio: Audio) -> float:
        assert audio.dtype == np.float32
        return self.probability


@dataclass
class FakeTranscriber:
    """Recognises turns by their order."""

    texts: list[str]
    partials: list[str] = field(default_factory=list)
    _finals: int = 0

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        kind: str = "",
        full: bool = False,
    ) -> Transcript:
        assert audio.dtype == np.float32
        assert isinstance(kind, str)
        assert not full
        if not final:
            text = self.partials.pop(0) if self.partials else ""
            return Transcript(text, (), 0.9, 0.0)
        text = self.texts[min(self._finals, len(self.texts) - 1)]
        self._finals += 1
        return Transcript(text, (), 0.9, 0.0)


@dataclass
class FakeUnderstander:
    """Understands what it was told."""

    meanings: Mapping[str, Understanding]

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:
        assert wall.tzinfo is not None
        assert isinstance(asked, str)
        known = self.meanings.get(text, meaning("inform", 0.2))
        return Understanding(text, known.intents, known.slots, known.out_of_scope)


class FakeSynthesizer:
    """A quiet tone, 50 ms a word."""

    def synthesize(self, sentence: str) -> Iterator[Audio]:
        seconds = 0.05 * len(sentence.split())
        times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        yield (0.3 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)

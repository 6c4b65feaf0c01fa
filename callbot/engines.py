"""The doors behind which the models stand: one or two methods each.

An engine may block; the session runs it off the event loop. An engine that cannot answer raises
`callbot.errors.EngineError` (any other exception is treated the same and logged with its trace).
Audio is float32 mono in [-1, 1] at 16 kHz.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from callbot.events import Understanding, Word

Audio = npt.NDArray[np.float32]
"""Samples, shape (n,), float32 in [-1, 1], 16 kHz unless a docstring names another rate."""

SAMPLE_RATE = 16_000
"""Hz, everywhere inside callbot."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """Recognised words of a stretch of audio."""

    text: str
    words: tuple[Word, ...]
    confidence: float
    """Mean word probability, 0 to 1; 0 for empty text."""
    no_speech: float
    """The recogniser's own probability that nobody spoke, 0 to 1."""
    alternatives: tuple[str, ...] = ()
    """Other readings, best first, where the expected answer makes them useful."""


class Vad(Protocol):
    """Voice activity of one caller; keeps state, so one object a call."""

    def probabilities(self, audio: Audio) -> list[float]:
        """Speech probability of each further 32 ms frame; leftover samples wait for the next call."""


class TurnDetector(Protocol):
    """Judges from prosody whether a speaker has finished."""

    def complete(self, audio: Audio) -> float:
        """Probability (0 to 1) that the turn in `audio` (at most its last 8 s count) is complete."""


class Transcriber(Protocol):
    """Speech to text."""

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        kind: str = "",
        full: bool = False,
    ) -> Transcript:
        """Words in `audio`.

        `final=False` asks for a quick partial without word times. `kind` is that of the slot that was asked (location,
        phone, plate, name ...), "yes_no", or "" for anything. `full=True` decodes with the recogniser's whole window.
        """


class Understander(Protocol):
    """Words to meaning."""

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:
        """Intents and slots of `text`, given the open question `asked` ("" = none).

        `wall` is the call's start (UTC-aware): "last night" is resolved against it.
        """


class Synthesizer(Protocol):
    """Text to speech."""

    def synthesize(self, sentence: str) -> Iterator[Audio]:
        """The sentence as consecutive stretches of audio; fixed prompts come from the cache at once."""


class Line(Protocol):
    """The far end of one call, as the session sees it. All methods may raise ConnectionError once it is gone."""

    async def play(self, audio: Audio) -> None:
        """Send audio to the caller now; pacing is the session's business."""

    async def mark(self, name: str) -> None:
        """Ask for a `PlaybackEnded`-like echo when everything sent so far has been played."""

    async def clear(self) -> None:
        """Drop audio that the carrier has buffered but not yet played."""

    async def close(self, *, transfer_to: str | None) -> None:
        """Leave the call: give it to `transfer_to`, or hang up when None."""

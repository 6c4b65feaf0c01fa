"""What a caller hears, and when: the far end's audio on the clock of the telephone network.

Pure: moments are arguments, in seconds since the call's start. A bot may send a whole sentence at once; the
network then plays it for as long as it lasts. Whoever wants to know when the caller heard something, or when a
mark is due, has to keep this clock.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callbot.engines import Audio

RATE = 8000
"""Samples a second on the telephone network."""

FRAME = 160
"""Samples in 20 ms."""

AUDIBLE = 0.005
"""RMS level (-46 dBFS) from which on 20 ms count as heard: above line noise and the tail of a fade-out."""

PAUSE = 0.3
"""Seconds. Shorter silences are inside a sentence."""


@dataclass(slots=True)
class Stretch:
    """A time in which the far end was audible, but for pauses."""

    start: float
    end: float
    cut: bool = False
    """It ended because the far end took back what was still to be played."""


class PlayOut:
    """The network's buffer between the bot and the caller's ear."""

    def __init__(self) -> None:
        self.until = 0.0
        """When everything received so far will have been played."""
        self.stretches: list[Stretch] = []
        self._chunks: list[tuple[float, Audio]] = []
        self._marks: list[tuple[float, str]] = []

    def receive(self, audio: Audio, at: float) -> None:
        """Append audio (8 kHz) that arrived `at`."""
        start = max(at, self.until)
        self.until = start + audio.size / RATE
        self._chunks.append((start, audio))
        padded = np.pad(audio, (0, -audio.size % FRAME)).reshape(-1, FRAME)
        loud = np.sqrt(np.mean(np.square(padded), axis=1)) > AUDIBLE
        for index in np.flatnonzero(loud):
            begin = start + int(index) * FRAME / RATE
            self._audible(begin, min(begin + FRAME / RATE, self.until))

    def mark(self, name: str, at: float) -> None:
        """Remember a mark that arrived `at`, behind all audio so far."""
        self._marks.append((max(at, self.until), name))

    def clear(self, at: float) -> None:
        """Forget what has not been played `at` that moment; all marks become due."""
        self.until = min(self.until, at)
        self._chunks = [(start, audio[: round(max(at - start, 0) * RATE)]) for start, audio in self._chunks]
        self._marks = [(min(due, at), name) for due, name in self._marks]
        self.stretches = [s for s in self.stretches if s.start < at]
        if self.stretches:
            last = self.stretches[-1]
            # What follows is a new answer, however soon it comes.
            last.end, last.cut = min(last.end, at), True

    def due_marks(self, at: float) -> list[str]:
        """Names of the marks that have been reached, in order; each is told once."""
        due = [name for moment, name in self._marks if moment <= at]
        self._marks = self._marks[len(due) :]
        return due

    def speaking(self, at: float) -> Stretch | None:
        """The stretch that is heard `at` that moment."""
        return next((s for s in self.stretches if s.start <= at < s.end), None)

    def audible_since(self, since: float) -> float | None:
        """The first audible moment from `since` on; what is buffered counts, so that it may lie ahead."""
        for stretch in self.stretches:
            if stretch.start >= since:
                return stretch.start
            # The last breath of an earlier answer is no answer to what ended just now.
            if stretch.end > since + PAUSE:
                return since
        return None

    def silent_since(self) -> float:
        """The last audible moment, buffered audio included; 0 if there was none."""
        return self.stretches[-1].end if self.stretches else 0.0

    def heard(self, seconds: float) -> Audio:
        """The first `seconds` as the caller heard them, 8 kHz."""
        track = np.zeros(round(seconds * RATE), np.float32)
        for start, audio in self._chunks:
            first = min(round(start * RATE), track.size)
            part = audio[: track.size - first]
            track[first : first + part.size] = part
        return track

    def piece(self, first: int, count: int) -> Audio:
        """`count` samples as the caller heard them, from sample `first` of the call on."""
        piece = np.zeros(count, np.float32)
        for start, audio in reversed(self._chunks):
            at = round(start * RATE) - first
            if at + audio.size <= 0:
                break
            if at < count:
                part = audio[max(0, -at) : count - at]
                piece[max(0, at) : max(0, at) + part.size] = part
        return piece

    def _audible(self, start: float, end: float) -> None:
        last = self.stretches[-1] if self.stretches else None
        if last is not None and not last.cut and start - last.end < PAUSE:
            last.end = end
        else:
            self.stretches.append(Stretch(start, end))

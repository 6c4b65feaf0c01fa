"""What the simulated caller does, frame by frame.

Pure but for `prepared`, which reads a turn's recording. A telephone sends 20 ms of sound 50 times a second
whether anybody speaks or not; `Talker.tick` says what the next 20 ms are, from the script and from what the
caller has heard so far.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np

from callbot.audio import read_wav, resample, to_int16, ulaw_encode
from callbot.engines import SAMPLE_RATE, Audio
from callbot.telephony.playout import FRAME, RATE, PlayOut

QUIET = 0.8
"""Seconds that the bot must have been quiet before a polite caller speaks."""

_TICK = FRAME / RATE
_LOUD = 0.01
"""Amplitude from which on a sample of a recording is part of the speech."""
_KEY_EVERY = 10
"""Frames from key to key: nobody dials faster than five keys a second."""
_NOISE = 2e-4
"""RMS of the line noise between turns (-74 dBFS): real lines are never digitally silent."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that the caller does; exactly one of the first three is given."""

    audio: Path | None = None
    """A recording to speak."""
    keys: str = ""
    """Telephone keys to press, 0-9, * and #."""
    silence: float = 0.0
    """Seconds to leave the bot waiting, although it has asked."""
    interrupt_after: float | None = None
    """Do not wait for the bot to finish: begin when its answer has been heard for so many seconds."""

    def __post_init__(self) -> None:
        """Raises ValueError for a turn that is nothing or several things."""
        if (self.audio is not None) + bool(self.keys) + (self.silence > 0) != 1:
            raise ValueError("a turn is a recording, keys or a silence: exactly one of them")
        if set(self.keys) - set("0123456789*#"):
            raise ValueError(f"{self.keys!r}: telephone keys are 0-9, * and #")


@dataclass(frozen=True, slots=True)
class TurnResult:
    """How a turn went. Moments are seconds since the call's start."""

    turn: Turn
    started: float
    """First audible sample (first key, begin of the silence)."""
    ended: float
    """Last audible sample (last key, end of the silence)."""
    first_reply: float | None
    """When the bot was heard after `ended` (a silence: after `started`); `ended` itself if it was speaking anyway."""
    latency: float | None
    """Seconds from `ended` to `first_reply`; None for a silence, and when no answer came."""
    interrupted: bool
    """The bot was speaking when the turn started."""
    bot_stopped: float | None
    """When the bot fell silent after being interrupted; None if it was not."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A turn as the frames that it sends."""

    turn: Turn
    frames: tuple[bytes, ...]
    """μ-law, 160 samples each; empty ones are filled with line noise."""
    keys: dict[int, str]
    """Number of a frame to the key that is pressed with it."""
    first: int
    """Number of the first audible sample."""
    last: int


def prepared(turn: Turn) -> Prepared:
    """Read and encode what a turn needs.

    Raises CallbotError when the recording cannot be read, ValueError when nothing in it is audible.
    """
    if turn.audio is None:
        return _without_sound(turn)
    speech = resample(read_wav(turn.audio), SAMPLE_RATE, RATE)
    loud = np.flatnonzero(np.abs(speech) > _LOUD)
    if not loud.size:
        raise ValueError(f"{turn.audio}: nothing in it is audible")
    return Prepared(turn, tuple(_frames(speech)), {}, int(loud[0]), int(loud[-1]))


def _without_sound(turn: Turn) -> Prepared:
    pressed = {index * _KEY_EVERY: key for index, key in enumerate(turn.keys)}
    count = max(pressed, default=round(turn.silence / _TICK)) + 1
    return Prepared(turn, (b"",) * count, pressed, 0, count * FRAME - 1)


def _frames(audio: Audio) -> Iterator[bytes]:
    payload = ulaw_encode(to_int16(np.pad(audio, (0, -audio.size % FRAME))))
    return (payload[start : start + FRAME] for start in range(0, len(payload), FRAME))


def line_noise() -> Iterator[bytes]:
    """Endless frames of faint noise, the same in every call."""
    noise = np.random.default_rng(0).normal(0, _NOISE, RATE).astype(np.float32)
    return cycle(_frames(noise))


@dataclass(frozen=True, slots=True)
class Tick:
    """What the caller's telephone sends in one 20 ms step."""

    frame: bytes
    key: str | None
    begun: Turn | None
    """The turn that begins with this frame."""


class Talker:
    """A caller who waits for the bot, takes turns as scripted and repeats nothing."""

    def __init__(self, turns: Sequence[Prepared], heard: PlayOut, patience: float) -> None:
        """`patience` is how many seconds of the bot's silence the caller bears before hanging up."""
        self._turns = turns
        self._heard = heard
        self._patience = patience
        self._noise = line_noise()
        self._sent: list[list[float]] = []
        """For every turn so far, when each of its frames was sent."""
        self._speaking = False

    def tick(self, at: float) -> Tick | None:
        """What to send `at` this moment; None = hang up."""
        if not self._speaking and self._out_of_patience(at):
            return None
        begins = not self._speaking and self._may_begin(at)
        if begins:
            self._sent.append([])
            self._speaking = True
        if not self._speaking:
            return Tick(next(self._noise), None, None)
        speech, sent = self._turns[len(self._sent) - 1], self._sent[-1]
        index = len(sent)
        sent.append(at)
        self._speaking = len(sent) < len(speech.frames)
        return Tick(speech.frames[index] or next(self._noise), speech.keys.get(index), speech.turn if begins else None)

    def results(self) -> tuple[TurnResult, ...]:
        """How the turns went that were said to their end."""
        whole = [(p, sent) for p, sent in zip(self._turns, self._sent, strict=False) if len(sent) == len(p.frames)]
        return tuple(self._result(speech, sent) for speech, sent in whole)

    def _may_begin(self, at: float) -> bool:
        if len(self._sent) == len(self._turns):
            return False
        answered = self._heard.audible_since(self._answer_expected_from())
        if answered is None or answered > at:
            return False
        wait = self._turns[len(self._sent)].turn.interrupt_after
        if wait is not None:
            return at - answered >= wait
        return at - self._heard.silent_since() >= QUIET

    def _out_of_patience(self, at: float) -> bool:
        own = self._sent[-1][-1] if self._sent else 0.0
        return at - max(self._heard.silent_since(), own) > self._patience

    def _answer_expected_from(self) -> float:
        """From when on what the bot says answers the last turn; 0 = it is the greeting."""
        if not self._sent:
            return 0.0
        speech = self._turns[len(self._sent) - 1]
        return _answerable(speech.turn, *_span(speech, self._sent[-1]))

    def _result(self, speech: Prepared, sent: Sequence[float]) -> TurnResult:
        started, ended = _span(speech, sent)
        reply = self._heard.audible_since(_answerable(speech.turn, started, ended))
        over = self._heard.speaking(started)
        return TurnResult(
            turn=speech.turn,
            started=started,
            ended=ended,
            first_reply=reply,
            latency=None if reply is None or speech.turn.silence else reply - ended,
            interrupted=over is not None,
            bot_stopped=over.end if over is not None else None,
        )


def _span(speech: Prepared, sent: Sequence[float]) -> tuple[float, float]:
    """When the audible part of a turn began and ended; a frame carries the 20 ms before it was sent."""
    first, last = divmod(speech.first, FRAME), divmod(speech.last, FRAME)
    return sent[first[0]] - _TICK + first[1] / RATE, sent[last[0]] - _TICK + (last[1] + 1) / RATE


def _answerable(turn: Turn, started: float, ended: float) -> float:
    # A bot that asks again during a silence has done what a silence is for.
    return started if turn.silence else ended

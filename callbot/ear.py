"""Hears one caller: audio in, facts out.

The ear owns the audio of the present turn. While the caller speaks it asks for partial transcripts (skipped when
the engines are busy). At a pause it starts the final transcript and asks whether the turn is over, both at once;
if the caller goes on, the transcript is thrown away. So most of the recognition is done by the time a turn ends.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from callbot.engines import SAMPLE_RATE, Audio, Transcriber, Transcript, TurnDetector, Vad
from callbot.events import Fact, PartialHeard, SpeechStarted, TurnEnded
from callbot.pool import Pool, Priority
from callbot.schema import Policy
from callbot.speech.turns import Endpointer, Signal

log = logging.getLogger("callbot.ear")

_PRE_ROLL = 0.3
"""Seconds kept from before a turn begins, so that no first consonant is lost."""


@dataclass
class Ear:
    """The hearing of one call."""

    policy: Policy
    pool: Pool
    vad: Vad
    detector: TurnDetector
    transcriber: Transcriber
    post: Callable[[Fact], None]
    """Takes each fact as it happens."""
    partial_dropped: Callable[[], None]
    """Told when a partial transcript was skipped because the engines are busy."""
    turn: int = 0
    quiet: float = 0.0
    """Silence at the end of the last turn, in seconds: it ended that long before `TurnEnded`."""
    _endpointer: Endpointer = field(init=False)
    _audio: list[Audio] = field(default_factory=list)
    _held: int = 0
    """Samples in `_audio`."""
    _since_partial: float = 0.0
    _partial: asyncio.Future[Transcript] | None = None
    _final: asyncio.Future[Transcript] | None = None
    _judgement: asyncio.Future[float] | None = None
    _finals: dict[int, asyncio.Future[Transcript]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._endpointer = Endpointer(self.policy.timing, self.policy.ending)

    def hear(self, audio: Audio) -> None:
        """Take the next stretch of the caller's voice."""
        self._audio.append(audio)
        self._held += len(audio)
        for probability in self.vad.probabilities(audio):
            self._react(self._endpointer.frame(probability))
        if self._endpointer.in_turn:
            self._since_partial += len(audio) / SAMPLE_RATE
            self._maybe_partial()
        else:
            self._forget()

    def transcribe(self, turn: int) -> asyncio.Future[Transcript]:
        """The final words of a turn that has ended; to be asked for once."""
        return self._finals.pop(turn)

    def close(self) -> None:
        """Drop everything that is still being worked on."""
        for future in (self._partial, self._final, self._judgement, *self._finals.values()):
            if future is not None:
                future.cancel()

    # ------------------------------------------------------------ signals

    def _react(self, signal: Signal | None) -> None:
        match signal:
            case Signal.BEGAN:
                self.turn += 1
                self._since_partial = 0.0
                self.post(SpeechStarted())
            case Signal.PAUSED:
                self._final = self._recognise()
                self._judge()
            case Signal.RESUMED:
                self._drop_pause()
            case Signal.ENDED:
                self._finish()

    def _finish(self) -> None:
        if self._partial is not None:
            self._partial.cancel()
        self._finals[self.turn] = self._final or self._recognise()
        self._final = None
        self.quiet = self._endpointer.quiet
        self.post(TurnEnded(self.turn, self._held / SAMPLE_RATE))
        self._audio, self._held = [], 0

    def _recognise(self) -> asyncio.Future[Transcript]:
        future = self.pool.submit(Priority.FINAL, self.transcriber.transcribe, self._heard(), final=True)
        # A turn whose call has ended is never asked for; its failure is nobody's.
        future.add_done_callback(_seen)
        return future

    def _drop_pause(self) -> None:
        """The pause was none: what was begun in it must not be taken for an answer to the next one."""
        for future in (self._final, self._judgement):
            if future is not None:
                future.cancel()
        self._final = self._judgement = None

    def _judge(self) -> None:
        self._judgement = self.pool.submit(Priority.FINAL, self.detector.complete, self._heard())
        self._judgement.add_done_callback(self._judged)

    def _judged(self, future: asyncio.Future[float]) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            # Without a judgement every turn gets the longer silence: slower, but nobody is cut off.
            log.error("the turn detector failed: %s", error)
            return
        self._endpointer.judge(future.result())

    # ------------------------------------------------------------ partials

    def _maybe_partial(self) -> None:
        if self._since_partial < self.policy.timing.partial_every or self._endpointer.quiet:
            return
        self._since_partial = 0.0
        if self._partial is not None and not self._partial.done():
            self.partial_dropped()
            return
        turn = self.turn
        self._partial = self.pool.submit(Priority.PARTIAL, self.transcriber.transcribe, self._heard(), final=False)
        self._partial.add_done_callback(lambda future: self._partially(turn, future))

    def _partially(self, turn: int, future: asyncio.Future[Transcript]) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            log.error("a partial transcript failed: %s", error)
        elif future.result().text:
            self.post(PartialHeard(turn, future.result().text))

    # ------------------------------------------------------------ audio

    def _heard(self) -> Audio:
        return np.concatenate(self._audio) if self._audio else np.zeros(0, np.float32)

    def _forget(self) -> None:
        """Between turns, keep only the pre-roll."""
        keep = int(_PRE_ROLL * SAMPLE_RATE)
        while self._audio and self._held - len(self._audio[0]) >= keep:
            self._held -= len(self._audio.pop(0))


def _seen(future: asyncio.Future[Transcript]) -> None:
    if not future.cancelled():
        future.exception()

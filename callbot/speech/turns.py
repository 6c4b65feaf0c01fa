"""Where a caller's turn begins and ends, from voice activity and a judgement of prosody. PURE.

Time is counted in frames of heard audio, not by a clock. A turn begins after a short run of speech frames. A
pause asks two things: whether the voice sounded complete (Smart Turn), and whether the words and the open question
leave something to be said. A complete turn ends after a short quiet, an unfinished one gets time to go on. All limits
come from policy.yaml.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

from callbot.nlu.completeness import Completeness
from callbot.schema import Ending, Timing

FRAME = 0.032
"""Seconds of one voice activity frame (512 samples at 16 kHz)."""

_ONSET = 3
"""Speech frames (about 0.1 s) that make a beginning; clicks and knocks are shorter."""
_WINDOW = 4
"""Frames among which they must fall."""


class Signal(Enum):
    """What the endpointer has noticed."""

    BEGAN = auto()
    CONTINUED = auto()
    """It goes on: no click and no cough."""
    PAUSED = auto()
    """Time to ask how finished the voice sounds."""
    RESTED = auto()
    """The pause lasts: time for the words, whatever the voice sounded like."""
    RESUMED = auto()
    """The pause was none: drop both."""
    ENDED = auto()


@dataclass(slots=True)
class Endpointer:
    """Follows one caller; feed every frame's speech probability in order."""

    timing: Timing
    ending: Ending
    in_turn: bool = False
    quiet: float = 0.0
    """Seconds of silence at the end of the turn so far."""
    length: float = 0.0
    """Seconds of the turn so far, silence included."""
    _paused: bool = False
    _rested: bool = False
    _complete: float | None = None
    _words: Completeness | None = None
    _voiced: float = 0.0
    """Seconds of speech in the turn, until they were reported."""
    _recent: deque[bool] | None = None

    def frame(self, probability: float) -> Signal | None:
        """Take the next frame (32 ms)."""
        if not self.in_turn:
            return self._listen(probability)
        self.length += FRAME
        if probability >= self.ending.speech:
            return self._speech()
        if probability < self.ending.quiet or self.quiet:
            self.quiet += FRAME
        return self._silence()

    def judge(self, complete: float) -> None:
        """Answer to PAUSED: the probability that the turn is complete. A late answer to an old pause is dropped."""
        if self._paused:
            self._complete = complete

    def read(self, words: Completeness) -> None:
        """Answer to PAUSED: what the words say. A late answer to an old pause is dropped."""
        if self._paused:
            self._words = words

    def _listen(self, probability: float) -> Signal | None:
        if self._recent is None:
            self._recent = deque(maxlen=_WINDOW)
        self._recent.append(probability >= self.ending.speech)
        if sum(self._recent) < _ONSET:
            return None
        self.in_turn, self.quiet, self.length = True, 0.0, _WINDOW * FRAME
        self._recent = None
        self._voiced = _ONSET * FRAME
        self._forget_pause()
        return Signal.BEGAN

    def _speech(self) -> Signal | None:
        was_paused = self._paused
        self.quiet = 0.0
        self._forget_pause()
        if self.length >= self.timing.longest_turn:
            return self._end()
        if was_paused:
            return Signal.RESUMED
        before, self._voiced = self._voiced, self._voiced + FRAME
        return Signal.CONTINUED if before < self.timing.barge_in <= self._voiced else None

    def _forget_pause(self) -> None:
        self._paused, self._rested, self._complete, self._words = False, False, None, None

    def _silence(self) -> Signal | None:
        if self.quiet >= self._patience() or self.length >= self.timing.longest_turn:
            return self._end()
        if self.quiet >= self.timing.pause and not self._paused:
            self._paused = True
            return Signal.PAUSED
        if self.quiet >= self.timing.rest and not self._rested:
            self._rested = True
            return Signal.RESTED
        return None

    def _patience(self) -> float:
        """Quiet that ends the turn. Without words there is no answer either, so they are waited for."""
        timing = self.timing
        match self._words:
            case Completeness.FINISHED:
                return timing.end_of_finished
            case Completeness.DOUBTFUL:
                return timing.end_of_doubtful
            case Completeness.UNKNOWN:
                # A detector that fails tells nobody to hurry.
                finished = self._complete is not None and self._complete >= self.ending.complete
                return timing.end_of_turn if finished else timing.end_of_doubtful
        return timing.end_of_unfinished

    def _end(self) -> Signal:
        self.in_turn = False
        return Signal.ENDED

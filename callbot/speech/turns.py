"""Where a caller's turn begins and ends, from voice activity and a judgement of prosody. PURE.

Time is counted in frames of heard audio, not by a clock. A turn begins after a short run of speech frames. A
pause asks whether the words sounded complete (Smart Turn); a complete turn ends after a short quiet, an
unfinished one gets time to go on. All limits come from policy.yaml.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

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
    PAUSED = auto()
    """Time to ask for a judgement, and to start on the final transcript."""
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
    _complete: float | None = None
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

    def _listen(self, probability: float) -> Signal | None:
        if self._recent is None:
            self._recent = deque(maxlen=_WINDOW)
        self._recent.append(probability >= self.ending.speech)
        if sum(self._recent) < _ONSET:
            return None
        self.in_turn, self.quiet, self.length = True, 0.0, _WINDOW * FRAME
        self._paused, self._complete, self._recent = False, None, None
        return Signal.BEGAN

    def _speech(self) -> Signal | None:
        was_paused = self._paused
        self.quiet, self._paused, self._complete = 0.0, False, None
        if self.length >= self.timing.longest_turn:
            return self._end()
        return Signal.RESUMED if was_paused else None

    def _silence(self) -> Signal | None:
        if self.quiet >= self._patience() or self.length >= self.timing.longest_turn:
            return self._end()
        if self.quiet >= self.timing.pause and not self._paused:
            self._paused = True
            return Signal.PAUSED
        return None

    def _patience(self) -> float:
        """Quiet that ends the turn; as long as nothing has been judged, the longer one."""
        finished = self._complete is not None and self._complete >= self.ending.complete
        return self.timing.end_of_turn if finished else self.timing.end_of_unfinished

    def _end(self) -> Signal:
        self.in_turn = False
        return Signal.ENDED

"""Hearing that somebody speaks: Silero VAD, fed as the sound comes in.

The model looks at 32 ms, the 4 ms before them and its own memory of the call; the weights are shared by all calls,
the memory belongs to one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from callbot.engines import SAMPLE_RATE, Audio
from callbot.speech.onnx_session import onnx_file, open_session, run

FRAME = 512
"""Samples of one frame (32 ms at 16 kHz), fixed by the model."""

_CONTEXT = 64
_MEMORY = (2, 1, 128)
_RATE = np.array(SAMPLE_RATE, np.int64)

# Long music or noise in the model's memory deafens it to the speech that follows: after 20 s of hold music it noticed
# a caller 0.8 s late or never, with a memory that is emptied in pauses after 0.13 s. (Pipecat, audio/vad/silero.py)
_FORGET_AFTER = 62
"""Frames (2 s) after which the memory is emptied at the next pause."""
_PAUSE_FRAMES, _PAUSE_BELOW = 5, 0.1

_shared_session = cache(open_session)


class SileroVad:
    """Implements `engines.Vad` for one call."""

    def __init__(self, model: Path) -> None:
        """Opens the model once a process, whatever the number of calls; raises ModelError when it cannot."""
        self._session = _shared_session(onnx_file(model))
        self._memory = np.zeros(_MEMORY, np.float32)
        self._remembered = 0
        self._quiet = 0
        # The last samples that were judged, then those that are not yet a whole frame.
        self._pending = np.zeros(_CONTEXT, np.float32)

    def probabilities(self, audio: Audio) -> list[float]:
        """Speech probability of each further 32 ms frame; leftover samples wait for the next call."""
        sound = np.concatenate([self._pending, audio])
        count = (len(sound) - _CONTEXT) // FRAME
        self._pending = sound[count * FRAME :]
        return [self._next(sound[index * FRAME :][: _CONTEXT + FRAME]) for index in range(count)]

    def _next(self, frame: Audio) -> float:
        """Judge one frame, which comes with the context before it."""
        speech, self._memory = run(self._session, input=frame[np.newaxis], state=self._memory, sr=_RATE)
        probability = float(speech.item())
        self._remembered += 1
        self._quiet = self._quiet + 1 if probability < _PAUSE_BELOW else 0
        if self._remembered >= _FORGET_AFTER and self._quiet >= _PAUSE_FRAMES:
            self._memory = np.zeros(_MEMORY, np.float32)
            self._remembered = 0
        return probability

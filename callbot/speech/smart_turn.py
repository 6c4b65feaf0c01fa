"""Hearing that somebody has finished: Smart Turn judges intonation and rhythm, not words.

A pause alone cannot tell "my address is ..." from a finished sentence. The model sees the last 8 s as Whisper
features; the sound is normalised and, where it is shorter, preceded by silence, exactly as in its training
(Pipecat, smart_turn/local_smart_turn_v3.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

# Whisper's features are faster-whisper's own code; it is loaded for the transcriber anyway.
from faster_whisper.feature_extractor import FeatureExtractor

from callbot.engines import SAMPLE_RATE, Audio
from callbot.speech.onnx_session import onnx_file, open_session, run

SECONDS = 8
_VARIANCE_FLOOR = 1e-7


class SmartTurn:
    """Implements `engines.TurnDetector`; one object serves all calls."""

    def __init__(self, model: Path, *, threads: int = 1) -> None:
        """Raises ModelError when `model` (an .onnx file or its folder) cannot be loaded."""
        self._session = open_session(onnx_file(model), threads)
        self._extractor = FeatureExtractor(chunk_length=SECONDS)

    def complete(self, audio: Audio) -> float:
        """Probability (0 to 1) that the turn in `audio` (at most its last 8 s count) is complete."""
        (probability,) = run(self._session, input_features=self.features(audio)[np.newaxis])
        return float(probability.reshape(-1)[0])

    def features(self, audio: Audio) -> npt.NDArray[np.float32]:
        """Log-mel features of the last 8 s, shape (80, 800)."""
        length = SECONDS * SAMPLE_RATE
        sound = np.pad(audio[-length:], (max(0, length - len(audio)), 0))
        sound = (sound - sound.mean()) / np.sqrt(sound.var() + _VARIANCE_FLOOR)
        return np.asarray(self._extractor(sound, padding=0), np.float32)

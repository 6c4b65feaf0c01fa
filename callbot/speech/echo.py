"""Telling the bot's own voice from the caller's: many lines send a faint copy of what was played back to us. PURE.

Before a sound counts as speech while the bot is talking, it is compared with what the bot has just said. An echo is
the same wave, only later and fainter, so the two correlate at some delay; a person talking does not.
"""

from __future__ import annotations

import numpy as np

from callbot.engines import SAMPLE_RATE, Audio

_LONGEST_DELAY = 1.0
"""Seconds after which a line returns an echo at the latest, our own sending ahead included."""
_COMPARED = 0.25
"""Seconds of the caller's audio that are compared."""
_ALIKE = 0.75
"""Correlation (0 to 1) from which on a sound is an echo. Measured with Piper's voice through mu-law at delays up to
0.9 s: of 187 stretches of echo at -20 dB the least reached .89; of 497 stretches of twenty callers the highest was .64,
99 % stayed below .56."""
_HICCUP = 0.15
"""Seconds without sound from the bot up to which it has only been sent late: the line plays on from what it holds."""
_STEP = 2
"""Every second sample is compared: a telephone line carries nothing above 4 kHz."""
_FAINT = 1e-6
"""Mean square below which there is nothing to compare."""


class EchoGuard:
    """Remembers what one call's bot has said and what its line has returned."""

    def __init__(self) -> None:
        self._said = _Recent(_LONGEST_DELAY + _COMPARED)
        self._heard = _Recent(_COMPARED)
        self._silent = np.inf

    def bot_says(self, audio: Audio) -> None:
        """Audio that goes out to the caller now."""
        self._said.add(audio)
        self._silent = 0.0

    def hears(self, audio: Audio) -> None:
        """The caller's side of the line; call it for every stretch, so that both sides stay in step."""
        self._heard.add(audio)
        before, self._silent = self._silent, self._silent + len(audio) / SAMPLE_RATE
        if self._silent > _HICCUP and before <= _LONGEST_DELAY + _COMPARED:
            pause = self._silent - (before if before > _HICCUP else 0.0)
            self._said.add(np.zeros(round(pause * SAMPLE_RATE), np.float32))

    @property
    def bot_spoke(self) -> bool:
        """The bot is talking, or was a moment ago."""
        return self._silent < _COMPARED

    def is_echo(self) -> bool:
        """Whether the last quarter of a second is the bot's own voice."""
        if self._silent > _LONGEST_DELAY + _COMPARED:
            return False
        return likeness(self._heard.audio[::_STEP], self._said.audio[::_STEP]) >= _ALIKE


class _Recent:
    """The newest seconds of one direction."""

    def __init__(self, seconds: float) -> None:
        self.audio: Audio = np.zeros(int(seconds * SAMPLE_RATE), np.float32)

    def add(self, audio: Audio) -> None:
        size = len(self.audio)
        self.audio = np.concatenate([self.audio, audio])[-size:]


def likeness(part: Audio, whole: Audio) -> float:
    """Highest correlation (0 to 1) of `part` with any stretch of `whole`, whatever the level and sign of either.

    `whole` is at least as long as `part`; 0 where there is nothing to compare.
    """
    energy = float(np.dot(part, part))
    if energy < _FAINT * len(part):
        return 0.0
    size = len(part)
    length = 1 << int(np.ceil(np.log2(len(whole) + size)))
    spectrum = np.fft.rfft(whole, length) * np.conj(np.fft.rfft(part, length))
    products = np.fft.irfft(spectrum, length)[: len(whole) - size + 1]
    sums = np.concatenate([[0.0], np.cumsum(whole.astype(np.float64) ** 2)])
    energies = sums[size:] - sums[:-size]
    loud = energies > _FAINT * size
    if not loud.any():
        return 0.0
    return float(np.max(np.abs(products[loud]) / np.sqrt(energies[loud] * energy)))

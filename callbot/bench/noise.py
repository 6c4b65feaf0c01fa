"""Sounds that are no words: tones, hum, sirens, coughs, rushing, and other people.

Everything is 16 kHz float and made from a seed, so that two runs hear the same noise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from callbot.audio import rms_dbfs, scaled_to
from callbot.engines import SAMPLE_RATE, Audio

LEVEL = -26.0
"""RMS in dB full scale at which noise stands alone: a little below a voice on the telephone."""

_KEYS = {"1": (697, 1209), "5": (770, 1336), "9": (852, 1477), "0": (941, 1336), "#": (941, 1477)}
"""Frequencies of some telephone keys, in Hz (ITU-T Q.23)."""
_FRAME = int(0.02 * SAMPLE_RATE)
_QUIET = 30.0
"""dB below the loudest frame at which a frame is no longer speech."""


def pink(seconds: float, seed: int = 0) -> Audio:
    """Noise with as much power in each octave: wind, rain, a bad line."""
    size = _samples(seconds)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=size))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    return _levelled(np.fft.irfft(spectrum, size))


def hum(seconds: float) -> Audio:
    """A machine on 60 Hz mains: harmonics that a telephone line lets through, breathing slowly."""
    times = _times(seconds)
    tones = sum(np.sin(2 * np.pi * 60 * k * times) / k for k in range(3, 20))
    return _levelled(tones * (1 + 0.3 * np.sin(2 * np.pi * 0.7 * times)))


def siren(seconds: float) -> Audio:
    """A wailing siren, 600 to 1,400 Hz in four seconds and back."""
    times = _times(seconds)
    pitch = 1000 + 400 * np.sin(2 * np.pi * times / 4)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    return _levelled(np.sin(phase) + 0.3 * np.sin(2 * phase) + 0.1 * np.sin(3 * phase))


def dtmf(seconds: float) -> Audio:
    """Somebody pressing keys, each for 0.2 s, twice a second."""
    times = _times(seconds)
    keys = [_KEYS[key] for key in "159#0"]
    pressed = (times * 2).astype(int)
    low, high = (np.array([keys[i % len(keys)][row] for i in pressed]) for row in (0, 1))
    tones = np.sin(2 * np.pi * low * times) + np.sin(2 * np.pi * high * times)
    return _levelled(tones * (times * 2 % 1 < 0.4))


def cough(seed: int = 0) -> Audio:
    """Two bursts of breath without a pitch, as long as a cough is."""
    rng = np.random.default_rng(seed)
    bursts = [_burst(rng, length) for length in (0.22, 0.3)]
    gap = np.zeros(_samples(rng.uniform(0.08, 0.2)), np.float32)
    return scaled_to(np.concatenate([bursts[0], gap, bursts[1]]), LEVEL)


def _burst(rng: np.random.Generator, seconds: float) -> Audio:
    size = _samples(seconds)
    breath = rng.normal(size=size)
    # The throat rounds the noise off: a short moving average is a low pass at some 2 kHz.
    rounded = np.convolve(breath, np.ones(5) / 5, mode="same")
    envelope = np.minimum(np.arange(size) / (0.01 * SAMPLE_RATE), np.exp(-5 * np.arange(size) / size))
    return np.asarray(rounded * envelope, np.float32)


def babble(voices: Sequence[Audio], seconds: float, seed: int = 0, at_once: int = 4) -> Audio:
    """Several people talking over each other, as from a television or a crowd behind the caller."""
    rng = np.random.default_rng(seed)
    total = np.zeros(_samples(seconds), np.float32)
    for _ in range(at_once):
        chosen = [voices[i] for i in rng.permutation(len(voices))]
        total += looped(np.concatenate([scaled_to(voice, LEVEL) for voice in chosen]), seconds)
    return _levelled(total)


def looped(audio: Audio, seconds: float) -> Audio:
    """The audio again and again, until it has lasted that long."""
    size = _samples(seconds)
    return np.resize(audio, size) if audio.size else np.zeros(size, np.float32)


def mixed(speech: Audio, noise: Audio, snr: float) -> Audio:
    """Speech with noise `snr` dB below it; pauses do not count as speech, and nothing clips."""
    under = scaled_to(looped(noise, len(speech) / SAMPLE_RATE), speech_level(speech) - snr)
    total = speech + under
    peak = float(np.abs(total).max(initial=0.0))
    return total if peak < 1 else np.asarray(total * (0.99 / peak), np.float32)


def speech_level(audio: Audio) -> float:
    """RMS in dB full scale of the frames that are within 30 dB of the loudest one."""
    frames = audio[: len(audio) // _FRAME * _FRAME].reshape(-1, _FRAME)
    power = np.mean(np.square(frames), axis=1) if len(frames) else np.zeros(1)
    loud = frames[power >= power.max() * 10 ** (-_QUIET / 10)] if power.max() else frames
    return rms_dbfs(loud.reshape(-1))


def with_losses(audio: Audio, share: float, frames: int, seed: int = 0) -> Audio:
    """The audio with that share of its 20 ms frames replaced by silence, `frames` in a row at a time."""
    rng = np.random.default_rng(seed)
    result = audio.copy()
    size = frames * _FRAME
    for start in range(0, len(result), size):
        if rng.random() < share:
            result[start : start + size] = 0
    return result


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)


def _times(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.arange(_samples(seconds)) / SAMPLE_RATE


def _levelled(samples: np.ndarray[tuple[int], np.dtype[np.float64]] | Audio) -> Audio:
    return scaled_to(np.asarray(samples, np.float32), LEVEL)

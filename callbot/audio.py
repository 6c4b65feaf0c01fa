"""Sound as arrays: rates, telephone encodings, files and levels.

Inside callbot audio is float32 mono at 16 kHz; carriers speak G.711 or 16-bit PCM at 8 to 48 kHz. Everything that
stands between the two is here, so that no other module knows how a sample is stored.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from callbot.engines import SAMPLE_RATE, Audio
from callbot.errors import CallbotError

Pcm = npt.NDArray[np.int16]
"""Linear 16-bit samples, shape (n,)."""

_Bytes = npt.NDArray[np.uint8]
_Ints = npt.NDArray[np.int32]

_FULL_SCALE = 32768
_PEAK = 0.97
"""Highest sample that `scaled_to` lets through, so that rounding and later resampling cannot clip."""


# ---------------------------------------------------------------- G.711


def _ulaw_decoding() -> Pcm:
    code = ~np.arange(256) & 0xFF
    size = (((code & 0x0F) << 3) + 0x84) << ((code >> 4) & 7)
    return np.where(code & 0x80, 0x84 - size, size - 0x84).astype(np.int16)


def _ulaw_encoding() -> _Bytes:
    """Codes in the order of the samples seen as unsigned numbers: 0..32767, -32768..-1."""
    sample = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32) >> 2
    size: _Ints = np.minimum(np.abs(sample), 8158) + 33
    segment = _bit_length(size) - 6
    code: _Ints = (segment << 4) | ((size >> (segment + 1)) & 0x0F)
    return (code ^ np.where(sample < 0, 0x7F, 0xFF)).astype(np.uint8)


def _alaw_decoding() -> Pcm:
    code = np.arange(256) ^ 0x55
    segment = (code & 0x70) >> 4
    size = ((code & 0x0F) << 4) + np.where(segment == 0, 0x008, 0x108)
    size <<= np.maximum(segment - 1, 0)
    return np.where(code & 0x80, size, -size).astype(np.int16)


def _alaw_encoding() -> _Bytes:
    """Codes in the order of the samples seen as unsigned numbers: 0..32767, -32768..-1."""
    sample = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32) >> 3
    size: _Ints = np.where(sample < 0, -sample - 1, sample)
    segment = np.maximum(_bit_length(size) - 5, 0)
    code: _Ints = (segment << 4) | ((size >> np.maximum(segment, 1)) & 0x0F)
    return (code ^ np.where(sample < 0, 0x55, 0xD5)).astype(np.uint8)


def _bit_length(numbers: _Ints) -> _Ints:
    return np.frexp(numbers)[1].astype(np.int32)


_ULAW_DECODING, _ULAW_ENCODING = _ulaw_decoding(), _ulaw_encoding()
_ALAW_DECODING, _ALAW_ENCODING = _alaw_decoding(), _alaw_encoding()


def ulaw_decode(payload: bytes) -> Pcm:
    """G.711 μ-law to linear samples, one byte a sample (ITU-T G.711, Sun's 14-bit convention)."""
    return _ULAW_DECODING[np.frombuffer(payload, np.uint8)]


def ulaw_encode(pcm: Pcm) -> bytes:
    """Linear samples to G.711 μ-law, one byte a sample; silence is 0xFF."""
    return _ULAW_ENCODING[pcm.view(np.uint16)].tobytes()


def alaw_decode(payload: bytes) -> Pcm:
    """G.711 A-law to linear samples, one byte a sample (ITU-T G.711, 13 bits)."""
    return _ALAW_DECODING[np.frombuffer(payload, np.uint8)]


def alaw_encode(pcm: Pcm) -> bytes:
    """Linear samples to G.711 A-law, one byte a sample; silence is 0xD5."""
    return _ALAW_ENCODING[pcm.view(np.uint16)].tobytes()


# ---------------------------------------------------------------- sample formats


def to_float(pcm: Pcm) -> Audio:
    """Linear 16-bit samples to float32 in [-1, 1)."""
    return pcm.astype(np.float32) / np.float32(_FULL_SCALE)


def to_int16(audio: Audio) -> Pcm:
    """Float samples to linear 16-bit ones, rounded; what lies outside [-1, 1) is clipped."""
    return np.clip(np.rint(audio * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)


# ---------------------------------------------------------------- rates


class Resampler:
    """Changes the rate of one running stream of float32 samples."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        # soxr's fixed-rate mode holds back 115 ms of an 8 kHz stream, its variable-rate mode 30 ms, and both keep
        # images below -110 dB. What is held back here is silence before every answer.
        self._stream = None if from_hz == to_hz else soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32", vr=True)

    def process(self, chunk: Audio, last: bool = False) -> Audio:
        """The samples that are ready after `chunk`, at the new rate; may be none.

        `last=True` also hands out what was held back and makes the object ready for a new stream.
        """
        if self._stream is None:
            return chunk
        out = np.asarray(self._stream.resample_chunk(chunk, last=last), dtype=np.float32)
        if last:
            self._stream.clear()
        return out


def resample(audio: Audio, from_hz: int, to_hz: int) -> Audio:
    """A whole recording at another rate, in soxr's high quality."""
    if from_hz == to_hz or not audio.size:
        return audio
    return np.asarray(soxr.resample(audio, from_hz, to_hz), dtype=np.float32)


def as_telephone(audio: Audio) -> Audio:
    """The audio as a telephone line delivers it: 8 kHz, G.711 μ-law, back at 16 kHz."""
    narrow = resample(audio, SAMPLE_RATE, 8_000)
    return resample(to_float(ulaw_decode(ulaw_encode(to_int16(narrow)))), 8_000, SAMPLE_RATE)


# ---------------------------------------------------------------- files


def read_wav(path: Path) -> Audio:
    """A sound file as mono audio at 16 kHz; several channels are averaged.

    Whatever libsndfile knows: wav (PCM, float, μ-law, A-law), flac, ogg, NIST sph and more, at any rate.
    Raises CallbotError when the file is missing, is no sound or holds samples that are not numbers.
    """
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise CallbotError(f"{path}: no sound file that can be read ({error})") from error
    mono = samples.mean(axis=1, dtype=np.float32)
    if not np.isfinite(mono).all():
        raise CallbotError(f"{path}: holds samples that are not numbers")
    return resample(mono, rate, SAMPLE_RATE)


def write_wav(path: Path, audio: Audio, rate: int = SAMPLE_RATE) -> None:
    """Write mono audio of `rate` Hz as a 16-bit PCM wav file; raises OSError when that cannot be done."""
    with path.open("wb") as file:
        soundfile.write(file, to_int16(audio), rate, subtype="PCM_16", format="WAV")


# ---------------------------------------------------------------- levels


def rms_dbfs(audio: Audio) -> float:
    """Root mean square level in dB, 0 = a full-scale square wave; -inf for silence or no samples."""
    power = float(np.mean(np.square(audio, dtype=np.float64))) if audio.size else 0.0
    return 10 * float(np.log10(power)) if power > 0 else -np.inf


def scaled_to(audio: Audio, dbfs: float) -> Audio:
    """The audio at an RMS level of `dbfs`, or as near to it as its peak allows; silence stays silence."""
    level = rms_dbfs(audio)
    if level == -np.inf:
        return audio
    gain = min(10 ** ((dbfs - level) / 20), _PEAK / float(np.abs(audio).max()))
    return audio * np.float32(gain)

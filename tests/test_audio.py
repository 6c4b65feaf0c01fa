"""Sound as arrays: bit-exact telephone codes, rates, files, levels."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from callbot import audio
from callbot.audio import Pcm, Resampler
from callbot.engines import Audio
from callbot.errors import CallbotError

ALL_SAMPLES = np.arange(-32768, 32768).astype(np.int16)
ALL_CODES = bytes(range(256))

pcm_arrays = hnp.arrays(np.int16, st.integers(0, 400))


def tone(hz: float, rate: int, seconds: float) -> Audio:
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


# The four reference functions below are written sample by sample and agree with CPython's audioop.


def lin2ulaw(sample: int) -> int:
    sample >>= 2
    mask = 0xFF
    if sample < 0:
        sample, mask = -sample, 0x7F
    sample = min(sample, 8158) + 33
    segment = sample.bit_length() - 6
    return ((segment << 4) | ((sample >> (segment + 1)) & 0x0F)) ^ mask


def ulaw2lin(code: int) -> int:
    code = ~code & 0xFF
    size = (((code & 0x0F) << 3) + 0x84) << ((code >> 4) & 7)
    return (0x84 - size) if code & 0x80 else (size - 0x84)


def lin2alaw(sample: int) -> int:
    sample >>= 3
    mask = 0xD5
    if sample < 0:
        mask, sample = 0x55, -sample - 1
    ends = (0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF, 0xFFF)
    segment = next((i for i, end in enumerate(ends) if sample <= end), 8)
    if segment >= 8:
        return 0x7F ^ mask
    return ((segment << 4) | ((sample >> (1 if segment < 2 else segment)) & 0x0F)) ^ mask


def alaw2lin(code: int) -> int:
    code ^= 0x55
    size = (code & 0x0F) << 4
    segment = (code & 0x70) >> 4
    size += 8 if segment == 0 else 0x108
    if segment > 1:
        size <<= segment - 1
    return size if code & 0x80 else -size


def test_ulaw_agrees_with_the_reference_everywhere() -> None:
    assert list(audio.ulaw_encode(ALL_SAMPLES)) == [lin2ulaw(int(s)) for s in ALL_SAMPLES]
    assert audio.ulaw_decode(ALL_CODES).tolist() == [ulaw2lin(c) for c in range(256)]


def test_alaw_agrees_with_the_reference_everywhere() -> None:
    assert list(audio.alaw_encode(ALL_SAMPLES)) == [lin2alaw(int(s)) for s in ALL_SAMPLES]
    assert audio.alaw_decode(ALL_CODES).tolist() == [alaw2lin(c) for c in range(256)]


def test_silence_has_the_codes_that_carriers_expect() -> None:
    silence = np.zeros(3, np.int16)
    assert audio.ulaw_encode(silence) == b"\xff" * 3
    assert audio.alaw_encode(silence) == b"\xd5" * 3


@given(st.binary(max_size=400))
def test_codes_survive_a_round_trip(payload: bytes) -> None:
    # μ-law has two zeros, 0x7F and 0xFF; encoding gives the positive one.
    assert audio.ulaw_encode(audio.ulaw_decode(payload)) == payload.replace(b"\x7f", b"\xff")
    assert audio.alaw_encode(audio.alaw_decode(payload)) == payload


@given(pcm_arrays)
def test_encoding_errs_by_less_than_a_step(pcm: Pcm) -> None:
    for decoded in (audio.ulaw_decode(audio.ulaw_encode(pcm)), audio.alaw_decode(audio.alaw_encode(pcm))):
        wide = pcm.astype(np.int32)
        assert (np.abs(decoded - wide) <= 8 + np.abs(wide) / 16).all()


@given(pcm_arrays)
def test_floats_give_the_same_samples_back(pcm: Pcm) -> None:
    floats = audio.to_float(pcm)
    assert floats.dtype == np.float32
    assert (np.abs(floats) <= 1).all()
    assert (audio.to_int16(floats) == pcm).all()


def test_too_loud_floats_are_clipped() -> None:
    assert audio.to_int16(np.array([1.0, 2.0, -1.0, -3.0], np.float32)).tolist() == [32767, 32767, -32768, -32768]


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([(8000, 16000), (16000, 8000), (22050, 16000), (24000, 16000), (16000, 48000)]),
    st.lists(st.integers(1, 900), min_size=1, max_size=30),
)
def test_chunk_sizes_do_not_change_a_stream(rates: tuple[int, int], sizes: list[int]) -> None:
    sound = tone(440, rates[0], sum(sizes) / rates[0] + 0.01)[: sum(sizes)]
    chunks = np.split(sound, np.cumsum(sizes)[:-1])
    stream = Resampler(*rates)
    got = np.concatenate([stream.process(c, last=i == len(chunks) - 1) for i, c in enumerate(chunks)])
    whole = Resampler(*rates).process(sound, last=True)
    assert len(got) == pytest.approx(sum(sizes) * rates[1] / rates[0], abs=2)
    assert len(got) == len(whole)
    np.testing.assert_allclose(got, whole, atol=1e-4)


def test_a_stream_keeps_tone_and_level_and_holds_back_little() -> None:
    stream = Resampler(8000, 16000)
    sound = tone(1000, 8000, 2.0)
    out = np.concatenate([stream.process(sound[i : i + 160]) for i in range(0, len(sound), 160)])
    assert 2.0 - len(out) / 16000 < 0.035
    middle = out[4000:20000]
    assert int(np.abs(np.fft.rfft(middle)).argmax()) == 1000
    assert audio.rms_dbfs(middle) == pytest.approx(audio.rms_dbfs(sound), abs=0.1)


def test_a_finished_stream_can_be_used_again() -> None:
    stream = Resampler(8000, 16000)
    first = stream.process(tone(300, 8000, 0.2), last=True)
    np.testing.assert_allclose(stream.process(tone(300, 8000, 0.2), last=True), first, atol=1e-6)


def test_equal_rates_change_nothing() -> None:
    sound = tone(300, 16000, 0.1)
    assert Resampler(16000, 16000).process(sound) is sound
    assert audio.resample(sound, 16000, 16000) is sound


def test_one_shot_resampling_keeps_length_and_type() -> None:
    out = audio.resample(tone(300, 8000, 0.5), 8000, 16000)
    assert len(out) == 8000
    assert out.dtype == np.float32
    assert audio.resample(np.zeros(0, np.float32), 8000, 16000).size == 0


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"])
@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100])
def test_every_kind_of_wav_can_be_read(tmp_path: Path, subtype: str, rate: int) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(440, rate, 0.5), rate, subtype=subtype)
    got = audio.read_wav(path)
    assert got.dtype == np.float32
    assert len(got) == pytest.approx(8000, abs=2)
    assert int(np.abs(np.fft.rfft(got)).argmax()) == 220
    assert audio.rms_dbfs(got) == pytest.approx(-9.03, abs=0.2)


def test_channels_are_averaged(tmp_path: Path) -> None:
    left = tone(440, 16000, 0.1)
    soundfile.write(tmp_path / "a.wav", np.stack([left, np.zeros_like(left)], axis=1), 16000, subtype="FLOAT")
    np.testing.assert_allclose(audio.read_wav(tmp_path / "a.wav"), left / 2, atol=1e-6)


@pytest.mark.parametrize("suffix", ["flac", "nist"])
def test_other_formats_can_be_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, tone(440, 16000, 0.1), 16000, format=suffix.upper(), subtype="PCM_16")
    np.testing.assert_allclose(audio.read_wav(path), tone(440, 16000, 0.1), atol=1e-4)


def test_written_files_read_back(tmp_path: Path) -> None:
    sound = tone(440, 16000, 0.1)
    audio.write_wav(tmp_path / "a.wav", sound)
    assert (audio.to_int16(audio.read_wav(tmp_path / "a.wav")) == audio.to_int16(sound)).all()


def test_what_is_no_sound_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF" + struct.pack("<I", 4) + b"nope")
    for path in (tmp_path / "a.wav", tmp_path / "missing.wav", tmp_path):
        with pytest.raises(CallbotError, match="no sound file"):
            audio.read_wav(path)


def test_samples_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.array([0, np.nan], np.float32), 16000, subtype="FLOAT")
    with pytest.raises(CallbotError, match="not numbers"):
        audio.read_wav(tmp_path / "a.wav")


def test_levels() -> None:
    assert audio.rms_dbfs(np.ones(10, np.float32)) == pytest.approx(0)
    assert audio.rms_dbfs(np.full(10, 0.1, np.float32)) == pytest.approx(-20, abs=0.01)
    assert audio.rms_dbfs(np.zeros(10, np.float32)) == -np.inf
    assert audio.rms_dbfs(np.zeros(0, np.float32)) == -np.inf


def test_scaling_reaches_the_level_unless_the_peak_forbids_it() -> None:
    sound = tone(440, 16000, 0.2)
    assert audio.rms_dbfs(audio.scaled_to(sound, -20)) == pytest.approx(-20, abs=0.01)
    assert np.abs(audio.scaled_to(sound, 0)).max() == pytest.approx(0.97, abs=1e-3)
    assert not audio.scaled_to(np.zeros(5, np.float32), -20).any()

"""Sounds that are no words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from callbot.audio import rms_dbfs
from callbot.bench import noise
from callbot.engines import SAMPLE_RATE, Audio

SPEECH = noise.pink(2.0, seed=5)


@pytest.mark.parametrize("make", [noise.pink, noise.hum, noise.siren, noise.dtmf])
def test_each_noise_lasts_as_long_and_is_as_loud_as_asked(make: Callable[[float], Audio]) -> None:
    audio = make(1.5)
    assert audio.dtype == np.float32
    assert len(audio) == 1.5 * SAMPLE_RATE
    assert rms_dbfs(audio) == pytest.approx(noise.LEVEL, abs=0.1)
    assert np.array_equal(audio, make(1.5))


def test_keys_are_heard_at_their_frequencies() -> None:
    spectrum = np.abs(np.fft.rfft(noise.dtmf(0.2)))
    loudest = sorted(np.argsort(spectrum)[-2:] * 5)
    assert loudest == pytest.approx([697, 1209], abs=5)


def test_a_cough_is_short_and_each_is_another() -> None:
    assert 0.5 < len(noise.cough(1)) / SAMPLE_RATE < 0.8
    assert not np.array_equal(noise.cough(1)[:1000], noise.cough(2)[:1000])


def test_babble_is_made_of_the_voices() -> None:
    voices = [SPEECH[: SAMPLE_RATE // 2], noise.hum(0.7)]
    audio = noise.babble(voices, 2.0)
    assert len(audio) == 2 * SAMPLE_RATE
    assert rms_dbfs(audio) == pytest.approx(noise.LEVEL, abs=0.1)


@pytest.mark.parametrize("snr", [20.0, 5.0])
def test_noise_is_mixed_as_far_below_the_speech_as_asked(snr: float) -> None:
    speech = np.concatenate([SPEECH, np.zeros(SAMPLE_RATE, np.float32)])
    added = noise.mixed(speech, noise.hum(1.0), snr) - speech
    assert noise.speech_level(speech) - rms_dbfs(added) == pytest.approx(snr, abs=0.3)


def test_a_loud_mixture_does_not_clip() -> None:
    assert np.abs(noise.mixed(SPEECH * 8, noise.pink(2.0), -10)).max() < 1


def test_silence_has_no_level() -> None:
    assert noise.speech_level(np.zeros(1000, np.float32)) == -np.inf
    assert not noise.mixed(np.zeros(1000, np.float32), SPEECH, 10).any()


@pytest.mark.parametrize("frames", [1, 5])
def test_lost_frames_are_whole_and_as_many_as_asked(frames: int) -> None:
    audio = np.ones(SAMPLE_RATE * 200, np.float32)
    lost = noise.with_losses(audio, 0.02, frames).reshape(-1, 320)
    gone = ~lost.any(axis=1)
    assert gone.mean() == pytest.approx(0.02, abs=0.006)
    assert gone.reshape(-1, frames).all(axis=1).sum() * frames == gone.sum()

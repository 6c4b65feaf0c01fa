"""The bot's own voice is told from others, whatever its delay and level."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.engines import SAMPLE_RATE, Audio
from callbot.speech.echo import EchoGuard, likeness

CHUNK = SAMPLE_RATE // 50


def voice(seed: int, seconds: float = 2.0) -> Audio:
    return (0.1 * np.random.default_rng(seed).standard_normal(int(seconds * SAMPLE_RATE))).astype(np.float32)


def judged(said: Audio, heard: Audio) -> bool:
    guard = EchoGuard()
    for start in range(0, len(heard), CHUNK):
        if start < len(said):
            guard.bot_says(said[start : start + CHUNK])
        guard.hears(heard[start : start + CHUNK])
    return guard.is_echo()


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.4, 0.9])
def test_a_faint_copy_is_an_echo(delay: float) -> None:
    said = voice(1)
    heard = np.concatenate([np.zeros(int(delay * SAMPLE_RATE), np.float32), 0.1 * said])[: len(said)]
    assert judged(said, heard + 0.001 * voice(2))


@pytest.mark.parametrize("late", [2, 4, 6])
def test_sound_that_goes_out_in_bursts_still_has_its_echo(late: int) -> None:
    said, guard = voice(1), EchoGuard()
    heard = np.concatenate([np.zeros(SAMPLE_RATE // 5, np.float32), 0.1 * said])[: len(said)]
    judgements: list[bool] = []
    for at in range(0, len(heard), CHUNK):
        if at // CHUNK % late == 0:
            for burst in range(at, at + late * CHUNK, CHUNK):
                guard.bot_says(said[burst : burst + CHUNK])
        guard.hears(heard[at : at + CHUNK])
        judgements.append(guard.is_echo())
    assert all(judgements[30:])


def test_another_voice_is_none_even_over_the_bot() -> None:
    said = voice(1)
    assert not judged(said, voice(2))
    assert not judged(said, voice(2) + 0.1 * said)


def test_when_the_bot_has_been_silent_nothing_is_an_echo() -> None:
    said = voice(1)
    assert not judged(said, np.concatenate([said, np.zeros(2 * SAMPLE_RATE, np.float32), 0.1 * said]))


@given(at=st.integers(0, 3000), scale=st.floats(0.05, 5.0))
def test_likeness_is_one_for_the_same_wave_at_any_place_and_level(at: int, scale: float) -> None:
    whole = voice(3, 0.25)
    assert likeness(np.float32(scale) * whole[at : at + 1000], whole) == pytest.approx(1.0, abs=1e-3)


def test_silence_is_like_nothing() -> None:
    assert likeness(np.zeros(100, np.float32), voice(1)) == 0
    assert likeness(voice(1, 0.01), np.zeros(1000, np.float32)) == 0

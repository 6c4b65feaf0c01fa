"""Voice activity: chunk sizes do not matter, calls do not mix, speech and noise are told apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callbot.engines import Audio
from callbot.errors import ModelError
from callbot.models import ModelStore
from callbot.speech.vad import FRAME, SileroVad

SENTENCE = "There is a van parked across my driveway."


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="exactly one"):
        SileroVad(tmp_path)


@pytest.mark.model
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(0, 3000), min_size=1, max_size=20))
def test_chunk_sizes_do_not_matter(store: ModelStore, spoken: Callable[[str], Audio], sizes: list[int]) -> None:
    sound = spoken(SENTENCE)[: sum(sizes)]
    whole = SileroVad(store.resolve("silero-vad")).probabilities(sound)
    vad = SileroVad(store.resolve("silero-vad"))
    parts = [p for chunk in np.split(sound, np.cumsum(sizes)[:-1]) for p in vad.probabilities(chunk)]
    assert len(parts) == len(sound) // FRAME
    assert parts == pytest.approx(whole, abs=1e-5)


@pytest.mark.model
def test_calls_do_not_mix(store: ModelStore, spoken: Callable[[str], Audio]) -> None:
    sound = spoken(SENTENCE)
    alone = SileroVad(store.resolve("silero-vad")).probabilities(sound)
    one, other = SileroVad(store.resolve("silero-vad")), SileroVad(store.resolve("silero-vad"))
    mixed = []
    for start in range(0, len(sound), FRAME):
        mixed += one.probabilities(sound[start : start + FRAME])
        other.probabilities(np.zeros(FRAME, np.float32))
    assert mixed == pytest.approx(alone, abs=1e-5)


@pytest.mark.model
def test_speech_is_told_from_noise_and_silence(store: ModelStore, spoken: Callable[[str], Audio]) -> None:
    model = store.resolve("silero-vad")
    noise = (0.02 * np.random.default_rng(1).standard_normal(32000)).astype(np.float32)
    assert np.median(SileroVad(model).probabilities(spoken(SENTENCE))) > 0.9
    assert max(SileroVad(model).probabilities(noise)) < 0.5
    assert max(SileroVad(model).probabilities(np.zeros(32000, np.float32))) < 0.5


@pytest.mark.model
def test_the_memory_is_emptied_in_pauses(store: ModelStore, spoken: Callable[[str], Audio]) -> None:
    """What lies more than 2 s back is forgotten at the next pause, so that hold music cannot deafen the detector."""
    model, sound = store.resolve("silero-vad"), spoken(SENTENCE)
    fresh = SileroVad(model).probabilities(sound)

    def after(silent_frames: int) -> list[float]:
        vad = SileroVad(model)
        vad.probabilities(np.zeros(silent_frames * FRAME, np.float32))
        return vad.probabilities(sound)

    assert after(62) == pytest.approx(fresh, abs=1e-6)
    assert after(61) != pytest.approx(fresh, abs=1e-6)

"""End of turn from sound: the features are those of the model's training, a cut sentence is not taken for a whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from transformers import WhisperFeatureExtractor

from callbot.engines import Audio
from callbot.errors import ModelError
from callbot.models import ModelStore
from callbot.speech.smart_turn import SmartTurn

SENTENCE = "There is a van parked across my driveway and I cannot get out to go to work."


@pytest.fixture(scope="module")
def detector(store: ModelStore) -> SmartTurn:
    return SmartTurn(store.resolve("smart-turn"))


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="exactly one"):
        SmartTurn(tmp_path)


@pytest.mark.model
@pytest.mark.parametrize("seconds", [0.0, 0.5, 8.0, 11.0])
def test_features_are_those_of_the_reference(detector: SmartTurn, seconds: float) -> None:
    """The reference is what the model's authors feed: padded in front, normalised, transformers' features."""
    sound = (0.1 * np.random.default_rng(2).standard_normal(int(seconds * 16000))).astype(np.float32)
    padded = np.pad(sound[-128_000:], (max(0, 128_000 - len(sound)), 0))
    reference = WhisperFeatureExtractor(chunk_length=8)(
        padded,
        sampling_rate=16000,
        padding="max_length",
        max_length=128_000,
        truncation=True,
        do_normalize=True,
        return_tensors="np",
    ).input_features[0]
    features = detector.features(sound)
    assert features.shape == (80, 800)
    np.testing.assert_allclose(features, reference, atol=5e-5)


@pytest.mark.model
def test_a_whole_sentence_is_complete_and_a_cut_one_is_not(detector: SmartTurn, spoken: Callable[[str], Audio]) -> None:
    sound = spoken(SENTENCE)
    pause = np.zeros(3200, np.float32)
    assert detector.complete(np.concatenate([sound, pause])) > 0.5
    assert detector.complete(np.concatenate([sound[: 7 * len(sound) // 10], pause])) < 0.2


@pytest.mark.model
def test_only_the_last_eight_seconds_count(detector: SmartTurn, spoken: Callable[[str], Audio]) -> None:
    sound = np.resize(spoken(SENTENCE), 9 * 16000)
    assert detector.complete(sound) == pytest.approx(detector.complete(sound[-8 * 16000 :]), abs=1e-6)

"""One model: features, silence behind the sound, hints, readings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from callbot.engines import Audio
from callbot.errors import ModelError
from callbot.models import ModelStore
from callbot.speech.whisper import Whisper
from callbot.speech.windows import WHOLE, Window, window

SENTENCE = "I would like to report a noise complaint on Orange Street."


@pytest.fixture(scope="module")
def base(store: ModelStore) -> Whisper:
    return Whisper(store.resolve("whisper-base"), cpu_threads=1, workers=1)


def test_a_missing_or_wrong_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model\.bin"):
        Whisper(tmp_path, cpu_threads=1, workers=1)
    (tmp_path / "model.bin").write_bytes(b"no model")
    with pytest.raises(ModelError, match="no Whisper model"):
        Whisper(tmp_path, cpu_threads=1, workers=1)


@pytest.mark.model
@pytest.mark.parametrize("whole", [False, True])
def test_a_cut_window_hears_what_the_whole_one_hears(
    base: Whisper, spoken: Callable[[str], Audio], whole: bool
) -> None:
    sound = spoken(SENTENCE)
    cut = window(len(sound) / 16000, final=True)
    assert cut.encoded < WHOLE.encoded / 4
    heard = base.decode(sound, None if whole else cut, beams=1)
    assert heard.text == SENTENCE
    assert heard.log_probability > -0.5
    assert heard.frames == len(sound) // 160 + 1
    assert " ".join(word.text for word in base.words(heard)) == SENTENCE


@pytest.mark.model
def test_what_is_behind_the_sound_is_silence_to_the_features(base: Whisper, spoken: Callable[[str], Audio]) -> None:
    sound = spoken("Yes.")
    features = base._features(sound, 600)
    assert features.shape == (80, 600)
    assert np.all(features[:, len(sound) // 160 + 5 :] == features.min())


@pytest.mark.model
def test_the_decoder_sees_ready_made_silence_behind_the_encoded_sound(base: Whisper) -> None:
    encoded = np.asarray(base._encode(np.zeros(16000, np.float32), Window(300, 2000)))
    assert encoded.shape == (1, 1000, 512)
    assert np.array_equal(encoded[:, 150:], base._silence[:, 150:1000])


@pytest.mark.model
def test_other_readings_come_best_first_and_differ(base: Whisper, spoken: Callable[[str], Audio]) -> None:
    sound = spoken("Four twelve Winthrop Avenue.")
    heard = base.decode(sound, window(len(sound) / 16000, final=True), beams=5, texts=5)
    readings = [heard.text, *heard.others]
    assert 1 < len(readings) == len(set(readings)) <= 5
    assert base.decode(sound, window(len(sound) / 16000, final=True), beams=5).others == ()

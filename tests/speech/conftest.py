"""Real models and spoken sentences for the tests that are marked `model`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from callbot import audio, config
from callbot.engines import Audio
from callbot.models import ModelStore
from callbot.speech.stt import WhisperTranscriber
from callbot.speech.tts import PiperSynthesizer


@pytest.fixture(scope="session")
def store() -> ModelStore:
    return ModelStore(config.load().models)


@pytest.fixture(scope="session")
def voice(store: ModelStore) -> PiperSynthesizer:
    return PiperSynthesizer(store.resolve("piper-joe"))


@pytest.fixture(scope="session")
def whisper(store: ModelStore) -> WhisperTranscriber:
    small = store.resolve("whisper-tiny-en")
    return WhisperTranscriber(store.resolve("whisper-base"), cpu_threads=1, small_model=small)


@pytest.fixture(scope="session")
def spoken(store: ModelStore) -> Callable[[str], Audio]:
    """A sentence as it comes out of a telephone: 8 kHz μ-law with a little room noise. Always the same sound."""
    voice = PiperSynthesizer(store.resolve("piper-joe"))
    # Piper varies melody and rhythm at random; what the other models make of it should not change from run to run.
    voice._voice.config.noise_scale = voice._voice.config.noise_w_scale = 0.0

    @cache
    def speak(sentence: str) -> Audio:
        said = np.concatenate(list(voice.synthesize(sentence)))
        noise = 0.0005 * np.random.default_rng(0).standard_normal(len(said))
        narrow = audio.to_int16(audio.resample((said + noise).astype(np.float32), 16000, 8000))
        return audio.resample(audio.to_float(audio.ulaw_decode(audio.ulaw_encode(narrow))), 8000, 16000)

    return speak

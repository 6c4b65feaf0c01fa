"""Speech to text: right words at right times, short windows, no words out of noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.engines import Audio
from callbot.speech import stt
from callbot.speech.stt import WhisperTranscriber
from callbot.speech.whisper import Decoded
from callbot.speech.windows import WHOLE, Window

SENTENCE = "I would like to report a noise complaint on Orange Street."
STORY = [
    SENTENCE,
    "My neighbor broke a window last night and then he shouted at everybody in the street.",
    "His dog has been barking since the early morning, and nobody can sleep.",
    "An officer came two weeks ago and talked to him, but nothing has changed since then.",
    "He also took a bicycle that belongs to my daughter, and he will not give it back.",
    "Somebody else has the key to his apartment, but I do not remember her name.",
    "Please call me tomorrow, because now I have to catch my train.",
]
PAUSE = np.zeros(16000, np.float32)


def decoded(text: str, log_probability: float = -0.2, no_speech: float = 0.05) -> Decoded:
    return Decoded(text, [], log_probability, no_speech, None, 0)


@pytest.mark.parametrize(
    ("heard", "reason"),
    [
        (decoded("There's a fire."), ""),
        (decoded("Thank you."), ""),
        (decoded("Help", -1.1, 0.5), ""),
        (decoded("you", -1.0, 0.7), "noise"),
        (decoded("Help", -1.3, 0.2), ""),
        (decoded("you", -1.3, 0.7), "noise"),
        (decoded("The Red Army!", -1.9, 0.1), "noise"),
        (decoded("Ha " * 40), "loop"),
        (decoded("Thanks for watching!"), "phrase"),
        (decoded("you"), "phrase"),
        (decoded("[Music]"), "phrase"),
        (decoded("Ha! Ha! Ha!"), "phrase"),
        (decoded("Please turn the music down."), ""),
    ],
)
def test_what_nobody_can_have_said(heard: Decoded, reason: str) -> None:
    assert stt.phantom(heard, stt._NOISE_IN_WHOLE) == reason


@pytest.mark.parametrize(
    ("heard", "reason"),
    [
        (decoded("five", -0.74, 0.73), ""),
        (decoded("F-A-R-R", -0.2, 0.8), ""),
        (decoded("you", -0.56, 0.92), "noise"),
        (decoded("you", -0.8, 0.9), "noise"),
        (decoded("Terrible!", -1.12, 0.41), "noise"),
    ],
)
def test_a_cut_window_has_measures_of_its_own(heard: Decoded, reason: str) -> None:
    assert stt.phantom(heard, stt._NOISE_IN_CUT) == reason


@given(st.floats(0, 100))
def test_long_sound_is_cut_into_full_windows_without_loss(seconds: float) -> None:
    sound = np.random.default_rng(0).standard_normal(int(seconds * 16000)).astype(np.float32)
    pieces = list(stt._pieces(sound))
    assert pieces[0][0] == 0
    assert pieces[-1][1] == len(sound)
    assert [end for _, end in pieces[:-1]] == [start for start, _ in pieces[1:]]
    assert all(end - start <= 29 * 16000 for start, end in pieces)
    assert all(end - start >= 20 * 16000 for start, end in pieces[:-1])


def test_long_sound_is_cut_where_it_is_quiet() -> None:
    sound = np.random.default_rng(0).standard_normal(40 * 16000).astype(np.float32)
    sound[24 * 16000 : 25 * 16000] = 0
    (_, cut), _ = stt._pieces(sound)
    assert 24 < cut / 16000 < 25


@pytest.mark.model
@pytest.mark.parametrize("full", [False, True])
def test_words_have_times_and_probabilities(
    whisper: WhisperTranscriber, spoken: Callable[[str], Audio], full: bool
) -> None:
    sound = np.concatenate([PAUSE, spoken(SENTENCE)])
    heard = whisper.transcribe(sound, final=True, full=full)
    assert heard.text == SENTENCE
    assert " ".join(word.text for word in heard.words) == SENTENCE
    assert heard.words[0].start > 0.5
    assert heard.words[0].end > 1.0
    assert heard.words[-1].end <= len(sound) / 16000 + 0.1
    assert all(word.start <= word.end for word in heard.words)
    assert heard.confidence == pytest.approx(np.mean([word.probability for word in heard.words]))
    assert heard.confidence > 0.7
    assert heard.no_speech < (0.3 if full else 0.5)


@pytest.mark.model
def test_a_partial_has_text_but_no_words(whisper: WhisperTranscriber, spoken: Callable[[str], Audio]) -> None:
    heard = whisper.transcribe(spoken(SENTENCE), final=False)
    assert "noise complaint" in heard.text
    assert heard.words == ()
    assert 0.5 < heard.confidence <= 1


@pytest.mark.model
def test_the_same_sound_gives_the_same_words(whisper: WhisperTranscriber, spoken: Callable[[str], Audio]) -> None:
    sound = spoken(SENTENCE)
    assert whisper.transcribe(sound, final=True) == whisper.transcribe(sound, final=True)


@pytest.mark.model
def test_other_readings_are_for_answers_that_a_list_or_a_form_can_pick_from(
    whisper: WhisperTranscriber, spoken: Callable[[str], Audio]
) -> None:
    sound = spoken("Four twelve Winthrop Avenue.")
    heard = whisper.transcribe(sound, final=True, kind="location")
    assert heard.alternatives
    assert heard.text not in heard.alternatives
    for kind in ("", "yes_no", "text"):
        assert whisper.transcribe(sound, final=True, kind=kind).alternatives == ()


@pytest.mark.model
def test_a_loop_of_a_cut_window_is_heard_again_in_the_whole_one(
    whisper: WhisperTranscriber, spoken: Callable[[str], Audio], monkeypatch: pytest.MonkeyPatch
) -> None:
    hear = whisper._large.decode
    windows = []

    def loops(audio: Audio, seen: Window | None, **options: Any) -> Decoded:
        windows.append(seen)
        heard = hear(audio, seen, **options)
        return heard if seen == WHOLE else replace(heard, text="Ha " * 40)

    monkeypatch.setattr(whisper._large, "decode", loops)
    assert whisper.transcribe(spoken(SENTENCE), final=True).text == SENTENCE
    assert [seen == WHOLE for seen in windows] == [False, True]


@pytest.mark.model
def test_a_partial_that_loops_is_dropped(
    whisper: WhisperTranscriber, spoken: Callable[[str], Audio], monkeypatch: pytest.MonkeyPatch
) -> None:
    hear = whisper._small.decode
    monkeypatch.setattr(whisper._small, "decode", lambda *a, **k: replace(hear(*a, **k), text="Ha " * 40))
    before = whisper.refused["loop"]
    assert whisper.transcribe(spoken(SENTENCE), final=False).text == ""
    assert whisper.refused["loop"] == before + 1


@pytest.mark.model
def test_sound_longer_than_a_window_is_heard_to_its_end(
    whisper: WhisperTranscriber, spoken: Callable[[str], Audio]
) -> None:
    sound = np.concatenate([part for sentence in STORY for part in (spoken(sentence), PAUSE)])
    assert len(sound) > 30 * 16000
    heard = whisper.transcribe(sound, final=True)
    found = [heard.text.lower().find(word) for word in ("noise", "window", "dog", "officer", "bicycle", "key", "train")]
    assert found == sorted(found)
    assert found[0] >= 0
    times = [word.start for word in heard.words]
    assert times == sorted(times)
    assert 29 < times[-1] < len(sound) / 16000


@pytest.mark.model
@pytest.mark.parametrize("loudness", [0.0, 0.001, 0.1])
def test_noise_gives_no_words(whisper: WhisperTranscriber, loudness: float) -> None:
    before = whisper.refused["noise"]
    sound = (loudness * np.random.default_rng(3).standard_normal(48000)).astype(np.float32)
    heard = whisper.transcribe(sound, final=True)
    assert (heard.text, heard.words, heard.confidence) == ("", (), 0.0)
    assert heard.no_speech > 0.5
    assert whisper.refused["noise"] == before + 1


@pytest.mark.model
def test_no_sound_gives_no_words(whisper: WhisperTranscriber) -> None:
    for count in (0, 100, 1599):
        assert whisper.transcribe(np.zeros(count, np.float32), final=True).text == ""

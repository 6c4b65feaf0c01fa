"""Utterances that are spoken and heard, with a voice and an ear made of paper."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np

from callbot.audio import rms_dbfs
from callbot.engines import SAMPLE_RATE, Audio, Transcript
from callbot.evaluate.hearing import SNRS, chosen, heard, spoken
from callbot.evaluate.judged import Spoken
from tests.evaluate.samples import example


class FakeVoice:
    """A tone as long as the text."""

    def varied(self, sentence: str, *, pace: float, variety: float) -> Iterator[Audio]:  # noqa: ARG002
        times = np.arange(int(0.05 * len(sentence) * pace * SAMPLE_RATE)) / SAMPLE_RATE
        yield (0.1 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)


class FakeEar:
    """Writes down how loud it was in the pause before the words."""

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        kind: str = "",  # noqa: ARG002
        full: bool = False,  # noqa: ARG002
    ) -> Transcript:
        assert final
        return Transcript(f"{rms_dbfs(audio[: SAMPLE_RATE // 4]):.0f}", (), 0.9, 0.0)


def line(text: str, intent: str | None) -> Spoken:
    return Spoken(example(text, intent), text)


LINES = [line(f"{intent} {n}", intent) for intent in ("pothole", "theft", "emergency", None) for n in range(20)]


def test_all_intents_take_their_turn_and_emergencies_come_beside() -> None:
    picked = chosen(LINES, 8, 0)
    intents = [str(one.said.intent) for one in picked]
    assert intents == ["pothole", "theft"] * 4 + ["emergency"] * 4 + ["None"] * 2
    assert picked == chosen(LINES, 8, 0)
    assert picked != chosen(LINES, 8, 1)
    assert len(chosen(LINES, 1000, 0)) == len(LINES)


def test_the_nearer_the_noise_the_louder_it_is() -> None:
    told: list[tuple[int, int]] = []
    found = heard(LINES[:2], FakeVoice(), FakeEar(), 0, lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]
    assert set(found) == set(SNRS)
    for at in range(2):
        levels = [float(found[snr][at].text) for snr in SNRS]
        assert levels == sorted(levels)
        assert found[20][at].heard
        assert found[20][at].said is LINES[at].said


def test_no_two_speak_alike() -> None:
    audio = spoken("a hole in the road", FakeVoice(), Random("1"))
    assert len(audio) != len(spoken("a hole in the road", FakeVoice(), Random("2")))
    assert np.array_equal(audio, spoken("a hole in the road", FakeVoice(), Random("1")))
    assert not audio[: SAMPLE_RATE // 4].any()

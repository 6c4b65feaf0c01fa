"""Turns with a pause in them, through a real ear."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from callbot.audio import read_wav
from callbot.bench.cut_offs import PAUSES, Engines, Outcome, kind_of, listen, paused, table
from callbot.bench.material import Recording, corpus
from callbot.bench.noise import pink
from callbot.content import Site
from callbot.engines import SAMPLE_RATE, Audio
from tests.fakes import FakeDetector, FakeTranscriber, FakeVad


def _recording(words: str) -> Recording:
    return replace(corpus("an4")[0], words=words)


def _sound() -> Audio:
    quiet = np.zeros(SAMPLE_RATE // 2, np.float32)
    return np.concatenate([quiet, pink(2.0) * 4, quiet])


def test_a_pause_makes_the_turn_longer_and_its_places_are_known() -> None:
    turn = paused(_recording("FOUR ONE TWO SIX EIGHT ONE ONE"), _sound(), gap=1.5, pause=0.8)
    assert turn.kind == "phone"
    assert len(turn.audio) / SAMPLE_RATE == pytest.approx(3.8)
    assert turn.begins == pytest.approx(1.5, abs=0.1)
    assert turn.speech_ends == pytest.approx(3.3, abs=0.02)
    assert paused(_recording("215 Orange Street"), _sound(), 1.5, 0.8).kind == "location"


async def test_an_ear_that_thinks_every_pause_is_an_end_cuts_long_ones(site: Site) -> None:
    policy = site.playbook.policy
    engines = Engines(FakeTranscriber(["215 orange street"]), FakeDetector(0.99), FakeVad)
    patient = Engines(FakeTranscriber(["215 orange street"]), FakeDetector(0.01), FakeVad)
    hasty = [await listen(paused(_recording("215"), _sound(), 1.5, pause), engines, policy) for pause in (0.05, 1.2)]
    calm = await listen(paused(_recording("215"), _sound(), 1.5, 0.3), patient, policy)
    assert [outcome.cut for outcome in hasty] == [False, True]
    assert not calm.cut
    assert calm.wait is not None
    assert calm.wait > 0


def _outcome(pause: float, *ends: float) -> Outcome:
    return Outcome("x.wav", "location", pause, begins=2.0, speech_ends=5.0, ends=ends)


def test_an_end_in_the_speakers_own_pause_is_told_apart() -> None:
    own, inserted, none = _outcome(0.5, 1.0, 5.4), _outcome(0.5, 2.4, 5.4), _outcome(0.5, 5.4)
    assert [o.cut for o in (own, inserted, none)] == [False, True, False]
    assert [o.cut_elsewhere for o in (own, inserted, none)] == [True, False, False]
    assert none.wait == pytest.approx(0.4)
    assert _outcome(0.5).wait is None


def test_cut_offs_are_counted_by_the_length_of_the_pause() -> None:
    name = replace(_outcome(0.3, 2.1, 5.4), kind="name")
    rows = table([_outcome(0.8, 2.5, 5.4), _outcome(0.3, 5.4), _outcome(1.2, 3.0, 5.5), name]).rows
    assert [row["pause"] for row in rows] == [
        *(f"{pause:g} s" for pause in PAUSES),
        "up to 0.8 s",
        "names, up to 0.8 s",
    ]
    assert [row["cut"] for row in rows] == [0, 0, 1, 0, 1, 1, 1]
    assert [row["turns"] for row in rows[-2:]] == [2, 1]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("H O F F", "name"),
        ("ONE NINE OH OH EIGHT", "location"),
        ("Four twelve Winthrop Avenue.", "location"),
        ("FOUR ONE TWO SIX EIGHT ONE ONE EIGHT FOUR TWO", "phone"),
        ("SEPTEMBER TWENTY SEVENTH NINETEEN SIXTY SEVEN", "time"),
    ],
)
def test_the_ear_is_told_what_was_asked(words: str, kind: str) -> None:
    assert kind_of(words) == kind


def test_a_shipped_recording_can_be_paused() -> None:
    recording = corpus("an4")[1]
    turn = paused(recording, read_wav(recording.path), 1.0, 0.5)
    assert turn.begins < turn.speech_ends

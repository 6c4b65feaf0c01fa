"""Recordings as a call would hear them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from callbot import config, hearing
from callbot.audio import write_wav
from callbot.content import Site
from callbot.engines import SAMPLE_RATE, Audio, Transcriber, Transcript
from callbot.errors import CallbotError
from callbot.hearing import hear_as_call, hear_offline
from callbot.models import ModelStore
from tests.fakes import FakeDetector, FakeTranscriber, FakeVad

CALLER = Path(__file__).parents[1] / "fixtures" / "audio" / "callers" / "noise_03.wav"


def tone(seconds: float) -> Audio:
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.3 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)


def quiet(seconds: float) -> Audio:
    return np.zeros(int(seconds * SAMPLE_RATE), np.float32)


@dataclass
class Whole:
    """Recognises a recording only if it may use its whole window."""

    seconds: list[float] = field(default_factory=list)

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        kind: str = "",
        full: bool = False,
    ) -> Transcript:
        assert (final, kind, full) == (True, "", True)
        self.seconds.append(len(audio) / SAMPLE_RATE)
        return Transcript("all of it", (), 0.9, 0.0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A caller who says two things."""
    path = tmp_path / "two.wav"
    write_wav(path, np.concatenate([quiet(0.5), tone(1.5), quiet(2.0), tone(1.0)]))
    return path


@pytest.fixture
def recogniser(monkeypatch: pytest.MonkeyPatch) -> list[Transcriber]:
    """Holds the recogniser that a test brings along; the other engines are stand-ins."""
    brought: list[Transcriber] = []
    monkeypatch.setattr(hearing, "load_transcriber", lambda _settings: brought[0])
    monkeypatch.setattr(ModelStore, "resolve", lambda _store, spec: Path(spec))
    monkeypatch.setattr(hearing, "SmartTurn", lambda _path: FakeDetector())
    monkeypatch.setattr(hearing, "SileroVad", lambda _path: FakeVad())
    return brought


def test_every_turn_of_a_recording_is_heard_in_order(site: Site, file: Path, recogniser: list[Transcriber]) -> None:
    recogniser.append(FakeTranscriber(["there is", "a pothole"]))
    (row,) = hear_as_call(config.load(), site.playbook.policy, [file])
    assert row["text"] == "there is a pothole"
    assert row["path"] == str(file)
    assert row["seconds"] == 5.0


def test_partials_bear_the_times_of_the_recording(site: Site, file: Path, recogniser: list[Transcriber]) -> None:
    recogniser.append(FakeTranscriber(["there is", "a pothole"], partials=["there", "there is", "a", "a pot"]))
    (row,) = hear_as_call(config.load(), site.playbook.policy, [file])
    times = [at for at, _ in row["partials"]]
    assert [text for _, text in row["partials"]][:2] == ["there", "there is"]
    assert times == sorted(times)
    assert 0.5 < times[0] < 2.0


def test_a_recording_of_nobody_has_no_words(site: Site, tmp_path: Path, recogniser: list[Transcriber]) -> None:
    recogniser.append(FakeTranscriber(["never said"]))
    write_wav(tmp_path / "silence.wav", quiet(2.0))
    (row,) = hear_as_call(config.load(), site.playbook.policy, [tmp_path / "silence.wav"])
    assert (row["text"], row["partials"], row["compute_seconds"]) == ("", [], 0.0)


def test_offline_a_recording_is_heard_at_once(file: Path, recogniser: list[Transcriber]) -> None:
    engine = Whole()
    recogniser.append(engine)
    (row,) = hear_offline(config.load(), [file])
    assert engine.seconds == [5.0]
    assert (row["text"], row["partials"]) == ("all of it", [])


def test_a_file_that_is_no_recording_is_named(site: Site, tmp_path: Path, recogniser: list[Transcriber]) -> None:
    recogniser.append(FakeTranscriber([""]))
    (tmp_path / "notes.wav").write_text("no sound")
    with pytest.raises(CallbotError, match=r"notes\.wav"):
        list(hear_as_call(config.load(), site.playbook.policy, [tmp_path / "notes.wav"]))


@pytest.mark.model
def test_a_recorded_caller_is_understood_word_for_word(site: Site) -> None:
    (row,) = hear_as_call(config.load(), site.playbook.policy, [CALLER])
    assert row["text"] == "My name is Daniel Ortiz."
    assert row["partials"]
    assert row["compute_seconds"] > 0

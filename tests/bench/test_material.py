"""Recordings, manifests and pauses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from callbot.audio import write_wav
from callbot.bench import material
from callbot.bench.noise import pink
from callbot.engines import SAMPLE_RATE
from callbot.errors import ConfigError
from callbot.events import Word


@pytest.mark.parametrize(
    ("name", "recordings", "speakers"), [("an4", 30, 12), ("librispeech", 10, 10), ("fsdd", 12, 6)]
)
def test_the_shipped_people_are_as_listed(name: str, recordings: int, speakers: int) -> None:
    found = material.corpus(name)
    assert len(found) >= recordings
    assert len({recording.speaker for recording in found}) >= speakers
    assert {recording.path.name for recording in found} == {path.name for path in (material.AUDIO / name).glob("*.wav")}
    for recording in found:
        info = soundfile.info(recording.path)
        assert (info.samplerate, info.channels, info.subtype) == (8000, 1, "PCM_16")


def test_noise_is_short_enough_to_be_shipped() -> None:
    assert sum(path.stat().st_size for path in (material.AUDIO / "noise").glob("*.wav")) < 1.5e6


def _manifest(folder: Path, *rows: object) -> None:
    (folder / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_a_folder_of_recordings_is_read_by_its_manifest(tmp_path: Path) -> None:
    write_wav(tmp_path / "one.wav", pink(0.2))
    row = {"path": "one.wav", "text": "Hi!", "text_norm": "hi", "set": "mine", "speaker": "me"}
    _manifest(
        tmp_path, row, {**row, "text_norm": ""}, {**row, "path": "gone.wav"}, {**row, "text": "", "text_norm": ""}
    )
    found = material.from_folder(tmp_path)
    assert [(rec.words, rec.corpus, rec.speaker) for rec in found] == [("hi", "mine", "me"), ("Hi!", "mine", "me")]


@pytest.mark.parametrize(
    ("text", "complaint"), [('{"path": 1}', ":1: no object"), ("[]", ":1: "), ("", "no recording")]
)
def test_a_wrong_manifest_is_explained(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "manifest.jsonl").write_text(text)
    with pytest.raises(ConfigError, match=complaint):
        material.from_folder(tmp_path)


def test_a_missing_manifest_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        material.from_folder(tmp_path)


def test_a_few_of_each_corpus_are_spread_over_it() -> None:
    few = material.thinned(material.shipped(), 3)
    assert [rec.corpus for rec in few] == [name for name in ("callers", "an4", "librispeech", "fsdd") for _ in range(3)]
    assert len(set(few)) == 12
    assert material.thinned(few, None) == few


def test_every_kind_of_noise_is_there() -> None:
    kinds = material.noises(1.0)
    assert len(kinds) == 6
    assert {len(audio) for audio in kinds.values()} == {SAMPLE_RATE}
    assert {len(audio) for audio in material.backgrounds(1.0).values()} == {SAMPLE_RATE}


def test_a_pause_is_put_where_it_is_quiet() -> None:
    sound = pink(1.0)
    sound[8000:8320] = 0
    audio, at = material.with_pause(sound, at=0.55, seconds=0.5)
    assert len(audio) == 1.5 * SAMPLE_RATE
    assert 0.5 < at < 0.52
    assert np.abs(audio[8320:16000]).max() < 0.002


def test_pauses_are_put_inside_numbers_and_addresses() -> None:
    texts = ["It's", " 2", "15", " Orange", " Street,", " the", " yellow"]
    words = [Word(text, i, i + 0.8, 1.0) for i, text in enumerate(texts)]
    assert material.gaps_in_numbers(words) == pytest.approx([0.9, 1.9, 2.9])
    assert material.gaps_in_numbers(words[4:]) == []


def test_parts_are_joined_without_the_silence_at_their_ends() -> None:
    part = np.concatenate([np.zeros(100, np.float32), np.ones(50, np.float32), np.zeros(100, np.float32)])
    assert len(material.audible(part)) == 50
    assert len(material.audible(part[:100])) == 0
    assert len(material.joined([part, part, part], 0.01)) == 750 + 2 * 160

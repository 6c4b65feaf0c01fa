"""Text to speech: begins at once, sounds even, keeps fixed prompts and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from callbot import audio
from callbot.errors import CallbotError, ModelError
from callbot.models import ModelStore
from callbot.speech import tts
from callbot.speech.tts import PiperSynthesizer, PromptCache

PROMPT, OTHER = "What is the address?", "I have two fifteen Orange Street."


def tone(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return (0.3 * np.sin(2 * np.pi * 300 * np.arange(int(16000 * seconds)) / 16000)).astype(np.float32)


def test_sound_is_trimmed_levelled_and_faded() -> None:
    raw = np.concatenate([np.zeros(4000, np.float32), tone(1.0)])
    done = tts._finished(raw)
    assert len(done) == pytest.approx(16000 + 160, abs=5)
    assert audio.rms_dbfs(done) == pytest.approx(tts.LEVEL, abs=0.5)
    assert done[0] == 0
    assert done[-1] == 0
    assert np.abs(np.diff(done)).max() < 0.05


def test_silence_and_snippets_survive() -> None:
    assert not tts._finished(np.zeros(100, np.float32)).any()
    assert tts._finished(np.zeros(0, np.float32)).size == 0
    assert np.isfinite(tts._finished(tone(0.002))).all()


def test_the_cache_tells_voices_and_sentences_apart(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path / "prompts")
    assert cache.get("joe", PROMPT) is None
    cache.put("joe", PROMPT, tone(0.1))
    assert cache.has("joe", PROMPT)
    assert not cache.has("joe", OTHER)
    assert cache.get("amy", PROMPT) is None
    for reader in (cache, PromptCache(tmp_path / "prompts")):
        got = reader.get("joe", PROMPT)
        assert got is not None
        np.testing.assert_allclose(got, tone(0.1), atol=1e-4)


def test_an_interrupted_put_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tts, "write_wav", interrupted)
    with pytest.raises(KeyboardInterrupt):
        PromptCache(tmp_path).put("joe", PROMPT, tone(0.1))
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_prompt_is_not_passed_over(tmp_path: Path) -> None:
    PromptCache(tmp_path).put("joe", PROMPT, tone(0.1))
    next(tmp_path.iterdir()).write_bytes(b"damaged")
    with pytest.raises(CallbotError, match="no sound file"):
        PromptCache(tmp_path).get("joe", PROMPT)


def test_a_wrong_voice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="exactly one"):
        PiperSynthesizer(tmp_path)
    (tmp_path / "a.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"a\.onnx\.json is no description"):
        PiperSynthesizer(tmp_path)
    (tmp_path / "a.onnx.json").write_text("{}")
    with pytest.raises(ModelError, match="no ONNX model"):
        PiperSynthesizer(tmp_path)


@pytest.mark.model
def test_speech_begins_at_once_at_the_level(voice: PiperSynthesizer) -> None:
    (stretch,) = voice.synthesize(PROMPT)
    assert stretch.dtype == np.float32
    assert 0.7 < len(stretch) / 16000 < 3
    # Piper speaks a little differently each time; a stretch with a high peak stays below the level.
    assert tts.LEVEL - 4 < audio.rms_dbfs(stretch) < tts.LEVEL + 1
    assert np.abs(stretch).max() <= 1
    assert int(np.argmax(np.abs(stretch) > 0.01)) < 800


@pytest.mark.model
def test_each_sentence_is_a_stretch_and_no_words_are_none(voice: PiperSynthesizer) -> None:
    assert len(list(voice.synthesize("All right. What is the address?"))) == 2
    assert list(voice.synthesize("")) == []


@pytest.mark.model
def test_fixed_prompts_are_made_once_and_nothing_else_is_kept(
    store: ModelStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    speaker = PiperSynthesizer(store.resolve("piper-joe"), PromptCache(tmp_path))
    assert speaker.warm([PROMPT, "One moment. Please hold.", PROMPT], progress=True) == 2
    assert capsys.readouterr().err == "making 2 prompts\n"
    assert speaker.warm([PROMPT], progress=True) == 0
    assert capsys.readouterr().err == ""
    (first,) = speaker.synthesize(PROMPT)
    (again,) = speaker.synthesize(PROMPT)
    assert first is again
    assert len(list(speaker.synthesize("One moment. Please hold."))) == 1
    assert list(speaker.synthesize(OTHER))
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.model
def test_without_a_cache_nothing_is_warmed(voice: PiperSynthesizer) -> None:
    assert voice.warm([PROMPT], progress=True) == 0


@pytest.mark.model
def test_another_voice_has_another_fingerprint(store: ModelStore, voice: PiperSynthesizer, tmp_path: Path) -> None:
    path = store.resolve("piper-joe")
    (tmp_path / "a.onnx").write_bytes(path.read_bytes())
    settings = path.with_name(path.name + ".json").read_text()
    (tmp_path / "a.onnx.json").write_text(settings)
    assert PiperSynthesizer(tmp_path).fingerprint == voice.fingerprint
    (tmp_path / "a.onnx.json").write_text(settings + "\n")
    assert PiperSynthesizer(tmp_path).fingerprint != voice.fingerprint

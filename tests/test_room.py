"""Loading engines, and what stands in for one that is missing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from callbot import config
from callbot.content import Site
from callbot.errors import EngineError, ModelError
from callbot.metrics import Metrics
from callbot.nlu.drift import Turn, baseline
from callbot.room import (
    Missing,
    load_rules,
    load_understander,
    needed_models,
    open_room,
    open_store,
    slot_reader,
    watched,
)
from tests.fakes import WALL


def test_the_models_of_a_call_are_named(site: Site) -> None:
    assert set(needed_models(config.load(), site)) == {
        "whisper-base",
        "whisper-tiny-en",
        "minilm-l6",
        "smart-turn",
        "silero-vad",
        "piper-joe",
    }


def test_a_missing_engine_raises_its_reason_whatever_is_asked() -> None:
    missing = Missing("the model is gone")
    audio = np.zeros(10, np.float32)
    with pytest.raises(EngineError, match="the model is gone"):
        missing.transcribe(audio, final=True)
    with pytest.raises(EngineError, match="the model is gone"):
        missing.understand("words", "", WALL)
    with pytest.raises(EngineError, match="the model is gone"):
        missing.complete(audio)
    with pytest.raises(EngineError, match="the model is gone"):
        missing.synthesize("words")


def test_without_voice_activity_nobody_would_be_heard(site: Site, tmp_path: Path) -> None:
    settings = config.load(home=tmp_path, models=tmp_path / "none")
    store = open_store(settings, site)
    with pytest.raises(ModelError, match="silero-vad"), open_room(settings, site, store, Metrics(), lambda *_: None):
        pass
    store.close()


def test_a_missing_adapter_is_a_clear_sentence(site: Site, tmp_path: Path) -> None:
    settings = config.load(models=tmp_path)
    with pytest.raises(ModelError):
        load_understander(settings, site, tmp_path / "no adapter")


def test_slots_are_read_without_a_model(site: Site) -> None:
    hits = slot_reader(site).read("it's at 88 Howe Street", "location", (), WALL, is_answer=True)
    assert [hit.name for hit in hits] == ["location"]
    assert isinstance(hits[0].value, dict)
    assert hits[0].value["matched"] == "Howe Street"


def test_what_the_model_understands_is_counted_beside_what_is_usual(
    site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    adapter = tmp_path / "intents" / "adapter" / "v1"
    adapter.mkdir(parents=True)
    (adapter.parent / "current").write_text("v1\n")
    usual = baseline([Turn(0.9, False, 10, 1)])
    (adapter / "card.json").write_text(json.dumps({"drift": usual.model_dump()}))
    elsewhere, metrics = replace(site, folder=tmp_path), Metrics()
    engine = watched(load_rules(site), elsewhere, metrics)
    engine.understand("a pothole on Whalley Avenue, zzyzx", "", WALL)
    text = metrics.text().decode()
    assert "callbot_understood_unknown_words_total 1.0" in text
    assert "callbot_training_unknown_words_share 0.1" in text
    (adapter / "card.json").write_text("no card")
    watched(load_rules(site), elsewhere, Metrics())
    assert "does not tell what is usual" in caplog.text

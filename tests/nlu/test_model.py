"""The small model as shipped, and what it refuses to load."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from callbot import config
from callbot.errors import ModelError
from callbot.models import ModelStore
from callbot.nlu.model import SmallModel, transitions, viterbi
from callbot.nlu.served import open_encoder
from callbot.nlu.versions import current
from callbot.room import graphs

VERSIONS = config.STARTER_SITE / "intents" / "adapter"


@cache
def encoder_folder() -> Path:
    return ModelStore(config.load().models).resolve("minilm-l6")


@cache
def shipped() -> SmallModel:
    return loaded(encoder_folder(), current(VERSIONS))


def loaded(encoder: Path, adapter: Path) -> SmallModel:
    return SmallModel.load(encoder, adapter, open_encoder(graphs(config.load())))


def intent(text: str, asked: str = "") -> str:
    prediction = shipped().predict(text, asked)
    return "out_of_scope" if prediction.out_of_scope else prediction.intents[0].name


def values(text: str, asked: str = "") -> dict[str, str]:
    return {span.slot: text[span.start : span.end] for span in shipped().predict(text, asked).spans}


# ---------------------------------------------------------------- decoding


def test_a_value_cannot_go_on_before_it_began() -> None:
    tags = ("O", "B-plate", "I-plate", "B-location", "I-location")
    wish = np.array([[0, -1, 5, -9, -9], [0, -9, 5, -9, 4]], dtype=np.float32)
    assert [tags[tag] for tag in viterbi(wish, transitions(tags))] == ["B-plate", "I-plate"]


def test_no_words_no_tags() -> None:
    assert viterbi(np.zeros((0, 3), dtype=np.float32), transitions(("O", "B-x", "I-x"))) == []


# ---------------------------------------------------------------- understanding


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("Hi, I'd like to report a really deep pothole on Whalley Avenue.", "reason", "pothole"),
        ("my upstairs neighbors are blasting music and it's two in the morning", "reason", "noise_complaint"),
        ("a truck is parked across my driveway and I can't get out", "reason", "parking_violation"),
        ("somebody took my bicycle from the porch last night", "reason", "theft_report"),
        ("she collapsed and she isn't breathing", "location", "emergency"),
        ("can I please just talk to a human being", "location", "speak_to_person"),
        ("215 Orange Street", "location", "inform"),
        ("yes that's correct", "confirm", "affirm"),
        ("no", "confirm", "deny"),
        ("could you say that again", "plate", "repeat"),
        ("what's the best recipe for banana bread", "reason", "out_of_scope"),
    ],
)
def test_what_callers_want(text: str, asked: str, expected: str) -> None:
    assert intent(text, asked) == expected


@pytest.mark.model
def test_two_wishes_are_both_returned() -> None:
    prediction = shipped().predict("a noise complaint on Chapel Street and also an abandoned car on Elm Street")
    assert set(prediction.wanted) == {"noise_complaint", "abandoned_vehicle"}
    assert min(guess.probability for guess in prediction.intents[:2]) > 0.5, "each as if it stood alone"
    assert len(shipped().predict("there's a deep pothole on Chapel Street").wanted) == 1


@pytest.mark.model
def test_an_emergency_stands_beside_anything_else() -> None:
    prediction = shipped().predict("there's a pothole on Elm Street and my husband just collapsed he's not breathing")
    assert prediction.intents[0].name == "emergency"
    assert prediction.alarm.rings
    assert prediction.alarm.kind == "medical"
    assert not prediction.out_of_scope
    calm = shipped().predict("there's a pothole on Elm Street that nearly killed my suspension")
    assert not calm.alarm.rings


@pytest.mark.model
def test_values_come_back_in_the_callers_own_words() -> None:
    said = "Uh, somebody stole my red Honda Civic from 215 Orange Street."
    assert values(said, "reason") == {"location": "215 Orange Street", "vehicle": "red Honda Civic"}
    about = "there's a pothole at 215 Orange Street, it wrecked my red Honda Civic"
    assert set(values(about, "reason")) == {"location"}, "a pothole has no vehicle"


@pytest.mark.model
@pytest.mark.parametrize(
    "said",
    [
        "two fifteen orange street",
        "215 Orange St.",
        "Orange and Chapel",
        "sixteen oh one Ella T Grasso",
    ],
)
def test_an_address_is_understood_however_it_is_written(said: str) -> None:
    assert values(said, "location") == {"location": said.rstrip(".")}


@pytest.mark.model
@pytest.mark.parametrize(
    ("asked", "said", "value"),
    [
        ("plate", "it's B K one one seven nine", "B K one one seven nine"),
        ("plate", "BK1179", "BK1179"),
        ("callback_number", "yeah it's 203-555-0142", "203-555-0142"),
        ("caller_name", "my name is Priya Raman", "Priya Raman"),
        ("occurred_at", "I think around 10:30 last night", "around 10:30 last night"),
    ],
)
def test_answers_to_questions(asked: str, said: str, value: str) -> None:
    assert values(said, asked)[asked] == value


@pytest.mark.model
def test_probabilities_are_complete_and_sorted() -> None:
    prediction = shipped().predict("there is a car on fire on the highway", "reason")
    chances = [guess.probability for guess in prediction.intents]
    assert sorted(guess.name for guess in prediction.intents) == sorted(shipped().intents)
    assert prediction.intents[0].name == "emergency"
    assert chances[1:] == sorted(chances[1:], reverse=True)
    assert sum(chances[1:]) <= 1.001


@pytest.mark.model
@pytest.mark.parametrize("text", ["", " ... "])
def test_nothing_said_means_nothing(text: str) -> None:
    prediction = shipped().predict(text, "location")
    assert (prediction.intents, prediction.spans, prediction.out_of_scope) == ((), (), True)


@pytest.mark.model
def test_a_very_long_turn_is_read_as_far_as_it_goes() -> None:
    said = "there's a pothole on Chapel Street and nobody comes to mend it " * 40
    prediction = shipped().predict(said, "reason")
    assert prediction.intents[0].name == "pothole"
    assert all(span.end <= len(said) for span in prediction.spans)


@pytest.mark.model
def test_many_threads_get_the_same_answers() -> None:
    texts = ["there's a pothole on Chapel Street", "yes", "215 orange street apartment three", "I smell gas"] * 8
    alone = [shipped().predict(text, "location") for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: shipped().predict(text, "location"), texts))
    assert together == alone


# ---------------------------------------------------------------- refusals


@pytest.mark.model
def test_an_adapter_for_another_encoder_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "encoder"
    shutil.copytree(encoder_folder(), other)
    with (other / "model.safetensors").open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelError, match="trained on another encoder"):
        loaded(other, current(VERSIONS))


@pytest.mark.model
@pytest.mark.parametrize("name", ["adapter_model.safetensors", "heads.safetensors", "settings.json"])
def test_a_missing_or_damaged_file_is_named(name: str, tmp_path: Path) -> None:
    adapter = tmp_path / "adapter"
    shutil.copytree(current(VERSIONS), adapter)
    content = (adapter / name).read_bytes()
    (adapter / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match=name):
        loaded(encoder_folder(), adapter)
    (adapter / name).unlink()
    with pytest.raises(ModelError, match=f"{name} is missing"):
        loaded(encoder_folder(), adapter)


@pytest.mark.model
@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("format", 99, "format 99"),
        ("intents", ["pothole", "deny"], "does not fit"),
        ("slot_temperature", 0, "slot_temperature"),
        ("colour", "red", "colour"),
    ],
)
def test_settings_of_another_adapter_are_refused(key: str, value: object, complaint: str, tmp_path: Path) -> None:
    adapter = tmp_path / "adapter"
    shutil.copytree(current(VERSIONS), adapter)
    settings = json.loads((adapter / "settings.json").read_text(encoding="utf-8")) | {key: value}
    (adapter / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    with pytest.raises(ModelError, match=complaint):
        loaded(encoder_folder(), adapter)


def test_an_encoder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is missing"):
        loaded(tmp_path, tmp_path)

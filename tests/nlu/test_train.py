"""A real, small training: it learns, and it never leaves half an adapter behind."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from callbot import config
from callbot.errors import ModelError
from callbot.nlu.card import Report
from callbot.nlu.heard import HeardExample, source_of
from callbot.nlu.model import SmallModel
from callbot.nlu.recipe import Recipe, continued
from callbot.nlu.served import open_encoder
from callbot.nlu.train import Task, learn, recipe_of, train
from callbot.nlu.utterances import UtteranceFile, examples
from callbot.nlu.versions import current, versions
from callbot.room import graphs
from tests.nlu.test_model import encoder_folder
from tests.nlu.test_swaps import LISTS

SMALL = Recipe(passes=1, draws=640)

SEEN: dict[str | None, list[object]] = {
    "pothole": [
        "there's a pothole on [Chapel Street](location)",
        "a deep hole in the road at [Whalley Avenue](location)",
        "a pothole has opened on [Elm Street](location)",
        "the road is full of potholes near [Orange Street](location)",
    ],
    "noise_complaint": [
        "loud music on [Chapel Street](location)",
        "a noisy party next door, on [East Rock Road](location)",
        "the neighbours make so much noise on [Elm Street](location)",
        "somebody plays loud music at night near [Orange Street](location)",
    ],
    "emergency": [
        {"say": "my house is on fire", "kind": "fire"},
        {"say": "there is smoke and fire in the kitchen", "kind": "fire"},
        {"say": "I smell gas in the house", "kind": "gas"},
        {"say": "a gas leak, the whole house smells", "kind": "gas"},
    ],
    "out_of_scope": ["what's the weather tomorrow", "I want to order a pizza", "who won the game", "sing me a song"],
}
UNSEEN: dict[str | None, list[object]] = {
    "pothole": ["my tire hit a big hole in the street on [Chapel Street](location)"],
    "noise_complaint": ["they play music so loud that I can't sleep"],
    None: ["this noise is killing me"],
}


def files(utterances: dict[str | None, list[object]]) -> list[UtteranceFile]:
    return [UtteranceFile.model_validate({"intent": intent, "utterances": said}) for intent, said in utterances.items()]


def task(out: Path, seen: dict[str | None, list[object]]) -> Task:
    said = examples(files(SEEN)[0])[0]
    return Task(
        files=files(seen),
        heard=[HeardExample(source_of(said), said)],
        plain=[],
        slots={"pothole": frozenset({"location"}), "noise_complaint": frozenset({"location"})},
        lists=LISTS,
        held_out=files(UNSEEN),
        is_emergency=lambda text: "fire" in text,
        encoder=encoder_folder(),
        out=out,
        cache=graphs(config.load()),
    )


def small_training(out: Path, steps: list[str], day: int = 2) -> Report:
    return train(
        task(out, SEEN),
        seed=0,
        recipe=SMALL,
        progress=lambda done, total, word: steps.append(f"{done}/{total} {word}"),
        today=date(2030, 1, day),
    )


@pytest.mark.model
def test_a_small_training_learns_and_serves(tmp_path: Path) -> None:
    out, steps = tmp_path / "adapter", list[str]()
    report = small_training(out, steps)
    assert current(out) == report.folder, "the first version serves at once"
    model = SmallModel.load(encoder_folder(), report.folder, open_encoder(graphs(config.load())))

    said = "There's a pothole on Whalley Avenue!"
    prediction = model.predict(said, "reason")
    assert prediction.intents[0].name == "pothole"
    assert [said[span.start : span.end] for span in prediction.spans] == ["Whalley Avenue"]
    assert model.predict("loud music next door").intents[0].name == "noise_complaint"
    danger = model.predict("the kitchen is on fire")
    assert danger.alarm.head > model.predict("a pothole on Elm Street").alarm.head
    assert danger.alarm.kind == "fire"

    assert versions(out) == [report.folder.name]
    assert not [path for path in out.iterdir() if path.name.startswith(".")], "no scratch folder stays"
    assert sum(file.stat().st_size for file in report.folder.iterdir()) < 6_000_000, "small enough to lie in the site"
    assert steps[-1].startswith("27/27 pass 1: dev")
    text = (report.folder / "README.md").read_text(encoding="utf-8")
    assert all(fact in text for fact in ("2030-01-02", report.data, "Apache-2.0"))
    assert json.loads((report.folder / "card.json").read_text(encoding="utf-8"))["data"] == report.data
    assert report.held_out is not None
    assert report.held_out.look_alikes.count == 1


@pytest.mark.model
def test_a_training_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "adapter"
    (out / "old").mkdir(parents=True)
    (out / "current").write_text("old\n", encoding="utf-8")
    with pytest.raises(ValueError, match="two intents"):
        train(
            task(out, {"pothole": ["a pothole"]}),
            seed=0,
            recipe=SMALL,
            progress=lambda *_: None,
            today=date(2030, 1, 2),
        )
    assert current(out) == out / "old"
    assert sorted(path.name for path in out.iterdir()) == ["current", "old"]


@pytest.mark.model
def test_what_was_learned_elsewhere_is_filed_here_and_goes_on_from_a_version(tmp_path: Path) -> None:
    out, weights = tmp_path / "adapter", tmp_path / "weights"
    learn(task(out, SEEN), weights, seed=3, recipe=SMALL, progress=lambda *_: None)
    first = train(
        task(out, SEEN), seed=0, recipe=SMALL, progress=lambda *_: None, today=date(2030, 1, 2), learned=weights
    )
    card = json.loads((first.folder / "card.json").read_text(encoding="utf-8"))
    assert (card["seed"], card["recipe"]["draws"], card["after"]) == (3, 640, "")
    assert sorted(path.name for path in weights.iterdir()) == [
        *("adapter_config.json", "adapter_model.safetensors", "heads.safetensors", "learned.json")
    ], "the weights stay as they were"

    further = continued(recipe_of(first.folder), "cpu")
    assert (further.rank, further.layers) == (SMALL.rank, SMALL.layers)
    assert further.rate < SMALL.rate
    lines = SEEN | {"pothole": [*SEEN["pothole"], "a pothole swallowed my wheel"]}
    second = train(
        task(out, lines),
        seed=0,
        recipe=replace(further, passes=1, draws=240),
        progress=lambda *_: None,
        today=date(2030, 1, 3),
        after=first.folder,
    )
    assert json.loads((second.folder / "card.json").read_text(encoding="utf-8"))["after"] == first.folder.name
    model = SmallModel.load(encoder_folder(), second.folder, open_encoder(graphs(config.load())))
    assert model.predict("a deep pothole on Elm Street", "reason").intents[0].name == "pothole"


@pytest.mark.model
def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"learned\.json is missing"):
        train(
            task(tmp_path / "adapter", SEEN),
            seed=0,
            recipe=SMALL,
            progress=lambda *_: None,
            today=date(2030, 1, 2),
            learned=tmp_path / "nowhere",
        )
    assert not (tmp_path / "adapter").exists(), "nothing was begun"


@pytest.mark.model
def test_weights_of_other_utterances_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    learn(task(tmp_path, SEEN), weights, seed=0, recipe=replace(SMALL, draws=48), progress=lambda *_: None)
    other = SEEN | {"out_of_scope": ["what a day", "never mind the weather"]}
    with pytest.raises(ModelError, match="other utterances"):
        train(
            task(tmp_path / "adapter", other),
            seed=0,
            recipe=SMALL,
            progress=lambda *_: None,
            today=date(2030, 1, 2),
            learned=weights,
        )
    with pytest.raises(ModelError, match="other intents"):
        learn(
            task(tmp_path, {name: said for name, said in SEEN.items() if name != "out_of_scope"}),
            tmp_path / "more",
            seed=0,
            recipe=SMALL,
            progress=lambda *_: None,
            after=current(config.load().site / "intents" / "adapter"),
        )

"""All parts together, with engines made of paper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from callbot import config
from callbot.content import Site
from callbot.errors import ConfigError
from callbot.evaluate import suite
from callbot.evaluate.judged import Spoken
from callbot.evaluate.section import Section
from callbot.evaluate.suite import BENCHMARKS, PARTS, TEXT, Plan, chosen, folders, held_out_judged, run
from tests.evaluate.samples import engine, example
from tests.evaluate.test_benchmarks import snips_folder

LINES = [
    Spoken(example("there is a hole", "pothole"), "there is a hole"),
    Spoken(example("my house is on fire", "emergency", "fire"), "my house is on fire"),
    Spoken(example(" ".join(["word"] * 20), "out_of_scope"), " ".join(["word"] * 20)),
]


@pytest.fixture
def plan(site: Site, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr(suite, "written", lambda _: LINES)
    intents = {LINES[1].text: "emergency", LINES[2].text: "out_of_scope"}
    monkeypatch.setattr(suite, "load_understander", lambda *_: engine(site, intents))
    return Plan(config.load(), site, lambda *_: None, "2030-01-02")


def test_parts_run_in_their_order() -> None:
    assert chosen([]) == list(PARTS)
    assert chosen(["latency", "slots"]) == ["slots", "latency"]
    with pytest.raises(ConfigError, match="no part 'speed'"):
        chosen(["speed"])


def test_benchmarks_are_named_with_their_folder(tmp_path: Path) -> None:
    assert folders([f"snips={tmp_path}"]) == {"snips": tmp_path}
    for wrong, sentence in (("atis=x", "NAME=FOLDER"), ("snips", "no folder"), ("snips=/no/such", "no folder")):
        with pytest.raises(ConfigError, match=sentence):
            folders([wrong])


def test_every_part_is_shown_and_written(plan: Plan, tmp_path: Path) -> None:
    shown: list[str] = []
    document = run(chosen([]), plan, tmp_path / "out", shown.append)
    parts = document["conditions"][TEXT]
    assert set(parts) == set(PARTS) - {"benchmarks"}
    assert parts["intents"]["accuracy"] == 1.0
    assert parts["emergencies"]["detectors"]["any"]["recall"]["hits"] == 1
    assert json.loads((tmp_path / "out" / "evaluate.json").read_text()) == json.loads(json.dumps(document))
    assert "<svg" in (tmp_path / "out" / "report.html").read_text()
    assert any(text.startswith("### text: intents") for text in shown)


def test_only_what_is_asked_for_is_done(plan: Plan, tmp_path: Path) -> None:
    document = run(["intents"], plan, tmp_path, lambda _: None)
    assert set(document["conditions"][TEXT]) == {"intents"}


def test_speech_is_compared_with_the_same_words_as_text(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hears(lines: Sequence[Spoken], *_: Any) -> dict[int, list[Spoken]]:
        return {10: [Spoken(line.said, "static", heard=True) for line in lines]}

    for name in ("load_voice", "load_transcriber"):
        monkeypatch.setattr(suite, name, lambda *_: None)
    monkeypatch.setattr(suite, "heard", hears)
    spoken = Plan(plan.settings, plan.site, plan.progress, plan.made, speech=True, samples=4)
    conditions = run(["intents"], spoken, tmp_path, lambda _: None)["conditions"]
    assert list(conditions) == [TEXT, "text of the spoken ones", "speech, noise 10 dB"]
    assert conditions["speech, noise 10 dB"]["intents"]["accuracy"] < 1.0


def test_benchmarks_are_trained_and_tested(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "run_benchmark", lambda benchmark, *_: Section({"tested": len(benchmark.tested)}))
    monkeypatch.setattr(suite, "ModelStore", lambda _: type("Store", (), {"resolve": staticmethod(Path)}))
    named = {"snips": snips_folder(tmp_path / "snips")}
    other = Plan(plan.settings, plan.site, plan.progress, plan.made, benchmarks=named)
    document = run(["benchmarks"], other, tmp_path / "out", lambda _: None)
    assert document["conditions"] == {BENCHMARKS: {"snips": {"tested": 2}}}


def test_a_version_is_judged_by_the_held_out_utterances(plan: Plan) -> None:
    told: list[str] = []
    judged = held_out_judged(plan.settings, plan.site, lambda _done, _of, doing: told.append(doing))
    assert [row.guess for row in judged(Path("adapter/v7"))] == ["pothole", "emergency", "out_of_scope"]
    assert set(told) == {"v7"}


def test_without_held_out_utterances_nothing_can_be_told(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "written", lambda _: [])
    with pytest.raises(ConfigError, match="no held-out utterances"):
        run(["intents"], plan, tmp_path, lambda _: None)


def test_a_folder_that_cannot_be_made_is_wrong_usage(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be made"):
        run(["intents"], plan, tmp_path / "file" / "out", lambda _: None)

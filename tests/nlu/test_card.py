"""The model card tells what a reader must know, and nothing that is not so."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from callbot.nlu.calibrate import Cutoff
from callbot.nlu.card import Report, card, card_json
from callbot.nlu.drift import Baseline, baseline_of
from callbot.nlu.measures import Figures, Watch
from callbot.nlu.recipe import Recipe
from callbot.nlu.scores import Judgement, score


def figures(*pairs: tuple[str | None, str], emergencies: Watch) -> Figures:
    value = frozenset({("location", 0, 5)})
    rows = [Judgement(truth, guess, 0.9, False, value, value) for truth, guess in pairs]
    none = Watch(0, 0, 0, 0, 0, 0, 0)
    alike = Watch(50, 2, 1, 0, 1, 3, 0)
    return Figures(score(rows), emergencies, alike, none, 10, 9, 200, 7, ((1.0, 0.4, 0.05), (0.5, 0.9, 0.0)))


REPORT = Report(
    folder=Path("2030-01-02-ab120"),
    bytes=3_000_000,
    data="ab12",
    seed=7,
    recipe=Recipe(passes=4, draws=10_000, device="cuda"),
    after="2029-12-01-00ff",
    best_epoch=3,
    trained=88,
    heard=30,
    seconds=690.0,
    close=Cutoff(0.83, 250, 1, 0.0188),
    calibration=figures(
        ("pothole", "pothole"), ("emergency", "emergency"), emergencies=Watch(95, 90, 93, 91, 94, 95, 60)
    ),
    held_out=figures(
        *(("pothole", "pothole"), ("emergency", "pothole"), (None, "emergency"), (None, "pothole")),
        emergencies=Watch(40, 30, 35, 36, 38, 39, 20),
    ),
    usual=Baseline(utterances=2, confidence=(0.1,) * 10, out_of_scope=0.1, unknown_words=0.02),
)
COUNTS = {"pothole": 60, "emergency": 40}


def test_it_tells_how_the_adapter_was_made() -> None:
    text = card(REPORT, COUNTS, date(2030, 1, 2))
    for fact in (
        "2030-01-02",
        "100 written, 30 of them also heard; 88 trained on, 2 for calibration",
        "`ab12`",
        "number 3 kept",
        "| minutes | 11.5 |",
    ):
        assert fact in text
    assert "emergency 40, pothole 60" in text


def test_a_threshold_comes_with_its_evidence() -> None:
    text = card(REPORT, COUNTS, date(2030, 1, 2))
    assert "From a confidence of 0.83 on, 1 of 250 intents" in text
    assert "less than 1.88 %" in text
    never = card(replace(REPORT, close=Cutoff(1.01, 0, 0, 1.0)), COUNTS, date(2030, 1, 2))
    assert "nothing may close itself" in never


def test_both_sets_stand_apart() -> None:
    text = card(REPORT, COUNTS, date(2030, 1, 2))
    calibration, held_out = text.split("## Held-out utterances")
    assert "| emergencies | 90 | 93 | 91 | 95 of 95 | at least 96.9 % | 60 |" in calibration
    assert "Confusions: none." in calibration
    assert "| emergencies | 30 | 35 | 36 | 39 of 40 | at least 88.7 % | 20 |" in held_out
    assert "| look-alikes | 2 | 1 | 0 | 3 of 50 | at most 14.8 % | 0 |" in held_out
    assert "Confusions: emergency as pothole 1." in held_out
    assert "| location | 100.0 % | 100.0 % | 100.0 % | 4 |" in held_out
    assert "| out-of-scope utterances flagged | 9 of 10 |" in held_out
    assert "| 50% | 0.90 | 0.0 % |" in held_out


def test_programs_read_the_same() -> None:
    content = json.loads(card_json(REPORT, COUNTS, date(2030, 1, 2)))
    assert content["version"] == "2030-01-02-ab120"
    assert content["close"] == {"threshold": 0.83, "accepted": 250, "wrong": 1, "bound": 0.0188}
    assert content["held_out"]["emergencies"]["any"] == 39
    assert content["held_out"]["slots"]["location"] == {"f1": 1.0, "n": 4}
    assert baseline_of(json.dumps(content)) == REPORT.usual
    assert json.loads(card_json(replace(REPORT, held_out=None), COUNTS, date(2030, 1, 2)))["held_out"] is None


def test_without_held_out_utterances_there_is_no_word_of_them() -> None:
    assert "Held-out" not in card(replace(REPORT, held_out=None), COUNTS, date(2030, 1, 2))


def test_the_licences_are_named() -> None:
    text = card(REPORT, COUNTS, date(2030, 1, 2))
    assert all(licence in text for licence in ("Apache-2.0", "ODbL 1.0", "public domain", "CC0-1.0", "MIT"))

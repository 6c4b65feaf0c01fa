"""The model card tells what a reader must know, and nothing that is not so."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from callbot.nlu.card import Report, card
from callbot.nlu.scores import Judgement, score


def judged(*pairs: tuple[str | None, str]) -> list[Judgement]:
    value = frozenset({("location", 0, 5)})
    return [Judgement(truth, guess, 0.9, False, value, value) for truth, guess in pairs]


REPORT = Report(
    folder=Path("adapter"),
    bytes=3_000_000,
    data="ab12",
    seed=7,
    epochs=4,
    best_epoch=3,
    trained=88,
    draws=40_000,
    seconds=690.0,
    calibration=score(judged(("pothole", "pothole"), ("emergency", "emergency"))),
    held_out=score(judged(("pothole", "pothole"), ("emergency", "pothole"), (None, "emergency"), (None, "pothole"))),
)
COUNTS = {"pothole": 60, "emergency": 40}


def test_it_tells_how_the_adapter_was_made() -> None:
    text = card(REPORT, COUNTS, date(2030, 1, 2))
    for fact in (
        "2030-01-02",
        "100: 88 trained on, 2 for calibration",
        "`ab12`",
        "number 3 kept",
        "| minutes | 11.5 |",
    ):
        assert fact in text
    assert "emergency 40, pothole 60" in text


def test_both_sets_stand_apart() -> None:
    text = card(REPORT, COUNTS, date(2030, 1, 2))
    calibration, held_out = text.split("## Held-out utterances")
    assert "| emergencies found | 1 of 1 |" in calibration
    assert "Confusions: none." in calibration
    assert "| emergencies found | 0 of 1 |" in held_out
    assert "| among them on look-alikes | 1 of 2 |" in held_out
    assert "Confusions: emergency as pothole 1." in held_out
    assert "| location | 100.0 % | 100.0 % | 100.0 % | 4 |" in held_out


def test_without_held_out_utterances_there_is_no_word_of_them() -> None:
    assert "Held-out" not in card(replace(REPORT, held_out=None), COUNTS, date(2030, 1, 2))


def test_the_licences_are_named() -> None:
    text = card(REPORT, COUNTS, date(2030, 1, 2))
    assert all(licence in text for licence in ("Apache-2.0", "ODbL 1.0", "public domain", "CC0-1.0", "MIT"))

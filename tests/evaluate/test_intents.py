"""Accuracy, macro-F1 and confusions, counted by hand."""

from __future__ import annotations

import pytest

from callbot.evaluate.intents import section
from tests.evaluate.samples import judged


def test_intents_are_counted() -> None:
    rows = [judged("pothole", "pothole")] * 3 + [judged("pothole", "theft"), judged("theft", "theft")]
    found = section([*rows, judged(None, "theft")])
    assert found.figures["utterances"] == 5, "a look-alike has no intent of its own"
    assert found.figures["accuracy"] == 0.8
    assert found.figures["macro_f1"] == pytest.approx((6 / 7 + 2 / 3) / 2)
    assert found.figures["confusions"] == [("pothole", "theft", 1)]
    low, high = found.figures["accuracy_interval"]
    assert low < 0.8 < high
    assert [row["intent"] for row in found.tables[1].rows] == ["theft", "pothole"]
    assert "pothole as theft: 1 of 4" in found.pictures[0].svg


def test_rejection_does_not_change_the_most_probable_intent() -> None:
    assert section([judged("pothole", "pothole", rejected=True)]).figures["accuracy"] == 1.0


def test_nothing_to_count() -> None:
    assert section([]).figures["accuracy"] == 0.0

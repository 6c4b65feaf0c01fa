"""Confidence against truth."""

from __future__ import annotations

import pytest

from callbot.evaluate.calibration import section
from tests.evaluate.samples import judged


def test_an_honest_model_has_no_error_and_a_known_risk() -> None:
    rows = [*[judged("pothole", "pothole", 1.0)] * 200, *[judged("pothole", "theft", 0.1)] * 2]
    found = section([*rows, judged(None, "pothole", 0.4)])
    assert found.figures["utterances"] == 202
    assert found.figures["ece"] == pytest.approx(2 * 0.1 / 202)
    assert found.figures["bounded"]["accepted"] == 200
    assert found.figures["risk_coverage"][-1] == [0.1, 1.0, 2 / 202]
    assert [picture.title for picture in found.pictures] == ["reliability", "risk and coverage"]


def test_too_few_prove_nothing() -> None:
    found = section([judged("pothole", "pothole", 1.0)] * 20)
    assert found.figures["bounded"]["accepted"] == 0
    assert found.tables[0].rows[1][""] == "nowhere"


def test_no_utterances() -> None:
    assert section([]).figures == {"utterances": 0}

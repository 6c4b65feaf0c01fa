"""Two detectors of emergencies, and how they stand beside the intents."""

import numpy as np
import pytest

from callbot.nlu.alarm import Alarm, Bank, Detector, fitted, merged, unit


def test_likeness_weighs_emergencies_against_the_rest() -> None:
    vectors = np.eye(4, dtype=np.float16)
    bank = Bank(vectors, np.array([3, 1, -1, -1], np.int8))
    near_fire = np.array([0.9, 0.1, 0.1, 0.0], np.float32) * 7
    score, kind = bank.likeness(near_fire)
    assert kind == 3
    assert score > 0
    near_calm = np.array([0.1, 0.0, 0.9, 0.9], np.float32)
    assert bank.likeness(near_calm)[0] < 0


def test_a_unit_has_length_one_and_nothing_stays_nothing() -> None:
    rows = unit(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32))
    assert rows.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0.0, 0.0]]


def test_an_emergency_takes_nothing_from_other_wishes() -> None:
    chances = {"pothole": 0.5, "noise": 0.1, "emergency": 0.4}
    beside = merged(chances, "emergency", 1.0)
    assert beside == {"pothole": pytest.approx(0.5), "noise": pytest.approx(0.1), "emergency": 1.0}
    denied = merged(chances, "emergency", 0.0)
    assert denied == {"pothole": pytest.approx(5 / 6), "noise": pytest.approx(1 / 6), "emergency": 0.0}


def test_a_detector_is_at_a_half_on_its_threshold() -> None:
    raw = [-3.0, -2.0, -1.0, 2.0, 3.0]
    detector = fitted(raw, [False, False, False, True, True], -0.5)
    assert detector(-0.5) == 0.5
    assert detector(2.5) == pytest.approx(0.98)
    assert detector(-3.0) < 0.1


def test_one_detector_suffices() -> None:
    assert Alarm(0.6, "fire", 0.1, 0.6).rings
    assert not Alarm(0.4, "fire", 0.4, 0.1).rings
    assert Detector(1.0, 0.0)(0.0) == 0.5

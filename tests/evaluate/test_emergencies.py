"""Who is caught, by whom, and who is not."""

from __future__ import annotations

from callbot.evaluate.emergencies import ALIKE, section
from tests.evaluate.samples import judged

ROWS = [
    judged("emergency", "emergency", kind="fire", alarms=frozenset({"phrases"})),
    judged("emergency", "emergency", kind="fire", alarms=frozenset({"head"})),
    judged("emergency", "pothole", kind="gas", text="my stove hisses"),
    judged(None, "pothole", alarms=frozenset({"head"})),
    judged(None, "pothole"),
    judged("pothole", "pothole"),
]


def test_any_detector_suffices() -> None:
    figures = section(ROWS, ["phrases", "head"]).figures
    assert figures["detectors"]["phrases"]["recall"]["hits"] == 1
    assert (figures["detectors"]["any"]["recall"]["hits"], figures["detectors"]["any"]["recall"]["n"]) == (2, 3)
    assert (figures["detectors"]["any"][ALIKE]["hits"], figures["detectors"]["any"][ALIKE]["n"]) == (1, 2)
    assert figures["detectors"]["any"]["false alarms, other callers"]["n"] == 1
    assert figures["kinds"]["fire"]["hits"] == 2
    assert figures["kinds"]["gas"]["hits"] == 0


def test_what_was_missed_is_named() -> None:
    found = section(ROWS, ["phrases"])
    assert found.figures["missed"] == ["my stove hisses"]
    assert found.tables[2].rows == [{"words": "my stove hisses"}]


def test_without_emergencies_there_are_only_false_alarms() -> None:
    assert len(section([judged("pothole", "pothole")], []).tables) == 1

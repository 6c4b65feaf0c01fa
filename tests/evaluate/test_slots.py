"""Words with both ends, values as normalised, and nothing counted that nobody has marked."""

from __future__ import annotations

from callbot.evaluate.slots import section
from tests.evaluate.samples import judged

AT = ("location", 2, 4)


def test_words_and_values_are_counted_apart() -> None:
    rows = [
        judged("pothole", "pothole", wanted=frozenset({AT}), found=frozenset({AT}), named={"plate": "AB1"}),
        judged("pothole", "pothole", named={"plate": "AB2"}, hits={"plate": "AB2"}),
        judged("pothole", "pothole", found=frozenset({("plate", 0, 1)}), hits={"plate": "AB9"}),
    ]
    figures = section(rows).figures
    assert figures["words"]["all"] == {"precision": 0.5, "recall": 1.0, "f1": 2 / 3, "n": 1}
    assert figures["values"]["plate"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "n": 2}


def test_slots_that_nobody_marks_are_not_held_against_anybody() -> None:
    rows = [
        judged("pothole", "pothole", named={"plate": "AB1"}, hits={"plate": "AB1", "is_ongoing": True}),
        judged("pothole", "pothole", hits={"plate": "XY9"}, slots=frozenset({"location"})),
    ]
    assert section(rows).figures["values"]["all"]["f1"] == 1.0


def test_what_was_heard_has_values_but_no_places() -> None:
    found = section([judged("pothole", "pothole", named={"plate": "AB1"}, hits={"plate": "AB1"}, heard=True)])
    assert found.figures["words"] == {}
    assert found.tables[0].rows[0] == {
        "slot": "plate",
        "F1 of values": "100.0 %",
        "values right": "100.0 % (1 of 1; 2.5 to 100.0)",
    }

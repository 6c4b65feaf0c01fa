"""What is out of scope is flagged, and what is not is not."""

from __future__ import annotations

from callbot.evaluate.strangers import section
from tests.evaluate.samples import judged


def test_both_sides_are_counted() -> None:
    rows = [
        judged("out_of_scope", "out_of_scope", strangeness=3.0),
        judged("out_of_scope", "pothole", rejected=True, strangeness=2.0),
        judged("out_of_scope", "pothole", strangeness=0.5),
        judged("pothole", "pothole", strangeness=1.0),
        judged("theft", "theft", rejected=True, strangeness=0.0),
        judged(None, "pothole", rejected=True, strangeness=9.0),
    ]
    figures = section(rows).figures
    assert (figures["out_of_scope"]["flagged"], figures["out_of_scope"]["n"]) == (2, 3)
    assert (figures["in_scope"]["flagged"], figures["in_scope"]["n"]) == (1, 2)
    assert figures["auroc"] == 5 / 6
    assert figures["passed_at_95"] == 1 / 3


def test_without_strangers_nothing_parts() -> None:
    found = section([judged("pothole", "pothole")])
    assert found.figures["auroc"] is None
    assert found.tables[0].rows[0][""] == "nothing to count"

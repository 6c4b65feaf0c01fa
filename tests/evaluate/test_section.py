"""Shares as a person reads them."""

from __future__ import annotations

from callbot.evaluate.section import counted, percent


def test_shares() -> None:
    assert percent(None) is None
    assert percent(1.0) == "100.0 %"
    assert counted(0, 0, (0.0, 1.0)) == "nothing to count"
    assert counted(1, 2, (0.0126, 0.9874)) == "50.0 % (1 of 2; 1.3 to 98.7)"

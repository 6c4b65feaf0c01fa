"""The chart."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from callbot.bench.chart import Bar, draw
from callbot.bench.stations import STATIONS

_SVG = "{http://www.w3.org/2000/svg}"


def _drawn(*bars: Bar) -> ElementTree.Element:
    return ElementTree.fromstring(draw("Waiting & more", bars))


def _bar(label: str, seconds: float) -> Bar:
    return Bar(label, dict.fromkeys(STATIONS, seconds), p50=6 * seconds, p95=9 * seconds)


def test_every_bar_has_every_station_stacked_on_the_one_before() -> None:
    drawn = _drawn(_bar("1", 0.1), _bar("16", 0.3))
    rects = [rect for rect in drawn.iter(f"{_SVG}rect") if rect.find(f"{_SVG}title") is not None]
    assert len(rects) == 2 * len(STATIONS)
    first = rects[: len(STATIONS)]
    for lower, upper in pairwise(first):
        bottom = float(upper.attrib["y"]) + float(upper.attrib["height"])
        assert bottom == pytest.approx(float(lower.attrib["y"]), abs=0.11)
    texts = [text.text for text in drawn.iter(f"{_SVG}text")]
    assert {"1", "16", "Waiting & more", *STATIONS} <= set(texts)


def test_nothing_is_drawn_outside() -> None:
    drawn = _drawn(_bar("1", 0.01), _bar("2", 3.0))
    for rect in drawn.iter(f"{_SVG}rect"):
        assert float(rect.attrib.get("y", 0)) >= 0
        assert float(rect.attrib["height"]) >= 0


def test_no_bars_are_a_chart_too() -> None:
    assert _drawn().tag == f"{_SVG}svg"

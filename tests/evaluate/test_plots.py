"""Pictures that any browser can show: well-formed, with every name escaped, and nothing outside of them."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

from callbot.evaluate.plots import Line, curves, heat_map, reliability_chart
from callbot.stats import Bin

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> Element:
    root = fromstring(svg)
    assert root.tag == f"{SVG}svg"
    return root


def titles(root: Element) -> list[str]:
    return [str(node.text) for node in root.iter(f"{SVG}title")]


def test_a_heat_map_tells_right_and_wrong_apart() -> None:
    root = parsed(heat_map("who & what", {("pothole", "pothole"): 9, ("pothole", "theft <x>"): 1}))
    assert titles(root) == ["pothole as pothole: 9 of 10", "pothole as theft <x>: 1 of 10"]
    cells = [node for node in root.iter(f"{SVG}rect") if node.find(f"{SVG}title") is not None]
    assert cells[0].get("fill") != cells[1].get("fill")
    assert float(str(cells[1].get("fill-opacity"))) > 0.25


def test_nothing_was_confused_because_nothing_was_said() -> None:
    assert titles(parsed(heat_map("empty", {}))) == []


def test_an_honest_bin_lies_on_the_diagonal() -> None:
    root = parsed(reliability_chart("reliability", [Bin(10, 0.5, 0.5)]))
    [dot], [diagonal] = (
        list(root.iter(f"{SVG}circle")),
        [n for n in root.iter(f"{SVG}line") if n.get("stroke-dasharray")],
    )
    middle = [(float(str(diagonal.get(f"{a}1"))) + float(str(diagonal.get(f"{a}2")))) / 2 for a in "xy"]
    assert [float(str(dot.get("cx"))), float(str(dot.get("cy")))] == middle


def test_a_higher_risk_is_drawn_higher() -> None:
    root = parsed(curves("risk", "accepted", "wrong", [Line("a", [(0, 0.0), (1, 0.2)])], limit=0.02))
    [line] = root.iter(f"{SVG}polyline")
    (_, low), (_, high) = [tuple(map(float, pair.split(","))) for pair in str(line.get("points")).split()]
    assert high < low, "y grows downwards"
    assert "a" in [node.text for node in root.iter(f"{SVG}text")]


def test_a_chart_without_lines_is_still_a_chart() -> None:
    parsed(curves("none", "x", "y", []))

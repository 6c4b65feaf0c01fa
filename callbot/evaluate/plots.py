"""Pictures as SVG, drawn by hand so that a report needs no library and no network. PURE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from callbot.stats import Bin

Point = tuple[float, float]
"""Shares, 0 to 1: along and up."""

_CELL = 15
"""Side of a cell of the heat map, in pixels."""
_NAMES = 170
"""Room for the names beside the heat map."""
_SIDE = 340
"""Side of a square chart's plot."""
_LEFT, _TOP, _BOTTOM, _RIGHT = 60, 40, 55, 150
_COLORS = ("#2f6fad", "#c0504d", "#4f8f4f", "#8a5a9e", "#b08a3e", "#444444")
_STYLE = (
    "text{font:12px sans-serif;fill:#222}.title{font-size:15px}.small{font-size:10px}"
    ".middle{text-anchor:middle}.end{text-anchor:end}"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart."""

    name: str
    points: Sequence[Point]


def heat_map(title: str, counts: Mapping[tuple[str, str], int]) -> str:
    """How often each right label (row) was taken for each other one (column); right ones are blue, wrong ones red.

    The shade is the share of the row; the numbers stand in the tooltips.
    """
    names = sorted({name for pair in counts for name in pair})
    side = _CELL * len(names)
    rows = {name: sum(n for (right, _), n in counts.items() if right == name) for name in names}
    body = [_text(4, 18, title, "title")]
    for at, name in enumerate(names):
        middle = _CELL * at + _CELL * 0.75
        body.append(_text(_NAMES - 5, _NAMES + middle, name, "small end"))
        across = _NAMES + middle
        body.append(
            f'<text class="small" transform="translate({across:.1f},{_NAMES - 5}) rotate(-60)">{escape(name)}</text>'
        )
    body.append(f'<rect x="{_NAMES}" y="{_NAMES}" width="{side}" height="{side}" fill="#f6f6f6"/>')
    body += [_cell(names, pair, n, rows[pair[0]]) for pair, n in sorted(counts.items()) if n]
    return _svg(_NAMES + side + 90, _NAMES + side + 10, body)


def _cell(names: Sequence[str], pair: tuple[str, str], count: int, of: int) -> str:
    right, guess = pair
    x, y = (_NAMES + _CELL * names.index(name) for name in (guess, right))
    color = "#2f6fad" if right == guess else "#c0392b"
    # A single mistake among many must still be seen.
    shade = 0.25 + 0.75 * count / of
    return (
        f'<rect x="{x}" y="{y}" width="{_CELL - 1}" height="{_CELL - 1}" fill="{color}" fill-opacity="{shade:.2f}">'
        f"<title>{escape(right)} as {escape(guess)}: {count} of {of}</title></rect>"
    )


def reliability_chart(title: str, bins: Sequence[Bin]) -> str:
    """How often right (up) against how sure (along); on the dashed line a probability means what it says.

    The larger a dot, the more utterances are in it.
    """
    total = sum(one.count for one in bins) or 1
    body = [*_frame(title, "how sure", "how often right", 1.0), _dashed((0, 0), (1, 1))]
    for one in bins:
        x, y = _place((one.confidence, one.right), 1.0)
        radius = 3 + 14 * (one.count / total) ** 0.5
        body.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{_COLORS[0]}" fill-opacity="0.6">'
            f"<title>sure {one.confidence:.2f}, right {one.right:.2f}, {one.count} utterances</title></circle>"
        )
    return _svg(_LEFT + _SIDE + _RIGHT, _TOP + _SIDE + _BOTTOM, body)


def curves(title: str, along: str, up: str, lines: Sequence[Line], *, limit: float | None = None) -> str:
    """Lines over shares from 0 to 1; upwards it ends a little above the highest point. `limit` is drawn dashed."""
    highest = max([y for line in lines for _, y in line.points] + [limit or 0.0], default=0.0)
    top = min(1.0, max(0.05, 1.1 * highest))
    body = _frame(title, along, up, top)
    if limit is not None:
        body.append(_dashed((0, limit), (1, limit), top))
    for at, line in enumerate(lines):
        color = _COLORS[at % len(_COLORS)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (_place(point, top) for point in line.points))
        body.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
        y = _TOP + 16 * at + 6
        body.append(f'<rect x="{_LEFT + _SIDE + 10}" y="{y}" width="10" height="10" fill="{color}"/>')
        body.append(_text(_LEFT + _SIDE + 25, y + 9, line.name))
    return _svg(_LEFT + _SIDE + _RIGHT, _TOP + _SIDE + _BOTTOM, body)


def _frame(title: str, along: str, up: str, top: float) -> list[str]:
    """Title, grid and axes of a square chart whose upper end is the share `top`."""
    body = [_text(_LEFT, 22, title, "title")]
    for step in range(6):
        share = step / 5
        x, y = _place((share, share * top), top)
        body.append(f'<line x1="{_LEFT}" x2="{_LEFT + _SIDE}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e3e3e3"/>')
        body.append(_text(_LEFT - 6, y + 4, f"{share * top:.2g}", "end"))
        body.append(_text(x, _TOP + _SIDE + 18, f"{share:g}", "middle"))
    body.append(_text(_LEFT + _SIDE / 2, _TOP + _SIDE + 40, along, "middle"))
    middle = _TOP + _SIDE / 2
    body.append(f'<text class="middle" transform="translate(16,{middle:.1f}) rotate(-90)">{escape(up)}</text>')
    return body


def _place(point: Point, top: float) -> Point:
    return _LEFT + point[0] * _SIDE, _TOP + (1 - point[1] / top) * _SIDE


def _dashed(start: Point, end: Point, top: float = 1.0) -> str:
    (x1, y1), (x2, y2) = _place(start, top), _place(end, top)
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#888" stroke-dasharray="5 4"/>'


def _text(x: float, y: float, words: str, style: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{style}">{escape(words)}</text>'


def _svg(width: float, height: float, body: Sequence[str]) -> str:
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    back = f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>'
    return "\n".join([head, f"<style>{_STYLE}</style>", back, *body, "</svg>"]) + "\n"

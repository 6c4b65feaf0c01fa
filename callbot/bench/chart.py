"""A chart of waiting times as SVG: calls at once along the bottom, seconds upwards, stations stacked. PURE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 150, 50, 60
_COLORS = ("#c8ccd4", "#3b6ea5", "#5aa469", "#b08a3e", "#8a5a9e", "#c0504d")
"""One for each station: waiting is grey, work has a color."""
_BAR = 0.6
"""Share of its column that a bar takes."""
_STEPS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One column."""

    label: str
    parts: Mapping[str, float]
    """Seconds of each station, mean."""
    p50: float
    p95: float


def draw(title: str, bars: Sequence[Bar]) -> str:
    """The chart as an SVG document; bars all have the same stations."""
    top = max([sum(bar.parts.values()) for bar in bars] + [bar.p95 for bar in bars], default=1.0) * 1.1 or 1.0
    stations = list(bars[0].parts) if bars else []
    body = [
        f'<text x="{_LEFT}" y="28" class="title">{escape(title)}</text>',
        *_grid(top),
        *(line for place, bar in enumerate(bars) for line in _column(bar, place, len(bars), top)),
        f'<text x="{_LEFT + _plot_width() / 2:.0f}" y="{_HEIGHT - 14}" class="middle">calls at once</text>',
        *_legend(stations),
    ]
    style = "text{font:13px sans-serif;fill:#222}.title{font-size:16px}.middle{text-anchor:middle}.end{text-anchor:end}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img">'
    background = f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
    return "\n".join([head, f"<style>{style}</style>", background, *body, "</svg>"]) + "\n"


def _plot_width() -> int:
    return _WIDTH - _LEFT - _RIGHT


def _y(seconds: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - seconds / top * (_HEIGHT - _TOP - _BOTTOM)


def _grid(top: float) -> list[str]:
    step = next((step for step in _STEPS if top / step <= _MOST_LINES), _STEPS[-1])
    lines: list[str] = []
    for index in range(int(top / step) + 1):
        y = _y(index * step, top)
        lines.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e3e3e3"/>')
        lines.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" class="end">{index * step:g} s</text>')
    return lines


def _column(bar: Bar, place: int, of: int, top: float) -> list[str]:
    width = _plot_width() / of
    left, middle = _LEFT + width * (place + (1 - _BAR) / 2), _LEFT + width * (place + 0.5)
    lines: list[str] = []
    below = 0.0
    for color, (name, seconds) in zip(_COLORS, bar.parts.items(), strict=False):
        upper, lower = _y(below + seconds, top), _y(below, top)
        lines.append(
            f'<rect x="{left:.1f}" y="{upper:.1f}" width="{width * _BAR:.1f}" height="{lower - upper:.1f}" '
            f'fill="{color}"><title>{escape(name)}: {seconds:.3f} s</title></rect>'
        )
        below += seconds
    for mark, value in (("p50", bar.p50), ("p95", bar.p95)):
        y = _y(value, top)
        dash = "" if mark == "p50" else ' stroke-dasharray="4 3"'
        ends = f'x1="{left - 4:.1f}" x2="{left + width * _BAR + 4:.1f}"'
        lines.append(
            f'<line {ends} y1="{y:.1f}" y2="{y:.1f}" stroke="#111" stroke-width="2"{dash}>'
            f"<title>{mark}: {value:.3f} s</title></line>"
        )
    lines.append(f'<text x="{middle:.1f}" y="{_HEIGHT - _BOTTOM + 20}" class="middle">{escape(bar.label)}</text>')
    return lines


def _legend(stations: Sequence[str]) -> list[str]:
    left = _WIDTH - _RIGHT + 20
    lines: list[str] = []
    for index, (color, name) in enumerate(zip(_COLORS, stations, strict=False)):
        y = _HEIGHT - _BOTTOM - 20 * (index + 1)
        lines.append(f'<rect x="{left}" y="{y}" width="12" height="12" fill="{color}"/>')
        lines.append(f'<text x="{left + 18}" y="{y + 11}">{escape(name)}</text>')
    for y, dash, name in ((_TOP + 10, "", "median"), (_TOP + 30, ' stroke-dasharray="4 3"', "p95")):
        lines.append(f'<line x1="{left}" x2="{left + 12}" y1="{y}" y2="{y}" stroke="#111" stroke-width="2"{dash}/>')
        lines.append(f'<text x="{left + 18}" y="{y + 4}">{name}</text>')
    return lines

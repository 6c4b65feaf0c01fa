"""What the parts have found, for a person and for a machine."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from callbot.bench.chart import Bar, draw
from callbot.bench.part import Part, Table, Value
from callbot.bench.stations import STATIONS


def text(table: Table) -> str:
    """A table in plain columns, with its title above and its note below."""
    if not table.rows:
        return f"=== {table.title}\nnothing was measured\n"
    names = list(table.rows[0])
    cells = [names, *([shown(row[name]) for name in names] for row in table.rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(names))]
    lines = [_line(row, widths) for row in cells]
    note = [table.note] if table.note else []
    return "\n".join([f"=== {table.title}", *lines, *note]) + "\n"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The first column names the row, the others hold numbers."""
    padded = [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
    return "  ".join([cells[0].ljust(widths[0]), *padded[1:]]).rstrip()


def shown(value: Value) -> str:
    """One cell."""
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def document(machine: Mapping[str, Any], options: Mapping[str, Any], parts: Mapping[str, Part | str]) -> dict[str, Any]:
    """Everything as plain JSON values; a part that failed is its sentence."""
    found = {name: {"failed": part} if isinstance(part, str) else _plain(asdict(part)) for name, part in parts.items()}
    return {"machine": dict(machine), "options": dict(options), "parts": found}


def _plain(value: Any) -> Any:
    """JSON has no infinity and no "not a number"."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def chart(parts: Mapping[str, Part | str]) -> str | None:
    """Waiting by calls at once, from the capacity or else from the latency; None if neither was measured."""
    capacity, latency = parts.get("capacity"), parts.get("latency")
    bars: list[Bar] = []
    if isinstance(capacity, Part):
        bars = [_bar(str(row["at once"]), row) for row in capacity.tables[0].rows if row["p50"] is not None]
    elif isinstance(latency, Part):
        bars = [_alone(latency.samples, latency.tables[0].rows[1])]
    return draw("Voice to voice: mean per station, median and p95", bars) if bars else None


def _bar(label: str, row: Mapping[str, Value]) -> Bar:
    parts = {name: _number(row[name]) for name in STATIONS}
    return Bar(label, parts, _number(row["p50"]), _number(row["p95"]))


def _alone(samples: Sequence[Mapping[str, Any]], answers: Mapping[str, Value]) -> Bar:
    parts = [sample["parts"] for sample in samples if sample["parts"] and not sample["early"]]
    means = {name: sum(part[name] for part in parts) / max(len(parts), 1) for name in STATIONS}
    return Bar("1", means, _number(answers["p50"]), _number(answers["p95"]))


def _number(value: Value) -> float:
    return float(value) if value is not None else 0.0

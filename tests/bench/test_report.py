"""Tables, the document and which chart is drawn."""

from __future__ import annotations

import json
import math

from callbot.bench import report
from callbot.bench.part import Part, Table, Value
from callbot.bench.stations import STATIONS


def test_a_table_is_aligned_and_explained() -> None:
    table = Table("title", [{"name": "a", "n": 3}, {"name": "longer", "n": 0.25}, {"name": "none", "n": None}], "note")
    assert report.text(table).splitlines() == [
        "=== title",
        "name        n",
        "a           3",
        "longer  0.250",
        "none        -",
        "note",
    ]


def test_an_empty_table_says_so() -> None:
    assert "nothing was measured" in report.text(Table("title", []))


def test_the_document_is_json_even_of_what_has_no_number() -> None:
    part = Part([Table("t", [{"x": math.inf}])], [{"parts": (1, 2)}])
    found = report.document({"cores": 2}, {"samples": None}, {"stt": part, "latency": "it broke"})
    again = json.loads(json.dumps(found, allow_nan=False))
    assert again["parts"]["latency"] == {"failed": "it broke"}
    assert again["parts"]["stt"]["tables"][0]["rows"] == [{"x": None}]
    assert again["machine"]["cores"] == 2


def _capacity() -> Part:
    row: dict[str, Value] = {"at once": 4, "p50": 0.9, "p95": 1.4, **dict.fromkeys(STATIONS, 0.15)}
    return Part([Table("capacity", [row, {**row, "at once": 16, "p50": None}])])


def _latency() -> Part:
    sample = {"parts": dict.fromkeys(STATIONS, 0.2), "early": False}
    rows: list[dict[str, Value]] = [{"station": "greeting"}, {"station": "answer", "p50": 1.2, "p95": 1.3}]
    return Part([Table("latency", rows)], [sample, {"parts": None, "early": False}])


def test_the_chart_shows_the_load_or_else_one_call() -> None:
    both = report.chart({"capacity": _capacity(), "latency": _latency()})
    assert both is not None
    assert "p95: 1.400 s" in both
    assert ">16<" not in both
    alone = report.chart({"latency": _latency(), "capacity": "it broke"})
    assert alone is not None
    assert "p95: 1.300 s" in alone
    assert report.chart({"stt": Part()}) is None

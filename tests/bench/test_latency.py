"""Answers in tables."""

from __future__ import annotations

from callbot.bench import latency
from callbot.bench.calls import Placed
from callbot.bench.stations import STATIONS
from tests.bench.samples import log, placed


def test_answers_are_counted_and_split() -> None:
    calls = [placed([(10.0, 11.0), (20.0, 21.0)]), placed([(10.0, 12.0), (20.0, None)]), Placed(refused="busy")]
    part = latency.summary(calls)
    rows = {row["station"]: row for row in part.tables[0].rows}
    assert list(rows) == ["greeting", "answer", *(f"  {name}" for name in STATIONS)]
    assert (rows["answer"]["n"], rows["answer"]["p50"], rows["answer"]["worst"]) == (3, 1.0, 2.0)
    assert rows["greeting"]["n"] == 2
    assert "3 calls" in part.tables[0].note
    assert "4 turns, 1 lost" in part.tables[0].note
    assert len(part.samples) == 4


def test_an_answer_before_the_callers_end_is_not_a_fast_one() -> None:
    part = latency.summary([placed([(10.0, 10.0), (20.0, 21.0)])])
    rows = {row["station"]: row for row in part.tables[0].rows}
    assert rows["answer"]["n"] == 1
    assert "1 answered before" in part.tables[0].note


def test_without_answers_there_are_no_numbers() -> None:
    rows = latency.summary([]).tables[0].rows
    assert {row["p50"] for row in rows} == {None}


def test_stations_come_from_the_servers_log() -> None:
    part = latency.summary([placed([(10.0, 11.0)], log(ended=10.5, sound=10.9))])
    rows = {row["station"]: row for row in part.tables[0].rows}
    assert rows["  wait"]["n"] == 1
    assert part.samples[0]["parts"]["wait"] == 0.5

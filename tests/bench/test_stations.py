"""The parts of an answer."""

from __future__ import annotations

from typing import Any

import pytest

from callbot.bench.stations import STATIONS, mean, split


def _row(at: float, event: str) -> tuple[float, dict[str, Any]]:
    return at, {"event": event}


TURN = [
    _row(1.0, "TurnEnded"),
    _row(10.4, "TurnEnded"),
    _row(10.4, "Transcribe"),
    _row(10.7, "Transcribed"),
    _row(10.8, "Understood"),
    _row(10.85, "Saved"),
    _row(10.85, "Speak"),
]


def test_an_answer_is_split_into_its_stations() -> None:
    parts = split(10.0, 11.0, TURN, [2.0, 10.95])
    assert parts is not None
    assert list(parts) == list(STATIONS)
    assert list(parts.values()) == pytest.approx([0.4, 0.3, 0.1, 0.05, 0.1, 0.05])


def test_the_parts_add_up_even_if_something_is_missing() -> None:
    parts = split(10.0, 11.0, [_row(10.5, "TurnEnded")], [10.9])
    assert parts is not None
    assert sum(parts.values()) == pytest.approx(1.0)
    assert parts["wait"] == pytest.approx(0.5)
    assert parts["hear"] == pytest.approx(0.4)


def test_a_turn_that_ended_twice_waits_until_the_second_end() -> None:
    parts = split(10.0, 12.0, [*TURN[:-2], _row(11.3, "TurnEnded"), _row(11.5, "Transcribed")], [11.9])
    assert parts is not None
    assert sum(parts.values()) == pytest.approx(2.0)


def test_the_rest_of_an_older_answer_is_not_split() -> None:
    assert split(10.0, 10.0, TURN, [9.0]) is None


def test_stations_are_averaged() -> None:
    one, other = (dict.fromkeys(STATIONS, seconds) for seconds in (1.0, 2.0))
    assert mean([one, other]) == dict.fromkeys(STATIONS, 1.5)
    assert mean([]) == {}

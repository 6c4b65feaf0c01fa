"""Levels of load."""

from __future__ import annotations

import pytest

from callbot.bench import capacity
from callbot.bench.calls import Placed
from callbot.bench.host import Usage, machine
from callbot.bench.stations import STATIONS
from tests.bench.samples import log, placed


def test_a_level_counts_what_callers_got_and_what_it_cost() -> None:
    cores = machine()["cores"]
    calls = [placed([(10.0, 11.0)], log(10.4, 10.9)), placed([(10.0, 19.0), (30.0, None)]), Placed(refused="busy")]
    row = capacity.row(3, calls, Usage(0.0, 0.0, 900.0), Usage(10.0, 5.0 * cores, 1000.4))
    assert (row["at once"], row["calls"], row["refused"]) == (3, 3, 1)
    assert (row["turns"], row["lost"]) == (3, 2)
    assert row["p50"] == 5.0
    assert row["cpu"] == pytest.approx(0.5)
    assert row["rss MB"] == 1000
    assert row["wait"] == pytest.approx(0.4)
    assert set(STATIONS) <= set(row)


def test_a_level_that_was_refused_whole_has_no_times() -> None:
    row = capacity.row(1, [Placed(refused="busy")], Usage(0.0, 0.0, 1.0), Usage(1.0, 0.0, 1.0))
    assert (row["refused"], row["turns"], row["p50"], row["wait"]) == (1, 0, None, None)

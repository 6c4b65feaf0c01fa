"""The machine and what a process takes of it."""

from __future__ import annotations

import os

import pytest

from callbot.bench.host import Usage, cpu_share, lines, machine, usage


def test_the_machine_is_described() -> None:
    found = machine()
    assert found["cores"] >= 1
    assert found["ram_gb"] > 0
    assert found["libraries"]["callbot"]
    first, second = lines(found)
    assert "load before the run" in first
    assert "faster-whisper" in second


def test_a_process_takes_time_and_memory() -> None:
    before = usage(os.getpid())
    sum(i * i for i in range(3_000_000))
    after = usage(os.getpid())
    assert after.cpu > before.cpu
    assert after.rss_mb > 10


def test_the_share_is_of_all_cores() -> None:
    assert cpu_share(Usage(10.0, 1.0, 0), Usage(12.0, 3.0, 0), cores=2) == pytest.approx(0.5)


def test_there_is_no_such_process() -> None:
    with pytest.raises(OSError, match="No such file"):
        usage(2**22 + 1)

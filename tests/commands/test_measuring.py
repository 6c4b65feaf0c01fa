"""`callbot bench` and `callbot evaluate`."""

from __future__ import annotations

from tests.commandline import run


def test_evaluate_refuses_what_it_does_not_know() -> None:
    done = run("evaluate", "speed")
    assert done.returncode == 2
    assert "there is no part 'speed'" in done.stderr
    done = run("evaluate", "--benchmark", "snips=/no/such/folder")
    assert done.returncode == 2
    assert "there is no folder '/no/such/folder'" in done.stderr


def test_bench_refuses_what_is_no_number_of_calls() -> None:
    done = run("bench", "--calls", "1,many")
    assert done.returncode == 2
    assert "--calls 1,many: numbers from 1 to 64" in done.stderr

"""The worker threads behind one queue."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from callbot.pool import Pool, Priority


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool(1) as pool:
        yield pool


class Gate:
    """Keeps a worker busy until it is opened."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.entered = threading.Event()

    def __call__(self) -> None:
        self.entered.set()
        assert self.open.wait(5)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


async def _busy(pool: Pool, gate: Gate) -> asyncio.Future[None]:
    """Occupy the only worker."""
    future = pool.submit(Priority.FINAL, gate)
    await asyncio.to_thread(gate.entered.wait, 5)
    return future


async def test_a_result_arrives_in_the_loop_that_asked(pool: Pool) -> None:
    def where(left: int, *, right: int) -> tuple[int, str]:
        return left + right, threading.current_thread().name

    assert await pool.submit(Priority.FINAL, where, 1, right=2) == (3, "engine-0")


async def test_urgent_work_overtakes_and_equals_keep_their_order(pool: Pool, gate: Gate) -> None:
    await _busy(pool, gate)
    done: list[str] = []
    for priority in (Priority.PARTIAL, Priority.REPLY, Priority.FINAL):
        for name in ("first", "second"):
            pool.submit(priority, done.append, f"{priority.name} {name}")
    gate.open.set()
    await pool.idle()
    expected = ["FINAL", "REPLY", "PARTIAL"]
    assert done == [f"{priority} {name}" for priority in expected for name in ("first", "second")]


async def test_it_knows_how_much_waits_and_how_long_urgent_work_has_waited(pool: Pool, gate: Gate) -> None:
    assert (pool.backlog, pool.lag) == (0, 0)
    await _busy(pool, gate)
    pool.submit(Priority.FINAL, int)
    pool.submit(Priority.PARTIAL, int)
    assert pool.backlog == 2
    await asyncio.sleep(0.05)
    gate.open.set()
    await pool.idle()
    assert 0.05 <= pool.lag < 5
    assert pool.backlog == 0


async def test_what_nobody_waits_for_any_more_never_starts(pool: Pool, gate: Gate) -> None:
    await _busy(pool, gate)
    done: list[str] = []
    cancelled = pool.submit(Priority.FINAL, done.append, "thrown away")
    pool.submit(Priority.PARTIAL, done.append, "wanted")
    cancelled.cancel()
    gate.open.set()
    await pool.idle()
    assert done == ["wanted"]


async def test_an_answer_that_comes_after_the_question_was_dropped_does_no_harm(pool: Pool, gate: Gate) -> None:
    running = await _busy(pool, gate)
    running.cancel()
    gate.open.set()
    assert await pool.submit(Priority.FINAL, lambda: "next") == "next"


@pytest.mark.parametrize("error", [ValueError("broken"), KeyError("x"), SystemExit(1), StopIteration()])
async def test_an_exception_arrives_and_the_worker_goes_on(pool: Pool, error: BaseException) -> None:
    def fail() -> None:
        raise error

    with pytest.raises((type(error), RuntimeError)):
        await asyncio.wait_for(pool.submit(Priority.FINAL, fail), 5)
    assert await pool.submit(Priority.FINAL, lambda: "alive") == "alive"


async def test_idle_waits_also_for_what_is_submitted_meanwhile(pool: Pool) -> None:
    done: list[int] = []

    def follow_up(_: asyncio.Future[None]) -> None:
        pool.submit(Priority.PARTIAL, done.append, 2)

    pool.submit(Priority.FINAL, done.append, 1).add_done_callback(follow_up)
    await pool.idle()
    assert done == [1, 2]
    await asyncio.wait_for(pool.idle(), 5)


async def test_closing_finishes_what_runs_and_drops_the_rest() -> None:
    pool = Pool(1)
    done: list[str] = []
    started = threading.Event()

    def outlast_the_pool() -> None:
        started.set()
        while not pool.closed:
            time.sleep(0.001)
        done.append("running")

    running = pool.submit(Priority.FINAL, outlast_the_pool)
    dropped = pool.submit(Priority.FINAL, done.append, "dropped")
    assert await asyncio.to_thread(started.wait, 5)
    await asyncio.to_thread(pool.close)
    await running
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(dropped, 5)
    assert done == ["running"]
    await asyncio.wait_for(pool.idle(), 5)
    assert not any(thread.name == "engine-0" for thread in threading.enumerate())


async def test_several_workers_work_at_the_same_time() -> None:
    with Pool(2) as pool:
        meeting = threading.Barrier(2)
        both = [pool.submit(Priority.FINAL, meeting.wait, 5) for _ in range(2)]
        assert sorted(await asyncio.gather(*both)) == [0, 1]


def test_a_loop_that_has_ended_is_told_nothing(gate: Gate) -> None:
    with Pool(1) as pool:

        async def leave() -> None:
            await _busy(pool, gate)

        asyncio.run(leave())
        gate.open.set()

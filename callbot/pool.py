"""Runs engines off the event loop: a few threads, and a queue in which urgent work overtakes.

On two cores more threads than cores only make everybody wait. A job that nobody waits for any more (its future
was cancelled) is dropped before it starts, so a thrown-away transcript costs nothing.
"""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import IntEnum
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


_REMEMBERED = 10.0
"""Seconds for which a wait tells of the load."""
_WAITS = 200


class Priority(IntEnum):
    """Who goes first."""

    FINAL = 0
    """Something that a caller is waiting for: final transcript, end of turn, meaning."""
    REPLY = 1
    """The words that are about to be spoken."""
    PARTIAL = 2
    """A transcript of a caller who still speaks."""


_Job = tuple[int, int, Callable[[], None] | None]


class Pool:
    """A bounded number of worker threads behind one priority queue."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.closed = False
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._order = itertools.count()
        self._waits: deque[tuple[float, float]] = deque(maxlen=_WAITS)
        """When urgent jobs were begun, and how long they had waited."""
        self._unsettled: set[asyncio.Future[Any]] = set()
        self._threads = [threading.Thread(target=self._work, name=f"engine-{i}", daemon=True) for i in range(workers)]
        for thread in self._threads:
            thread.start()

    @property
    def lag(self) -> float:
        """Longest wait in seconds of a job of the first priority, of those begun in the last ten seconds."""
        now = time.monotonic()
        return max((waited for begun, waited in list(self._waits) if now - begun < _REMEMBERED), default=0.0)

    @property
    def backlog(self) -> int:
        """Jobs that wait for a worker."""
        return self._jobs.qsize()

    async def idle(self) -> None:
        """Wait until everything that was submitted in this loop is done."""
        while self._unsettled:
            await asyncio.wait(self._unsettled)

    def submit(
        self, priority: Priority, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[T]:
        """Run `function` in a worker; the future gets its result or exception, in the calling event loop."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._unsettled.add(future)
        future.add_done_callback(self._unsettled.discard)

        asked = time.monotonic()

        def job() -> None:
            if future.cancelled():
                return
            if priority is Priority.FINAL:
                now = time.monotonic()
                self._waits.append((now, now - asked))
            try:
                result = function(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001  handed to whoever waits
                _tell(loop, _settle, future, None, error)
            else:
                _tell(loop, _settle, future, result, None)

        self._jobs.put((priority, next(self._order), job))
        return future

    def close(self) -> None:
        """Let running jobs finish and end the threads; jobs that have not begun are cancelled."""
        self.closed = True
        for _ in self._threads:
            self._jobs.put((-1, next(self._order), None))
        for thread in self._threads:
            thread.join()
        for future in list(self._unsettled):
            _tell(future.get_loop(), future.cancel)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _work(self) -> None:
        while (job := self._jobs.get()[2]) is not None and not self.closed:
            job()


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if isinstance(error, StopIteration):
        # A future refuses this one, and whoever waits would wait for ever.
        future.set_exception(RuntimeError("an engine raised StopIteration"))
    elif error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


def _tell(loop: asyncio.AbstractEventLoop, function: Callable[..., object], *args: Any) -> None:
    try:
        loop.call_soon_threadsafe(function, *args)
    except RuntimeError:
        # The loop has ended with its calls; there is nobody left to tell.
        return

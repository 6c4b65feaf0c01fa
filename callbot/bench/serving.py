"""Starts the measured server as a process of its own, and takes its word for when it spoke and what it decided."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callbot.cases.store import Store
from callbot.config import STARTER_SITE, Settings
from callbot.errors import CallbotError

_START = 300.0
"""Seconds that loading the models, and making the prompts for the first time, may take."""
_STOP = 20.0
_STORED = 10.0
"""Longest wait for the end of a call to be stored, in seconds."""


@dataclass(frozen=True, slots=True)
class Log:
    """What the server knows of one call. Moments are monotonic seconds, like those of the caller."""

    rows: tuple[tuple[float, dict[str, Any]], ...]
    """Facts and commands in their order."""
    sounds: tuple[float, ...]
    """When the first frame of each answer went out."""


@dataclass
class Served:
    """A server in another process."""

    pid: int
    url: str
    database: str
    _zeros: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Carrier's call id -> id of the call, and the moment that its log counts from."""
    _sounds: dict[str, list[float]] = field(default_factory=dict)

    def knows(self, carrier_call_id: str) -> bool:
        """Whether it has taken the call, not only the connection."""
        return carrier_call_id in self._zeros

    async def log(self, carrier_call_id: str) -> Log:
        """Everything about a call that is over; raises CallbotError when it was not stored in time."""
        known = self._zeros.get(carrier_call_id)
        if known is None:
            raise CallbotError(f"the server knows no call {carrier_call_id}")
        call_id, zero = known
        store = Store(self.database, service_codes={})
        try:
            await self._ended(store, call_id)
            rows = store.replayable(call_id)
        finally:
            store.close()
        return Log(tuple((zero + at, row) for at, row in rows), tuple(self._sounds.get(carrier_call_id, ())))

    async def _ended(self, store: Store, call_id: str) -> None:
        deadline = asyncio.get_running_loop().time() + _STORED
        while (call := store.call(call_id)) is None or call["ended_at"] is None:
            if asyncio.get_running_loop().time() > deadline:
                raise CallbotError(f"the end of call {call_id} was not stored")
            await asyncio.sleep(0.05)

    def take(self, event: dict[str, Any]) -> None:
        """Remember one line of the server's."""
        if event["type"] == "zero":
            self._zeros[event["call"]] = (event["call_id"], event["at"])
        elif event["type"] == "sound":
            self._sounds.setdefault(event["call"], []).append(event["at"])


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Served]:
    """A server on free loopback ports with a database of its own, gone afterwards.

    Raises CallbotError when it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="callbot-bench-") as folder:
        options = _options(settings, Path(folder))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "callbot.bench.served", json.dumps(options)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=_environment(),
        )
        try:
            ready = await _ready(process)
            served = Served(process.pid, f"ws://127.0.0.1:{ready['media_port']}/twilio", options["database_url"])
            following = asyncio.create_task(_follow(process, served))
            try:
                yield served
            finally:
                following.cancel()
        finally:
            await _stop(process)


def _options(settings: Settings, home: Path) -> dict[str, Any]:
    names = ("transcriber", "encoder", "turn_detector", "threads")
    return {
        **{name: getattr(settings, name) for name in names},
        **{name: str(getattr(settings, name)) for name in ("models", "site")},
        "home": str(home),
        "database_url": f"sqlite:///{home / 'cases.db'}",
        "host": "127.0.0.1",
        "media_port": 0,
        "console_port": 0,
    }


def _environment() -> dict[str, str]:
    """Ours, less the carrier's secret: the caller of a benchmark has none."""
    own = {name: value for name, value in os.environ.items() if name != "CALLBOT_TWILIO_AUTH_TOKEN"}
    return {**own, "PYTHONPATH": os.pathsep.join(filter(None, (str(STARTER_SITE), own.get("PYTHONPATH"))))}


async def _ready(process: asyncio.subprocess.Process) -> dict[str, Any]:
    try:
        async with asyncio.timeout(_START):
            async for event in _events(process):
                return event
    except TimeoutError as error:
        raise CallbotError("the server to be measured did not start in time") from error
    raise CallbotError("the server to be measured ended before it was ready; its messages are above")


async def _follow(process: asyncio.subprocess.Process, served: Served) -> None:
    async for event in _events(process):
        served.take(event)


async def _events(process: asyncio.subprocess.Process) -> AsyncIterator[dict[str, Any]]:
    """The server's lines; what a library may print between them is none."""
    assert process.stdout is not None
    while line := await process.stdout.readline():
        if line.startswith(b"{"):
            yield json.loads(line)


async def _stop(process: asyncio.subprocess.Process) -> None:
    """Closing its stdin asks it to end; one that does not is killed."""
    if process.stdin is not None:
        process.stdin.close()
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _STOP)
    if process.returncode is None:
        process.kill()
        await process.wait()

"""A room of fake engines with a real store, and a line that plays at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from callbot.call import Call
from callbot.cases.store import Store
from callbot.content import Site
from callbot.engines import SAMPLE_RATE, Audio
from callbot.events import CallEnded, CallStarted, Understanding
from callbot.metrics import Metrics
from callbot.pool import Pool
from callbot.room import load_rules
from callbot.session import Session
from callbot.stations import Room
from tests.fakes import FakeDetector, FakeSynthesizer, FakeTranscriber, FakeUnderstander, FakeVad, started


@dataclass
class FakeLine:
    """Takes what the session sends; marks come back as soon as they are set."""

    echo: Callable[[str], None] = lambda _: None
    frames: list[Audio] = field(default_factory=list)
    cleared: int = 0
    transferred_to: str | None = None
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def play(self, audio: Audio) -> None:
        self.frames.append(audio)

    async def mark(self, name: str) -> None:
        self.echo(name)

    async def clear(self) -> None:
        self.cleared += 1

    async def close(self, *, transfer_to: str | None) -> None:
        self.transferred_to = transfer_to
        self.closed.set()


@asynccontextmanager
async def fake_room(
    site: Site, folder: Path, *, texts: list[str], meanings: Mapping[str, Understanding], **changes: Any
) -> AsyncIterator[Room]:
    """Everything that a call needs; `changes` replace single engines."""
    store = Store(f"sqlite:///{folder / 'cases.db'}", service_codes={})
    with Pool(2) as pool, ThreadPoolExecutor(1) as files:
        room = Room(
            pool=pool,
            new_vad=FakeVad,
            turn_detector=FakeDetector(),
            transcriber=FakeTranscriber(texts),
            understander=FakeUnderstander(meanings),
            rules=load_rules(site),
            voices={"piper-joe": FakeSynthesizer()},
            store=store,
            files=files,
            metrics=Metrics(),
            publish=lambda _call, _event: None,
            summary_template=site.summary,
        )
        yield replace(room, **changes)
    store.close()


def quick(site: Site) -> Site:
    """The site with short waits, for calls that do not run in real time."""
    book = site.playbook
    timing = book.policy.timing.model_copy(update={"silence": 30.0, "filler": 20.0})
    policy = book.policy.model_copy(update={"timing": timing})
    return replace(site, playbook=book.model_copy(update={"policy": policy}))


@dataclass
class Talk:
    """A caller in the same process: speaks tones, waits for answers."""

    session: Session
    line: FakeLine
    task: asyncio.Task[None]

    async def speak(self, seconds: float = 0.6) -> None:
        """A turn: sound, then enough silence to end it."""
        self.session.hear(np.full(int(seconds * SAMPLE_RATE), 0.2, np.float32))
        quiet = np.zeros(int(0.1 * SAMPLE_RATE), np.float32)
        for _ in range(16):
            self.session.hear(quiet)
            await asyncio.sleep(0.002)

    async def until(self, condition: Callable[[], object], patience: float = 10.0) -> None:
        """Wait for something to become true."""
        async with asyncio.timeout(patience):
            while not condition():
                await asyncio.sleep(0.005)

    async def hang_up(self) -> None:
        """The caller leaves; returns when everything is stored."""
        self.session.receive(CallEnded("the caller hung up"))
        await self.task


@asynccontextmanager
async def call_in(room: Room, site: Site, caller: CallStarted | None = None) -> AsyncIterator[Talk]:
    """A call that has just been connected."""
    line = FakeLine()
    call = Call(site.playbook, site.emergency, site.lines.lines["main"])
    session = Session(caller or started(), call, line, room)
    line.echo = session.played
    task = asyncio.create_task(session.run())
    talk = Talk(session, line, task)
    try:
        yield talk
    finally:
        if not task.done():
            await talk.hang_up()


def said_in(room: Room, call_id: str = "call-1") -> list[str]:
    """Every sentence that the store holds as said."""
    call = room.store.call(call_id)
    assert call is not None
    return [sentence for turn in call["turns"] for sentence in turn["said"]]

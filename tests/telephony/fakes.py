"""Stand-ins for what is on either side of the gateway: sessions above, a bare carrier below."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from callbot.engines import Audio, Line
from callbot.events import CallEnded, CallStarted, Fact
from callbot.telephony.gateway import Gateway, OpenCall
from callbot.telephony.sockets import ClientSocket
from tests.telephony import TWILIO, start_message


class Listener:
    """A session that writes down what it is told and stays until the call has ended."""

    def __init__(self, started: CallStarted, line: Line) -> None:
        self.started, self.line = started, line
        self.facts: list[Fact] = []
        self.marks: list[str] = []
        self.heard: list[Audio] = []
        self.returned = False
        self._over = asyncio.Event()

    def receive(self, fact: Fact) -> None:
        self.facts.append(fact)
        if isinstance(fact, CallEnded):
            self._over.set()

    def played(self, mark: str) -> None:
        self.marks.append(mark)

    def hear(self, audio: Audio) -> None:
        self.heard.append(audio)

    async def run(self) -> None:
        await self._over.wait()
        self.returned = True

    @property
    def samples(self) -> int:
        return sum(audio.size for audio in self.heard)

    @property
    def endings(self) -> list[str]:
        return [fact.reason for fact in self.facts if isinstance(fact, CallEnded)]


class Switchboard:
    """Opens `Listener`s (or what `make` makes) and remembers them in the order of their calls."""

    def __init__(self, make: Callable[[CallStarted, Line], Listener] = Listener) -> None:
        self.calls: list[Listener] = []
        self._make = make

    def __call__(self, started: CallStarted, line: Line) -> Listener:
        self.calls.append(self._make(started, line))
        return self.calls[-1]


def gateway(open_call: OpenCall, **options: Any) -> Gateway:
    """A gateway for Twilio on a free loopback port, open to all."""
    defaults: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": 0,
        "admit": lambda: None,
        "credentials": {},
        "public_url": "",
    }
    return Gateway({"twilio": TWILIO}, open_call, **(defaults | options))


def url(opened: Gateway) -> str:
    return f"ws://127.0.0.1:{opened.port}/twilio"


def dial(opened: Gateway, **options: Any) -> connect:
    """A bare connection, to be entered."""
    quiet: dict[str, Any] = {"compression": None, "proxy": None, "ping_interval": None}
    return connect(url(opened), create_connection=ClientSocket, **(quiet | options))


async def begin(socket: ClientConnection, board: Switchboard, **parameters: str) -> Listener:
    """Start the call and wait for its session."""
    before = len(board.calls)
    await socket.send(start_message(**parameters))
    await until(lambda: len(board.calls) > before)
    return board.calls[-1]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for `condition`; a test that waits in vain fails after ten seconds."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)

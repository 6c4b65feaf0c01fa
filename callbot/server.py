"""Media sockets and console in one process: what `callbot serve` runs and `callbot demo` plays against."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from callbot.call import Call
from callbot.config import Settings
from callbot.console.app import create_app
from callbot.console.live import LiveCalls
from callbot.console.server import serve
from callbot.content import Site
from callbot.engines import Line
from callbot.events import CallStarted
from callbot.metrics import Metrics
from callbot.room import open_room, open_store, readiness
from callbot.session import Session
from callbot.stations import Publish, Room
from callbot.telephony.gateway import Gateway
from callbot.telephony.tokens import Tokens

LAST_QUESTIONS = 2.0
"""Seconds for which the console outlives calls that a stop has cut off: after each, the carrier asks where to."""


@dataclass
class Server:
    """A running server."""

    site: Site
    room: Room
    live: LiveCalls
    sessions: set[Session] = field(default_factory=set)
    """Calls that are running."""
    media_port: int = 0
    console_port: int = 0
    _quiet: asyncio.Event = field(default_factory=asyncio.Event)

    def open_call(self, started: CallStarted, line: Line) -> Session:
        """Make the session of a caller whom the gateway has connected."""
        name = self.site.line_of(started.line)
        call = Call(self.site.playbook, self.site.emergency, self.site.lines.lines[name])
        session = Session(replace(started, line=name), call, line, self.room, on_end=self._ended)
        self.sessions.add(session)
        self._quiet.clear()
        return session

    def _ended(self, session: Session) -> None:
        self.sessions.discard(session)
        if not self.sessions:
            self._quiet.set()

    async def all_stored(self) -> None:
        """Wait until no call is running and everything of the last ones is in the store."""
        await self._quiet.wait()

    def refusal(self) -> str | None:
        """Why a further call cannot be taken; None if it can."""
        load = self.site.playbook.policy.load
        if len(self.sessions) >= load.calls:
            return "all lines are busy"
        # One call alone cannot be crowded out: a slow machine must not refuse everybody.
        if self.sessions and self.room.pool.lag >= load.waiting:
            return "the machine is too busy"
        return None

    def overflow_for(self, number: str) -> str | None:
        """Where a call to `number` goes for which there is no room; None if there is."""
        if self.refusal() is None:
            return None
        line = self.site.lines.lines[self.site.line_of(number)]
        return line.overflow or line.transfer_human

    def ready(self) -> dict[str, bool]:
        """What a further call needs, and whether it is there."""
        return {**readiness(self.room), "room_for_a_call": self.refusal() is None}

    def person_for(self, number: str) -> str:
        """Where a call to `number` is transferred when nothing is known of it."""
        return self.site.lines.lines[self.site.line_of(number)].transfer_human


@asynccontextmanager
async def running(settings: Settings, site: Site, watch: Publish = lambda _call, _event: None) -> AsyncIterator[Server]:
    """Load, listen, and end everything in order afterwards; `watch` is told what the console is told.

    Calls end before the console does, so that the carrier's questions about their callers are still answered.

    Raises ConfigError when an address cannot be used, ModelError or StoreError when the rest cannot be had.
    """
    metrics, live, tokens = Metrics(), LiveCalls(), Tokens()
    secret = settings.twilio_auth_token.get_secret_value() if settings.twilio_auth_token else ""
    store = open_store(settings, site)

    def publish(call_id: str, event: dict[str, Any]) -> None:
        live.publish(call_id, event)
        watch(call_id, event)

    try:
        with open_room(settings, site, store, metrics, publish) as room:
            server = Server(site, room, live)
            gateway = Gateway(
                site.dialects,
                server.open_call,
                host=settings.host,
                port=settings.media_port,
                admit=server.refusal,
                credentials={"twilio": secret} if secret else {},
                public_url=settings.public_url,
                # Where the carrier proves itself, its streams must also come from our own answer document.
                redeem=tokens.redeem if secret else None,
            )
            async with AsyncExitStack() as console, gateway:
                server.media_port = gateway.port
                app = create_app(
                    store=store,
                    metrics=metrics,
                    live=live,
                    ready=server.ready,
                    catalogue=site.playbook.catalogue,
                    answers=site.answers,
                    public_url=settings.public_url,
                    media_port=gateway.port,
                    issue_token=tokens.issue,
                    person_for=server.person_for,
                    overflow_for=server.overflow_for,
                    transfers=room.transfers,
                    hung_up=room.hung_up,
                    twilio_auth_token=secret,
                )
                server.console_port = await console.enter_async_context(
                    serve(app, settings.host, settings.console_port)
                )
                try:
                    yield server
                finally:
                    if server.sessions:
                        console.push_async_callback(asyncio.sleep, LAST_QUESTIONS)
    finally:
        store.close()

"""The calls that are running now, as a person may watch them.

Each session publishes what happens in its call; browsers read whole calls as they stand. A browser that is slow
gets the newest state of each call instead of everything in between: what waits for it is at most one entry a
call, so it can neither hold a call up nor fill the memory. All of this lives in one event loop.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

KEEP = 60.0
"""Seconds that a call stays visible after its end."""

BEAT = 5.0
"""Seconds without news after which watchers get a sign of life."""


@dataclass(slots=True)
class LiveCall:
    """One call as it stands."""

    call_id: str
    line: str = ""
    caller_known: bool = False
    """Whether the caller's number was sent along; the number itself is not shown."""
    started: str | None = None
    """UTC, ISO 8601."""
    state: str = ""
    intent: str | None = None
    slots: dict[str, Any] = field(default_factory=dict)
    partial: str = ""
    """What the caller is just saying."""
    transcript: list[dict[str, str]] = field(default_factory=list)
    """{"who": "caller" or "bot", "text"} in the order in which it was said."""
    emergency: dict[str, Any] | None = None
    transfer: dict[str, Any] | None = None
    ended: dict[str, Any] | None = None


@dataclass(eq=False, slots=True)
class _Watcher:
    """One browser: which calls it has not seen the newest state of."""

    unseen: dict[str, None]
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, call_id: str) -> None:
        self.unseen[call_id] = None
        self.news.set()

    def take(self) -> list[str]:
        taken = list(self.unseen)
        self.unseen.clear()
        self.news.clear()
        return taken


class LiveCalls:
    """All calls that are running or have just ended."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._calls: dict[str, LiveCall] = {}
        self._ended_at: dict[str, float] = {}
        self._watchers: set[_Watcher] = set()
        self._is_open = True

    def publish(self, call_id: str, event: dict[str, Any]) -> None:
        """Something happened in a call: `event["type"]` is one of started, partial, heard, said, state, emergency,
        transfer and ended.

        Raises KeyError for another type or a missing field.
        """
        apply = _CHANGES[event["type"]]
        call = self._calls.setdefault(call_id, LiveCall(call_id))
        apply(call, event)
        if call.ended is not None:
            self._ended_at.setdefault(call_id, self._clock())
        self._tell(call_id)
        self._forget_ended()

    def snapshot(self) -> list[dict[str, Any]]:
        """All calls as JSON values: emergencies first, then the running ones, each in the order in which they began."""
        self._forget_ended()
        calls = sorted(self._calls.values(), key=lambda call: (call.emergency is None, call.ended is not None))
        return [asdict(call) for call in calls]

    async def subscribe(self) -> AsyncGenerator[dict[str, Any], None]:
        """All calls as they stand, then each one again whenever it changes, until `close`.

        Yields {"type": "call", "call": …}, {"type": "gone", "call_id": …} for one that is not shown any longer,
        and {"type": "beat"} when there has been no news for `BEAT` seconds.
        """
        watcher = _Watcher(dict.fromkeys(call["call_id"] for call in self.snapshot()))
        self._watchers.add(watcher)
        try:
            while self._is_open:
                for call_id in watcher.take():
                    yield self._news_of(call_id)
                try:
                    async with asyncio.timeout(BEAT):
                        await watcher.news.wait()
                except TimeoutError:
                    self._forget_ended()
                    yield {"type": "beat"}
        finally:
            self._watchers.discard(watcher)

    def close(self) -> None:
        """End all subscriptions, so that the server can stop."""
        self._is_open = False
        for watcher in self._watchers:
            watcher.news.set()

    def _news_of(self, call_id: str) -> dict[str, Any]:
        call = self._calls.get(call_id)
        return {"type": "gone", "call_id": call_id} if call is None else {"type": "call", "call": asdict(call)}

    def _forget_ended(self) -> None:
        limit = self._clock() - KEEP
        for call_id in [call_id for call_id, ended_at in self._ended_at.items() if ended_at <= limit]:
            del self._calls[call_id], self._ended_at[call_id]
            self._tell(call_id)

    def _tell(self, call_id: str) -> None:
        for watcher in self._watchers:
            watcher.tell(call_id)


# ---------------------------------------------------------------- what each event changes


def _started(call: LiveCall, event: dict[str, Any]) -> None:
    wall = event["wall"]
    call.line, call.caller_known = event["line"], event["caller_known"]
    call.started = wall.isoformat() if isinstance(wall, datetime) else wall


def _partial(call: LiveCall, event: dict[str, Any]) -> None:
    call.partial = event["text"]


def _heard(call: LiveCall, event: dict[str, Any]) -> None:
    call.partial = ""
    if event["text"]:
        call.transcript.append({"who": "caller", "text": event["text"]})


def _said(call: LiveCall, event: dict[str, Any]) -> None:
    call.transcript.append({"who": "bot", "text": event["text"]})


def _state(call: LiveCall, event: dict[str, Any]) -> None:
    call.state, call.intent, call.slots = event["state"], event["intent"], dict(event["slots"])


def _emergency(call: LiveCall, event: dict[str, Any]) -> None:
    call.emergency = {"kind": event["kind"], "evidence": event["evidence"]}


def _transfer(call: LiveCall, event: dict[str, Any]) -> None:
    call.transfer = {"target": event["target"], "reason": event["reason"]}


def _ended(call: LiveCall, event: dict[str, Any]) -> None:
    call.partial = ""
    call.ended = {"outcome": event["outcome"], "reason": event["reason"]}


_CHANGES: dict[str, Callable[[LiveCall, dict[str, Any]], None]] = {
    "started": _started,
    "partial": _partial,
    "heard": _heard,
    "said": _said,
    "state": _state,
    "emergency": _emergency,
    "transfer": _transfer,
    "ended": _ended,
}

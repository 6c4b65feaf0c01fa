"""The JSON API: cases, calls, the queue, and the calls that are running now. Read-only."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import StreamingResponse

from callbot.cases.lifecycle import Status
from callbot.cases.store import Store
from callbot.console.live import LiveCalls
from callbot.console.wording import Wording
from callbot.events import Outcome

PAGE = 50
"""Cases a page."""


def router(store: Store, live: LiveCalls, wording: Wording) -> APIRouter:
    """All routes below /api."""
    api = APIRouter(prefix="/api")

    @api.get("/cases")
    def cases(
        intent: str | None = None,
        status: Status | None = None,
        disposition: Outcome | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        q: str | None = None,
        page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    ) -> list[dict[str, Any]]:
        """Cases, newest first, 50 a page. Moments without a zone are UTC."""
        return store.cases(
            intent=intent,
            status=status,
            disposition=disposition,
            since=_aware(since),
            until=_aware(until),
            q=q,
            limit=PAGE,
            offset=(page - 1) * PAGE,
        )

    @api.get("/cases/{number}")
    def case(number: str) -> dict[str, Any]:
        """One case, by its number in any spelling, with its history and what its decision rests on."""
        return _found(store.case_file(number), "case with this number")

    @api.get("/calls/{call_id}")
    def call(call_id: str) -> dict[str, Any]:
        """One call with its turns, its cases and their history."""
        return _found(store.call(call_id), "call with this id")

    @api.get("/queue")
    def queue() -> list[dict[str, Any]]:
        """Calls that wait for a person, the most urgent first."""
        return store.queue()

    @api.get("/queue/due")
    def due() -> list[dict[str, Any]]:
        """What somebody has to follow up on until when, the most urgent first."""
        return store.due()

    @api.get("/live")
    async def running() -> list[dict[str, Any]]:
        """Calls that are running, or have ended within the last minute."""
        return live.snapshot()

    @api.get("/live/events", response_class=StreamingResponse)
    async def events() -> StreamingResponse:
        """The same as server-sent events: each call again whenever it changes, with its slots in words."""
        return StreamingResponse(_event_stream(live, wording), media_type="text/event-stream")

    return api


async def _event_stream(live: LiveCalls, wording: Wording) -> AsyncGenerator[str, None]:
    async with aclosing(live.subscribe()) as news:
        async for event in news:
            call = event.get("call")
            if call is not None:
                call["title"] = wording.title(call["intent"]) if call["intent"] else ""
                call["details"] = wording.details(call["slots"])
            yield f"data: {json.dumps(event)}\n\n"


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _found(row: dict[str, Any] | None, what: str) -> dict[str, Any]:
    if row is None:
        raise HTTPException(404, f"There is no {what}.")
    return row

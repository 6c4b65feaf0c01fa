"""The stations of one call at work: hearing, understanding and filing, each within its budget.

Whatever a model or the store does, what comes back is a fact: the result, or `StageFailed`, for which the conductor
takes the fallback that policy.yaml declares.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from callbot.cases.briefing import brief
from callbot.cases.store import Filed, Store
from callbot.engines import Synthesizer, Transcriber, Transcript, TurnDetector, Understander, Vad
from callbot.errors import CallbotError
from callbot.events import (
    CallStarted,
    Escalate,
    Fact,
    LookedUp,
    LookUp,
    Outcome,
    SaveCase,
    Saved,
    SaveTurn,
    StageFailed,
    Station,
    Transcribed,
    Transfer,
    TurnRecord,
    Understand,
    Understood,
)
from callbot.metrics import Metrics
from callbot.pool import Pool, Priority
from callbot.privacy import where
from callbot.schema import Playbook

log = logging.getLogger("callbot.stations")

T = TypeVar("T")

_CLOSING_TIME = 3.0
"""Longest wait for the store when a call is over, in seconds."""

Publish = Callable[[str, dict[str, Any]], None]
"""Tells watchers (call id, event) what happens; never blocks."""


@dataclass(frozen=True)
class Room:
    """What all calls share: loaded models, threads, the store."""

    pool: Pool
    new_vad: Callable[[], Vad]
    turn_detector: TurnDetector
    transcriber: Transcriber
    understander: Understander
    rules: Understander
    """Keyword rules, for when the small model is out of order."""
    voices: Mapping[str, Synthesizer]
    """By the voice's name in telephony/lines.yaml."""
    store: Store
    files: Executor
    """The one thread in which the store is written."""
    metrics: Metrics
    publish: Publish
    summary_template: str
    transfers: dict[str, str] = field(default_factory=dict)
    """Carrier's call id -> number that the call was given to."""
    hung_up: set[str] = field(default_factory=set)
    """Carrier's ids of the calls that were hung up in order. The carrier may ask before the store knows."""


@dataclass
class Stations:
    """What one call asks of models and store."""

    started: CallStarted
    book: Playbook
    room: Room
    post: Callable[[Fact], None]
    """Takes each fact."""
    now: Callable[[], float]
    """Seconds since the call's start."""
    wall: Callable[[], datetime]
    _turns: dict[int, TurnRecord] = field(default_factory=dict)

    # ------------------------------------------------------------ models

    async def transcribe(self, turn: int, words: Awaitable[Transcript]) -> None:
        """Bring a turn's final words."""
        heard = await self._at("hear", turn, words)
        if heard is not None:
            self.post(Transcribed(turn, heard.text, heard.confidence, heard.words))

    async def understand(self, command: Understand) -> None:
        """Bring a turn's meaning."""
        engine = self.room.understander if command.by == "model" else self.room.rules
        work = self.room.pool.submit(Priority.FINAL, engine.understand, command.text, command.asked, self.started.wall)
        meaning = await self._at("understand", command.turn, work)
        if meaning is not None:
            self.post(Understood(command.turn, meaning))

    # ------------------------------------------------------------ the store

    async def open_call(self) -> None:
        """Note that the call has begun."""
        store, started = self.room.store, self.started
        await self._at("file", 0, self._in_files(lambda: store.open_call(started)))

    async def save_turn(self, command: SaveTurn, rows: list[tuple[float, dict[str, Any]]]) -> None:
        """Commit a turn with the facts and commands since the last one, and say so."""
        self._turns[command.record.index] = command.record
        store, call_id, wall = self.room.store, self.started.call_id, self.wall()

        def write() -> str | None:
            number = store.save_turn(call_id, command.record, command.case, wall)
            store.record(call_id, rows)
            return number

        done = await self._at("file", command.record.index, self._in_files(lambda: (write(),)))
        if done is not None:
            self.post(Saved(command.record.index, done[0]))

    async def save_case(self, command: SaveCase) -> None:
        """Commit the case's new status, and say so."""
        store, call_id, wall, summary = self.room.store, self.started.call_id, self.wall(), self._brief(command)

        def write() -> Filed:
            return store.save_case(
                call_id,
                command.case,
                wall,
                summary=summary,
                repeat_within=command.repeat_within,
                follow_up=command.follow_up,
            )

        filed = await self._at("file", command.turn, self._in_files(write))
        if filed is not None:
            self.post(Saved(command.turn, filed.number, filed.linked_to))

    async def look_up(self, command: LookUp) -> None:
        """Bring what the store knows about an earlier case."""
        store, wall = self.room.store, self.wall()
        # In a tuple, for None is an answer.
        work = self._in_files(lambda: (store.status_of(command.number, wall),))
        found = await self._at("file", command.turn, work)
        if found is not None:
            self.post(LookedUp(command.turn, found[0]))

    async def escalate(self, command: Escalate) -> None:
        """Put the call into the operators' queue."""
        store, call_id, wall, summary = self.room.store, self.started.call_id, self.wall(), self._brief(command)
        await self._at("file", 0, self._in_files(lambda: store.escalate(call_id, command, summary, wall)))

    async def note_transfer(self, command: Transfer) -> None:
        """Keep where the call goes, for the carrier's question and for the log."""
        store, call_id, wall = self.room.store, self.started.call_id, self.wall()
        target, priority, reason = command.target, command.priority, command.reason
        write = self._in_files(lambda: store.request_transfer(call_id, target, priority, reason, wall))
        await self._at("file", 0, write)

    async def end_call(self, outcome: Outcome | None, reason: str, rows: list[tuple[float, dict[str, Any]]]) -> None:
        """Leave the log complete; a store that cannot is logged, for nobody waits any more."""
        store, call_id, wall = self.room.store, self.started.call_id, self.wall()

        def write() -> None:
            store.record(call_id, rows)
            store.end_call(call_id, outcome, reason, wall)

        try:
            await asyncio.wait_for(self._in_files(write), _CLOSING_TIME)
        except (CallbotError, TimeoutError) as error:
            log.error("call %s: its end could not be stored: %s", call_id, error)

    async def _in_files(self, write: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.room.files, write)

    # ------------------------------------------------------------ budgets

    async def _at(self, station: Station, turn: int, work: Awaitable[T]) -> T | None:
        """Let a station work within its budget; None, and a `StageFailed` fact, if it does not deliver."""
        began = self.now()
        try:
            result = await asyncio.wait_for(work, self.book.policy.stations[station].budget)
        except TimeoutError:
            reason = "over its budget"
        # Whatever an engine raises, the caller is answered by the declared fallback.
        except Exception as error:  # noqa: BLE001
            # Only our own sentences are free of the caller's words; a traceback would hold everybody's.
            ours = f": {error}" if isinstance(error, CallbotError) else ""
            reason = type(error).__name__ + ours
            log.error("call %s: station %s failed: %s%s", self.started.call_id, station, where(error), ours)
        else:
            self.room.metrics.station_done(station, self.now() - began, getattr(result, "confidence", None))
            return result
        self.room.metrics.station_failed(station)
        self.post(StageFailed(station, turn, reason))
        return None

    def _brief(self, command: Escalate | SaveCase) -> str:
        """The operators' summary; without it (its station's fallback is to go on) the transcript speaks."""
        began = self.now()
        try:
            text = brief(self.book, self.room.summary_template, tuple(self._turns.values()), command)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the case itself is filed
            log.error("call %s: no summary could be made: %s", self.started.call_id, where(error))
            self.room.metrics.station_failed("summarize")
            self.post(StageFailed("summarize", 0, "no summary could be made"))
            return ""
        self.room.metrics.station_done("summarize", self.now() - began, None)
        return text

"""Runs one call: carries facts to the pure conductor and carries out its commands.

Everything slow (models, the store) runs elsewhere and comes back as a fact, within the budget that policy.yaml
gives its station; what fails or is late comes back as `StageFailed`. The conductor decides what follows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from callbot.call import Call
from callbot.cases.briefing import brief
from callbot.cases.store import Store
from callbot.cases.summary import display
from callbot.ear import Ear
from callbot.engines import Audio, Line, Synthesizer, Transcriber, TurnDetector, Understander, Vad
from callbot.errors import CallbotError
from callbot.events import (
    CallEnded,
    CallStarted,
    ClearPlayback,
    Command,
    Escalate,
    Fact,
    HangUp,
    PartialHeard,
    SaveCase,
    Saved,
    SaveTurn,
    Speak,
    StageFailed,
    StartTimer,
    Station,
    StopTimer,
    TimerFired,
    Transcribe,
    Transcribed,
    Transfer,
    TurnEnded,
    TurnRecord,
    Understand,
    Understood,
    to_json,
)
from callbot.metrics import Metrics
from callbot.playback import Playback
from callbot.pool import Pool, Priority

T = TypeVar("T")

log = logging.getLogger("callbot.session")

_LAST_WORDS = 6.0
"""Longest wait for the sentence before a transfer or hang-up, in seconds."""
_CLOSING_TIME = 3.0
"""Longest wait for the store when a call is over."""

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


@dataclass(eq=False)
class Session:
    """The shell around one `Call`; the gateway's handler of one caller."""

    started: CallStarted
    call: Call
    line: Line
    room: Room
    on_end: Callable[[Session], None] = lambda _: None
    """Told when the call is over and everything of it is stored."""
    clock: Callable[[], float] = field(default_factory=lambda: asyncio.get_running_loop().time)
    _facts: asyncio.Queue[tuple[float, Fact]] = field(default_factory=asyncio.Queue)
    _log: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    """Facts and commands that are not in the store yet."""
    _turns: dict[int, TurnRecord] = field(default_factory=dict)
    _tasks: asyncio.TaskGroup = field(init=False)
    _until_end: set[asyncio.Task[None]] = field(default_factory=set)
    """Tasks that mean nothing once the call is over."""
    _timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)
    _voice_ended: float | None = None
    """When the caller's last turn fell silent."""
    _reason: str = ""
    """Why the call is over; "" while it is not."""

    def __post_init__(self) -> None:
        self._zero = self.clock()
        policy = self.call.book.policy
        room = self.room
        self.ear = Ear(
            policy, room.pool, room.new_vad(), room.turn_detector, room.transcriber, self.receive,
            room.metrics.partial_dropped,
        )  # fmt: skip
        budget = policy.stations["speak"].budget
        voice = room.voices[self.call.line.voice]
        self.playback = Playback(self.line, room.pool, voice, budget, self.receive, self._began)

    # ------------------------------------------------------------ the gateway's side

    def receive(self, fact: Fact) -> None:
        """Queue a fact; returns at once."""
        self._facts.put_nowait((self._now(), fact))

    def hear(self, audio: Audio) -> None:
        """The next stretch of the caller's voice, 16 kHz."""
        if not self._reason:
            self.ear.hear(audio)

    def played(self, mark: str) -> None:
        """The carrier has played everything before `mark`."""
        self.playback.played(mark)

    async def run(self) -> None:
        """Live as long as the call."""
        self.room.metrics.call_started()
        self.receive(self.started)
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                self._start(self._file(0, lambda: self.room.store.open_call(self.started)))
                self._start(self.playback.run(), until_end=True)
                await self._conduct()
                # Nobody waits for what was heard or said any more; what goes into the store is finished.
                for task in self._until_end:
                    task.cancel()
        finally:
            self._close()
            await self._write_end()
            self.on_end(self)

    # ------------------------------------------------------------ facts to commands

    async def _conduct(self) -> None:
        while not self._reason:
            at, fact = await self._facts.get()
            self._log.append((at, to_json(fact)))
            self._watch(fact)
            for command in self._decide(fact, at):
                self._log.append((at, to_json(command)))
                await self._carry_out(command)
            if isinstance(fact, CallEnded):
                self._reason = fact.reason

    def _decide(self, fact: Fact, at: float) -> list[Command]:
        try:
            return self.call.receive(fact, at)
        except Exception:  # a mistake in the rules must not leave a caller in silence: a person takes over
            log.exception("call %s: the conductor failed on %s", self.started.call_id, type(fact).__name__)
        failed = StageFailed("decide", 0, "the dialog rules raised an error")
        self.room.metrics.station_failed("decide")
        self._log.append((at, to_json(failed)))
        self._watch(failed)
        return self.call.receive(failed, at)

    async def _carry_out(self, command: Command) -> None:
        match command:
            case Speak():
                self._publish("said", utterance=command.utterance, text=" ".join(command.sentences))
                self.playback.say(command)
            case ClearPlayback():
                self.room.metrics.barged_in()
                await self.playback.clear()
            case StartTimer():
                self._start_timer(command)
            case StopTimer():
                self._stop_timer(command.name)
            case Transcribe():
                self._start(self._transcribe(command), until_end=True)
            case Understand():
                self._start(self._understand(command), until_end=True)
            case SaveTurn():
                self._turns[command.record.index] = command.record
                self._publish_state(command)
                self._start(self._save_turn(command))
            case SaveCase():
                self._start(self._save_case(command))
            case Escalate():
                self._start(self._escalate(command))
            case Transfer():
                self._start(self._transfer(command), until_end=True)
            case HangUp():
                self._start(self._hang_up(command), until_end=True)

    def _start(self, work: Coroutine[Any, Any, None], *, until_end: bool = False) -> None:
        task = self._tasks.create_task(work)
        if until_end:
            self._until_end.add(task)
            task.add_done_callback(self._until_end.discard)

    # ------------------------------------------------------------ stations

    async def _at(self, station: Station, turn: int, work: Awaitable[T]) -> T | None:
        """Let a station work within its budget; None, and a `StageFailed` fact, if it does not deliver."""
        metrics = self.room.metrics
        began = self.clock()
        try:
            result = await asyncio.wait_for(work, self.call.book.policy.stations[station].budget)
        except TimeoutError:
            reason = "over its budget"
        except Exception as error:  # whatever an engine raises, the caller is answered by the declared fallback
            reason = f"{type(error).__name__}: {error}" if isinstance(error, CallbotError) else type(error).__name__
            log.error("call %s: station %s failed: %s", self.started.call_id, station, reason, exc_info=True)
        else:
            metrics.station_done(station, self.clock() - began, getattr(result, "confidence", None))
            return result
        metrics.station_failed(station)
        self.receive(StageFailed(station, turn, reason))
        return None

    async def _transcribe(self, command: Transcribe) -> None:
        heard = await self._at("hear", command.turn, self.ear.transcribe(command.turn))
        if heard is None:
            return
        if heard.text:
            self._publish("heard", turn=command.turn, text=heard.text)
        self.receive(Transcribed(command.turn, heard.text, heard.confidence, heard.words))

    async def _understand(self, command: Understand) -> None:
        engine = self.room.understander if command.by == "model" else self.room.rules
        work = self.room.pool.submit(
            Priority.FINAL, engine.understand, command.text, command.asked, self.started.wall
        )
        meaning = await self._at("understand", command.turn, work)
        if meaning is not None:
            self.receive(Understood(command.turn, meaning))

    # ------------------------------------------------------------ the store

    async def _save_turn(self, command: SaveTurn) -> None:
        wall = self._wall()
        rows, self._log = self._log, []

        def write() -> str | None:
            store, call_id = self.room.store, self.started.call_id
            number = store.save_turn(call_id, command.record, command.case, wall)
            store.record(call_id, rows)
            return number

        await self._file(command.record.index, write)

    async def _save_case(self, command: SaveCase) -> None:
        summary = self._brief(command)
        wall = self._wall()
        store, call_id = self.room.store, self.started.call_id
        await self._file(command.turn, lambda: store.save_case(call_id, command.case, wall, summary=summary))

    async def _file(self, turn: int, write: Callable[[], str | None]) -> None:
        """Have something committed, and say so once it is."""
        done = await self._at("file", turn, self._in_files(lambda: (write(),)))
        if done is not None:
            self.receive(Saved(turn, done[0]))

    async def _escalate(self, command: Escalate) -> None:
        if command.kind is not None:
            self.room.metrics.emergency_recognised(command.kind)
            self._publish("emergency", kind=command.kind, evidence=command.evidence)
        summary = self._brief(command)
        wall, store, call_id = self._wall(), self.room.store, self.started.call_id
        await self._at("file", 0, self._in_files(lambda: store.escalate(call_id, command, summary, wall)))

    def _brief(self, command: Escalate | SaveCase) -> str:
        """The operators' summary; without it (its station's fallback is to go on) the transcript speaks."""
        began = self.clock()
        try:
            text = brief(self.call.book, self.room.summary_template, tuple(self._turns.values()), command)
        except Exception:
            log.exception("call %s: no summary could be made", self.started.call_id)
            self.room.metrics.station_failed("summarize")
            self.receive(StageFailed("summarize", 0, "no summary could be made"))
            return ""
        self.room.metrics.station_done("summarize", self.clock() - began, None)
        return text

    async def _in_files(self, write: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.room.files, write)

    # ------------------------------------------------------------ leaving

    async def _transfer(self, command: Transfer) -> None:
        self._publish("transfer", target=command.target, reason=command.reason)
        self.room.transfers[self.started.carrier_call_id] = command.target
        wall, store, call_id = self._wall(), self.room.store, self.started.call_id
        write = self._in_files(
            lambda: store.request_transfer(call_id, command.target, command.priority, command.reason, wall)
        )
        # The transfer never waits for the store: the carrier's question where to is answered from memory.
        self._start(self._noted(write))
        await self._last_words(command.after_utterance)
        await self._leave(command.target, f"transferred: {command.reason}")

    async def _noted(self, write: Awaitable[None]) -> None:
        await self._at("file", 0, write)

    async def _hang_up(self, command: HangUp) -> None:
        await self._last_words(command.after_utterance)
        await self._leave(None, "finished")

    async def _last_words(self, utterance: int | None) -> None:
        if utterance is None:
            return
        try:
            await asyncio.wait_for(self.playback.finished(utterance), _LAST_WORDS)
        except TimeoutError:
            log.warning("call %s: the last words were not heard out", self.started.call_id)

    async def _leave(self, target: str | None, reason: str) -> None:
        if self._reason:
            return
        try:
            await self.line.close(transfer_to=target)
        except ConnectionError:
            log.info("call %s: the line was gone before it could be closed", self.started.call_id)
        self.receive(CallEnded(reason))

    def _close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self.ear.close()
        self.playback.close()

    async def _write_end(self) -> None:
        """Leave the log complete, whatever ended the call."""
        outcome = self.call.dialog.outcome
        self.room.metrics.call_ended(outcome)
        self._publish("ended", outcome=outcome, reason=self._reason)
        rows, self._log = self._log, []
        call_id, wall, store = self.started.call_id, self._wall(), self.room.store

        def write() -> None:
            store.record(call_id, rows)
            store.end_call(call_id, outcome, self._reason, wall)

        try:
            await asyncio.wait_for(self._in_files(write), _CLOSING_TIME)
        except (CallbotError, TimeoutError) as error:
            log.error("call %s: its end could not be stored: %s", call_id, error)

    # ------------------------------------------------------------ timers

    def _start_timer(self, command: StartTimer) -> None:
        self._stop_timer(command.name)
        loop = asyncio.get_running_loop()
        self._timers[command.name] = loop.call_later(command.seconds, self.receive, TimerFired(command.name))

    def _stop_timer(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()

    # ------------------------------------------------------------ watchers and time

    def _watch(self, fact: Fact) -> None:
        match fact:
            case CallStarted():
                self._publish(
                    "started", line=fact.line, caller_known=fact.caller is not None, wall=fact.wall.isoformat()
                )
            case PartialHeard():
                self._publish("partial", turn=fact.turn, text=fact.text)
            case TurnEnded():
                self.room.metrics.turn_ended()
                self._voice_ended = self._now() - self.ear.quiet
            case StageFailed():
                self.room.metrics.fell_back(fact.station, self.call.book.policy.stations[fact.station].fallback)

    def _publish_state(self, command: SaveTurn) -> None:
        case = command.case
        self._publish(
            "state",
            state=command.record.state,
            intent=case.intent if case else None,
            slots={} if case is None else {name: display(value) for name, value in case.slots.items()},
        )

    def _publish(self, event: str, /, **details: Any) -> None:
        self.room.publish(self.started.call_id, {"type": event, **details})

    def _began(self) -> None:
        """The first sound of an answer goes out."""
        if self._voice_ended is not None:
            self.room.metrics.answered(self._now() - self._voice_ended)
            self._voice_ended = None

    def _now(self) -> float:
        """Seconds since the call's start."""
        return self.clock() - self._zero

    def _wall(self) -> datetime:
        return self.started.wall + timedelta(seconds=self._now())

"""Runs one call: carries facts to the pure conductor and carries out its commands.

Everything slow (models, the store) runs elsewhere and comes back as a fact, within the budget that policy.yaml
gives its station; what fails or is late comes back as `StageFailed`. The conductor decides what follows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from callbot.call import Call
from callbot.cases.summary import display
from callbot.ear import Ear
from callbot.engines import Audio, Line
from callbot.events import (
    CallEnded,
    CallStarted,
    ClearPlayback,
    Command,
    Escalate,
    Fact,
    HangUp,
    HoldPlayback,
    Listen,
    LookUp,
    PartialHeard,
    PlaybackEnded,
    ResumePlayback,
    SaveCase,
    Saved,
    SaveTurn,
    Speak,
    StageFailed,
    StartTimer,
    StopTimer,
    TimerFired,
    Transcribe,
    Transcribed,
    Transfer,
    TurnEnded,
    Understand,
    to_json,
)
from callbot.playback import Playback
from callbot.privacy import where
from callbot.stations import Room, Stations

log = logging.getLogger("callbot.session")

_CARRIER_ASKS_WITHIN = 600.0
"""Seconds after which a carrier's question where a call goes is left to the store."""
_LAST_WORDS = 6.0
"""Longest wait for the sentence before a transfer or hang-up, in seconds."""


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
    _tasks: asyncio.TaskGroup = field(init=False)
    _until_end: set[asyncio.Task[None]] = field(default_factory=set)
    """Tasks that mean nothing once the call is over."""
    _leaving: asyncio.Task[None] | None = None
    """The transfer or hang-up that is under way."""
    _timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)
    _voice_ended: float | None = None
    """When the caller's last turn fell silent."""
    _deaf: bool = False
    _reason: str = ""
    """Why the call is over; "" while it is not."""

    def __post_init__(self) -> None:
        self._zero = self.clock()
        policy = self.call.book.policy
        room = self.room
        self.ear = Ear(
            policy=policy,
            pool=room.pool,
            vad=room.new_vad(),
            detector=room.turn_detector,
            transcriber=room.transcriber,
            post=self.receive,
            partial_dropped=room.metrics.partial_dropped,
        )
        budget = policy.stations["speak"].budget
        voice = room.voices[self.call.line.voice]
        self.playback = Playback(self.line, room.pool, voice, budget, self.receive, self._began, self._made)
        self.playback.said = self.ear.bot_says
        self.stations = Stations(self.started, self.call.book, room, self.receive, self._now, self._wall)

    # ------------------------------------------------------------ the gateway's side

    def receive(self, fact: Fact) -> None:
        """Queue a fact; returns at once."""
        self._facts.put_nowait((self._now(), fact))

    def hear(self, audio: Audio) -> None:
        """The next stretch of the caller's voice, 16 kHz."""
        if self._reason or self._deaf:
            return
        try:
            self.ear.hear(audio)
        except Exception as error:  # noqa: BLE001  a caller whom nobody can hear any more must reach a person
            log.error("call %s: the ear failed: %s", self.started.call_id, where(error))
            self._deaf = True
            self.room.metrics.station_failed("hear")
            self.receive(StageFailed("hear", 0, "the ear failed"))

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
                self._start(self.stations.open_call())
                self._start(self.playback.run(), until_end=True)
                await self._conduct()
                # Nobody waits for what was heard or said any more; what goes into the store is finished.
                for task in self._until_end:
                    task.cancel()
        except* Exception as error:  # noqa: BLE001  the last resort
            log.error("call %s: the session failed, a person takes over: %s", self.started.call_id, where(error))
            await self._rescue()
        finally:
            self._close()
            await self._write_end()
            self.on_end(self)

    async def _rescue(self) -> None:
        """Last resort: the conductor itself is out of order, so leave for a person without it."""
        target = self.call.line.transfer_human
        self._remember_target(target)
        self._reason = "an error inside callbot"
        try:
            await self.line.close(transfer_to=target)
        except ConnectionError:
            log.info("call %s: the line was gone before it could be closed", self.started.call_id)

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
        began = self.clock()
        try:
            commands = self.call.receive(fact, at)
        except Exception as error:  # noqa: BLE001  a mistake in the rules must not leave a caller in silence
            log.error("call %s: the conductor failed on a fact: %s", self.started.call_id, where(error))
        else:
            if not isinstance(fact, (Saved, PlaybackEnded)):  # those only complete the log of an earlier decision
                self._note_decision(commands, self.clock() - began)
            return commands
        failed = StageFailed("decide", 0, "the dialog rules raised an error")
        self.room.metrics.station_failed("decide")
        self._log.append((at, to_json(failed)))
        self._watch(failed)
        return self.call.receive(failed, at)

    def _note_decision(self, commands: list[Command], seconds: float) -> None:
        """Every turn that is answered was one decision, as sure as its case."""
        for command in commands:
            if isinstance(command, SaveTurn):
                confidence = command.case.confidence if command.case else None
                self.room.metrics.station_done("decide", seconds, confidence)

    async def _carry_out(self, command: Command) -> None:
        stations = self.stations
        match command:
            case Speak():
                self._publish("said", utterance=command.utterance, text=" ".join(command.sentences))
                self.playback.say(command)
            case HoldPlayback():
                self.room.metrics.held()
                await self.playback.hold()
            case ResumePlayback():
                self.room.metrics.resumed()
                self.playback.resume()
            case Listen():
                self.ear.expect(command.kind, closely=command.closely)
            case ClearPlayback():
                self.room.metrics.barged_in()
                await self.playback.clear()
            case StartTimer():
                self._start_timer(command)
            case StopTimer():
                self._stop_timer(command.name)
            case Transcribe():
                self._start(stations.transcribe(command.turn, self.ear.transcribe(command.turn)), until_end=True)
            case Understand():
                self._start(stations.understand(command), until_end=True)
            case SaveTurn():
                self._publish_state(command)
                self._start(stations.save_turn(command, self._taken_log()))
            case SaveCase():
                self._start(stations.save_case(command))
            case LookUp():
                self._start(stations.look_up(command))
            case Escalate():
                self._note_escalation(command)
                self._start(stations.escalate(command))
            case Transfer():
                self._begin_to_leave(self._transfer(command))
            case HangUp():
                self._begin_to_leave(self._hang_up(command))

    def _begin_to_leave(self, work: Coroutine[Any, Any, None]) -> None:
        """A later word counts: an emergency in the middle of a goodbye is not hung up on."""
        if self._leaving is not None:
            self._leaving.cancel()
        self._leaving = self._start(work, until_end=True)

    def _start(self, work: Coroutine[Any, Any, None], *, until_end: bool = False) -> asyncio.Task[None]:
        task = self._tasks.create_task(work)
        if until_end:
            self._until_end.add(task)
            task.add_done_callback(self._until_end.discard)
        return task

    # ------------------------------------------------------------ leaving

    async def _transfer(self, command: Transfer) -> None:
        self._publish("transfer", target=command.target, reason=command.reason)
        # The transfer never waits for the store: the carrier's question where to is answered from memory.
        self._remember_target(command.target)
        self._start(self.stations.note_transfer(command))
        await self._last_words(command.after_utterance)
        await self._leave(command.target, f"transferred: {command.reason}")

    def _remember_target(self, target: str) -> None:
        transfers, call = self.room.transfers, self.started.carrier_call_id
        transfers[call] = target
        asyncio.get_running_loop().call_later(_CARRIER_ASKS_WITHIN, transfers.pop, call, None)

    async def _hang_up(self, command: HangUp) -> None:
        self.room.hung_up.add(self.started.carrier_call_id)
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
        await self.stations.end_call(outcome, self._reason, self._taken_log())

    def _taken_log(self) -> list[tuple[float, dict[str, Any]]]:
        """Facts and commands that are not in the store yet; they are on their way with that."""
        rows, self._log = self._log, []
        return rows

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
                self._publish("partial", turn=fact.turn, text=fact.text, stable=fact.stable)
            case Transcribed():
                if fact.text:
                    self._publish("heard", turn=fact.turn, text=fact.text)
            case TurnEnded():
                self.room.metrics.turn_ended()
                self._voice_ended = self._now() - self.ear.quiet
            case StageFailed():
                self.room.metrics.fell_back(fact.station, self.call.book.policy.stations[fact.station].fallback)

    def _note_escalation(self, command: Escalate) -> None:
        if command.kind is not None:
            self.room.metrics.emergency_recognised(command.kind)
            self._publish("emergency", kind=command.kind, evidence=command.evidence)

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

    def _made(self, seconds: float | None) -> None:
        """A sentence was synthesised in so many seconds, or could not be."""
        if seconds is None:
            self.room.metrics.station_failed("speak")
        else:
            self.room.metrics.station_done("speak", seconds, None)

    def _now(self) -> float:
        """Seconds since the call's start."""
        return self.clock() - self._zero

    def _wall(self) -> datetime:
        return self.started.wall + timedelta(seconds=self._now())

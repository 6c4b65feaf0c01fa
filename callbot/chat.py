"""A call in text: the same conductor, understanding and store as a spoken call, without audio and without a clock.

Used by `callbot chat` and by tests of whole conversations.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from callbot.call import Call
from callbot.cases.briefing import brief
from callbot.cases.store import Filed, Store
from callbot.content import Site
from callbot.engines import Understander
from callbot.events import (
    CallEnded,
    CallStarted,
    CaseSnapshot,
    Command,
    Escalate,
    Fact,
    HangUp,
    KeyPressed,
    LookedUp,
    LookUp,
    Outcome,
    PlaybackEnded,
    SaveCase,
    Saved,
    SaveTurn,
    Speak,
    StartTimer,
    TimerFired,
    Transcribed,
    Transfer,
    TurnEnded,
    TurnRecord,
    Understand,
    Understood,
)

_PAUSE = 5.0
"""Seconds that a turn takes in a call without a clock."""


@dataclass
class Chat:
    """One conversation; `say`, `press` and `wait` are the caller's turns."""

    site: Site
    understander: Understander
    rules: Understander
    store: Store
    caller: str | None = None
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    call_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    _turn: int = 0
    _at: float = 0.0
    _said: list[str] = field(default_factory=list)
    _turns: dict[int, TurnRecord] = field(default_factory=dict)
    _case: CaseSnapshot | None = None
    _number: str | None = None
    _summary: str | None = None
    _over: bool = False

    def __post_init__(self) -> None:
        line = self.site.lines.default
        self._call = Call(self.site.playbook, self.site.emergency, self.site.lines.lines[line])
        self._started = CallStarted(self.call_id, line, self.caller, "chat", self.call_id, self.now())
        self.store.open_call(self._started)

    @property
    def is_over(self) -> bool:
        """The conversation has come to an outcome."""
        return self._over

    def greet(self) -> dict[str, Any]:
        """The greeting: turn 0."""
        self._handle(self._started)
        return self._report(None)

    def say(self, text: str) -> dict[str, Any]:
        """The caller says something."""
        self._turn += 1
        self._handle(TurnEnded(self._turn, _PAUSE))
        self._handle(Transcribed(self._turn, text, 1.0, ()))
        return self._report(text)

    def press(self, key: str) -> dict[str, Any]:
        """The caller presses a key."""
        self._turn += 1
        self._handle(KeyPressed(key))
        return self._report(f"#{key}")

    def wait(self) -> dict[str, Any]:
        """The caller says nothing."""
        self._turn += 1
        self._handle(TimerFired("silence"))
        return self._report("")

    def hang_up(self) -> dict[str, Any]:
        """The caller leaves."""
        self._turn += 1
        self._handle(CallEnded("the caller hung up"))
        self._over = True
        return self._report(None)

    def close(self) -> None:
        """Note in the store how the conversation ended."""
        self.store.end_call(self.call_id, self._call.dialog.outcome, "end of the conversation", self.now())

    # ------------------------------------------------------------ the shell

    def _handle(self, fact: Fact) -> None:
        """Feed a fact, and every fact that follows from it."""
        facts = deque([fact])
        self._at += _PAUSE
        while facts:
            for command in self._call.receive(facts.popleft(), self._at):
                facts.extend(self._carry_out(command))

    def _carry_out(self, command: Command) -> list[Fact]:
        match command:
            case Speak():
                self._said += command.sentences
                return [PlaybackEnded(command.utterance, 1.0)]
            case Understand():
                engine = self.understander if command.by == "model" else self.rules
                return [Understood(command.turn, engine.understand(command.text, command.asked, self._started.wall))]
            case SaveTurn():
                self._turns[command.record.index] = command.record
                return [Saved(command.record.index, self._keep(command))]
            case SaveCase():
                filed = self._file(command)
                return [Saved(command.turn, filed.number, filed.linked_to)]
            case LookUp():
                return [LookedUp(command.turn, self.store.status_of(command.number, self.now()))]
            case Escalate():
                self._escalate(command)
            case StartTimer(name="floor"):
                # Who types has said all there is to say: nothing follows a greeting after a breath.
                return [TimerFired("floor")]
            case Transfer() | HangUp():
                self._over = True
        return []

    def _keep(self, command: SaveTurn) -> str | None:
        self._number = self.store.save_turn(self.call_id, command.record, command.case, self.now()) or self._number
        self._case = command.case or self._case
        return self._number

    def _file(self, command: SaveCase) -> Filed:
        self._case, self._summary = command.case, self._brief(command)
        filed = self.store.save_case(
            self.call_id,
            command.case,
            self.now(),
            summary=self._summary,
            repeat_within=command.repeat_within,
            follow_up=command.follow_up,
        )
        self._number = filed.number
        return filed

    def _escalate(self, command: Escalate) -> None:
        self._case = command.case or self._case
        self._summary = self._brief(command)
        self.store.escalate(self.call_id, command, self._summary, self.now())

    def _brief(self, command: Escalate | SaveCase) -> str:
        return brief(self.site.playbook, self.site.summary, tuple(self._turns.values()), command)

    def _report(self, heard: str | None) -> dict[str, Any]:
        """What `callbot chat --json` prints for this turn."""
        said, self._said = self._said, []
        outcome: Outcome | None = self._call.dialog.outcome if self._over else None
        return {
            "turn": self._turn,
            "heard": heard,
            "say": said,
            "state": self._call.dialog.state,
            "asked": self._call.dialog.asked,
            "intent": self._turns[max(self._turns)].intent,
            "case": self.store.case(self._number) if self._number else None,
            "outcome": outcome,
            "summary": self._summary if self._over else None,
        }

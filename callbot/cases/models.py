"""The tables of the case store.

Personal data lives here and nowhere else, so this file is also the list of what is kept about callers.
Moments are UTC-aware in Python and stored as UTC, because SQLite forgets the zone. Seconds within a call are
plain numbers on that call's clock.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DDL, JSON, Column, DateTime, Dialect, UniqueConstraint, event
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

LAYOUT = 2
"""Version of these tables, kept in the database as `user_version`; raise it together with a migration."""


FINISHED = frozenset({"finished", "callbot hung up"})
"""What `Call.reason` is when callbot itself has hung up after its last sentence: the session's word for it or the
line's, whichever comes first."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Convert to UTC for the database; raises ValueError for a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


def _json(*, nullable: bool = False) -> Column[Any]:
    """A JSON column; each table needs one of its own. None is NULL, not the JSON word null."""
    return Column(JSON(none_as_null=True), nullable=nullable)


class Call(SQLModel, table=True):
    """One telephone call."""

    id: str = Field(primary_key=True)
    line: str
    """Name of the line in telephony/lines.yaml."""
    caller: str | None
    """Caller id in E.164, None if withheld."""
    carrier: str
    carrier_call_id: str = Field(index=True)
    started_at: datetime = Field(sa_type=UtcDateTime, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str | None = None
    """How it ended; None while it runs, or when it broke off undecided."""
    reason: str | None = None
    """Why it ended; one of `FINISHED` when the bot and the caller were done with each other."""
    transfer_target: str | None = None
    """Telephone number or SIP address that the carrier is to connect the caller with."""
    transfer_priority: str | None = None
    transfer_reason: str | None = None
    transfer_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Turn(SQLModel, table=True):
    """One exchange of a call."""

    call_id: str = Field(primary_key=True, foreign_key="call.id")
    index: int = Field(primary_key=True)
    """0 is the greeting; caller turns count from 1."""
    heard: str | None
    keys: str
    asked: str
    state: str
    intent: str | None
    confidence: float | None
    said: list[str] = Field(sa_column=_json())
    started_at: float
    """Seconds since the call's start."""
    ended_at: float
    words: list[Any] | None = Field(default=None, sa_column=_json(nullable=True))
    """What was heard word by word, in seconds since the call's start; None where nobody measured it."""
    saved_at: datetime = Field(sa_type=UtcDateTime)


class Case(SQLModel, table=True):
    """One report, as it stands now; CaseEvent tells how it came to this."""

    __table_args__ = (UniqueConstraint("year", "counter"),)

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    """The number that callers are told, see numbers.py."""
    year: int
    counter: int
    """Cases of `year`, from 1."""
    call_id: str = Field(foreign_key="call.id", index=True)
    intent: str = Field(index=True)
    status: str = Field(index=True)
    disposition: str | None
    priority: str
    slots: dict[str, Any] = Field(sa_column=_json())
    evidence: dict[str, Any] = Field(sa_column=_json())
    """Slot -> turn, the caller's words, confidence, whether the caller confirmed it."""
    confidence: float
    summary: str | None = None
    caller_name: str | None
    callback_number: str | None
    search: str
    """Everything that the console's search box looks at, in folded case."""
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class CaseEvent(SQLModel, table=True):
    """One change of a case. Rows are only ever added; the database refuses anything else."""

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    who: str
    what: str
    """created, status, slot, decision, link, promise, or the name of the field that changed."""
    name: str | None
    """The slot's name; None for other changes."""
    old: Any = Field(default=None, sa_column=_json(nullable=True))
    new: Any = Field(default=None, sa_column=_json(nullable=True))
    why: str
    """The rules or the caller's words that led to it."""


class Escalation(SQLModel, table=True):
    """A call that waits for a person."""

    id: int | None = Field(default=None, primary_key=True)
    call_id: str = Field(foreign_key="call.id", index=True)
    case_id: int | None = Field(foreign_key="case.id")
    """None when the caller asked for a person before there was a report."""
    reason: str
    kind: str | None
    """Emergency kind, None for other reasons."""
    evidence: str
    priority: str
    summary: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    """None while it is open."""


class CaseLink(SQLModel, table=True):
    """A case that repeats an older one."""

    case_id: int = Field(primary_key=True, foreign_key="case.id")
    to_id: int = Field(foreign_key="case.id", index=True)
    """The older case, which is worked on instead."""
    at: datetime = Field(sa_type=UtcDateTime)


class Promise(SQLModel, table=True):
    """Somebody has to follow up until a certain moment. It is kept as soon as its case, or its entry in the operators'
    queue, is finished."""

    id: int | None = Field(default=None, primary_key=True)
    call_id: str = Field(foreign_key="call.id", index=True)
    case_id: int | None = Field(foreign_key="case.id", index=True)
    """None when the caller was gone before there was a report; then there is an `escalation_id`."""
    escalation_id: int | None = Field(foreign_key="escalation.id")
    why: str
    """queued, or caller_left."""
    promised_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime, index=True)


class CallFact(SQLModel, table=True):
    """One fact or command of a call, as `callbot.events.to_json` writes it: what a replay needs."""

    call_id: str = Field(primary_key=True, foreign_key="call.id")
    seq: int = Field(primary_key=True)
    at: float
    """Seconds since the call's start."""
    event: dict[str, Any] = Field(sa_column=_json())


def _forbid(verb: str) -> DDL:
    return DDL(  # type: ignore[no-untyped-call]
        f"CREATE TRIGGER caseevent_no_{verb.lower()} BEFORE {verb} ON caseevent "
        "BEGIN SELECT RAISE(ABORT, 'case events are only ever added'); END"
    )


# In the database rather than in Python, so that it also holds for whoever opens the file with another program.
for _verb in ("UPDATE", "DELETE"):
    event.listen(SQLModel.metadata.tables["caseevent"], "after_create", _forbid(_verb))

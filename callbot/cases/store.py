"""The case store: every turn is committed before the bot answers it, so a killed process leaves a readable draft.

Synchronous and blocking: the session calls it from one worker thread, the console from others. Each writing
method is one transaction. Error messages and their causes hold no caller's data.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Engine, func, insert, text
from sqlalchemy import case as sql_case
from sqlalchemy.exc import StatementError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from callbot.cases import tickets
from callbot.cases.changes import FIELDS, Change, changes, search_text
from callbot.cases.database import for_writing, open_engine
from callbot.cases.filing import belongs, follows_to_a_person, next_status
from callbot.cases.lifecycle import FIRST, Status, move
from callbot.cases.models import FINISHED, LAYOUT, Call, CallFact, Case, CaseEvent, Escalation, Turn
from callbot.cases.numbers import case_number, parse_case_number
from callbot.cases.tickets import MOST, note
from callbot.cases.views import call_view, case_view, escalation_view, event_view, promise_view, turn_view
from callbot.errors import StoreError
from callbot.events import CallStarted, CaseSnapshot, CaseStatus, Escalate, Outcome, TurnRecord

_IN_ORDER: frozenset[Outcome] = frozenset({"close", "queue", "answer"})
"""Outcomes after which no person is needed on the line."""

_PRIORITIES = ("emergency", "high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Filed:
    """What the store has made of a case that was saved."""

    number: str
    linked_to: str | None
    """Number of the older case that it repeats."""


class Store:
    """All calls and cases of one site.

    Every method raises StoreError, in one sentence, when the database can't do what it is asked.
    """

    def __init__(self, url: str, *, service_codes: Mapping[str, str]) -> None:
        """Open the database, and make it if it is missing.

        `url` is a SQLite file's SQLAlchemy URL; `service_codes` maps intents to codes of the Open311 interface.
        Raises StoreError when it can't be opened or was made by another version.
        """
        self._service_codes = service_codes
        self._engine = open_engine(url)
        self._writer = for_writing(self._engine)
        with self._session(self._writer, "open the database") as session:
            _make_tables(session)

    def close(self) -> None:
        """Let go of the file. The store must not be used afterwards."""
        self._engine.dispose()

    # ---------------------------------------------------------------- writing, by the session

    def open_call(self, started: CallStarted) -> None:
        """Note that a call has begun. Must come before anything else about it."""
        with self._writing(f"open call {started.call_id}") as session:
            session.add(
                Call(
                    id=started.call_id,
                    line=started.line,
                    caller=started.caller,
                    carrier=started.carrier,
                    carrier_call_id=started.carrier_call_id,
                    started_at=started.wall,
                )
            )

    def save_turn(self, call_id: str, record: TurnRecord, case: CaseSnapshot | None, wall: datetime) -> str | None:
        """Commit a turn and the case as it stands after it; gives the case's number, None without a case.

        The first snapshot makes the case. A turn that is saved again replaces itself. `wall` is the moment, UTC-aware.
        """
        with self._writing(f"save turn {record.index} of call {call_id}") as session:
            # The greeting's words belong to the log too, so turn 0 is saved like any other.
            session.merge(
                Turn(
                    call_id=call_id,
                    index=record.index,
                    heard=record.heard,
                    keys=record.keys,
                    asked=record.asked,
                    state=record.state,
                    intent=record.intent,
                    confidence=record.confidence,
                    said=list(record.said),
                    started_at=record.started_at,
                    ended_at=record.ended_at,
                    words=[asdict(word) for word in record.words] or None,
                    saved_at=wall,
                )
            )
            return None if case is None else _save(session, call_id, case, wall).number

    def save_case(
        self,
        call_id: str,
        case: CaseSnapshot,
        wall: datetime,
        *,
        summary: str | None = None,
        repeat_within: float | None = None,
        follow_up: float | None = None,
    ) -> Filed:
        """Commit the case and its new status. `summary` replaces the former one unless None.

        A case that repeats an open one of the last `repeat_within` days is linked to that instead of getting its
        status. Of any other, somebody has to follow up within `follow_up` hours.

        Raises IllegalMove when the case cannot get that status from the one that it has.
        """
        with self._writing(f"save the case of call {call_id}") as session:
            saved = _save(session, call_id, case, wall, repeat_within)
            saved.summary = saved.summary if summary is None else summary
            original = tickets.original_of(session, saved)
            if follow_up is not None and original is None:
                tickets.promise(session, case.status, follow_up, wall, saved)
            return Filed(saved.number, original.number if original else None)

    def record(self, call_id: str, rows: Sequence[tuple[float, dict[str, Any]]]) -> None:
        """Append facts and commands, each with its second of the call, for a later replay."""
        if not rows:
            return
        with self._writing(f"record what happened in call {call_id}") as session:
            last = session.exec(select(func.max(CallFact.seq)).where(CallFact.call_id == call_id)).one()
            first = 0 if last is None else last + 1
            session.connection().execute(
                insert(CallFact),
                [
                    {"call_id": call_id, "seq": first + i, "at": at, "event": event}
                    for i, (at, event) in enumerate(rows)
                ],
            )

    def escalate(self, call_id: str, command: Escalate, summary: str, wall: datetime) -> int:
        """Put a call into the operators' queue; gives the entry's id. Its case, if it has one, goes along."""
        with self._writing(f"put call {call_id} into the queue") as session:
            case = _escalated_case(session, call_id, command, summary, wall)
            entry = Escalation(
                call_id=call_id,
                case_id=case.id if case else None,
                reason=command.reason,
                kind=command.kind,
                evidence=command.evidence,
                priority=command.priority,
                summary=summary,
                created_at=wall,
            )
            session.add(entry)
            session.flush()
            if command.follow_up is not None and case is not None:
                tickets.promise(session, command.reason, command.follow_up, wall, case)
            elif command.follow_up is not None:
                tickets.promise_caller(session, entry, command.follow_up, wall)
            return cast(int, entry.id)

    def request_transfer(self, call_id: str, target: str, priority: str, reason: str, wall: datetime) -> None:
        """Note where the carrier is to connect the caller once it asks (see `transfer_of`)."""
        with self._writing(f"note the transfer of call {call_id}") as session:
            call = _call(session, call_id)
            call.transfer_target, call.transfer_priority = target, priority
            call.transfer_reason, call.transfer_at = reason, wall

    def end_call(self, call_id: str, outcome: Outcome | None, reason: str, wall: datetime) -> None:
        """Note that a call is over; `outcome` is None when it broke off undecided."""
        with self._writing(f"end call {call_id}") as session:
            call = _call(session, call_id)
            call.outcome, call.reason, call.ended_at = outcome, reason, wall

    # ---------------------------------------------------------------- reading, by the console and the carrier

    def is_reachable(self) -> bool:
        """Whether the database answers."""
        try:
            with self._reading("reach the database") as session:
                session.exec(select(Call.id).limit(1)).first()
        except StoreError:
            return False
        return True

    def replayable(self, call_id: str) -> list[tuple[float, dict[str, Any]]]:
        """What `record` was given for this call, in order."""
        query = select(CallFact).where(CallFact.call_id == call_id).order_by(col(CallFact.seq))
        with self._reading(f"read what happened in call {call_id}") as session:
            return [(row.at, row.event) for row in session.exec(query)]

    def ended_in_order(self, carrier_call_id: str) -> bool:
        """Whether the newest call with this id of the carrier's was hung up by callbot with nothing left to do.

        Not so for a call that runs, that broke off, or whose process died. The outcome alone does not tell: it stands
        as soon as a case is filed, and a call that breaks off later, or with a complete draft, has one too.
        """
        with self._reading("look a carrier's call up") as session:
            call = session.exec(_of_carrier(carrier_call_id)).first()
            return call is not None and call.reason in FINISHED and call.outcome in _IN_ORDER

    def transfer_of(self, carrier_call_id: str) -> str | None:
        """Where the carrier is to connect the caller: the newest wish of calls with this id; None = nowhere."""
        query = _of_carrier(carrier_call_id).where(col(Call.transfer_target).is_not(None))
        with self._reading("look a transfer up") as session:
            call = session.exec(query).first()
            return None if call is None else call.transfer_target

    def cases(
        self,
        *,
        intent: str | None = None,
        status: str | None = None,
        disposition: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        q: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[dict[str, Any]]:
        """Cases, newest first; None = whatever it is.

        `since` (inclusive) and `until` (exclusive) are UTC-aware moments of creation; every word of `q` must
        occur in the number, the slots, the caller's name, the callback number or the words quoted as evidence.
        """
        query = select(Case).order_by(col(Case.id).desc()).limit(min(limit, MOST)).offset(offset)
        for column, wanted in ((Case.intent, intent), (Case.status, status), (Case.disposition, disposition)):
            query = query if wanted is None else query.where(col(column) == wanted)
        query = query if since is None else query.where(Case.created_at >= since)
        query = query if until is None else query.where(Case.created_at < until)
        for word in (q or "").casefold().split():
            query = query.where(col(Case.search).contains(word, autoescape=True))
        with self._reading("read the cases") as session:
            return self._case_views(session, session.exec(query).all())

    def case(self, number: str) -> dict[str, Any] | None:
        """The case with this number, in any spelling that a person may use; None if there is none."""
        with self._reading("read a case") as session:
            row = _case(session, number)
            return None if row is None else self._case_views(session, [row])[0]

    def case_file(self, number: str) -> dict[str, Any] | None:
        """A case with what its newest `decision` rests on, its history as `events`, oldest first, and what is still
        `due`; None if there is none."""
        with self._reading("read a case file") as session:
            row = _case(session, number)
            if row is None:
                return None
            history = select(CaseEvent).where(CaseEvent.case_id == row.id).order_by(col(CaseEvent.id))
            return {
                **self._case_views(session, [row])[0],
                "decision": tickets.decision_of(session, row),
                "events": [event_view(event, row.number) for event in session.exec(history)],
                "due": [promise_view(*found) for found in tickets.open_promises(session, [cast(int, row.id)])],
            }

    def status_of(self, number: str, wall: datetime) -> CaseStatus | None:
        """What a caller may hear at this moment about the case with this number; None if there is none."""
        with self._reading("look a case up") as session:
            row = _case(session, number)
            return None if row is None else tickets.status_of(session, row, wall)

    def due(self) -> list[dict[str, Any]]:
        """What somebody on the staff has to do until when, the most urgent first."""
        with self._reading("read what is due") as session:
            return [promise_view(row, case) for row, case in tickets.open_promises(session)]

    def call(self, call_id: str) -> dict[str, Any] | None:
        """A call with its `turns`, its `cases`, their history as `events`, oldest first; None if there is none."""
        with self._reading("read a call") as session:
            call = session.get(Call, call_id)
            if call is None:
                return None
            cases = session.exec(select(Case).where(Case.call_id == call_id).order_by(col(Case.id))).all()
            numbers = {row.id: row.number for row in cases}
            history = select(CaseEvent).where(col(CaseEvent.case_id).in_(numbers)).order_by(col(CaseEvent.id))
            return {
                **call_view(call),
                "turns": [turn_view(turn) for turn in session.exec(_turns_of([call_id]))],
                "cases": self._case_views(session, cases),
                "events": [event_view(event, numbers[event.case_id]) for event in session.exec(history)],
            }

    def calls(self, limit: int = 50) -> list[dict[str, Any]]:
        """Calls, newest first."""
        query = select(Call).order_by(col(Call.started_at).desc()).limit(min(limit, MOST))
        with self._reading("read the calls") as session:
            return [call_view(call) for call in session.exec(query)]

    def queue(self) -> list[dict[str, Any]]:
        """Calls that wait for a person: highest priority first, then the one that has waited longest."""
        rank = sql_case({name: place for place, name in enumerate(_PRIORITIES)}, value=col(Escalation.priority))
        query = (
            select(Escalation, Call, Case)
            .join(Call, col(Call.id) == Escalation.call_id)
            .join(Case, col(Case.id) == Escalation.case_id, isouter=True)
            .where(col(Escalation.finished_at).is_(None))
            .order_by(rank, col(Escalation.created_at))
            .limit(MOST)
        )
        with self._reading("read the queue") as session:
            rows = session.exec(query).all()
            turns: dict[str, list[Turn]] = {call.id: [] for _, call, _ in rows}
            for turn in session.exec(_turns_of(turns)):
                turns[turn.call_id].append(turn)
            # An escalation without a case is joined to nothing, which SQLModel's types don't know.
            cases = [found for _, _, found in rows if found is not None]
            views = {view["number"]: view for view in self._case_views(session, cases)}
            return [
                escalation_view(entry, call, views[found.number] if found else None, turns[call.id])
                for entry, call, found in rows
            ]

    # ---------------------------------------------------------------- inside

    def _case_views(self, session: Session, cases: Sequence[Case]) -> list[dict[str, Any]]:
        calls = {row.call_id for row in cases}
        siblings: dict[str, list[str]] = {call_id: [] for call_id in calls}
        query = select(Case.call_id, Case.number).where(col(Case.call_id).in_(calls)).order_by(col(Case.id))
        for call_id, number in session.exec(query):
            siblings[call_id].append(number)
        linked = tickets.linked_numbers(session, [cast(int, row.id) for row in cases])
        return [
            case_view(
                row,
                self._service_codes.get(row.intent),
                _others(row, [*siblings[row.call_id], *linked.get(cast(int, row.id), [])]),
            )
            for row in cases
        ]

    def _writing(self, what: str) -> AbstractContextManager[Session]:
        return self._session(self._writer, what)

    def _reading(self, what: str) -> AbstractContextManager[Session]:
        return self._session(self._engine, what)

    @contextmanager
    def _session(self, engine: Engine, what: str) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back by any error."""
        try:
            with Session(engine) as session, session.begin():
                yield session
        except (StatementError, NoConnectionFree, sqlite3.Error) as error:
            raise StoreError(f"the case store could not {what}: {_cause(error)}") from error


def _cause(error: Exception) -> str:
    """The database's own sentence, without statement and values."""
    return str(error.orig if isinstance(error, StatementError) else error)


def _make_tables(session: Session) -> None:
    """Make the tables in a new database, and what is missing in an older one; refuse a newer layout."""
    connection = session.connection()
    layout = connection.execute(text("PRAGMA user_version")).scalar_one()
    if layout > LAYOUT:
        raise StoreError(f"the database has layout {layout}, this version of callbot needs layout {LAYOUT}")
    if layout == LAYOUT:
        return
    if layout == _WITHOUT_WORDS:
        connection.execute(text("ALTER TABLE turn ADD COLUMN words JSON"))
    SQLModel.metadata.create_all(connection)
    connection.execute(text(f"PRAGMA user_version = {LAYOUT}"))


_WITHOUT_WORDS = 1
"""The layout before turns had the times of their words, and cases links and promises."""


def _call(session: Session, call_id: str) -> Call:
    call = session.get(Call, call_id)
    if call is None:
        raise StoreError(f"the case store does not know call {call_id}")
    return call


def _case(session: Session, number: str) -> Case | None:
    """The case with this number, in any spelling that a person may use."""
    wanted = parse_case_number(number)
    return session.exec(select(Case).where(Case.number == wanted)).first() if wanted else None


def _others(case: Case, numbers: Sequence[str]) -> list[str]:
    return [number for number in dict.fromkeys(numbers) if number != case.number]


def _of_carrier(carrier_call_id: str) -> SelectOfScalar[Call]:
    # An empty id is no id: calls without one must not be taken for each other.
    query = select(Call).where(Call.carrier_call_id == carrier_call_id, Call.carrier_call_id != "")
    return query.order_by(col(Call.started_at).desc())


def _turns_of(call_ids: Collection[str]) -> SelectOfScalar[Turn]:
    return select(Turn).where(col(Turn.call_id).in_(call_ids)).order_by(col(Turn.call_id), col(Turn.index))


# ---------------------------------------------------------------- writing cases


def _save(
    session: Session, call_id: str, snapshot: CaseSnapshot, wall: datetime, repeat_within: float | None = None
) -> Case:
    """Bring the call's case up to `snapshot`, with its history; a call without a case gets one."""
    newest = _newest(session, call_id)
    if newest is None or not belongs(snapshot, newest.intent, _status(newest)):
        newest = _create(session, call_id, snapshot, wall)
    _follow(session, newest, snapshot, wall)
    if repeat_within is not None and newest.status == FIRST:
        original = tickets.repeated(session, newest, repeat_within, wall)
        if original is not None:
            tickets.link(session, newest, original, wall)
            _set_status(session, newest, "linked", f"repeats {original.number}", wall)
    _set_status(session, newest, next_status(snapshot, _status(newest)), snapshot.note, wall)
    return newest


def _newest(session: Session, call_id: str) -> Case | None:
    return session.exec(select(Case).where(Case.call_id == call_id).order_by(col(Case.id).desc())).first()


def _create(session: Session, call_id: str, snapshot: CaseSnapshot, wall: datetime) -> Case:
    year = wall.astimezone(UTC).year
    # No other writer can come between: the transaction has held the database's write lock since it began.
    counter = (session.exec(select(func.max(Case.counter)).where(Case.year == year)).one() or 0) + 1
    case = Case(
        number=case_number(year, counter),
        year=year,
        counter=counter,
        call_id=call_id,
        status=FIRST,
        slots={},
        evidence={},
        confidence=snapshot.confidence,
        search="",
        created_at=wall,
        updated_at=wall,
        **{field: getattr(snapshot, field) for field in FIELDS},
    )
    session.add(case)
    session.flush()
    note(session, case, wall, Change("created", None, None, case.number, snapshot.note))
    return case


def _follow(session: Session, case: Case, snapshot: CaseSnapshot, wall: datetime) -> None:
    """Everything of a snapshot but its status."""
    for change in changes({field: getattr(case, field) for field in FIELDS}, case.slots, snapshot):
        note(session, case, wall, change)
    for field in FIELDS:
        setattr(case, field, getattr(snapshot, field))
    case.slots = dict(snapshot.slots)
    case.evidence = {slot: asdict(evidence) for slot, evidence in snapshot.evidence.items()}
    case.confidence = snapshot.confidence
    case.search = search_text(case.number, snapshot)
    case.updated_at = wall
    if snapshot.decision is not None:
        tickets.note_decision(session, case, wall, snapshot.decision, snapshot.note)


def _set_status(session: Session, case: Case, status: Status, why: str, wall: datetime) -> None:
    old = _status(case)
    if status != old:
        case.status = move(old, status)
        case.updated_at = wall
        note(session, case, wall, Change("status", None, old, status, why))


def _status(case: Case) -> Status:
    # Written by _create and _set_status alone.
    return cast(Status, case.status)


def _escalated_case(session: Session, call_id: str, command: Escalate, summary: str, wall: datetime) -> Case | None:
    """The call's case, if it has one that goes to a person along with the call."""
    case = _newest(session, call_id)
    if case is None or not follows_to_a_person(command.case, case.intent, _status(case)):
        return None
    if command.case is not None:
        _follow(session, case, command.case, wall)
    _set_status(session, case, "escalated", command.reason, wall)
    case.summary = summary
    return case

"""What ties a case to others and to a date: repeats, promises, and the story that its history tells.

Functions of the store that work inside one of its transactions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlmodel import Session, col, or_, select

from callbot.cases.changes import Change
from callbot.cases.models import Case, CaseEvent, CaseLink, Escalation, Promise
from callbot.cases.repeats import is_repeat
from callbot.events import CaseStatus, DecisionInputs

WHO: Final = "callbot"
"""Author of the changes that calls make."""

MOST: Final = 500
"""Rows that one reading gives at most."""

_NOBODYS: Final = ("draft", "linked")
"""Status of cases that no other case can be a repeat of."""

_KEPT: Final = ("closed", "linked")
"""Status of cases for which nobody has to follow up any more."""


def note(session: Session, case: Case, wall: datetime, change: Change) -> None:
    """Add one line to a case's history."""
    session.add(CaseEvent(case_id=cast(int, case.id), at=wall, who=WHO, **asdict(change)))


def note_decision(session: Session, case: Case, wall: datetime, inputs: DecisionInputs, why: str) -> None:
    """Keep what a decision rests on, once for each decision."""
    values = _plain(asdict(inputs))
    if values != decision_of(session, case):
        note(session, case, wall, Change("decision", None, None, values, why))


def decision_of(session: Session, case: Case) -> dict[str, Any] | None:
    """What the newest decision about a case rests on."""
    newest = _newest_event(session, case, "decision")
    return cast("dict[str, Any]", newest.new) if newest else None


# ---------------------------------------------------------------- repeats


def repeated(session: Session, case: Case, days: float, wall: datetime) -> Case | None:
    """The oldest case that nobody on the staff has closed, of the same kind, at the same place, in so many days."""
    query = (
        select(Case)
        .where(Case.intent == case.intent, Case.created_at >= wall - timedelta(days=days))
        .where(col(Case.id) < case.id, col(Case.status).not_in(_NOBODYS))
        .order_by(col(Case.id))
    )
    found = (old for old in session.exec(query) if is_repeat(case.slots, old.slots))
    return next((old for old in found if not is_closed_by_person(session, old)), None)


def is_closed_by_person(session: Session, case: Case) -> bool:
    """Somebody on the staff has closed the case. One that closed itself is only filed: the work is still to be done."""
    return case.status == "closed" and is_by_person(session, case)


def is_by_person(session: Session, case: Case) -> bool:
    """Whether a person has brought the case to the status that it has."""
    newest = _newest_event(session, case, "status")
    return newest is not None and newest.who != WHO


def link(session: Session, case: Case, to: Case, wall: datetime) -> None:
    """Note in both cases that `case` repeats `to`."""
    session.add(CaseLink(case_id=cast(int, case.id), to_id=cast(int, to.id), at=wall))
    note(session, case, wall, Change("link", None, None, to.number, "the same at the same place"))
    note(session, to, wall, Change("link", None, None, case.number, "reported again"))
    to.updated_at = wall


def original_of(session: Session, case: Case) -> Case | None:
    """The older case that `case` repeats."""
    query = select(Case).join(CaseLink, col(CaseLink.to_id) == col(Case.id)).where(CaseLink.case_id == case.id)
    return session.exec(query).first()


def linked_numbers(session: Session, ids: Collection[int]) -> dict[int, list[str]]:
    """Case id -> numbers of the cases that it repeats and that repeat it."""
    query = select(CaseLink).where(or_(col(CaseLink.case_id).in_(ids), col(CaseLink.to_id).in_(ids)))
    pairs = [(row.case_id, row.to_id) for row in session.exec(query)]
    known = {id_ for pair in pairs for id_ in pair}
    rows = session.exec(select(Case.id, Case.number).where(col(Case.id).in_(known)))
    numbers = {cast(int, id_): number for id_, number in rows}
    links: dict[int, list[str]] = {}
    for one, other in sorted(pairs):
        links.setdefault(one, []).append(numbers[other])
        links.setdefault(other, []).append(numbers[one])
    return links


# ---------------------------------------------------------------- promises


def promise(session: Session, why: str, hours: float, wall: datetime, case: Case) -> None:
    """Somebody follows up on a case within so many hours; a case has one promise of a kind."""
    query = select(Promise.id).where(Promise.case_id == case.id, Promise.why == why)
    if session.exec(query).first() is not None:
        return
    due = wall + timedelta(hours=hours)
    row = Promise(call_id=case.call_id, case_id=case.id, escalation_id=None, why=why, promised_at=wall, due_at=due)
    session.add(row)
    note(session, case, wall, Change("promise", None, None, due.isoformat(), why))


def promise_caller(session: Session, entry: Escalation, hours: float, wall: datetime) -> None:
    """Somebody calls a caller back who has left no report."""
    due = wall + timedelta(hours=hours)
    row = Promise(
        call_id=entry.call_id, case_id=None, escalation_id=entry.id, why=entry.reason, promised_at=wall, due_at=due
    )
    session.add(row)


def open_promises(session: Session, cases: Collection[int] | None = None) -> list[tuple[Promise, Case | None]]:
    """What somebody still has to do, the most urgent first; of these cases, or of all and of callers without one."""
    query = (
        select(Promise, Case)
        .join(Case, col(Case.id) == Promise.case_id, isouter=True)
        .join(Escalation, col(Escalation.id) == Promise.escalation_id, isouter=True)
        .where(or_(col(Case.id).is_(None), col(Case.status).not_in(_KEPT)))
        .where(col(Escalation.finished_at).is_(None))
        .order_by(col(Promise.due_at))
        .limit(MOST)
    )
    query = query if cases is None else query.where(col(Promise.case_id).in_(cases))
    return [(row, case) for row, case in session.exec(query)]


# ---------------------------------------------------------------- what callers may hear


def status_of(session: Session, case: Case, wall: datetime) -> CaseStatus | None:
    """What a caller may hear about a case; None for one whose number nobody was told."""
    if case.status == "draft" or case.disposition == "answer":
        return None
    original = original_of(session, case) if case.status == "linked" else None
    told = original or case
    due = (row.due_at for row, _ in open_promises(session, [cast(int, told.id)]) if row.due_at > wall)
    return CaseStatus(
        number=case.number,
        intent=told.intent,
        status=told.status,
        by_person=is_by_person(session, told),
        due_at=next(due, None),
        part_of=original.number if original else None,
    )


def _newest_event(session: Session, case: Case, what: str) -> CaseEvent | None:
    """The newest line of that kind in a case's history."""
    query = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.what == what)
    return session.exec(query.order_by(col(CaseEvent.id).desc())).first()


def _plain(value: Any) -> Any:
    """As it comes back from JSON."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in cast("Iterable[Any]", value)]
    return value

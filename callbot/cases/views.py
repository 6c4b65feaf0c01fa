"""Rows of the store as plain JSON values: what the console, the API and other programs read.

The names in `case_view` are relied on by outside programs. Moments are ISO 8601 with their zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from callbot.cases.models import Call, Case, CaseEvent, Escalation, Promise, Turn


def case_view(case: Case, service_code: str | None, links: Sequence[str]) -> dict[str, Any]:
    """A case; `links` are the numbers of the other cases of the same call, of the one that it repeats, and of those
    that repeat it."""
    return {
        "number": case.number,
        "intent": case.intent,
        "service_code": service_code,
        "status": case.status,
        "disposition": case.disposition,
        "priority": case.priority,
        "slots": case.slots,
        "confidence": case.confidence,
        "summary": case.summary,
        "call_id": case.call_id,
        "caller_name": case.caller_name,
        "callback_number": case.callback_number,
        "created_at": case.created_at.isoformat(),
        "updated_at": case.updated_at.isoformat(),
        "links": list(links),
    }


def turn_view(turn: Turn) -> dict[str, Any]:
    """A turn, without the call that it belongs to. `started_at` and `ended_at` are seconds since the call's start."""
    return {**turn.model_dump(exclude={"call_id", "saved_at"}), "saved_at": turn.saved_at.isoformat()}


def event_view(event: CaseEvent, number: str) -> dict[str, Any]:
    """One line of the history of the case `number`."""
    return {"case": number, **event.model_dump(exclude={"id", "case_id", "at"}), "at": event.at.isoformat()}


def promise_view(promise: Promise, case: Case | None) -> dict[str, Any]:
    """Something that somebody has to do; `case` is its number, null when the caller has left no report."""
    return {
        "id": promise.id,
        "call_id": promise.call_id,
        "case": case.number if case else None,
        "intent": case.intent if case else None,
        "priority": case.priority if case else None,
        "caller_name": case.caller_name if case else None,
        "callback_number": case.callback_number if case else None,
        "why": promise.why,
        "promised_at": promise.promised_at.isoformat(),
        "due_at": promise.due_at.isoformat(),
    }


def escalation_view(
    escalation: Escalation, call: Call, case: dict[str, Any] | None, turns: Sequence[Turn]
) -> dict[str, Any]:
    """An entry of the operators' queue, with all that an operator needs to take the call."""
    return {
        "id": escalation.id,
        "call_id": escalation.call_id,
        "reason": escalation.reason,
        "kind": escalation.kind,
        "evidence": escalation.evidence,
        "priority": escalation.priority,
        "summary": escalation.summary,
        "created_at": escalation.created_at.isoformat(),
        "finished_at": _iso(escalation.finished_at),
        "caller": call.caller,
        "line": call.line,
        "case": case,
        "transcript": [turn_view(turn) for turn in turns],
    }


def call_view(call: Call) -> dict[str, Any]:
    """A call; `transfer` is null unless the carrier was asked to connect the caller with a person."""
    transfer = {
        "target": call.transfer_target,
        "priority": call.transfer_priority,
        "reason": call.transfer_reason,
        "at": _iso(call.transfer_at),
    }
    return {
        "id": call.id,
        "line": call.line,
        "caller": call.caller,
        "carrier": call.carrier,
        "carrier_call_id": call.carrier_call_id,
        "started_at": call.started_at.isoformat(),
        "ended_at": _iso(call.ended_at),
        "outcome": call.outcome,
        "reason": call.reason,
        "transfer": transfer if call.transfer_target is not None else None,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()

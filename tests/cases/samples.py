"""Calls, turns and snapshots to test with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from callbot.events import CallStarted, CaseSnapshot, DecisionInputs, Escalate, Evidence, TurnRecord

START = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HOWE = {"text": "88 Howe Street, apartment three", "street": "Howe Street", "number": "88", "unit": "apartment 3"}


def at(seconds: float) -> datetime:
    """A moment of the call."""
    return START + timedelta(seconds=seconds)


def started(call_id: str = "c1", carrier_call_id: str = "CA1", wall: datetime = START) -> CallStarted:
    """The beginning of a call."""
    return CallStarted(call_id, "main", "+12035550123", "twilio", carrier_call_id, wall)


def turn(index: int, heard: str | None = "there is a pothole", **values: Any) -> TurnRecord:
    """A turn."""
    fields: dict[str, Any] = {
        "keys": "",
        "asked": "reason",
        "state": "collect",
        "intent": "pothole",
        "confidence": 0.9,
        "said": ("Where is it?",),
        "started_at": index * 10.0,
        "ended_at": index * 10.0 + 3,
    }
    return TurnRecord(index=index, heard=heard, **(fields | values))


def snapshot(**values: Any) -> CaseSnapshot:
    """A case in the middle of a call."""
    fields: dict[str, Any] = {
        "intent": "pothole",
        "status": "draft",
        "disposition": None,
        "priority": "low",
        "slots": {},
        "evidence": {},
        "confidence": 0.9,
        "caller_name": None,
        "callback_number": None,
        "note": "",
    }
    return CaseSnapshot(**(fields | values))


def located(**values: Any) -> CaseSnapshot:
    """A case whose place is known."""
    evidence = {"location": Evidence(2, "88 Howe Street, apartment three", 0.93, confirmed=False)}
    return snapshot(**({"slots": {"location": dict(HOWE)}, "evidence": evidence} | values))


def escalate(case: CaseSnapshot | None = None, **values: Any) -> Escalate:
    """A call for a person."""
    fields: dict[str, Any] = {"reason": "caller_asked", "kind": None, "evidence": "a person", "priority": "medium"}
    return Escalate(case=case, **(fields | values))


def decided(**values: Any) -> DecisionInputs:
    """What a decision rests on: a case that is not sure enough."""
    fields: dict[str, Any] = {
        "outcome": "queue",
        "default": "close",
        "rules": ("low_confidence",),
        "signs": (),
        "missing": (),
        "confidence": 0.45,
        "parts": {"intent": 0.9, "location": 0.5},
        "threshold": 0.55,
        "hearing": 1.0,
        "location": 1.0,
        "location_threshold": 0.8,
        "confirmed": False,
    }
    return DecisionInputs(**(fields | values))

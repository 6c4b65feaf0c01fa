"""The case and the turn as the store keeps them. PURE."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from callbot.cases.summary import display
from callbot.dialog.answers import CALLER_ID
from callbot.dialog.form import Draft, Filled
from callbot.dialog.machine import Reply
from callbot.dialog.policy import Decision, decide
from callbot.dialog.state import Dialog, Heard
from callbot.events import CaseSnapshot, Evidence, Outcome, TurnRecord
from callbot.schema import Playbook


def snapshot(
    book: Playbook,
    dialog: Dialog,
    status: Literal["draft", "queued", "escalated", "closed"],
    disposition: Outcome | None = None,
    note: str = "",
    decision: Decision | None = None,
) -> CaseSnapshot | None:
    """The case as it stands, None before the caller's matter is known.

    `decision` None = as it would be decided now. A case that is settled keeps all that the decision rests on.
    """
    draft = dialog.draft
    if draft is None:
        return None
    if decision is None:
        decision = decide(book, draft, hearing=dialog.hearing, confirmed=False)
    if disposition is not None:
        note = "; ".join(part for part in (note, decision.explained) if part)
    return CaseSnapshot(
        intent=draft.intent,
        status=status,
        disposition=disposition,
        priority="emergency" if disposition == "emergency" else book.catalogue.intents[draft.intent].priority,
        slots={slot: value.value for slot, value in draft.filled.items()},
        evidence={slot: _evidence(value) for slot, value in draft.filled.items()},
        confidence=decision.confidence,
        caller_name=_shown(draft, "caller_name"),
        callback_number=_shown(draft, "callback_number"),
        note=note,
        decision=decision.inputs if disposition is not None else None,
    )


def turn_record(
    asked: str, reply: Reply, heard: Heard | None, text: str, started_at: float, ended_at: float
) -> TurnRecord:
    """One exchange for the case log; `asked` is the question that the caller's `text` answered."""
    meaning = heard.meaning if heard else None
    return TurnRecord(
        index=reply.dialog.turns,
        heard=text or None,
        keys=heard.keys if heard else "",
        asked=asked,
        state=reply.dialog.state,
        intent=meaning.intent if meaning else None,
        confidence=round(meaning.confidence, 4) if meaning else None,
        said=reply.say,
        started_at=started_at,
        ended_at=ended_at,
    )


def with_caller_id(dialog: Dialog, caller: str | None) -> Dialog:
    """Put the line's number where the caller has agreed to it."""
    draft = dialog.draft
    filled = draft.filled.get("callback_number") if draft else None
    if draft is None or filled is None or filled.value != CALLER_ID:
        return dialog
    number = replace(filled, value=caller)
    return replace(dialog, draft=replace(draft, filled={**draft.filled, "callback_number": number}))


def _evidence(value: Filled) -> Evidence:
    return Evidence(value.turn, value.text, round(value.confidence, 4), value.confirmed)


def _shown(draft: Draft, slot: str) -> str | None:
    filled = draft.filled.get(slot)
    return display(filled.value) if filled is not None else None

"""What becomes of a case whose caller leaves before it was settled. PURE."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from callbot.dialog import policy
from callbot.dialog.form import Draft, missing
from callbot.dialog.policy import Decision, decide
from callbot.dialog.snapshot import snapshot
from callbot.dialog.state import Dialog
from callbot.events import CaseSnapshot, Command, Escalate, Outcome, SaveCase
from callbot.schema import Playbook

Priority = Literal["low", "medium", "high", "emergency"]


def file(book: Playbook, dialog: Dialog, decision: Decision) -> SaveCase:
    """The command that files the open draft as decided."""
    status: Literal["closed", "queued"] = "queued" if decision.outcome == "queue" else "closed"
    case = snapshot(book, dialog, status, decision.outcome, ", ".join(decision.reasons), decision)
    assert case is not None  # only a draft is filed
    within = policy.repeat_within(book, case.intent, decision)
    return SaveCase(dialog.turns, case, within, policy.follow_up(book, status))


def answered(book: Playbook, dialog: Dialog) -> SaveCase:
    """The command that closes the open draft because the caller's question has been answered."""
    case = snapshot(book, dialog, "closed", "answer")
    assert case is not None  # a question is a draft, too
    return SaveCase(dialog.turns, case)


def wrap_up(book: Playbook, dialog: Dialog) -> tuple[Dialog, list[Command]]:
    """Settle what a caller leaves behind.

    A worry about a person is escalated, a complete draft is filed (for staff if it is not sure), anything else stays
    a readable draft.
    """
    draft = dialog.draft
    if draft is None:
        return _guess_left_behind(book, dialog)
    if book.catalogue.intents[draft.intent].disposition == "human":
        # Worries about a person are not dropped because the line broke: somebody calls back.
        case = snapshot(book, dialog, "escalated", "human", "caller_left")
        priority = case.priority if case else "medium"
        return replace(dialog, outcome="human"), [_call_back(book, priority, case)]
    if missing(book, draft) or book.catalogue.intents[draft.intent].disposition == "answer":
        return dialog, []
    return _file_unconfirmed(book, dialog, draft)


def _file_unconfirmed(book: Playbook, dialog: Dialog, draft: Draft) -> tuple[Dialog, list[Command]]:
    decision = decide(book, draft, hearing=dialog.hearing, confirmed=False)
    objected = book.flow.states[dialog.state].asks == "amend"
    outcome: Outcome = "close" if decision.outcome == "close" and not objected else "queue"
    status: Literal["closed", "queued"] = "closed" if outcome == "close" else "queued"
    note = ", ".join((*decision.reasons, "caller_left_before_confirming"))
    case = snapshot(book, dialog, status, outcome, note, decision)
    assert case is not None  # there is a draft
    left = replace(dialog, outcome=outcome, draft=None, filed=(*dialog.filed, draft))
    within = policy.repeat_within(book, case.intent, decision) if outcome == "close" else None
    return left, [SaveCase(dialog.turns, case, within, policy.follow_up(book, status))]


def _call_back(book: Playbook, priority: Priority, case: CaseSnapshot | None) -> Escalate:
    hours = book.policy.promises.caller_left
    return Escalate("caller_left", None, "", priority, case, follow_up=hours)


def _guess_left_behind(book: Playbook, dialog: Dialog) -> tuple[Dialog, list[Command]]:
    """The caller left while being asked whether it is about a person: somebody calls back all the same."""
    guess = dialog.guess
    if guess is None or book.catalogue.intents[guess.name].disposition != "human":
        return dialog, []
    priority = book.catalogue.intents[guess.name].priority
    return replace(dialog, outcome="human"), [_call_back(book, priority, None)]

"""What becomes of a case whose caller leaves before it was settled. PURE."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from callbot.dialog.form import Draft, missing
from callbot.dialog.policy import Decision, decide
from callbot.dialog.snapshot import snapshot
from callbot.dialog.state import Dialog
from callbot.events import Command, Escalate, Outcome, SaveCase
from callbot.schema import Playbook


def file(book: Playbook, dialog: Dialog, decision: Decision) -> SaveCase:
    """The command that files the open draft as decided."""
    status: Literal["closed", "queued"] = "closed" if decision.outcome == "close" else "queued"
    case = snapshot(book, dialog, status, decision.outcome, ", ".join(decision.reasons), decision.confidence)
    assert case is not None  # only a draft is filed
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
        return replace(dialog, outcome="human"), [Escalate("caller_left", None, "", priority, case)]
    if missing(book, draft):
        return dialog, []
    return _file_unconfirmed(book, dialog, draft)


def _file_unconfirmed(book: Playbook, dialog: Dialog, draft: Draft) -> tuple[Dialog, list[Command]]:
    decision = decide(book, draft, hearing=dialog.hearing, confirmed=False)
    objected = book.flow.states[dialog.state].asks == "amend"
    outcome: Outcome = "close" if decision.outcome == "close" and not objected else "queue"
    status: Literal["closed", "queued"] = "closed" if outcome == "close" else "queued"
    note = ", ".join((*decision.reasons, "caller_left_before_confirming"))
    case = snapshot(book, dialog, status, outcome, note, decision.confidence)
    assert case is not None  # there is a draft
    left = replace(dialog, outcome=outcome, draft=None, filed=(*dialog.filed, draft))
    return left, [SaveCase(dialog.turns, case)]


def _guess_left_behind(book: Playbook, dialog: Dialog) -> tuple[Dialog, list[Command]]:
    """The caller left while being asked whether it is about a person: somebody calls back all the same."""
    guess = dialog.guess
    if guess is None or book.catalogue.intents[guess.name].disposition != "human":
        return dialog, []
    priority = book.catalogue.intents[guess.name].priority
    return replace(dialog, outcome="human"), [Escalate("caller_left", None, "", priority, None)]

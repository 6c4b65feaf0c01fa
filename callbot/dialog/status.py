"""What a caller hears about an earlier case. PURE.

The store is asked (`LookUp`) and answers with a `CaseStatus`; here it is put into the site's words. What kind of case
it is and how far it has come is told to whoever has the number; who reported what, and where, is not.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from callbot.dialog.form import Draft, forget
from callbot.dialog.policy import highest
from callbot.dialog.render import render
from callbot.dialog.state import Dialog
from callbot.events import CaseStatus
from callbot.schema import Playbook, Trigger

SLOT = "case_number"


def is_asked(book: Playbook, draft: Draft) -> bool:
    """The caller wants to know what has become of a case."""
    spec = book.catalogue.intents[draft.intent]
    return spec.disposition == "answer" and SLOT in spec.required


def wanted(dialog: Dialog) -> str:
    """The number of the case that the caller asks about."""
    assert dialog.draft is not None  # the table leads here only from a form
    return str(dialog.draft.filled[SLOT].value)


def taken(book: Playbook, dialog: Dialog, case: CaseStatus | None) -> tuple[Dialog, Trigger]:
    """Take over what the store has answered, and name it."""
    if case is not None:
        found = replace(dialog, looked_up=case, outcome=highest(dialog.outcome, "answer"))
        return found, "status_found_next" if dialog.waiting else "status_found"
    assert dialog.draft is not None  # it has asked
    heard = replace(dialog, case_number=wanted(dialog))
    if dialog.told.get("status_unknown"):
        # Asked once: a number that was heard wrong has a wrong check digit, so the second one is right or made up. The
        # person who takes over sees it.
        return heard, "status_still_unknown"
    item = next(item for item in book.forms[dialog.draft.intent].slots if item.slot == SLOT)
    return replace(heard, draft=forget(dialog.draft, item)), "status_unknown"


def told(book: Playbook, dialog: Dialog) -> tuple[Dialog, list[str]]:
    """The status in words, and the desk cleared for another matter."""
    case = dialog.looked_up
    assert case is not None  # only `taken` names this trigger
    # Each prompt may begin with the same "Thank you."; it is said once.
    sentences = list(dict.fromkeys(said for prompt in _prompts(case) for said in _said(book, case, prompt)))
    return replace(dialog, draft=None, looked_up=None, case_number=case.number, hearing=1.0), sentences


def _prompts(case: CaseStatus) -> list[str]:
    """What is said, in this order."""
    how = "filed" if case.status == "closed" and not case.by_person else case.status
    prompts = [f"status_{how}"]
    if case.part_of is not None:
        prompts.insert(0, "status_part_of")
    if case.due_at is not None:
        prompts.append("status_due")
    return prompts


def _said(book: Playbook, case: CaseStatus, prompt: str) -> tuple[str, ...]:
    spec = book.catalogue.intents.get(case.intent)
    values = {
        "case_number": case.part_of or case.number,
        # A kind of case that has left the catalogue keeps its name: its old cases are still there.
        "title": spec.title if spec else case.intent.replace("_", " "),
        "other": case.part_of or "",
        "due": _day(case.due_at, book.catalogue.agency.timezone) if case.due_at else "",
    }
    return render(book.prompts[prompt], 0, values)


def _day(moment: datetime, zone: str) -> str:
    """The day on the agency's clock: "Tuesday, May 5"."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%A, %B} {local.day}"

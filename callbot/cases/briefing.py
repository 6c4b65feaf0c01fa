"""The operators' summary of a call, in the words of a site. PURE."""

from __future__ import annotations

from collections.abc import Sequence

from callbot.cases.summary import summarize
from callbot.dialog.form import labels_of
from callbot.events import CaseSnapshot, Escalate, SaveCase, TurnRecord
from callbot.schema import Playbook


def brief(book: Playbook, template: str, turns: Sequence[TurnRecord], command: Escalate | SaveCase) -> str:
    """What a person reads about a call that is handed over or filed.

    `template` is the site's summary.md, `turns` are the call's so far.
    """
    case = command.case
    if isinstance(command, Escalate):
        reason, evidence = command.reason, command.evidence
    else:
        reason, evidence = command.case.status, ""
    return summarize(
        template=template,
        labels=labels_of(book, case.intent if case else None),
        title=_title(book, case),
        case=case,
        turns=turns,
        reason_text=book.reasons[reason],
        evidence=evidence,
    )


def _title(book: Playbook, case: CaseSnapshot | None) -> str | None:
    return book.catalogue.intents[case.intent].title if case else None

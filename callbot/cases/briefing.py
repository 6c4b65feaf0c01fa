"""The operators' summary of a call, in the words of a site. PURE."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from callbot.cases.proof import supported
from callbot.cases.summary import Facts, Finding, summarize
from callbot.dialog import raising
from callbot.dialog.form import labels_of
from callbot.events import CaseSnapshot, Escalate, SaveCase, SlotValue, TurnRecord
from callbot.schema import Playbook


def brief(book: Playbook, template: str, turns: Sequence[TurnRecord], command: Escalate | SaveCase) -> str:
    """What a person reads about a call that is handed over or filed.

    `template` is the site's summary.md, `turns` are the call's so far. A line that neither the caller's words nor the
    record bear out is left out, whatever put it there.
    """
    facts = facts_of(book, turns, command)
    return supported(summarize(template, facts), template, facts)


def facts_of(book: Playbook, turns: Sequence[TurnRecord], command: Escalate | SaveCase) -> Facts:
    """All that the summary of a call is made of."""
    case = command.case
    intent = case.intent if case else None
    reason = command.reason if isinstance(command, Escalate) else _settled(command.case)
    signs = _signs(book, case, turns)
    behind = next((sign.words for sign in signs if sign.reason == reason), "")
    return Facts(
        title=book.catalogue.intents[intent].title if intent else None,
        case=case,
        turns=turns,
        labels=labels_of(book, intent),
        wanted=_wanted(book, intent),
        reason=book.reasons[reason],
        evidence=(command.evidence if isinstance(command, Escalate) else "") or behind,
        risks=tuple(Finding(book.reasons[sign.reason], sign.turn, sign.words) for sign in signs),
        moods=tuple(_moods(book, turns)),
    )


def _settled(case: CaseSnapshot) -> str:
    """Why nobody, or nobody at once, has to look at a case that is filed."""
    return "answered" if case.disposition == "answer" else case.status


def _wanted(book: Playbook, intent: str | None) -> tuple[str, ...]:
    """What a person will want to know about such a case: what is required, and what the form asks."""
    if intent is None:
        return ()
    asked = (item.slot for item in book.forms[intent].slots)
    return tuple(dict.fromkeys([*book.catalogue.intents[intent].required, *asked]))


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of the case with where it came from, as the raising rules look at it."""

    value: SlotValue
    text: str
    turn: int


def _signs(book: Playbook, case: CaseSnapshot | None, turns: Sequence[TurnRecord]) -> list[raising.Sign]:
    """What speaks for a raising rule that tells of a danger; before there is a case, for one that holds for any."""
    heard: tuple[raising.Sign, ...] = ()
    for turn in turns:
        heard = raising.added(heard, raising.heard(book, turn.heard or "", turn.index))
    if case is None:
        general = {row.reason for row in book.policy.raises if row.intents == "any" and not row.outside}
        return [sign for sign in heard if sign.reason in general]
    known = {
        slot: _Value(case.slots[slot], evidence.text, evidence.turn)
        for slot, evidence in case.evidence.items()
        if slot in case.slots
    }
    return [sign for row, sign in raising.fired(book, case.intent, heard, known) if not row.outside]


def _moods(book: Playbook, turns: Sequence[TurnRecord]) -> Iterator[Finding]:
    """Each mood that the caller's words tell, with the first that do."""
    for mood, phrases in book.moods.items():
        found = ((turn.index, raising.undenied(phrases, turn.heard or "")) for turn in turns)
        first = next(((index, words) for index, words in found if words is not None), None)
        if first is not None:
            yield Finding(mood, *first)

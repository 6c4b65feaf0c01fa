"""The dialog: what a caller's turn means here, where it leads, what is said next. PURE.

One step is read -> move -> ask. `reading.read` names what the turn was (a trigger of schema.Trigger) and takes
over its values; the table in flow.yaml says where the trigger leads; the new state asks its question. Retry
limits turn a trigger into "exhausted", so every ladder ends with a person and nobody loops.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from callbot.dialog import policy, status
from callbot.dialog.asides import is_question
from callbot.dialog.form import Draft, Question, ask, confirm, missing, next_question
from callbot.dialog.matters import take_up
from callbot.dialog.reading import read
from callbot.dialog.render import render, spoken_value
from callbot.dialog.state import Dialog, Heard
from callbot.events import CaseStatus, Outcome
from callbot.schema import Move, Playbook, Trigger


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot does after a turn."""

    dialog: Dialog
    say: tuple[str, ...]
    """Sentences in order."""
    trigger: Trigger
    file: policy.Decision | None = None
    """The case is to be filed as decided; nothing about it may be claimed before the store has confirmed."""
    look_up: str = ""
    """The store is to be asked about the case with this number; nothing is known about it before it has answered."""
    end: Outcome | None = None
    """The call ends with this outcome once the sentences are spoken."""
    reason: str = ""
    """Why a person takes over."""
    hold: bool = False
    """The caller asked for time."""
    must_be_heard: bool = False
    """The caller's voice must not cut it off: it tells the case number."""


def start(book: Playbook, greeting: tuple[str, ...], *, caller_known: bool) -> Reply:
    """The greeting; its last prompt is the open question."""
    dialog = Dialog(state=book.flow.start, caller_known=caller_known)
    said: list[str] = []
    for prompt in greeting:
        dialog, sentences = _say(book, dialog, prompt)
        said += sentences
    return Reply(replace(dialog, question=tuple(said[-1:])), tuple(said), "greet")


def step(book: Playbook, dialog: Dialog, heard: Heard) -> Reply:
    """Answer one turn of the caller."""
    trigger, dialog = read(book, replace(dialog, turns=dialog.turns + 1), heard)
    trigger, dialog = _count(book, dialog, _known(book, dialog, trigger))
    reply = _follow(book, dialog, trigger)
    if _is_last(book, dialog) and reply.end is None and reply.file is None and not reply.look_up:
        return _follow(book, replace(dialog, trouble="too_many_turns"), "exhausted")
    return reply


def saved(book: Playbook, dialog: Dialog, case_number: str, linked_to: str | None = None) -> Reply:
    """Go on after the store has confirmed that the case is filed, or kept as a repeat of the case `linked_to`."""
    dialog = replace(dialog, case_number=case_number, linked_to=linked_to or "")
    return _unless_last(book, _follow(book, dialog, "next_matter" if dialog.waiting else "saved"))


def looked_up(book: Playbook, dialog: Dialog, case: CaseStatus | None) -> Reply:
    """Go on after the store has told what has become of a case."""
    return _unless_last(book, _follow(book, *status.taken(book, dialog, case)))


def give_up(book: Playbook, dialog: Dialog, trigger: Trigger, reason: str) -> Reply:
    """Hand over for a reason outside the dialog: a station is out of order, the call is too long."""
    reply = _follow(book, replace(dialog, turns=dialog.turns + 1, trouble=reason), trigger)
    return replace(reply, reason=reason)


def _is_last(book: Playbook, dialog: Dialog) -> bool:
    """No further turn is answered: whatever is open after this one is left to a person."""
    return dialog.turns >= book.policy.retries.turns


def _unless_last(book: Playbook, reply: Reply) -> Reply:
    """What has been done is told; a question after that is asked only if its answer would still be heard."""
    dialog = reply.dialog
    if not _is_last(book, dialog) or reply.end is not None:
        return reply
    told = tuple(sentence for sentence in reply.say if "?" not in sentence)
    last = _follow(book, replace(dialog, trouble="too_many_turns"), "exhausted" if dialog.draft else "goodbye")
    return replace(last, say=(*told, *last.say), trigger=reply.trigger)


def _follow(book: Playbook, dialog: Dialog, trigger: Trigger) -> Reply:
    """Move along the table, through states that need no answer, to the next question or the end."""
    said: list[str] = []
    first = trigger
    for _ in range(len(book.flow.states)):
        move = _move(book, dialog, trigger)
        if move.to in book.flow.states and book.flow.states[move.to].files and _needs_person(book, dialog):
            # A correction at the read-back may have named a place that nobody knows.
            trigger = "complete_for_person"
            move = _move(book, dialog, trigger)
        dialog, sentences = _enter(book, dialog, move, trigger)
        said += sentences
        state = book.flow.states[dialog.state]
        if state.ends is not None:
            return _ending(book, dialog, state.ends, move, tuple(said), first)
        if state.files:
            return _filing(book, dialog, tuple(said), first)
        if state.looks_up:
            return Reply(dialog, tuple(said), first, look_up=status.wanted(dialog))
        if state.asks != "slot" or _keeps_question(book, dialog, trigger):
            break
        follow_up = _form_done(book, dialog)
        if follow_up is None:
            break
        trigger = follow_up
    if first == "hold_on":
        return Reply(dialog, tuple(said), first, hold=True)
    dialog, question = _ask(book, dialog, first)
    if first in ("saved", "next_matter", "status_found", "status_found_next"):
        # "Could you repeat that?" after the announcement means the case number. An answer may be cut short.
        must_be_heard = not (dialog.filed and is_question(book, dialog.filed[-1].intent))
        dialog = replace(dialog, question=(*said, *question))
        return Reply(dialog, (*said, *question), first, must_be_heard=must_be_heard)
    return Reply(replace(dialog, question=question), (*said, *question), first)


def _known(book: Playbook, dialog: Dialog, trigger: Trigger) -> Trigger:
    """A "yes" where nothing was asked with yes or no, say, is not understood."""
    has_row = trigger in book.flow.states[dialog.state].on or trigger in book.flow.anywhere
    return trigger if has_row else "not_understood"


def _move(book: Playbook, dialog: Dialog, trigger: Trigger) -> Move:
    """The table's row; `callbot check` guarantees that there is one for every trigger that can occur."""
    return book.flow.states[dialog.state].on.get(trigger) or book.flow.anywhere[trigger]


def _enter(book: Playbook, dialog: Dialog, move: Move, trigger: Trigger) -> tuple[Dialog, list[str]]:
    if trigger in ("saved", "next_matter") and dialog.draft is not None:
        dialog, said = _filed(book, dialog, dialog.draft)
        dialog = take_up(book, dialog) if trigger == "next_matter" else dialog
    elif trigger in ("status_found", "status_found_next"):
        dialog, said = status.told(book, dialog)
        dialog = take_up(book, dialog) if trigger == "status_found_next" else dialog
    else:
        said = []
    for prompt in _spoken(book, dialog, move, trigger):
        dialog, sentences = _say(book, dialog, prompt)
        said += sentences
    if move.to == "back":
        state, asked = dialog.left
        return replace(dialog, state=state, asked=asked, left=("", "")), said
    return replace(dialog, state=dialog.state if move.to == "same" else move.to), said


def _spoken(book: Playbook, dialog: Dialog, move: Move, trigger: Trigger) -> tuple[str, ...]:
    """The prompts of a move; an aside and a row of the raising rules may have words of their own."""
    row = policy.raised_by(book, dialog.draft) if dialog.draft and move.reason in _DECIDED else None
    if trigger == "aside":
        return (dialog.aside,)
    return (row.say,) if row and row.say else move.say


def _filed(book: Playbook, dialog: Dialog, draft: Draft) -> tuple[Dialog, list[str]]:
    """Tell the case number and clear the desk for another matter."""
    prompt = "filed_linked" if dialog.linked_to else book.forms[draft.intent].filed
    said: list[str] = []
    if prompt is not None:
        dialog, sentences = _say(book, dialog, prompt)
        said += sentences
    return replace(dialog, draft=None, filed=(*dialog.filed, draft), hearing=1.0), said


def _form_done(book: Playbook, dialog: Dialog) -> Trigger | None:
    """What follows when the form has no question left, None while it has."""
    draft = dialog.draft
    if draft is None:
        return None
    if policy.is_raised(book, draft, at_once=True):
        return "complete_for_person"
    if _next_question(book, dialog, draft) is not None:
        return None
    if missing(book, draft):
        return "incomplete_for_person"
    if _needs_person(book, dialog):
        return "complete_for_person"
    if status.is_asked(book, draft):
        return "needs_status"
    if is_question(book, draft.intent):
        return "answered" if dialog.page else "unanswered"
    return "needs_answer" if book.catalogue.intents[draft.intent].disposition == "answer" else "complete"


def _keeps_question(book: Playbook, dialog: Dialog, trigger: Trigger) -> bool:
    """The question of the form that was open is open still, however often it has been asked."""
    if dialog.draft is None or dialog.prompt not in dialog.draft.asked:
        return False
    beside = trigger in _NEUTRAL or (trigger == "deny" and _asks_slot(book, dialog))
    return beside and not policy.is_raised(book, dialog.draft, at_once=True)


def _asks_slot(book: Playbook, dialog: Dialog) -> bool:
    return book.flow.states[dialog.state].asks == "slot"


def _next_question(book: Playbook, dialog: Dialog, draft: Draft) -> Question | None:
    return next_question(book, draft, caller_known=dialog.may_use_caller_id)


def _needs_person(book: Playbook, dialog: Dialog) -> bool:
    """A person decides, even if the caller confirms everything."""
    if dialog.draft is None:
        return False
    return policy.decide(book, confirm(dialog.draft), hearing=dialog.hearing, confirmed=True).outcome == "human"


def _filing(book: Playbook, dialog: Dialog, said: tuple[str, ...], trigger: Trigger) -> Reply:
    assert dialog.draft is not None  # the table leads to filing only from the read-back of a draft
    draft = confirm(dialog.draft)
    decision = policy.decide(book, draft, hearing=dialog.hearing, confirmed=True)
    dialog = replace(dialog, draft=draft, outcome=policy.highest(dialog.outcome, decision.outcome))
    return Reply(dialog, said, trigger, file=decision)


def _ending(book: Playbook, dialog: Dialog, ends: str, move: Move, said: tuple[str, ...], trigger: Trigger) -> Reply:
    if ends == "disposition":
        return Reply(dialog, said, trigger, end=dialog.outcome or "answer")
    outcome: Outcome = "emergency" if ends == "emergency" else "human"
    reason = _reason(book, dialog, move, trigger)
    return Reply(replace(dialog, outcome=outcome), said, trigger, end=outcome, reason=reason)


def _reason(book: Playbook, dialog: Dialog, move: Move, trigger: Trigger) -> str:
    if trigger == "exhausted" and dialog.trouble:
        return dialog.trouble
    if move.reason in _DECIDED and dialog.draft is not None:
        row = policy.raised_by(book, dialog.draft)
        if row is not None:
            return row.reason
        decision = policy.decide(book, dialog.draft, hearing=dialog.hearing, confirmed=True)
        if move.reason == "needs_person" and _LOCATION_NOT_FOUND in decision.reasons:
            return _LOCATION_NOT_FOUND
    return move.reason or "needs_person"


_LOCATION_NOT_FOUND = "location_not_found"
_DECIDED = ("needs_person", "missing_details")
"""Reasons of the flow that say only that policy has decided so; policy knows better why."""

_LADDERS: Mapping[Trigger, str] = {
    "not_understood": "not_understood",
    "silence": "silence",
    "out_of_scope": "out_of_scope",
}
_BESIDE, _BESIDE_TURNS = "beside", 5
"""Turns in a row that neither help nor hurt."""
_NEUTRAL = frozenset({"hold_on", "repeat", "greet", "thanks", "aside", "anonymous", "answered_beside"})
"""Triggers that neither help nor hurt: the open question stays open."""


def _count(book: Playbook, dialog: Dialog, trigger: Trigger) -> tuple[Trigger, Dialog]:
    """Count trouble; too much of it becomes "exhausted". A silence at the end of a filed call is no trouble."""
    ladder = _LADDERS.get(trigger)
    if trigger in _NEUTRAL:
        # Whoever only makes conversation is not kept at it for ever.
        times = dialog.troubles.get(_BESIDE, 0) + 1
        if times <= _BESIDE_TURNS:
            return trigger, replace(dialog, troubles={**dialog.troubles, _BESIDE: times})
        trigger, ladder = "not_understood", "not_understood"
    if ladder is None:
        return trigger, replace(dialog, troubles={})
    count = dialog.troubles.get(ladder, 0) + 1
    dialog = replace(dialog, troubles={**dialog.troubles, ladder: count})
    wrapping_up = trigger == "silence" and book.flow.states[dialog.state].asks == "more"
    if count > getattr(book.policy.retries, ladder) and not wrapping_up:
        return "exhausted", replace(dialog, trouble=ladder)
    return trigger, dialog


# ---------------------------------------------------------------- words


def _ask(book: Playbook, dialog: Dialog, trigger: Trigger) -> tuple[Dialog, tuple[str, ...]]:
    """The open question of the state, in words that fit how often it has been asked."""
    if trigger == "repeat" and dialog.question:
        return dialog, dialog.question
    asks = book.flow.states[dialog.state].asks
    if asks == "slot" and _keeps_question(book, dialog, trigger):
        dialog, said = _say(book, dialog, dialog.prompt)
        return dialog, tuple(said)
    if asks == "slot":
        return _ask_slot(book, dialog, trigger)
    prompts = {"reason": "how_can_i_help", "intent": "ask_intent", "amend": "ask_amend", "more": "ask_more"}
    prompts |= {"alarm": "ask_alarm", "offer": "ask_offer"}
    if asks == "confirm":
        assert dialog.draft is not None
        prompt = book.forms[dialog.draft.intent].confirm
        assert prompt is not None  # callbot check: a form that reaches the read-back has one
    elif asks is None:
        return dialog, ()
    else:
        prompt = prompts[asks]
    dialog, said = _say(book, replace(dialog, asked=asks), prompt)
    return dialog, tuple(said)


def _ask_slot(book: Playbook, dialog: Dialog, trigger: Trigger) -> tuple[Dialog, tuple[str, ...]]:
    assert dialog.draft is not None
    question = _next_question(book, dialog, dialog.draft)
    assert question is not None  # _form_done has looked
    is_open_still = trigger == "correct" and question.prompt == dialog.prompt
    draft = dialog.draft if is_open_still else ask(dialog.draft, question.prompt)
    dialog = replace(dialog, draft=draft, asked=question.slot, prompt=question.prompt)
    dialog, said = _say(book, dialog, question.prompt)
    return dialog, tuple(said)


def _say(book: Playbook, dialog: Dialog, prompt: str) -> tuple[Dialog, list[str]]:
    """Render a prompt; from the second time on its `_again` form where there is one."""
    times = dialog.told.get(prompt, 0)
    dialog = replace(dialog, told={**dialog.told, prompt: times + 1})
    again = f"{prompt}_again"
    if times and again in book.prompts:
        return dialog, list(render(book.prompts[again], times - 1, _values(book, dialog)))
    return dialog, list(render(book.prompts[prompt], times, _values(book, dialog)))


def _values(book: Playbook, dialog: Dialog) -> dict[str, str]:
    draft, guess = dialog.draft, dialog.guess
    intent = draft.intent if draft else guess.name if guess else None
    slots = {slot: spoken_value(value.value) for slot, value in draft.filled.items()} if draft else {}
    return {
        "title": book.catalogue.intents[intent].title if intent else "",
        "location": slots.get("location", ""),
        "vehicle": slots.get("vehicle", ""),
        "plate": slots.get("plate", ""),
        "amount": f"{slots['amount']} dollars" if "amount" in slots else "",
        "report": f"number {slots['report_number']}" if "report_number" in slots else "",
        "item": slots.get("item_description", ""),
        "when": slots.get("occurred_at", ""),
        "name": slots.get("person_name", ""),
        "caller": slots.get("caller_name", ""),
        "number": slots.get("callback_number", ""),
        "case_number": dialog.case_number,
        "answer": book.knowledge[dialog.page].answer if dialog.page else "",
        "other": dialog.linked_to,
        "due": "",
    }

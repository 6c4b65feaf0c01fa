"""The caller's words as an answer to a question of the form. PURE."""

from __future__ import annotations

import re
from dataclasses import replace

from callbot.dialog.asides import QUESTION
from callbot.dialog.corrections import aimed_at, denies_matter, leads_in
from callbot.dialog.form import decline, fill, forget, is_vague, item_of, required, settle
from callbot.dialog.matters import also, other, placed, switch
from callbot.dialog.meanings import Read, act, answers, draft_of, is_sure
from callbot.dialog.state import Dialog
from callbot.events import SlotHit, SlotValue, Understanding
from callbot.schema import Playbook

CALLER_ID = "caller_id"
"""Stands for the number that the line has told; the conductor puts the number in."""

_UNKNOWN = re.compile(
    r"\b(?:(?:don't|do not|didn't|did not|couldn't|could not|can't|cannot|never)\s+(?:\w+\s+)?"
    r"(?:know|have|got|get|remember|recall|see|saw|tell|read|catch|notice)|no idea|no clue|not sure|beats me|forgot"
    r"|hard to say|who knows)\b",
    re.I,
)
"""Words of a caller who cannot say, whatever the small model makes of them."""
_LEAVES = re.compile(
    r"\b(?:bye|goodbye|good ?night|hang(?:ing)? up|(?:have|got|gotta|need) (?:to )?(?:go|run|leave)|gotta|take care"
    r"|see you|that's (?:it|all)|nothing else|never ?mind|forget it|call back|later|leave it|i'm (?:done|leaving|out)"
    r"|have a (?:good|nice))\b",
    re.I,
)
"""A half-filled form is left only on the caller's own word."""
_ELSEWHERE = re.compile(r"\b(?:use|another|different|other|cell|instead|give you|call me (?:at|on))\b", re.I)
"""Who says no to the number of the line but will tell another one."""
_ANONYMOUS = re.compile(r"\banonym", re.I)
_NEW_WORDS = re.compile(
    r"^\W*(?:(?:it's|it is|it was|they're|they are|that's|just)\W+)?(?:a|an|my|two|some|one)\b", re.I
)
"""How an answer begins that describes a thing by itself: "a pair of running shoes"."""
_DANGLING = re.compile(r"\b(?:of|with|and|a|an|the|in|on|for|my)$", re.I)
"""The end of words that have been cut off: "pair of" of "a pair of running shoes"."""
_WORTH = 0.5
"""Least confidence of words that are taken as they are."""


def to_form(book: Playbook, dialog: Dialog, meaning: Understanding) -> Read:
    """Name what the words are to the open question, and take over their values."""
    draft, aimed = draft_of(dialog), aimed_at(book, dialog, meaning.text)
    hits = placed(book, dialog, meaning, aimed)
    if aimed and aimed != dialog.asked:
        corrected = _corrected(book, dialog, meaning, hits, aimed)
        if corrected is not None:
            return corrected
    sure = is_sure(book, meaning)
    answered = any(answers(hit, dialog.asked) for hit in hits)
    denied = denies_matter(book, draft.intent, meaning.text)
    turned_to = other(book, dialog, meaning, answered=answered, denied=denied)
    if turned_to is not None:
        return "case_intent", switch(book, dialog, meaning, hits, turned_to)
    if dialog.asked == QUESTION:
        dialog = replace(dialog, page=meaning.page)
    elif answered:
        dialog = also(book, dialog, meaning)
    if not answered and sure and meaning.intent in ("affirm", "deny") and not _is_told(book, dialog, meaning):
        trigger, told = yes_no_to_form(book, dialog, meaning.intent == "affirm", meaning.text)
        if hits and trigger in ("answer", "not_understood"):
            told = replace(told, draft=fill(book, draft_of(told), hits, dialog.turns, dialog.asked))
            trigger = "answer"
        return trigger, told
    if not answered and _cannot_say(book, dialog, meaning):
        return _does_not_know(book, dialog)
    if not answered and sure and meaning.intent == "goodbye" and not hits and _LEAVES.search(meaning.text):
        return "goodbye", dialog
    hits = _as_told(book, dialog, meaning, hits)
    if hits:
        # Who corrects a line of the form does not answer the open question with the same words.
        corrects = meaning.intent in ("correct", "deny") or (leads_in(meaning.text) and not answered)
        filled = fill(book, draft, hits, dialog.turns, dialog.asked, corrects=corrects)
        if filled.filled != draft.filled:
            after = _settled(book, replace(dialog, draft=filled), draft.filled.get(dialog.asked))
            return "correct" if meaning.intent == "correct" else "answer", after
    if sure and meaning.intent in ("thanks", "greet"):
        return act(meaning.intent), dialog
    return "not_understood", dialog


def yes_no_to_form(book: Playbook, dialog: Dialog, yes: bool, text: str = "") -> Read:
    """A yes or no to a question of the form."""
    draft, slot = draft_of(dialog), dialog.asked
    if book.catalogue.slots[slot].kind == "flag":
        return "answer", _filled(book, dialog, slot, yes, "yes" if yes else "no")
    if slot == "callback_number" and dialog.may_use_caller_id:
        if yes:
            return "answer", _filled(book, dialog, slot, CALLER_ID, "the number I am calling from")
        if "caller_name" in draft.declined and not _ELSEWHERE.search(text):
            # Who gives neither name nor number is not asked for another one.
            return "declined", declined(book, dialog, text)
        return "answer", replace(dialog, caller_id_refused=True)
    if yes:
        return "not_understood", dialog
    if _is_required(book, dialog) and slot not in draft.filled:
        return "not_understood", dialog
    return "declined", declined(book, dialog, text)


def declined(book: Playbook, dialog: Dialog, text: str = "") -> Dialog:
    """The caller would or could not say. Who wants to stay anonymous leaves no number either, if nobody calls back."""
    draft = draft_of(dialog)
    if dialog.asked in draft.filled:
        # A house number that is not known does not take the street away: only the detail question is done.
        return replace(dialog, draft=settle(draft, dialog.prompt))
    draft = decline(draft, dialog.asked)
    closes = book.catalogue.intents[draft.intent].disposition == "close"
    if closes and dialog.asked == "caller_name" and _ANONYMOUS.search(text) and "callback_number" not in draft.filled:
        draft = decline(draft, "callback_number")
    return replace(dialog, draft=draft)


# ---------------------------------------------------------------- corrections of other lines


def _corrected(
    book: Playbook, dialog: Dialog, meaning: Understanding, hits: tuple[SlotHit, ...], aimed: str
) -> Read | None:
    """The words correct another line of the form than is being asked for; None if they do not."""
    draft = draft_of(dialog)
    new = [hit for hit in hits if answers(hit, aimed)]
    filled = fill(book, draft, new, dialog.turns, aimed, corrects=True)
    if new and filled.filled != draft.filled:
        rest = [hit for hit in hits if hit not in new]
        filled = fill(book, filled, rest, dialog.turns, dialog.asked)
        return "correct", replace(dialog, draft=filled)
    item = item_of(book, draft.intent, aimed)
    if hits or item is None or meaning.intent != "correct":
        return None
    return "take_back", replace(dialog, draft=forget(draft, item))


# ---------------------------------------------------------------- texts


def _is_told(book: Playbook, dialog: Dialog, meaning: Understanding) -> bool:
    """A story that happens to begin with yes or no: the answer to a question for the caller's own words."""
    return book.catalogue.slots[dialog.asked].kind == "text" and len(meaning.text.split()) > _FEW


_FEW = 5
"""Words of an answer that is no more than a yes, a no or a "don't know"."""


def _as_told(book: Playbook, dialog: Dialog, meaning: Understanding, hits: tuple[SlotHit, ...]) -> tuple[SlotHit, ...]:
    """The values with the caller's own words where those are the answer."""
    draft, slot = draft_of(dialog), dialog.asked
    if book.catalogue.slots[slot].kind != "text":
        return hits
    old = draft.filled.get(slot)
    item = item_of(book, draft.intent, slot)
    if old is not None and item is not None and dialog.prompt == item.detail:
        return _described(slot, str(old.value), meaning, hits)
    if meaning.intent in ("greet", "thanks"):
        return hits
    found = [str(hit.value) for hit in hits if hit.name == slot]
    if found and not any(_DANGLING.search(words) for words in found):
        return hits
    first = meaning.intents[0].name if meaning.intents else ""
    if first in ("", "out_of_scope") and not dialog.troubles:
        # Asked once more in other words; what is said then is taken as it is.
        return hits
    others = tuple(hit for hit in hits if hit.name != slot)
    return (*others, SlotHit(slot, meaning.text, meaning.text, max(meaning.confidence, _WORTH)))


def _described(slot: str, old: str, meaning: Understanding, hits: tuple[SlotHit, ...]) -> tuple[SlotHit, ...]:
    """ "A phone" - "what does it look like?" - "black, with a cracked screen": one description of both."""
    told = max((str(hit.value) for hit in hits if hit.name == slot), key=len, default="")
    words = meaning.text.strip(" .,!") if is_vague(told) or _DANGLING.search(told) or not told else told
    value = words if _NEW_WORDS.match(meaning.text) else f"{old}, {words}"
    others = tuple(hit for hit in hits if hit.name != slot)
    return (*others, SlotHit(slot, meaning.text, value, max(meaning.confidence, _WORTH)))


# ---------------------------------------------------------------- "I don't know"


def _cannot_say(book: Playbook, dialog: Dialog, meaning: Understanding) -> bool:
    if _is_told(book, dialog, meaning):
        return False
    if is_sure(book, meaning) and meaning.intent == "dont_know":
        return True
    return _UNKNOWN.search(meaning.text) is not None and meaning.intent not in ("correct", "hold_on", "repeat")


def _does_not_know(book: Playbook, dialog: Dialog) -> Read:
    """Something that must be known is asked once more in other words; anything else is left out."""
    draft = draft_of(dialog)
    needed = _is_required(book, dialog) and dialog.asked not in draft.filled
    if needed and draft.asked.get(dialog.prompt, 0) < book.policy.retries.same_question:
        return "not_understood", dialog
    return "declined", declined(book, dialog)


def _is_required(book: Playbook, dialog: Dialog) -> bool:
    return dialog.asked in required(book, draft_of(dialog))


def _settled(book: Playbook, dialog: Dialog, before: object) -> Dialog:
    """A question for a detail has been answered: it is not asked again, unless there is another street now."""
    draft, slot = draft_of(dialog), dialog.asked
    item = item_of(book, draft.intent, slot)
    is_detail = item is not None and item.detail is not None and dialog.prompt == item.detail
    is_text = book.catalogue.slots[slot].kind == "text"
    if is_detail and (is_text or draft.filled.get(slot) == before):
        return replace(dialog, draft=settle(draft, dialog.prompt))
    return dialog


def _filled(book: Playbook, dialog: Dialog, slot: str, value: SlotValue, text: str) -> Dialog:
    hit = SlotHit(slot, text, value, 1.0)
    return replace(dialog, draft=fill(book, draft_of(dialog), [hit], dialog.turns))

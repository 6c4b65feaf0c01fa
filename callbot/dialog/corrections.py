"""Callers who take something back: "it's red, not white", "the number's wrong", "scratch that". PURE."""

from __future__ import annotations

import re
from dataclasses import replace

from callbot.dialog import asides
from callbot.dialog.form import Draft, Filled, fill, forget
from callbot.dialog.matters import switch
from callbot.dialog.meanings import Read, asks, draft_of, is_sure, usable
from callbot.dialog.state import Dialog
from callbot.events import Understanding
from callbot.nlu.numbers import parse_number
from callbot.schema import Playbook

_CUE = re.compile(
    r"\b(?:wrong|incorrect|mistake|mistaken|misspoke|meant|mean|actually|sorry|wait|hold on|not|isn't|wasn't|no|nope"
    r"|change|correct|correction|should be|rather|instead|did i say|i said|gave you|told you|almost|close|oops"
    r"|messed up|mixed up|backwards?|switched|reversed|misheard|misunderstood)\b",
    re.I,
)
_DENIED = re.compile(
    r"\b(?:not|isn't|wasn't|did i say)\s+(?:(?:a|an|the|on|at|my|in|it)\s+)*(?P<old>[\w'-]+(?: [\w'-]+){0,2})", re.I
)
_LEADS = re.compile(
    r"^\W*(?:(?:oh|um|uh|okay|ok|well|yeah|yes)\W+)*(?:no|nope|wait|sorry|actually|hold on|hang on|oops|my mistake"
    r"|correction|i meant|i mean|i said|scratch that|make (?:that|it)|let me correct|excuse me)\b",
    re.I,
)
"""How a correction begins, whatever it corrects."""
_MAKE_THAT = re.compile(r"\b(?:make (?:that|it)|i meant|i mean|i should have said|i misspoke|that should be)\b", re.I)
"""Words that replace what has just been said."""
_DIGITS = re.compile(r"\d")
_NOTHING = ("affirm", "deny", "dont_know", "thanks")
"""Acts of a caller who is asked what to change and has nothing to change."""
_LONG = 16
"""Words of an utterance that does more than correct something."""
_PHONE_DIGITS = 7


def aimed_at(book: Playbook, dialog: Dialog, text: str) -> str:
    """The slot that the words correct, "" if they correct none, or none that is named.

    It is the one whose value they deny ("red, not white") or that they call by its name ("the plate is wrong").
    """
    kind, draft = asks(book, dialog), dialog.draft
    if draft is None or kind not in ("slot", "confirm", "amend") or len(text.split()) > _LONG:
        return ""
    cue = _CUE.search(text)
    if kind != "amend" and cue is None:
        return ""
    # A story is full of such words; a correction begins with one.
    in_story = kind == "slot" and book.catalogue.slots[dialog.asked].kind == "text"
    if in_story and cue is not None and len(text[: cue.start()].split()) > 1:
        return ""
    return _denied(draft, text) or _called(book, draft, text) or (_latest(draft) if _MAKE_THAT.search(text) else "")


def only_names(book: Playbook, slot: str, text: str) -> bool:
    """The words call the slot by its name and tell no value: "the house number", "no, the address is wrong"."""
    words = set(re.findall(r"[a-z]+", _CUE.sub(" ", text.lower().replace("'s", " is"))))
    names = {word for name in book.catalogue.slots[slot].called for word in name.split()}
    return not words - names - _FILLERS and not _DIGITS.search(text)


_FILLERS = frozenset(
    {"the", "a", "my", "your", "it", "is", "was", "that", "this", "you", "have", "got", "s", "please", "i"}
)


def leads_in(text: str) -> bool:
    """The words begin as a correction does."""
    return _LEADS.match(text) is not None


def denies_matter(book: Playbook, intent: str, text: str) -> bool:
    """ "Not a pothole, it's the sidewalk": the kind of case is denied by its name."""
    named = set(re.findall(r"[a-z]+", f"{intent.replace('_', ' ')} {book.catalogue.intents[intent].title.lower()}"))
    denied = (set(match["old"].lower().split()) for match in _DENIED.finditer(text))
    return any((words & named) - _COMMON for words in denied)


_COMMON = frozenset(
    {"a", "an", "the", "or", "of", "street", "road", "sign", "person", "problem", "report", "complaint", "check"}
    | {"activity", "property", "damage", "damaged", "vehicle", "car", "question", "feedback", "request", "issue"}
)
"""Words in the names of kinds of cases that say little about which it is."""


def _denied(draft: Draft, text: str) -> str:
    for match in _DENIED.finditer(text):
        words = match["old"].lower().split()
        number = parse_number(match["old"].split(",")[0]) or parse_number(words[0])
        for slot, filled in draft.filled.items():
            if slot != "description" and ({words[0], str(number)} & _words_of(filled)):
                return slot
    return ""


def _latest(draft: Draft) -> str:
    """The slot that was filled last."""
    turns = {slot: filled.turn for slot, filled in draft.filled.items()}
    return max(reversed(turns), key=lambda slot: turns[slot]) if turns else ""


def _words_of(filled: Filled) -> set[str]:
    values = filled.value.values() if isinstance(filled.value, dict) else (filled.value,)
    parts = [filled.text, *(str(value) for value in values if isinstance(value, (str, int)) and value is not True)]
    return set(re.findall(r"[\w']+", " ".join(parts).lower()))


def _called(book: Playbook, draft: Draft, text: str) -> str:
    """The slot of the form that the words call by its name; of several the one with the longest name."""
    said = f" {' '.join(re.findall(r'[a-z]+', _MAKE_THAT.sub(' ', text).lower().replace(chr(39) + 's', ' ')))} "
    known = {*draft.filled, *draft.declined}
    names = [(len(name), slot) for slot in known for name in book.catalogue.slots[slot].called if f" {name} " in said]
    if names:
        return max(names)[1]
    if " number " not in said:
        return ""
    # The number of the house, unless a telephone number is told.
    is_phone = len(_DIGITS.findall(text)) >= _PHONE_DIGITS
    wanted = "callback_number" if is_phone else "location"
    return wanted if wanted in known else ""


# ---------------------------------------------------------------- "scratch that"


def take_back(book: Playbook, dialog: Dialog) -> Read:
    """ "Scratch that": the last answer, or the whole matter if nothing else has been asked yet."""
    draft = dialog.draft
    if asks(book, dialog) in ("confirm", "amend"):
        return "deny", dialog
    begun = draft is not None and sum(draft.asked.values()) > 1
    last = [slot for slot, value in draft.filled.items() if value.turn == dialog.turns - 1] if draft and begun else []
    if draft is None or not last:
        return "start_over", replace(dialog, draft=None, guess=None, held=(), opening=(), waiting=(), page="")
    for item in book.forms[draft.intent].slots:
        if item.slot in last:
            draft = forget(draft, item)
    kept = {slot: value for slot, value in draft.filled.items() if slot not in last}
    return "take_back", replace(dialog, draft=replace(draft, filled=kept))


# ---------------------------------------------------------------- "is that right?"


def to_read_back(book: Playbook, dialog: Dialog, meaning: Understanding) -> Read:
    """The words as an answer to the read-back, or to "what should I change?"."""
    draft, aimed = draft_of(dialog), aimed_at(book, dialog, meaning.text)
    hits = usable(book, meaning, aimed)
    if is_sure(book, meaning) and meaning.intent == "correct" and not hits:
        # Whatever of the form the words hold is what they correct; it is read back again.
        hits = tuple(
            hit for hit in meaning.slots if hit.name in draft.filled and hit in usable(book, meaning, hit.name)
        )
    denied = denies_matter(book, draft.intent, meaning.text)
    other = asides.other_matter(book, meaning, draft.intent, denied=denied)
    if other is not None:
        return "case_intent", switch(book, dialog, meaning, hits, other)
    filled = fill(book, draft, hits, dialog.turns, aimed, corrects=True)
    changed = {s: v.value for s, v in filled.filled.items()} != {s: v.value for s, v in draft.filled.items()}
    if changed and meaning.intent not in ("goodbye", "thanks"):
        return "correct", replace(dialog, draft=filled)
    if asks(book, dialog) == "amend" and is_sure(book, meaning) and meaning.intent in _NOTHING and not aimed:
        # "Nothing, it's right": it is read back once more.
        return "details", dialog
    if asks(book, dialog) == "amend" or (aimed and meaning.intent in ("deny", "correct", "inform")):
        return _to_amend(book, dialog, meaning, aimed)
    sure = is_sure(book, meaning)
    if sure and meaning.intent in ("affirm", "thanks"):
        return "affirm", dialog
    if sure and meaning.intent in ("deny", "correct"):
        return "deny", dialog
    if sure and meaning.intent == "goodbye":
        return "goodbye", dialog
    return "not_understood", dialog


def _to_amend(book: Playbook, dialog: Dialog, meaning: Understanding, aimed: str) -> Read:
    """ "What should I change?" - "the house number": the named value is asked for anew."""
    draft = draft_of(dialog)
    for item in book.forms[draft.intent].slots:
        if item.slot == aimed:
            return "incomplete", replace(dialog, draft=forget(draft, item))
    if meaning.intent == "goodbye":
        return "goodbye", dialog
    return "deny" if asks(book, dialog) == "confirm" else "not_understood", dialog

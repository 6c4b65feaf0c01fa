"""What a caller's turn means in the present state of the dialog. PURE.

`read` returns one trigger of the flow's table and the dialog with the turn's values taken over. The order of
the questions it asks is the safety policy: a wish for a person comes first, the open question next, and only
then everything else that the words might mean. What the words are to each kind of question is told by openings.py,
answers.py and corrections.py.
"""

from __future__ import annotations

import re
from dataclasses import replace

from callbot.dialog import asides
from callbot.dialog.answers import declined, to_form
from callbot.dialog.asides import is_question, sounds_like_a_question
from callbot.dialog.corrections import aimed_at, denies_matter, only_names, take_back, to_read_back
from callbot.dialog.meanings import Read, answers, asks, case_guess, has_content, is_sure, share, usable
from callbot.dialog.openings import says_no, to_open_question, yes_no
from callbot.dialog.raising import added, says
from callbot.dialog.raising import heard as signs_in
from callbot.dialog.state import Dialog, Heard
from callbot.events import IntentGuess, Understanding
from callbot.schema import Playbook, Trigger

_YES, _NO, _PERSON = "1", "2", "0"
"""Telephone keys."""

_SHORT = 10
"""Words of an utterance that is about one thing."""

_OWN_WORDS = 5
"""Words of an answer that is more than a yes or a no."""

_ANYTIME: dict[str, Trigger] = {"repeat": "repeat", "hold_on": "hold_on"}
_PERSONAL = ("caller_name", "callback_number")
_TAKEN_BACK = ("reason", "intent", "slot", "confirm", "amend")
"""Questions during which something can still be taken back."""


def read(book: Playbook, dialog: Dialog, heard: Heard) -> Read:
    """Name the turn and take over what it says."""
    trigger, after = _read(book, dialog, heard)
    if after.draft is None or heard.meaning is None:
        return trigger, after
    signs = signs_in(book, heard.meaning.text, dialog.turns)
    if dialog.suspect is not None:
        signs = added(signs_in(book, dialog.suspect.text, dialog.turns - 1), signs)
    return trigger, replace(after, draft=replace(after.draft, signs=added(after.draft.signs, signs)))


def _read(book: Playbook, dialog: Dialog, heard: Heard) -> Read:
    if asks(book, dialog) == "alarm":
        return _to_alarm(book, dialog, heard)
    if heard.failed is not None:
        again = book.policy.stations[heard.failed].fallback == "reask"
        return "not_understood" if again else "station_failed", dialog
    if heard.silent:
        return "silence", dialog
    if heard.meaning is None:
        return _keys(book, dialog, heard.keys)
    if share(heard.meaning, "emergency") >= book.policy.thresholds.emergency and not dialog.alarm_denied:
        return "maybe_emergency", replace(dialog, suspect=heard.meaning, before_alarm=(dialog.state, dialog.asked))
    dialog = replace(dialog, hearing=min(dialog.hearing, heard.hearing))
    if not heard.question_heard and heard.meaning.intent == "affirm" and asks(book, dialog) == "confirm":
        # A yes to a read-back that the caller has cut off confirms nothing.
        return "repeat", dialog
    return _words(book, dialog, heard.meaning)


def _to_alarm(book: Playbook, dialog: Dialog, heard: Heard) -> Read:
    """ "Is somebody in danger right now?" Only a clear no is a no."""
    denied = heard.keys == _NO or (
        heard.meaning is not None
        and (heard.meaning.intent == "deny" or says_no(heard.meaning.text))
        and share(heard.meaning, "emergency") < book.policy.thresholds.emergency
    )
    if not denied or dialog.suspect is None:
        return "is_emergency", dialog
    # Go on with what the words meant besides, where the caller was.
    calm = tuple(guess for guess in dialog.suspect.intents if guess.name != "emergency")
    total = sum(guess.confidence for guess in calm) or 1.0
    intents = tuple(IntentGuess(guess.name, guess.confidence / total) for guess in calm)
    meaning = replace(dialog.suspect, intents=intents)
    state, asked = dialog.before_alarm
    back = replace(dialog, state=state, asked=asked, suspect=None, before_alarm=("", ""), alarm_denied=True)
    return _words(book, back, meaning)


def asked_for(book: Playbook, dialog: Dialog, text: str = "") -> str:
    """The open question as the small model was taught to read it: a slot, "confirm", "more" or "" for openings.

    "No wait, it's actually about a stolen package" answers no question: such words of the caller are an opening. "It's
    red, not white" is about the vehicle, whatever has just been asked.
    """
    draft = dialog.draft
    if says(book.policy.phrases.other_matter, text) or (draft and denies_matter(book, draft.intent, text)):
        return ""
    kind = asks(book, dialog)
    aimed = aimed_at(book, dialog, text)
    # "Not Tuesday, Wednesday": as an answer to "when?" that would be read as a whole.
    if aimed and book.catalogue.slots[aimed].kind != "time" and not only_names(book, aimed, text):
        return aimed
    if kind == "slot":
        return dialog.asked
    if kind == "intent" and len(text.split()) >= _OWN_WORDS:
        # "Is it about a pothole?" - "somebody put trash on the street": the matter in the caller's own words.
        return ""
    return "confirm" if kind in ("intent", "alarm", "confirm", "offer") else "more" if kind == "more" else ""


def expected_kind(book: Playbook, dialog: Dialog) -> str:
    """What kind of answer the open question makes likely: a slot's kind, "yes_no", or "" for anything."""
    asked = asks(book, dialog)
    if asked == "slot":
        slot = book.catalogue.slots.get(dialog.asked)
        kind = slot.kind if slot else ""
        return "yes_no" if kind == "flag" or (kind == "phone" and dialog.may_use_caller_id) else kind
    # Whether somebody is in danger is never settled by the recogniser's quick text.
    return "yes_no" if asked in ("intent", "confirm", "more", "offer") else ""


def _keys(book: Playbook, dialog: Dialog, keys: str) -> Read:
    if keys == _PERSON:
        return "ask_person", dialog
    yes = {_YES: True, _NO: False}.get(keys)
    if yes is None:
        return "not_understood", dialog
    return yes_no(book, dialog, yes, ())


def _words(book: Playbook, dialog: Dialog, meaning: Understanding) -> Read:
    sure = is_sure(book, meaning)
    kind = asks(book, dialog)
    asked = dialog.asked if kind == "slot" else kind or ""
    aside = asides.answer(book, asked, meaning.text, has_content=has_content(book, meaning))
    # "What do I need a permit for?" is on a page: it is no question why the bot asks.
    is_answered = dialog.draft is None and bool(meaning.page) and is_question(book, meaning.intent)
    if aside is not None and not is_answered:
        return "aside", replace(dialog, aside=aside)
    if sure and meaning.intent == "speak_to_person":
        return "ask_person", dialog
    if dialog.draft is not None and _cancels(book, meaning.text):
        return "cancel", replace(dialog, draft=None, waiting=())
    if sure and meaning.intent in _ANYTIME and not usable(book, meaning):
        return _ANYTIME[meaning.intent], dialog
    if says(book.policy.phrases.takes_back, meaning.text) and not usable(book, meaning) and kind in _TAKEN_BACK:
        return take_back(book, dialog)
    if says(book.policy.phrases.anonymous, meaning.text):
        meaning = replace(meaning, slots=tuple(hit for hit in meaning.slots if hit.name != "caller_name"))
        dialog = _anonymous(book, dialog, meaning.text)
        if not has_content(book, meaning):
            return ("declined", declined(book, dialog, meaning.text)) if asked in _PERSONAL else ("anonymous", dialog)
    return _to_question(book, dialog, meaning)


def _to_question(book: Playbook, dialog: Dialog, meaning: Understanding) -> Read:
    """The words as an answer to the open question."""
    kind = asks(book, dialog)
    if kind == "offer" and dialog.left[0]:
        return _to_offer_beside(book, dialog, meaning)
    if _asks_beside(book, dialog, meaning):
        after = replace(dialog, page=meaning.page)
        if meaning.page:
            return "answered_beside", after
        return "unanswered_beside", replace(after, left=(dialog.state, dialog.asked))
    if kind == "slot":
        return to_form(book, dialog, meaning)
    if kind in ("confirm", "amend"):
        return to_read_back(book, dialog, meaning)
    return to_open_question(book, dialog, meaning)


def _anonymous(book: Playbook, dialog: Dialog, text: str) -> Dialog:
    """The caller's name is not asked for, in this matter and in any other."""
    draft = dialog.draft
    if draft is not None and "caller_name" not in draft.filled:
        nameless = replace(dialog, asked="caller_name", draft=draft)
        draft = declined(book, nameless, text).draft
    return replace(dialog, is_anonymous=True, draft=draft)


# ---------------------------------------------------------------- questions beside the matter


def _asks_beside(book: Playbook, dialog: Dialog, meaning: Understanding) -> bool:
    """A question of the caller's own while a form is being filled."""
    kind, draft = asks(book, dialog), dialog.draft
    if draft is None or is_question(book, draft.intent) or kind not in ("slot", "confirm", "amend"):
        return False
    if any(answers(hit, dialog.asked) for hit in usable(book, meaning)):
        return False
    limits, sounds = book.policy.thresholds, sounds_like_a_question(meaning.text)
    guess = case_guess(book, meaning)
    sure = guess.confidence if guess is not None and is_question(book, guess.name) else 0.0
    if kind == "slot" and book.catalogue.slots[dialog.asked].kind == "text":
        # "How can a person do that?" may well be a part of the story.
        return bool(meaning.page) and sure >= limits.switch_intent
    if meaning.page:
        # Among answers to a form the small model takes a question for an answer easily; the page speaks for one.
        return sounds or sure >= limits.intent
    return sounds and sure >= limits.intent


def _to_offer_beside(book: Playbook, dialog: Dialog, meaning: Understanding) -> Read:
    """ "Would you like a person for that?" Whatever is no answer to it is one to the question that was left."""
    sure = is_sure(book, meaning)
    if sure and meaning.intent == "affirm":
        return "affirm", dialog
    if sure and meaning.intent in ("deny", "thanks") and not usable(book, meaning):
        return "deny", dialog
    state, asked = dialog.left
    return _to_question(book, replace(dialog, state=state, asked=asked, left=("", "")), meaning)


def _cancels(book: Playbook, text: str) -> bool:
    """The caller takes the report back, in few words: longer ones may speak of something else."""
    said = " ".join(re.findall(r"[a-z']+", text.lower()))
    return len(said.split()) <= _SHORT and any(f" {words} " in f" {said} " for words in book.policy.cancels)

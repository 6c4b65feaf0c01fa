"""What a caller's turn means in the present state of the dialog. PURE.

`read` returns one trigger of the flow's table and the dialog with the turn's values taken over. The order of
the questions it asks is the safety policy: a wish for a person comes first, the open question next, and only
then everything else that the words might mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from callbot.dialog import asides
from callbot.dialog.asides import QUESTION, is_question, sounds_like_a_question
from callbot.dialog.form import Draft, decline, fill, forget, required
from callbot.dialog.raising import Sign, added, says
from callbot.dialog.raising import heard as signs_in
from callbot.dialog.state import Dialog, Heard, Waiting
from callbot.events import IntentGuess, SlotHit, SlotValue, Understanding
from callbot.schema import Playbook, Trigger

_Read = tuple[Trigger, Dialog]

_YES, _NO, _PERSON = "1", "2", "0"
"""Telephone keys."""

_SHORT = 10
"""Words of an utterance that is about one thing."""

_AFFIRMED = 0.95
"""Confidence of a kind of case to which the caller has said yes."""
_SEVERAL = 0.9
"""Confidence of a matter among several in one utterance."""
_OPENINGS = ("description", QUESTION)
"""Slots that the caller's first words may fill as a whole."""
_TELLING = 7
"""From this many words on they tell more than what the matter is."""

_ANYTIME: dict[str, Trigger] = {"repeat": "repeat", "hold_on": "hold_on"}


def read(book: Playbook, dialog: Dialog, heard: Heard) -> _Read:
    """Name the turn and take over what it says."""
    trigger, after = _read(book, dialog, heard)
    if after.draft is None or heard.meaning is None:
        return trigger, after
    signs = signs_in(book, heard.meaning.text, dialog.turns)
    if dialog.suspect is not None:
        signs = added(signs_in(book, dialog.suspect.text, dialog.turns - 1), signs)
    return trigger, replace(after, draft=replace(after.draft, signs=added(after.draft.signs, signs)))


def _read(book: Playbook, dialog: Dialog, heard: Heard) -> _Read:
    if book.flow.states[dialog.state].asks == "alarm":
        return _to_alarm(book, dialog, heard)
    if heard.failed is not None:
        again = book.policy.stations[heard.failed].fallback == "reask"
        return "not_understood" if again else "station_failed", dialog
    if heard.silent:
        return "silence", dialog
    if heard.meaning is None:
        return _keys(book, dialog, heard.keys)
    if _suspicion(heard.meaning) >= book.policy.thresholds.emergency and not dialog.alarm_denied:
        return "maybe_emergency", replace(dialog, suspect=heard.meaning, before_alarm=(dialog.state, dialog.asked))
    dialog = replace(dialog, hearing=min(dialog.hearing, heard.hearing))
    if not heard.question_heard and heard.meaning.intent == "affirm" and _asks(book, dialog) == "confirm":
        # A yes to a read-back that the caller has cut off confirms nothing.
        return "repeat", dialog
    return _words(book, dialog, heard.meaning)


def _asks(book: Playbook, dialog: Dialog) -> str | None:
    return book.flow.states[dialog.state].asks


def _suspicion(meaning: Understanding) -> float:
    """How likely the small model finds an emergency, whatever else it makes of the words."""
    return _share(meaning, "emergency")


def _to_alarm(book: Playbook, dialog: Dialog, heard: Heard) -> _Read:
    """ "Is somebody in danger right now?" Only a clear no is a no."""
    denied = heard.keys == _NO or (
        heard.meaning is not None
        and (heard.meaning.intent == "deny" or _leading_no(heard.meaning.text))
        and _suspicion(heard.meaning) < book.policy.thresholds.emergency
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


def _leading_no(text: str) -> bool:
    return re.match(r"\W*(no|nope|nah|not|nobody|no one)\b", text.lower()) is not None


def asked_for(book: Playbook, dialog: Dialog, text: str = "") -> str:
    """The open question as the small model was taught to read it: a slot, "confirm", "more" or "" for openings.

    "No wait, it's actually about a stolen package" answers no question: such words of the caller are an opening.
    """
    if says(book.policy.phrases.other_matter, text):
        return ""
    kind = book.flow.states[dialog.state].asks
    if kind == "slot":
        return dialog.asked
    return "confirm" if kind in ("intent", "alarm", "confirm", "offer") else "more" if kind == "more" else ""


def expected_kind(book: Playbook, dialog: Dialog) -> str:
    """What kind of answer the open question makes likely: a slot's kind, "yes_no", or "" for anything."""
    asks = book.flow.states[dialog.state].asks
    if asks == "slot":
        slot = book.catalogue.slots.get(dialog.asked)
        kind = slot.kind if slot else ""
        return "yes_no" if kind == "flag" or (kind == "phone" and dialog.may_use_caller_id) else kind
    # Whether somebody is in danger is never settled by the recogniser's quick text.
    return "yes_no" if asks in ("intent", "confirm", "more", "offer") else ""


def _keys(book: Playbook, dialog: Dialog, keys: str) -> _Read:
    if keys == _PERSON:
        return "ask_person", dialog
    yes = {_YES: True, _NO: False}.get(keys)
    if yes is None:
        return "not_understood", dialog
    return _yes_no(book, dialog, yes, ())


def _words(book: Playbook, dialog: Dialog, meaning: Understanding) -> _Read:
    sure = meaning.confidence >= book.policy.thresholds.act
    kind = _asks(book, dialog)
    asked = dialog.asked if kind == "slot" else kind or ""
    aside = asides.answer(book, asked, meaning.text, has_content=_has_content(book, meaning))
    if aside is not None:
        return "aside", replace(dialog, aside=aside)
    if sure and meaning.intent == "speak_to_person":
        return "ask_person", dialog
    if dialog.draft is not None and _cancels(book, meaning.text):
        return "cancel", replace(dialog, draft=None, waiting=())
    if sure and meaning.intent in _ANYTIME:
        return _ANYTIME[meaning.intent], dialog
    if says(book.policy.phrases.takes_back, meaning.text) and not _usable(book, meaning) and kind in _TAKEN_BACK:
        return _take_back(book, dialog)
    if says(book.policy.phrases.anonymous, meaning.text):
        meaning = replace(meaning, slots=tuple(hit for hit in meaning.slots if hit.name != "caller_name"))
        dialog = _anonymous(dialog)
        if not _has_content(book, meaning):
            return ("declined", _declined(dialog)) if asked in _PERSONAL else ("anonymous", dialog)
    return _to_question(book, dialog, meaning)


def _to_question(book: Playbook, dialog: Dialog, meaning: Understanding) -> _Read:
    """The words as an answer to the open question."""
    kind = _asks(book, dialog)
    if kind == "offer" and dialog.left[0]:
        return _to_offer_beside(book, dialog, meaning)
    if _asks_beside(book, dialog, meaning):
        after = replace(dialog, page=meaning.page)
        if meaning.page:
            return "answered_beside", after
        return "unanswered_beside", replace(after, left=(dialog.state, dialog.asked))
    if kind == "slot":
        return _to_form(book, dialog, meaning)
    if kind in ("confirm", "amend"):
        return _to_read_back(book, dialog, meaning)
    return _to_open_question(book, dialog, meaning)


def _has_content(book: Playbook, meaning: Understanding) -> bool:
    """The words hold a value or name a matter."""
    guess = _case_guess(book, meaning)
    return bool(_usable(book, meaning)) or (
        guess is not None and guess.confidence >= book.policy.thresholds.intent and not is_question(book, guess.name)
    )


_TAKEN_BACK = ("reason", "intent", "slot", "confirm", "amend")
"""Questions during which something can still be taken back."""
_PERSONAL = ("caller_name", "callback_number")


def _take_back(book: Playbook, dialog: Dialog) -> _Read:
    """ "Scratch that": the last answer, or the whole matter if nothing else has been asked yet."""
    draft = dialog.draft
    if _asks(book, dialog) in ("confirm", "amend"):
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


def _anonymous(dialog: Dialog) -> Dialog:
    """The caller's name is not asked for, in this matter and in any other."""
    draft = dialog.draft
    declined = decline(draft, "caller_name") if draft and "caller_name" not in draft.filled else draft
    return replace(dialog, is_anonymous=True, draft=declined)


# ---------------------------------------------------------------- questions beside the matter


def _asks_beside(book: Playbook, dialog: Dialog, meaning: Understanding) -> bool:
    """A question of the caller's own while a form is being filled."""
    kind, draft = _asks(book, dialog), dialog.draft
    if draft is None or is_question(book, draft.intent) or kind not in ("slot", "confirm", "amend"):
        return False
    if any(_answers(hit, dialog.asked) for hit in _usable(book, meaning)):
        return False
    limits, sounds = book.policy.thresholds, sounds_like_a_question(meaning.text)
    guess = _case_guess(book, meaning)
    sure = guess.confidence if guess is not None and is_question(book, guess.name) else 0.0
    if kind == "slot" and book.catalogue.slots[dialog.asked].kind == "text":
        # "How can a person do that?" may well be a part of the story.
        return bool(meaning.page) and sure >= limits.switch_intent
    if meaning.page:
        # Among answers to a form the small model takes a question for an answer easily; the page speaks for one.
        return sounds or sure >= limits.intent
    return sounds and sure >= limits.intent


def _to_offer_beside(book: Playbook, dialog: Dialog, meaning: Understanding) -> _Read:
    """ "Would you like a person for that?" Whatever is no answer to it is one to the question that was left."""
    sure = meaning.confidence >= book.policy.thresholds.act
    if sure and meaning.intent == "affirm":
        return "affirm", dialog
    if sure and meaning.intent in ("deny", "thanks") and not _usable(book, meaning):
        return "deny", dialog
    state, asked = dialog.left
    return _to_question(book, replace(dialog, state=state, asked=asked, left=("", "")), meaning)


def _cancels(book: Playbook, text: str) -> bool:
    """The caller takes the report back, in few words: longer ones may speak of something else."""
    said = " ".join(re.findall(r"[a-z']+", text.lower()))
    return len(said.split()) <= _SHORT and any(f" {words} " in f" {said} " for words in book.policy.cancels)


# ---------------------------------------------------------------- "how can I help?", "is it about …?", "anything else?"


def _to_open_question(book: Playbook, dialog: Dialog, meaning: Understanding) -> _Read:
    hits = _placed(book, dialog, meaning)
    kind = book.flow.states[dialog.state].asks
    sure = meaning.confidence >= book.policy.thresholds.act
    meant = asides.other_matter(book, meaning, dialog.guess.name if dialog.guess else "")
    if meant is not None:
        return "case_intent", _begin(book, _remember(replace(dialog, opening=()), meaning, hits), meant)
    if kind in ("intent", "more", "offer") and sure and meaning.intent in ("affirm", "deny"):
        return _yes_no(book, dialog, meaning.intent == "affirm", hits)
    if kind == "more" and _share(meaning, "deny", "thanks", "goodbye") >= book.policy.thresholds.act:
        # "No, that's everything, thank you": whichever of the three it is, the caller has finished.
        return "deny", dialog
    guess = _first_wanted(book, meaning) or _case_guess(book, meaning)
    if guess is None or guess.confidence < book.policy.thresholds.intent:
        guess = _answered_question(book, meaning) or guess
    if guess is not None and guess.confidence >= book.policy.thresholds.intent:
        begun = _begin(book, _remember(dialog, meaning, hits), guess)
        return "case_intent", replace(begun, waiting=(*dialog.waiting, *_further(book, dialog, meaning, guess.name)))
    if guess is not None and guess.confidence >= book.policy.thresholds.unsure_intent:
        return "unsure_intent", replace(_remember(dialog, meaning, hits), guess=guess)
    if sure and meaning.intent in ("thanks", "goodbye", "greet"):
        return _act(meaning.intent), dialog
    if meaning.intent == "out_of_scope":
        return "out_of_scope", dialog
    if hits:
        return "details", _remember(dialog, meaning, hits)
    return "not_understood", dialog


def _answered_question(book: Playbook, meaning: Understanding) -> IntentGuess | None:
    """A question that a page answers, although the small model is not sure that it is one."""
    if not meaning.page or not sounds_like_a_question(meaning.text):
        return None
    name = next((name for name in book.catalogue.intents if is_question(book, name)), None)
    return None if name is None else IntentGuess(name, max(meaning.confidence, book.policy.thresholds.intent))


def _wanted(book: Playbook, meaning: Understanding) -> list[str]:
    """The matters of an utterance that names several; questions are not among them."""
    return [name for name in meaning.wanted if name in book.catalogue.intents and not is_question(book, name)]


def _first_wanted(book: Playbook, meaning: Understanding) -> IntentGuess | None:
    """The matter to begin with if there are several: each takes from the probability of the others."""
    wanted = _wanted(book, meaning)
    return IntentGuess(wanted[0], _SEVERAL) if len(wanted) > 1 and not meaning.out_of_scope else None


def _further(book: Playbook, dialog: Dialog, meaning: Understanding, first: str) -> tuple[Waiting, ...]:
    """What is to be taken up after the first matter."""
    wanted = _wanted(book, meaning)
    if len(wanted) < 2:
        return ()
    return tuple(Waiting(name, _SEVERAL, dialog.turns, meaning.text) for name in wanted if name != first)


def take_up(book: Playbook, dialog: Dialog) -> Dialog:
    """Begin with the next matter of those that wait."""
    following, *rest = dialog.waiting
    named = Understanding(following.text, (), (), out_of_scope=False)
    held = tuple((following.turn, hit) for hit in _placed(book, dialog, named))
    fresh = replace(dialog, waiting=tuple(rest), opening=((following.turn, following.text),), held=held)
    return _begin(book, fresh, IntentGuess(following.intent, following.confidence))


def _placed(book: Playbook, dialog: Dialog, meaning: Understanding) -> tuple[SlotHit, ...]:
    """The values of an utterance; "there, too" is the place of the matter before."""
    hits = _usable(book, meaning)
    earlier = dialog.filed[-1].filled.get("location") if dialog.filed else None
    named = any(h.name == "location" and isinstance(h.value, dict) and h.value.get("matched") for h in hits)
    if earlier is None or named or not says(book.policy.phrases.same_place, meaning.text):
        return hits
    same = SlotHit("location", meaning.text, earlier.value, earlier.confidence)
    return (*(hit for hit in hits if hit.name != "location"), same)


def _share(meaning: Understanding, *names: str) -> float:
    """Probability that the utterance is one of these."""
    return sum(guess.confidence for guess in meaning.intents if guess.name in names)


def _case_guess(book: Playbook, meaning: Understanding) -> IntentGuess | None:
    """The likeliest case intent, unless the utterance is more likely something else altogether."""
    if meaning.out_of_scope or not meaning.intents or meaning.intents[0].name not in book.catalogue.intents:
        return None
    return meaning.intents[0]


def _remember(dialog: Dialog, meaning: Understanding, hits: tuple[SlotHit, ...]) -> Dialog:
    held = (*dialog.held, *((dialog.turns, hit) for hit in hits))
    page = meaning.page or dialog.page
    return replace(dialog, held=held, opening=(*dialog.opening, (dialog.turns, meaning.text)), page=page)


def _begin(book: Playbook, dialog: Dialog, guess: IntentGuess) -> Dialog:
    """Open a form with everything that has been said so far; contact details carry over from an earlier case."""
    signs: tuple[Sign, ...] = ()
    for turn, text in dialog.opening:
        signs = added(signs, signs_in(book, text, turn))
    draft = Draft(guess.name, guess.confidence, signs=signs)
    if dialog.filed:
        kept = {s: v for s, v in dialog.filed[-1].filled.items() if s in ("caller_name", "callback_number")}
        declined = dialog.filed[-1].declined & {"caller_name", "callback_number"}
        draft = replace(draft, filled=kept, declined=declined)
    if dialog.is_anonymous:
        draft = decline(draft, "caller_name")
    for turn, text in dialog.opening:
        for slot in _told_by_opening(book, guess.name, text, is_answered=bool(dialog.page)):
            draft = fill(book, draft, [SlotHit(slot, text, text, guess.confidence)], turn)
    for turn, hit in dialog.held:
        draft = fill(book, draft, [hit], turn)
    page = dialog.page if is_question(book, guess.name) else ""
    return replace(dialog, draft=draft, guess=None, held=(), opening=(), page=page)


def _told_by_opening(book: Playbook, intent: str, text: str, *, is_answered: bool) -> tuple[str, ...]:
    """Slots for which the caller's first words stand as a whole.

    A few words that only name the matter ("I want to report a fraud") answer no question of the form, and "I have a
    question" asks nothing. `is_answered`: a knowledge page answers them.
    """
    asked = {item.slot: item for item in book.forms[intent].slots}
    is_telling = len(text.split()) >= _TELLING
    if is_question(book, intent):
        is_telling = is_answered or sounds_like_a_question(text)
    return tuple(
        slot
        for slot in _OPENINGS
        if slot in book.slot_names(intent) and (slot not in asked or (asked[slot].from_opening and is_telling))
    )


def _yes_no(book: Playbook, dialog: Dialog, yes: bool, hits: tuple[SlotHit, ...]) -> _Read:
    """A yes or no to any question."""
    kind = book.flow.states[dialog.state].asks
    if kind == "slot":
        return _yes_no_to_form(book, dialog, yes)
    if kind == "intent" and dialog.guess is not None:
        if yes:
            guess = replace(dialog.guess, confidence=max(dialog.guess.confidence, _AFFIRMED))
            return "affirm", _begin(book, replace(dialog, held=(*dialog.held, *_dated(dialog, hits))), guess)
        return "deny", replace(dialog, guess=None, opening=(), page="")
    if kind == "offer" and not yes and not dialog.left[0]:
        return "deny", replace(dialog, draft=None, page="")
    return "affirm" if yes else "deny", dialog


def _dated(dialog: Dialog, hits: Iterable[SlotHit]) -> tuple[tuple[int, SlotHit], ...]:
    return tuple((dialog.turns, hit) for hit in hits)


# ---------------------------------------------------------------- a question of the form


def _to_form(book: Playbook, dialog: Dialog, meaning: Understanding) -> _Read:
    draft = _draft(dialog)
    hits = _placed(book, dialog, meaning)
    asked_kind = book.catalogue.slots[dialog.asked].kind
    sure = meaning.confidence >= book.policy.thresholds.act
    answered = any(_answers(hit, dialog.asked) for hit in hits)
    other = _other(book, dialog, meaning, answered=answered)
    if other is not None:
        return "case_intent", _switch(book, dialog, meaning, hits, other)
    if dialog.asked == QUESTION:
        dialog = replace(dialog, page=meaning.page)
    elif answered:
        dialog = _also(book, dialog, meaning)
    if not answered and sure and meaning.intent in ("affirm", "deny"):
        trigger, told = _yes_no_to_form(book, dialog, meaning.intent == "affirm")
        if hits and trigger in ("answer", "not_understood"):
            told = replace(told, draft=fill(book, _draft(told), hits, dialog.turns, dialog.asked))
            trigger = "answer"
        return trigger, told
    if not answered and sure and meaning.intent == "dont_know":
        return _does_not_know(book, dialog)
    if not answered and sure and meaning.intent == "goodbye" and not hits:
        return "goodbye", dialog
    if asked_kind == "text" and not answered and not meaning.out_of_scope and meaning.intent not in ("greet", "thanks"):
        hits = (*hits, SlotHit(dialog.asked, meaning.text, meaning.text, max(meaning.confidence, 0.5)))
    if hits:
        filled = fill(book, draft, hits, dialog.turns, dialog.asked, corrects=meaning.intent in ("correct", "deny"))
        changed = filled.filled != draft.filled
        return ("correct" if meaning.intent == "correct" else "answer") if changed else "not_understood", replace(
            dialog, draft=filled
        )
    if sure and meaning.intent in ("thanks", "greet"):
        return _act(meaning.intent), dialog
    return "not_understood", dialog


def _other(book: Playbook, dialog: Dialog, meaning: Understanding, *, answered: bool) -> IntentGuess | None:
    """The matter to which the caller turns; seldom while they describe something in their own words."""
    draft = _draft(dialog)
    meant = asides.other_matter(book, meaning, draft.intent)
    guess = _case_guess(book, meaning)
    if meant is not None or answered or guess is None or guess.name == draft.intent:
        return meant
    if book.catalogue.intents[draft.intent].disposition == "human":
        # A worry about a person is not given up on a guess, only on the caller's own word.
        return None
    limits, kind = book.policy.thresholds, book.catalogue.slots[dialog.asked].kind
    if dialog.asked == QUESTION and _asks(book, dialog) == "slot":
        # "I have a question" - "there's a pothole": that is a report.
        return guess if guess.confidence >= limits.intent and not is_question(book, guess.name) else None
    return guess if kind != "text" and guess.confidence >= limits.switch_intent else None


def _also(book: Playbook, dialog: Dialog, meaning: Understanding) -> Dialog:
    """An answer with another matter in it: "215 Orange Street, and there's also graffiti"."""
    guess, draft = _case_guess(book, meaning), _draft(dialog)
    known = {draft.intent, *(matter.intent for matter in dialog.waiting)}
    if guess is None or guess.name in known or is_question(book, guess.name) or not _ALSO.search(meaning.text):
        return dialog
    if guess.confidence < book.policy.thresholds.switch_intent:
        return dialog
    return replace(dialog, waiting=(*dialog.waiting, Waiting(guess.name, _SEVERAL, dialog.turns, meaning.text)))


_ALSO = re.compile(r"\b(?:also|as well|too|another (?:thing|problem|issue)|one more)\b", re.I)


def _switch(
    book: Playbook, dialog: Dialog, meaning: Understanding, hits: tuple[SlotHit, ...], guess: IntentGuess
) -> Dialog:
    """Change the form and keep what both can hold."""
    old = _draft(dialog)
    fresh = replace(dialog, opening=((dialog.turns, meaning.text),), held=_dated(dialog, hits), page=meaning.page)
    begun = _begin(book, fresh, guess)
    kept = {s: v for s, v in old.filled.items() if s in book.slot_names(guess.name) and s != "description"}
    draft = _draft(begun)
    draft = replace(draft, filled={**kept, **draft.filled}, declined=old.declined | draft.declined)
    return replace(begun, draft=replace(draft, signs=added(old.signs, draft.signs)))


def _yes_no_to_form(book: Playbook, dialog: Dialog, yes: bool) -> _Read:
    draft, slot = _draft(dialog), dialog.asked
    if book.catalogue.slots[slot].kind == "flag":
        return "answer", _filled(book, dialog, slot, yes, "yes" if yes else "no")
    if slot == "callback_number" and dialog.may_use_caller_id:
        if yes:
            return "answer", _filled(book, dialog, slot, CALLER_ID, "the number I am calling from")
        return "answer", replace(dialog, caller_id_refused=True)
    if yes:
        return "not_understood", dialog
    if _is_required(book, dialog) and slot not in draft.filled:
        return "not_understood", dialog
    return "declined", _declined(dialog)


CALLER_ID = "caller_id"
"""Stands for the number that the line has told; the conductor puts the number in."""


def _does_not_know(book: Playbook, dialog: Dialog) -> _Read:
    """Something that must be known is asked once more in other words; anything else is left out."""
    draft = _draft(dialog)
    required = _is_required(book, dialog) and dialog.asked not in draft.filled
    if required and draft.asked.get(dialog.prompt, 0) < book.policy.retries.same_question:
        return "not_understood", dialog
    return "declined", _declined(dialog)


def _declined(dialog: Dialog) -> Dialog:
    draft = _draft(dialog)
    # A house number that is not known does not take the street away: only the detail question is done.
    return dialog if dialog.asked in draft.filled else replace(dialog, draft=decline(draft, dialog.asked))


def _is_required(book: Playbook, dialog: Dialog) -> bool:
    return dialog.asked in required(book, _draft(dialog))


def _filled(book: Playbook, dialog: Dialog, slot: str, value: SlotValue, text: str) -> Dialog:
    hit = SlotHit(slot, text, value, 1.0)
    return replace(dialog, draft=fill(book, _draft(dialog), [hit], dialog.turns))


def _answers(hit: SlotHit, asked: str) -> bool:
    names = ("caller_name", "person_name")
    return hit.name == asked or (hit.name in names and asked in names)


# ---------------------------------------------------------------- "is that right?"


def _to_read_back(book: Playbook, dialog: Dialog, meaning: Understanding) -> _Read:
    draft = _draft(dialog)
    hits = _usable(book, meaning)
    other = asides.other_matter(book, meaning, draft.intent)
    if other is not None:
        return "case_intent", _switch(book, dialog, meaning, hits, other)
    filled = fill(book, draft, hits, dialog.turns, corrects=True)
    changed = {s: v.value for s, v in filled.filled.items()} != {s: v.value for s, v in draft.filled.items()}
    sure = meaning.confidence >= book.policy.thresholds.act
    if changed and meaning.intent not in ("goodbye", "thanks"):
        return "correct", replace(dialog, draft=filled)
    if _asks(book, dialog) == "amend":
        return _to_amend(book, dialog, meaning)
    if sure and meaning.intent in ("affirm", "thanks"):
        return "affirm", dialog
    if sure and meaning.intent in ("deny", "correct"):
        return "deny", dialog
    if sure and meaning.intent == "goodbye":
        return "goodbye", dialog
    return "not_understood", dialog


def _to_amend(book: Playbook, dialog: Dialog, meaning: Understanding) -> _Read:
    """ "What should I change?" - "the house number": the named value is asked for anew."""
    draft = _draft(dialog)
    said = f" {' '.join(re.findall(r'[a-z]+', meaning.text.lower()))} "
    for item in book.forms[draft.intent].slots:
        called = book.catalogue.slots[item.slot].called
        if item.slot in {*draft.filled, *draft.declined} and any(f" {name} " in said for name in called):
            return "incomplete", replace(dialog, draft=forget(draft, item))
    if meaning.intent == "goodbye":
        return "goodbye", dialog
    return "not_understood", dialog


# ---------------------------------------------------------------- helpers


def _usable(book: Playbook, meaning: Understanding) -> tuple[SlotHit, ...]:
    return tuple(hit for hit in meaning.slots if hit.confidence >= book.policy.thresholds.slot)


def _draft(dialog: Dialog) -> Draft:
    assert dialog.draft is not None  # the states that ask about a form are entered with one
    return dialog.draft


def _act(intent: str) -> Trigger:
    acts: dict[str, Trigger] = {"thanks": "thanks", "goodbye": "goodbye", "greet": "greet"}
    return acts[intent]

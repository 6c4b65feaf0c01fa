"""What a call is about: opening a form, turning to another matter, and the matters that wait their turn. PURE."""

from __future__ import annotations

import re
from dataclasses import replace

from callbot.dialog import asides
from callbot.dialog.asides import QUESTION, is_question, sounds_like_a_question
from callbot.dialog.form import Draft, decline, fill
from callbot.dialog.meanings import case_guess, dated, draft_of, usable
from callbot.dialog.raising import Sign, added, says
from callbot.dialog.raising import heard as signs_in
from callbot.dialog.state import Dialog, Waiting
from callbot.events import IntentGuess, SlotHit, Understanding
from callbot.schema import Playbook

SEVERAL = 0.9
"""Confidence of a matter among several in one utterance."""
_SECOND = 0.8
"""Least probability of a further matter: one that was never meant costs more than one that the caller names again."""
_OPENINGS = ("description", QUESTION)
"""Slots that the caller's first words may fill as a whole."""
_TELLING = 5
"""From this many words on, without those that only announce it, they tell more than what the matter is."""
_ANNOUNCES = re.compile(
    r"^\W*(?:(?:hi|hello|hey|yes|yeah|good (?:morning|afternoon|evening)|um|uh|so|well|okay|please|listen)\W+)*"
    r"(?:(?:i'm|i am|i was)\W+calling(?:\W+\w+){0,2}?\W+(?:about|to report|for|because)\b"
    r"|i(?:'d| would)? (?:want|wanna|need|like|have|wish)(?: to)? (?:report|complain about|complain|file|make)\b"
    r"|i (?:think|guess|believe)\b|this is about\b|it's about\b|can i report\b|reporting\b)?",
    re.I,
)
_ALSO = re.compile(r"\b(?:also|as well|too|another (?:thing|problem|issue)|one more)\b", re.I)


def begin(book: Playbook, dialog: Dialog, guess: IntentGuess) -> Dialog:
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
        for slot in told_by_opening(book, guess.name, text, is_answered=bool(dialog.page)):
            draft = fill(book, draft, [SlotHit(slot, text, text, guess.confidence)], turn)
    for turn, hit in dialog.held:
        draft = fill(book, draft, [hit], turn)
    page = dialog.page if is_question(book, guess.name) else ""
    return replace(dialog, draft=draft, guess=None, others=(), held=(), opening=(), page=page)


def remember(dialog: Dialog, meaning: Understanding, hits: tuple[SlotHit, ...]) -> Dialog:
    """Keep what was said before it is known what the call is about."""
    held = (*dialog.held, *dated(dialog, hits))
    page = meaning.page or dialog.page
    return replace(dialog, held=held, opening=(*dialog.opening, (dialog.turns, meaning.text)), page=page)


def switch(
    book: Playbook, dialog: Dialog, meaning: Understanding, hits: tuple[SlotHit, ...], guess: IntentGuess
) -> Dialog:
    """Change the form and keep what both can hold."""
    old = draft_of(dialog)
    fresh = replace(dialog, opening=((dialog.turns, meaning.text),), held=dated(dialog, hits), page=meaning.page)
    begun = begin(book, fresh, guess)
    kept = {s: v for s, v in old.filled.items() if s in book.slot_names(guess.name) and s != "description"}
    draft = draft_of(begun)
    draft = replace(draft, filled={**kept, **draft.filled}, declined=old.declined | draft.declined)
    return replace(begun, draft=replace(draft, signs=added(old.signs, draft.signs)))


def placed(book: Playbook, dialog: Dialog, meaning: Understanding, aimed: str = "") -> tuple[SlotHit, ...]:
    """The values of an utterance; "there, too" is the place of the matter before."""
    hits = usable(book, meaning, aimed)
    earlier = dialog.filed[-1].filled.get("location") if dialog.filed else None
    named = any(h.name == "location" and isinstance(h.value, dict) and h.value.get("matched") for h in hits)
    if earlier is None or named or not says(book.policy.phrases.same_place, meaning.text):
        return hits
    same = SlotHit("location", meaning.text, earlier.value, earlier.confidence)
    return (*(hit for hit in hits if hit.name != "location"), same)


# ---------------------------------------------------------------- another matter


def other(
    book: Playbook, dialog: Dialog, meaning: Understanding, *, answered: bool, denied: bool = False
) -> IntentGuess | None:
    """The matter to which the caller turns; seldom while they describe something in their own words.

    `denied`: the caller denies the present one.
    """
    draft = draft_of(dialog)
    meant = asides.other_matter(book, meaning, draft.intent, denied=denied)
    guess = case_guess(book, meaning)
    if meant is not None or answered or guess is None or guess.name == draft.intent:
        return meant
    if book.catalogue.intents[draft.intent].disposition == "human":
        # A worry about a person is not given up on a guess, only on the caller's own word.
        return None
    limits, kind = book.policy.thresholds, book.catalogue.slots[dialog.asked].kind
    if dialog.asked == QUESTION:
        # "I have a question" - "there's a pothole": that is a report.
        return guess if guess.confidence >= limits.intent and not is_question(book, guess.name) else None
    return guess if kind != "text" and guess.confidence >= limits.switch_intent else None


# ---------------------------------------------------------------- several matters


def first_wanted(book: Playbook, meaning: Understanding) -> IntentGuess | None:
    """The matter to begin with if there are several: each takes from the probability of the others."""
    wanted = _wanted(book, meaning)
    return IntentGuess(wanted[0], SEVERAL) if len(wanted) > 1 and not meaning.out_of_scope else None


def further(book: Playbook, dialog: Dialog, meaning: Understanding, first: str) -> tuple[Waiting, ...]:
    """What is to be taken up after the first matter."""
    wanted = _wanted(book, meaning)
    if len(wanted) < 2:
        return ()
    return tuple(Waiting(name, SEVERAL, dialog.turns, meaning.text) for name in wanted if name != first)


def also(book: Playbook, dialog: Dialog, meaning: Understanding) -> Dialog:
    """An answer with another matter in it: "215 Orange Street, and there's also graffiti"."""
    guess, draft = case_guess(book, meaning), draft_of(dialog)
    known = {draft.intent, *(matter.intent for matter in dialog.waiting)}
    if guess is None or guess.name in known or is_question(book, guess.name) or not _ALSO.search(meaning.text):
        return dialog
    if guess.confidence < book.policy.thresholds.switch_intent:
        return dialog
    return replace(dialog, waiting=(*dialog.waiting, Waiting(guess.name, SEVERAL, dialog.turns, meaning.text)))


def take_up(book: Playbook, dialog: Dialog) -> Dialog:
    """Begin with the next matter of those that wait."""
    following, *rest = dialog.waiting
    named = Understanding(following.text, (), (), out_of_scope=False)
    held = tuple((following.turn, hit) for hit in placed(book, dialog, named))
    fresh = replace(dialog, waiting=tuple(rest), opening=((following.turn, following.text),), held=held)
    return begin(book, fresh, IntentGuess(following.intent, following.confidence))


def _wanted(book: Playbook, meaning: Understanding) -> list[str]:
    """The matters of an utterance that names several; questions are not among them."""
    sure = {guess.name for guess in meaning.intents if guess.confidence >= _SECOND}
    return [
        name
        for name in meaning.wanted
        if name in sure and name in book.catalogue.intents and not is_question(book, name)
    ]


# ---------------------------------------------------------------- the first words


def told_by_opening(book: Playbook, intent: str, text: str, *, is_answered: bool) -> tuple[str, ...]:
    """Slots for which the caller's first words stand as a whole.

    A few words that only name the matter ("I want to report a fraud") answer no question of the form, and "I have a
    question" asks nothing. `is_answered`: a knowledge page answers them.
    """
    asked = {item.slot: item for item in book.forms[intent].slots}
    is_telling = len(_ANNOUNCES.sub("", text).split()) >= _TELLING
    if is_question(book, intent):
        is_telling = is_answered or sounds_like_a_question(text)
    return tuple(
        slot
        for slot in _OPENINGS
        if slot in book.slot_names(intent) and (slot not in asked or (asked[slot].from_opening and is_telling))
    )

"""The caller's words where no form is open: "how can I help?", "is it about …?", "anything else?". PURE."""

from __future__ import annotations

import re
from dataclasses import replace

from callbot.dialog import asides
from callbot.dialog.answers import yes_no_to_form
from callbot.dialog.asides import is_question, sounds_like_a_question
from callbot.dialog.matters import begin, first_wanted, further, placed, remember
from callbot.dialog.meanings import Read, act, asks, case_guess, dated, is_sure, share
from callbot.dialog.state import Dialog
from callbot.events import IntentGuess, SlotHit, Understanding
from callbot.schema import Playbook

_AFFIRMED = 0.95
"""Confidence of a kind of case to which the caller has said yes."""
_OTHERWISE = 0.15
"""Least confidence of a matter that is asked about after another one was not it."""
_BESIDE, _WITH_MATTER = 0.25, 5
"""Least confidence of a matter beside a yes, and least words of both."""
_DONE = re.compile(
    r"\bthat(?:'s| is|'ll be|'d be| will be)? (?:it|all|everything)\b|\ball set\b|\bi'm (?:good|done|fine|set)\b"
    r"|\bjust that\b|\bonly that\b|\bnothing\b",
    re.I,
)
_LEADING_NO = re.compile(r"^\W*(?:no|nope|nah|not|nobody|no one|nothing)\b", re.I)


def says_no(text: str) -> bool:
    """The words begin with a no."""
    return _LEADING_NO.match(text) is not None


def to_open_question(book: Playbook, dialog: Dialog, meaning: Understanding) -> Read:
    """Name what the words are where no form is open."""
    hits = placed(book, dialog, meaning)
    kind, sure, limits = asks(book, dialog), is_sure(book, meaning), book.policy.thresholds
    meant = asides.other_matter(book, meaning, dialog.guess.name if dialog.guess else "")
    if meant is not None:
        return "case_intent", begin(book, remember(replace(dialog, opening=()), meaning, hits), meant)
    beside = _beside_yes(book, meaning) if kind == "more" else None
    if beside is not None:
        return "case_intent", begin(book, remember(dialog, meaning, hits), beside)
    if kind in ("intent", "more", "offer") and sure and meaning.intent in ("affirm", "deny"):
        return yes_no(book, dialog, meaning.intent == "affirm", hits)
    if kind == "intent" and sure and meaning.intent == "dont_know":
        return _ask_otherwise(dialog)
    if kind == "more" and share(meaning, "deny", "thanks", "goodbye") >= limits.act:
        # "No, that's everything, thank you": whichever of the three it is, the caller has finished.
        return "deny", dialog
    guess = first_wanted(book, meaning) or case_guess(book, meaning)
    if guess is None or guess.confidence < limits.intent:
        guess = _answered_question(book, meaning) or guess
    guess = _guessed_twice(dialog, guess) if guess is not None else None
    if guess is not None and _is_meant(book, guess):
        begun = begin(book, remember(dialog, meaning, hits), guess)
        return "case_intent", replace(begun, waiting=(*dialog.waiting, *further(book, dialog, meaning, guess.name)))
    if kind == "more" and (says_no(meaning.text) or _is_done(dialog, meaning.text)):
        return "deny", dialog
    if guess is not None and guess.confidence >= limits.unsure_intent:
        others = tuple(
            found
            for found in meaning.intents
            if found.name in book.catalogue.intents and found.name != guess.name and found.confidence >= _OTHERWISE
        )
        return "unsure_intent", replace(remember(dialog, meaning, hits), guess=guess, others=others)
    if sure and meaning.intent in ("thanks", "goodbye", "greet"):
        return act(meaning.intent), dialog
    if meaning.intent == "out_of_scope":
        return "out_of_scope", dialog
    if {hit.name for hit in hits} - {hit.name for _, hit in dialog.held}:
        return "details", remember(dialog, meaning, hits)
    return "not_understood", dialog


def yes_no(book: Playbook, dialog: Dialog, yes: bool, hits: tuple[SlotHit, ...]) -> Read:
    """A yes or no to any question."""
    kind = asks(book, dialog)
    if kind == "slot":
        return yes_no_to_form(book, dialog, yes)
    if kind == "intent" and dialog.guess is not None:
        if yes:
            guess = replace(dialog.guess, confidence=max(dialog.guess.confidence, _AFFIRMED))
            return "affirm", begin(book, replace(dialog, held=(*dialog.held, *dated(dialog, hits))), guess)
        if dialog.others:
            return _ask_otherwise(dialog)
        return "deny", replace(dialog, guess=None, opening=(), page="")
    if kind == "offer" and not yes and not dialog.left[0]:
        return "deny", replace(dialog, draft=None, page="")
    return "affirm" if yes else "deny", dialog


def _guessed_twice(dialog: Dialog, guess: IntentGuess) -> IntentGuess:
    """The caller's own words, when asked about a matter, speak for the same one once more."""
    before = dialog.guess
    if before is None or before.name != guess.name:
        return guess
    return replace(guess, confidence=1 - (1 - before.confidence) * (1 - guess.confidence))


def _is_meant(book: Playbook, guess: IntentGuess) -> bool:
    """The matter is sure enough; a question costs nothing to be asked for."""
    limits = book.policy.thresholds
    least = limits.unsure_intent if is_question(book, guess.name) else limits.intent
    return guess.confidence >= least


def _is_done(dialog: Dialog, text: str) -> bool:
    """ "That's it" - and so are a few words more that are not understood once everything is filed."""
    return _DONE.search(text) is not None or (bool(dialog.troubles) and len(text.split()) < _WITH_MATTER)


def _beside_yes(book: Playbook, meaning: Understanding) -> IntentGuess | None:
    """ "Yes, one more thing, there's a pothole": the matter behind a yes or a no."""
    if meaning.intent not in ("affirm", "deny") or len(meaning.text.split()) < _WITH_MATTER:
        return None
    found = [guess for guess in meaning.intents if guess.name in book.catalogue.intents]
    if not found or found[0].confidence < _BESIDE:
        return None
    rest = found[0].confidence / max(found[0].confidence, 1 - share(meaning, "affirm", "deny"))
    return IntentGuess(found[0].name, rest) if rest >= book.policy.thresholds.intent else None


def _ask_otherwise(dialog: Dialog) -> Read:
    """Not the likeliest matter, or the caller cannot tell: the next one, or in the caller's own words."""
    if not dialog.others:
        return "deny", replace(dialog, guess=None)
    following, *rest = dialog.others
    return "unsure_intent", replace(dialog, guess=following, others=tuple(rest))


def _answered_question(book: Playbook, meaning: Understanding) -> IntentGuess | None:
    """A question that a page answers, although the small model is not sure that it is one."""
    if not meaning.page or not sounds_like_a_question(meaning.text):
        return None
    name = next((name for name in book.catalogue.intents if is_question(book, name)), None)
    return None if name is None else IntentGuess(name, max(meaning.confidence, book.policy.thresholds.intent))

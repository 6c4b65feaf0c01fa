"""What is in an utterance, whatever is being asked. PURE."""

from __future__ import annotations

from collections.abc import Sequence

from callbot.dialog.asides import is_question
from callbot.dialog.form import Draft
from callbot.dialog.state import Dialog
from callbot.events import IntentGuess, SlotHit, Understanding
from callbot.schema import Playbook, Trigger

Read = tuple[Trigger, Dialog]
"""What a turn was, and the dialog with its values taken over."""

_NAMES = ("caller_name", "person_name")
_CORRECTED = 0.12
"""Least confidence of a value that replaces one: words that correct something hold a value for certain."""


def asks(book: Playbook, dialog: Dialog) -> str | None:
    """What the present state asks."""
    return book.flow.states[dialog.state].asks


def draft_of(dialog: Dialog) -> Draft:
    """The form that is being filled."""
    assert dialog.draft is not None  # the states that ask about a form are entered with one
    return dialog.draft


def is_sure(book: Playbook, meaning: Understanding) -> bool:
    """The likeliest act or matter is likely enough to act on."""
    return meaning.confidence >= book.policy.thresholds.act


def usable(book: Playbook, meaning: Understanding, aimed: str = "") -> tuple[SlotHit, ...]:
    """The values that are sure enough; `aimed`: the slot that the words correct."""
    enough = book.policy.thresholds.slot
    return tuple(
        hit for hit in meaning.slots if hit.confidence >= (_CORRECTED if aimed and answers(hit, aimed) else enough)
    )


def answers(hit: SlotHit, asked: str) -> bool:
    """The value is one for this slot: a name is that of whoever was asked for."""
    return hit.name == asked or (hit.name in _NAMES and asked in _NAMES)


def share(meaning: Understanding, *names: str) -> float:
    """Probability that the utterance is one of these."""
    return sum(guess.confidence for guess in meaning.intents if guess.name in names)


def case_guess(book: Playbook, meaning: Understanding) -> IntentGuess | None:
    """The likeliest case intent, unless the utterance is more likely something else altogether."""
    if meaning.out_of_scope or not meaning.intents or meaning.intents[0].name not in book.catalogue.intents:
        return None
    return meaning.intents[0]


def has_content(book: Playbook, meaning: Understanding) -> bool:
    """The words hold a value or name a matter."""
    guess = case_guess(book, meaning)
    return bool(usable(book, meaning)) or (
        guess is not None and guess.confidence >= book.policy.thresholds.intent and not is_question(book, guess.name)
    )


def dated(dialog: Dialog, hits: Sequence[SlotHit]) -> tuple[tuple[int, SlotHit], ...]:
    """Values with the turn in which they were named."""
    return tuple((dialog.turns, hit) for hit in hits)


def act(intent: str) -> Trigger:
    """The trigger of a polite word."""
    acts: dict[str, Trigger] = {"thanks": "thanks", "goodbye": "goodbye", "greet": "greet"}
    return acts[intent]

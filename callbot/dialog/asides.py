"""What callers say beside the matter: "are you a robot?", "why do you need that?", "scratch that". PURE.

Which words those are is content: `phrases` in dialogs/policy.yaml.
"""

from __future__ import annotations

import re

from callbot.dialog.raising import says
from callbot.events import IntentGuess, Understanding
from callbot.schema import Playbook

QUESTION = "question"
"""Slot of the kinds of case that are nothing but a question."""

_SHORT = 8
"""Words of an utterance that is nothing but an aside, whatever else the small model finds in it."""
_FAINT = 0.1
"""Least confidence of a matter that the caller introduces with "it's actually about"."""
_ASKS = re.compile(
    r"^\W*(?:(?:and|but|oh|so|um|uh|hey|wait|well|okay|sorry|quick question|by the way|excuse me)\W+)*"
    r"(?:what|when|where|who|which|why|how|do|does|did|is|are|can|could|will|would|may|should|am)(?:'s|'re|'ll)?\b",
    re.I,
)
_ANSWERED = re.compile(r"\b(?:no|nope|yes|yeah)\W*$", re.I)
"""Who asks "what for?" and then says no has answered."""
_ANSWERS = re.compile(r"^\W*(?:no|nope|nah|yes|yeah|yep|yup)\b", re.I)
"""So has who says no first, where a yes or a no was asked: "no, just fix the damn thing"."""
_YES_NO = ("intent", "confirm", "more", "offer")
"""Questions of the flow that want a yes or a no."""
_ANNOUNCED = re.compile(r"\b(?:ask you|question)\b", re.I)


def answer(book: Playbook, asked: str, text: str, *, has_content: bool) -> str | None:
    """The prompt that answers the caller's aside, None if the words are none.

    `asked` is the open question. `has_content`: the words also hold an answer or a matter; then they are an aside
    only if there are few of them.
    """
    if (has_content and len(text.split()) > _SHORT) or _ANSWERED.search(text):
        return None
    if _is_yes_no(book, asked) and _ANSWERS.match(text):
        return None
    for row in book.policy.phrases.asides:
        if (not row.asked or asked in row.asked) and says(row.said, text) and not says(row.unless, text):
            return row.say
    return None


def _is_yes_no(book: Playbook, asked: str) -> bool:
    slot = book.catalogue.slots.get(asked)
    return asked in _YES_NO or (slot is not None and slot.kind == "flag")


def is_question(book: Playbook, intent: str) -> bool:
    """A case of this kind is a question, to which a knowledge page may be the answer."""
    return intent in book.catalogue.intents and QUESTION in book.catalogue.intents[intent].required


def sounds_like_a_question(text: str) -> bool:
    """The words ask something, and do more than announce a question."""
    asks = text.rstrip().endswith("?") or _ASKS.match(text) is not None
    return asks and _ANNOUNCED.search(text) is None


def other_matter(book: Playbook, meaning: Understanding, present: str, *, denied: bool = False) -> IntentGuess | None:
    """What "no wait, it's actually about a stolen package" is about, None if the words turn to no other matter.

    `denied`: they deny the present one, "not a pothole, the sidewalk".
    Such words are half a correction, so that the matter itself need not come first.
    """
    if not says(book.policy.phrases.other_matter, meaning.text) and not denied:
        return None
    matters = [guess for guess in meaning.intents if guess.name in book.catalogue.intents]
    total = sum(guess.confidence for guess in matters)
    if not matters or matters[0].name == present or matters[0].confidence < _FAINT:
        return None
    share = matters[0].confidence / total
    return IntentGuess(matters[0].name, share) if share >= book.policy.thresholds.intent else None

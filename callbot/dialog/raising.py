"""Facts that bring a person although the kind of case alone would not: a weapon, a wire that is down. PURE.

Which ones is content: the rows `raises` in dialogs/policy.yaml. What speaks for a row is noted turn by turn, before
it is even known what the case is about, and weighed when the case is decided. A row can raise a disposition, never
lower it; and once its words have been said they count, because a second thought is no proof.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from callbot.events import SlotValue
from callbot.nlu.phrases import Compiler, Matcher, PhraseError, normalise
from callbot.nlu.street_names import STREET_TYPES
from callbot.schema import Playbook, Raise


@dataclass(frozen=True, slots=True)
class Sign:
    """Words of the caller that speak for a row."""

    reason: str
    """The row's name."""
    turn: int
    words: str


class Known(Protocol):
    """A value of the form, as far as a row looks at it."""

    @property
    def value(self) -> SlotValue: ...
    @property
    def text(self) -> str: ...
    @property
    def turn(self) -> int: ...


_BETWEEN = (
    r"(?:a|an|any|one|the|is|are|was|were|has|have|had|got|been|of|them|us|'s|really|actually|very|that|so|badly"
    r"|seriously|live|downed|visible|power|electric|known)"
)
_DENIED = re.compile(
    rf"\s(?:no|not|never|without|nobody|none|neither|nor)(?:\s{_BETWEEN}){{0,4}}$"
    r"|\s(?:not|never)\s(?:think|believe|see|seen|say|hear|know)(?:\s(?!but\b)\S+){0,5}$"
)
"""What stands right before words that are denied: "nobody was", "there are no", "I don't think that he has a"."""


def heard(book: Playbook, text: str, turn: int) -> tuple[Sign, ...]:
    """What speaks for a row in these words, whatever the case is about."""
    said = normalise(text)
    found = []
    for row in book.policy.raises:
        words = _said(row, said)
        if words is None and row.outside:
            words = beyond(book, text)
        if words is not None:
            found.append(Sign(row.reason, turn, words))
    return tuple(found)


def added(signs: Sequence[Sign], more: Sequence[Sign]) -> tuple[Sign, ...]:
    """The signs with further ones; the first words for a row are kept."""
    known = {sign.reason for sign in signs}
    return (*signs, *(sign for sign in more if sign.reason not in known))


def fired(
    book: Playbook, intent: str, signs: Sequence[Sign], filled: Mapping[str, Known]
) -> tuple[tuple[Raise, Sign], ...]:
    """The rows that apply to a case, in the policy's order, each with the words that speak for it."""
    by_reason = {sign.reason: sign for sign in signs}
    found = []
    for row in book.policy.raises:
        sign = by_reason.get(row.reason) or _flagged(row, filled)
        if sign is not None and _concerns(book, row, intent):
            found.append((row, sign))
    return tuple(found)


def says(phrases: Sequence[str], text: str) -> bool:
    """One of the phrases is in the words."""
    said = normalise(text)
    words = set(said.split())
    return any(_spans(phrase, said, words) for phrase in phrases)


def undenied(phrases: Sequence[str], text: str) -> str | None:
    """The words of the first of the phrases that is said and not denied."""
    return _said(Raise(reason="said", said=tuple(phrases)), normalise(text))


def phrase_mistake(phrase: str) -> str | None:
    """What is wrong with a phrase of a row."""
    try:
        _matcher(phrase)
    except PhraseError as error:
        return str(error)
    return None


def beyond(book: Playbook, text: str) -> str | None:
    """The words that place something in another town: "in Hamden", "Main Street, Hamden", "Hamden" alone.

    A street that is named after a town, a town that somebody lives in or comes from, and one that is named together
    with the agency's own city say nothing.
    """
    agency = book.catalogue.agency
    if not agency.beyond or re.search(rf"(?<!not )(?<!not in )\b{re.escape(agency.city)}\b", text, re.I):
        return None
    match = _towns(agency.beyond).search(text)
    return match[0].strip(" ,.") if match else None


# ---------------------------------------------------------------- one row


def _concerns(book: Playbook, row: Raise, intent: str) -> bool:
    if intent in row.not_intents or (row.intents != "any" and intent not in row.intents):
        return False
    # Where nothing has to be found, another town is no hindrance.
    return not row.outside or "location" in book.catalogue.intents[intent].required


def _flagged(row: Raise, filled: Mapping[str, Known]) -> Sign | None:
    """The row's flag, if it is true and its words are none that the row leaves out."""
    known = filled.get(row.flag) if row.flag else None
    if known is None or known.value is not True:
        return None
    said = normalise(known.text)
    if any(_matcher(phrase).pattern.search(said) for phrase in row.unless):
        return None
    return Sign(row.reason, known.turn, known.text)


def _said(row: Raise, said: str) -> str | None:
    """The words of the row's first phrase that is said, not denied and not left out."""
    words = set(said.split())
    spans = [span for phrase in row.said for span in _spans(phrase, said, words)]
    left_out = [span for phrase in row.unless for span in _spans(phrase, said, words)]
    for start, end in sorted(spans):
        if any(first < end and start < last for first, last in left_out):
            continue
        sentence = said[said.rfind("\n", 0, start + 1) + 1 : start]
        if not _DENIED.search(f" {sentence}"):
            return " ".join(said[start:end].split())
    return None


def _spans(phrase: str, said: str, words: set[str]) -> list[tuple[int, int]]:
    matcher = _matcher(phrase)
    return list(matcher.spans(said)) if matcher.possible(words) else []


@cache
def _matcher(phrase: str) -> Matcher:
    return Compiler({}).matcher(phrase, ())


@cache
def _towns(names: tuple[str, ...]) -> re.Pattern[str]:
    towns = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    kinds = "|".join(sorted(STREET_TYPES, key=len, reverse=True))
    lives = "".join(rf"(?<!{word} )" for word in ("live", "lives", "living", "lived", "work", "works", "born", "house"))
    # "Hamden Avenue" is a street, and "the Hamden line" is where our own city ends.
    town = rf"(?:{towns})\b(?!['\s]*(?:{kinds}|line|border|side|plates?|police)\b)"
    inside = rf"\b{lives}in (?:the town of |downtown )?{town}"
    after_street = rf"\b(?:{kinds}),? {town}"
    alone = rf"^\W*(?:it's |it is |that's |over )?{town}\W*$"
    return re.compile(f"{inside}|{after_street}|{alone}", re.I)

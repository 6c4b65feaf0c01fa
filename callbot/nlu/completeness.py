"""Whether what a caller has said so far can be all of it, judged by the words and by what was asked. PURE.

A voice alone cannot tell "four twelve ..." from an answer; a number without its street can. The endpointer waits
longer for an unfinished turn and answers a finished one at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from callbot.nlu.days import MONTHS
from callbot.nlu.numbers import cardinal_at, digits_at, joined_at, parse_digits
from callbot.nlu.street_names import STREET_TYPES
from callbot.nlu.tokens import words_of

_FULL_PHONE = 10
_SHORTEST_PHONE = 7
_SHORTEST_PLATE, _USUAL_PLATE = 4, 6
_FULL_NAME = 2

_UNIT = frozenset(("apartment", "apt", "unit", "suite", "floor", "lot", "route", "exit", "room", "number", "building"))
"""Words after which a number ends a place."""
_TIMES = frozenset(("around", "about", "since", "until", "till", "before", "after", "past", "by", "to"))
"""Words after which a number is the time of day."""
_COUNTED = frozenset(
    (
        *("ago", "am", "pm", "o'clock", "second", "seconds", "minute", "minutes", "hour", "hours", "day", "days"),
        *("week", "weeks", "month", "months", "year", "years", "times", "people", "cars", "guys", "kids", "dollars"),
    )
)
_LEAST_HOUSE = 13
"""Smaller numbers count things far more often than houses."""
_CORNER = ("corner", "intersection", "between")
_DIRECTIONS = frozenset(("east", "west", "north", "south"))
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
_SPELLED = re.compile(r"\b[A-Za-z][\s,-]+[A-Za-z]\W*$")
_SPELLED_AS_WORDS = re.compile(r"\b[A-Z]{1,4}\W+[A-Z]{1,4}\W*$")
"""So the recogniser writes letters that it takes for short words: "OAK, DAL"."""


class Completeness(Enum):
    """What the words say about the end of a turn."""

    FINISHED = auto()
    """Nothing is missing: answer as soon as the voice rests."""
    UNKNOWN = auto()
    """The voice must tell."""
    DOUBTFUL = auto()
    """It could be all, but people often go on from here."""
    UNFINISHED = auto()
    """Something must follow."""


@dataclass(frozen=True, slots=True)
class TurnWords:
    """The words of one language by which turns end, from policy.yaml."""

    quick_answers: frozenset[str]
    """Complete answers to a yes-or-no question, see `words_of`."""
    unfinished_after: frozenset[str]
    """Words that nobody ends with: "at", "the", "um"."""
    doubtful_after: tuple[str, ...]
    """Phrases that announce what is mostly said next: "plate", "the address"."""

    @classmethod
    def of(
        cls, quick_answers: Iterable[str], unfinished_after: Iterable[str], doubtful_after: Iterable[str]
    ) -> TurnWords:
        """From the words as policy.yaml writes them."""
        quick = frozenset(" ".join(words_of(answer)) for answer in quick_answers)
        announcing = tuple(" ".join(["", *words_of(phrase)]) for phrase in doubtful_after)
        return cls(quick, frozenset(unfinished_after), announcing)

    def completeness(self, text: str, kind: str) -> Completeness:
        """Judge `text`, the answer to a question of `kind` ("" = an open question, see `events.Listen`)."""
        words = words_of(text)
        if not words:
            # Nobody is kept waiting for an answer to nothing, and the first letters of a name may be lost.
            return Completeness.DOUBTFUL
        if kind == "yes_no" and " ".join(words) in self.quick_answers:
            return Completeness.FINISHED
        said = text.rstrip()
        if words[-1] in self.unfinished_after or said.endswith(("-", "...", "…")):
            return Completeness.UNFINISHED
        judged = _by_kind(words, kind)
        if judged is not Completeness.UNKNOWN:
            return judged
        # The recogniser writes a comma where the voice stays up.
        goes_on = said.endswith(",") or self._announces(words, kind) or _is_day_alone(words) or _spells(said, kind)
        return Completeness.DOUBTFUL if goes_on else Completeness.UNKNOWN

    def _announces(self, words: Sequence[str], kind: str) -> bool:
        return kind != "yes_no" and " ".join(["", *words]).endswith(self.doubtful_after)


def _by_kind(words: Sequence[str], kind: str) -> Completeness:
    match kind:
        case "phone":
            return _phone(words)
        case "plate":
            return _plate(words)
        case "name":
            return Completeness.UNKNOWN if len(words) >= _FULL_NAME else Completeness.DOUBTFUL
        case "time" | "money" | "number":
            return Completeness.UNKNOWN
    return _open(words, is_place_asked=kind == "location")


def _phone(words: Sequence[str]) -> Completeness:
    digits = sum(len(run) for run in _digit_runs(words))
    if not digits:
        return Completeness.UNKNOWN
    if digits >= _FULL_PHONE:
        return Completeness.FINISHED
    return Completeness.DOUBTFUL if digits == _SHORTEST_PHONE else Completeness.UNFINISHED


def _plate(words: Sequence[str]) -> Completeness:
    letters = sum(len(word) == 1 and word.isalpha() for word in words)
    size = letters + sum(len(run) for run in _digit_runs(words))
    if size >= _USUAL_PLATE:
        return Completeness.UNKNOWN
    return Completeness.DOUBTFUL if size >= _SHORTEST_PLATE else Completeness.UNFINISHED


def _open(words: Sequence[str], *, is_place_asked: bool) -> Completeness:
    if _ends_in_number(words):
        return _phone(words) if _tail_digits(words) >= _SHORTEST_PHONE else Completeness.UNFINISHED
    if _lacks_second_street(words):
        return Completeness.UNFINISHED
    if _is_bare_after_number(words) or _is_numbered_street(words, is_place_asked=is_place_asked):
        return Completeness.DOUBTFUL
    if is_place_asked and words[-1] in STREET_TYPES and len(words) <= _SHORT_PLACE and not _digit_runs(words):
        # "Orange Street ..." is often followed by "near Chapel" or by the number.
        return Completeness.DOUBTFUL
    return Completeness.UNKNOWN


_SHORT_PLACE = 3
"""Words up to which a place without a number looks like the beginning of one."""


def _ends_in_number(words: Sequence[str]) -> bool:
    """A number that no street has followed: "at four twelve"; after a letter it is a plate."""
    first = _last_number(words)
    return first is not None and (first == 0 or not _ends_with_number_after(words[first - 1]))


def _ends_with_number_after(word: str) -> bool:
    return word in _UNIT | _TIMES or (len(word) == 1 and word.isalpha())


def _tail_digits(words: Sequence[str]) -> int:
    """Digits at the end of the words."""
    first = len(words)
    while first > 0 and (words[first - 1][0].isdigit() or digits_at(words, first - 1) is not None):
        first -= 1
    return sum(len(run) for run in _digit_runs(words[first:]))


def _last_number(words: Sequence[str]) -> int | None:
    """Where the number begins with which the words end; None if they do not."""
    at = 0
    while at < len(words):
        found = _number_at(words, at)
        if found is not None and found[1] == len(words):
            return at
        at = found[1] if found is not None else at + 1
    return None


def _number_at(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """The number that begins there, and where it ends."""
    joined = joined_at(words, at)
    if joined is not None:
        return int(joined[0]), joined[1]
    return cardinal_at(words, at)


def _lacks_second_street(words: Sequence[str]) -> bool:
    """ "The corner of Chapel" wants an "and"."""
    for at, word in enumerate(words):
        if word in _CORNER:
            return at <= _SHORT_PLACE and "and" not in words[at:] and len(words) - at <= _SHORT_PLACE + 2
    return False


def _is_bare_after_number(words: Sequence[str]) -> bool:
    """ "Two fifteen Orange": the street's type may follow, or nothing."""
    if words[-1] in STREET_TYPES or words[-1] in _COUNTED:
        return False
    return any(_is_house_number(words[: len(words) - name]) for name in (1, 2))


def _is_numbered_street(words: Sequence[str], *, is_place_asked: bool) -> bool:
    """ "East 85th" wants a "Street"."""
    is_named = is_place_asked or (len(words) > 1 and words[-2] in _DIRECTIONS)
    return is_named and _ORDINAL.fullmatch(words[-1]) is not None


def _is_day_alone(words: Sequence[str]) -> bool:
    """ "April 30th" is often followed by the year or the hour."""
    is_day = len(words) > 1 and words[-2] in MONTHS and (_ORDINAL.fullmatch(words[-1]) or words[-1].isdecimal())
    return bool(is_day) and len(words) <= _SHORT_DATE


_SHORT_DATE = 4


def _spells(said: str, kind: str) -> bool:
    """Letters, of which more may follow; how many a plate has is known."""
    if kind == "name":
        return _SPELLED.search(said) is not None or _SPELLED_AS_WORDS.search(said) is not None
    return kind in ("", "location") and _SPELLED.search(said) is not None


def _is_house_number(words: Sequence[str]) -> bool:
    first = _last_number(words)
    if first is None or words[max(0, first - 1)] in _TIMES:
        return False
    number = _number_at(words, first)
    return number is not None and number[0] >= _LEAST_HOUSE


def _digit_runs(words: Sequence[str]) -> list[str]:
    runs: list[str] = []
    at = 0
    while at < len(words):
        found = digits_at(words, at)
        if found is not None:
            runs.append(found[0])
            at = found[1]
            continue
        plain = parse_digits(words[at])
        if plain:
            runs.append(plain)
        at += 1
    return runs

"""Telephone numbers as callers say them: "two oh three, double five five, oh one four two"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers

from callbot.nlu.numbers import NUMBER_WORDS, digits_at
from callbot.nlu.tokens import Token, tokenize

REGION = "US"
LOCAL = 0.6
"""Score of seven digits that had to be completed with the agency's area code."""
UNRESOLVED = 0.2
"""Score of digits that are no telephone number."""

_FILLERS = frozenset({"uh", "um", "and", "area", "code", "then", "it's", "is", "dash", "hyphen", "plus", "like"})
_HOMOPHONES = {"to": "2", "too": "2", "for": "4", "fore": "4", "ate": "8", "won": "1"}


@dataclass(frozen=True, slots=True)
class DigitRun:
    """Digits said one after another."""

    digits: str
    first: int
    """Index of the first token."""
    stop: int
    """Index after the last token."""


def digit_runs(tokens: Sequence[Token]) -> list[DigitRun]:
    """All runs of spoken or written digits in `tokens`, over commas and fillers such as "uh"."""
    runs: list[DigitRun] = []
    words = [token.text for token in tokens]
    at = 0
    while at < len(words):
        digits, first, here = "", at, at
        last = at
        while here < len(words):
            if (item := digits_at(words, here)) is not None:
                digits, here = digits + item[0], item[1]
                last = here
            elif digits and _is_homophone(words, here):
                digits, here = digits + _HOMOPHONES[words[here]], here + 1
                last = here
            elif digits and words[here] in _FILLERS:
                here += 1
            else:
                break
        if digits:
            runs.append(DigitRun(digits, first, last))
        at = max(last, at + 1)
    return runs


def _is_homophone(words: Sequence[str], at: int) -> bool:
    """ "to" between two digits is a misheard "two"."""
    if words[at] not in _HOMOPHONES or at + 1 >= len(words):
        return False
    return all(words[near] in NUMBER_WORDS or words[near].isdecimal() for near in (at - 1, at + 1))


def parse_phone(text: str, area_code: str) -> tuple[str, float]:
    """The telephone number in `text` in E.164 and how sure it is; the text itself if there is none.

    Seven digits are completed with `area_code` ("" = never).
    """
    best = max(digit_runs(tokenize(text)), key=lambda run: len(run.digits), default=None)
    digits = best.digits if best else ""
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    local = len(digits) == 7 and bool(area_code)
    if local:
        digits = area_code + digits
    if len(digits) != 10:
        return text.strip(), UNRESOLVED
    number = phonenumbers.parse(digits, REGION)
    if not phonenumbers.is_possible_number(number):
        return text.strip(), UNRESOLVED
    score = 0.98 if phonenumbers.is_valid_number(number) else 0.5
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), min(
        score, LOCAL
    ) if local else score

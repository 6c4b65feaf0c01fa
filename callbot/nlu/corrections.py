"""The right place in words that also name the wrong one: "it's Winthrop, not Winchester". PURE."""

from __future__ import annotations

import re

from callbot.nlu.addresses import parse_location
from callbot.nlu.gazetteer import MATCH, Gazetteer
from callbot.nlu.house_numbers import answered_number

_LEAD = (
    r"^\W*(?:(?:no|nope|wait|sorry|actually|hold on|oh|um|uh|well|that's wrong|i said|i meant|i mean|it's|it is|its|"
    r"that's|that is|it was|on|at|the street is|the address is|should be)\b\W*)*"
)
_NEW_FIRST = re.compile(_LEAD + r"(?P<new>\w.{1,40}?)\W+(?:and )?not\s+(?:on |at |the )?(?P<old>\w.{1,40}?)\W*$", re.I)
_OLD_FIRST = re.compile(
    _LEAD + r"not\s+(?:on |at |the )?(?P<old>\w.{1,40}?)\W+(?:but|it's|it is|i said|i meant|rather)\s+"
    r"(?:on |at )?(?P<new>\w.{1,40}?)\W*$",
    re.I,
)
_CORRECTS = re.compile(
    r"^\W*(?:no|nope|wait|sorry|actually|i said|i meant|(?:(?:it's )?at )?(?:house )?number)\b", re.I
)


def corrected_place(text: str, gazetteer: Gazetteer) -> str | None:
    """The words of the right place; None unless both the right and the wrong one are known streets.

    Colors, names and all else that is "red, not blue" is no place.
    """
    for pattern in (_NEW_FIRST, _OLD_FIRST):
        found = pattern.match(text)
        if found is not None and all(_is_street(found[name], gazetteer) for name in ("new", "old")):
            return found["new"].strip(" ,.")
    return None


def corrected_number(text: str, asked: str) -> bool:
    """The utterance is a house number that corrects another one, whatever was asked: "no, I said four twenty-one"."""
    return asked in _NO_NUMBERS and _CORRECTS.match(text) is not None and answered_number(text) is not None


_NO_NUMBERS = ("caller_name", "person_name", "is_ongoing", "is_blocking", "injuries", "confirm")
"""Questions to which a number is no answer."""


def _is_street(words: str, gazetteer: Gazetteer) -> bool:
    found = parse_location(words, gazetteer)
    score = found["score"]
    return bool(found["matched"]) and isinstance(score, float) and score >= MATCH

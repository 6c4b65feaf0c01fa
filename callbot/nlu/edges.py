"""Where a value really begins and ends: the small model's spans often stop a word too early. PURE."""

from __future__ import annotations

import re
from collections.abc import Mapping

_THE = re.compile(r"\bthe $", re.I)
_CHARACTERS = r"(?:[A-HJ-Z] as in \w+,?|[A-HJ-Z]{1,3}|\d+)"
_CHARACTERS_BEFORE = re.compile(rf"(?<![\w'-])(?:{_CHARACTERS}[ -]){{1,8}}$")
_CHARACTERS_AFTER = re.compile(rf"(?:[ -]{_CHARACTERS}){{1,8}}(?![\w'])")
_TITLES = r"(?:mr|mrs|ms|dr|miss|mister|officer|detective|sergeant|sister|father|reverend)"
_TITLE = re.compile(rf"{_TITLES}\.?", re.I)
_TITLE_BEFORE = re.compile(rf"\b{_TITLES}\.? $", re.I)
_NAME_AFTER = re.compile(r"\.? [A-Z][\w'-]+(?: [A-Z][\w'-]+)?")

_TIME_BEFORE = re.compile(
    r"\b(?:since|around|about|at|after|before|until|till|by|this|last|every|for)(?: (?:the|about))? $", re.I
)
_TIME_AFTER = re.compile(
    r" (?:o'clock|in the (?:morning|afternoon|evening)|at (?:night|noon)|[ap]\.?m\b\.?|ago|morning|afternoon|evening"
    r"|night|day|week|month|year)\b",
    re.I,
)

_BEFORE: Mapping[str, re.Pattern[str]] = {
    "location": _THE,
    "occurred_at": _TIME_BEFORE,
    **dict.fromkeys(("caller_name", "person_name"), _TITLE_BEFORE),
    **dict.fromkeys(("plate", "case_number", "report_number"), _CHARACTERS_BEFORE),
}
_AFTER: Mapping[str, re.Pattern[str]] = {
    "occurred_at": _TIME_AFTER,
    **dict.fromkeys(("plate", "case_number", "report_number"), _CHARACTERS_AFTER),
}


def whole(slot: str, text: str, first: int, end: int) -> tuple[int, int]:
    """The span with what belongs to it: "the" of "the Boulevard", the letters of a plate, the name after "Mr.",
    "since" and "o'clock" of a time.

    >>> text = "it's AF 3 3 1 0 9."
    >>> text[slice(*whole("plate", text, 8, 17))]
    'AF 3 3 1 0 9'
    """
    if slot in _BEFORE and (before := _BEFORE[slot].search(text[:first])):
        first = before.start()
    after = _AFTER.get(slot)
    if slot in ("caller_name", "person_name") and _TITLE.fullmatch(text[first:end]):
        after = _NAME_AFTER
    if after is not None and (rest := after.match(text, end)):
        end = rest.end()
    return first, end

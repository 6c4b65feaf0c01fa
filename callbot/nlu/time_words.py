"""A caller's words about time in one spelling: numbers in digits, "a.m." as "am", ordinals as "15th".

The rules of `days` and `times` are regular expressions over this spelling.
"""

from __future__ import annotations

import re

from callbot.nlu.days import MONTHS
from callbot.nlu.numbers import cardinal_at, joined_at, ordinal_at, ordinal_digits
from callbot.nlu.tokens import words_of

_COLON = re.compile(r"\b([0-9]{1,2}):([0-9]{2})\b")
_MERIDIEM = re.compile(r"\b([ap])\.? ?m\b\.?", re.I)
_SHORT_MONTHS = {month[:3]: month for month in MONTHS} | {"sept": "september"}
_SHORT_DAYS = {"mon": "monday", "tues": "tuesday", "wed": "wednesday", "thurs": "thursday", "fri": "friday"}
_SYNONYMS = (
    (r"couple of|couple", "2"),
    (r"half an hour|half hour", "30 minutes"),
    (r"an hour and a half|hour and a half", "90 minutes"),
    (r"(?:a |1 )?week and a half", "10 days"),
    (r"(?:a |1 )?day and a half", "36 hours"),
    (r"(?:a |1 )?month and a half", "6 weeks"),
    (r"fortnight", "2 weeks"),
    (r"supper ?time|dinner ?time|supper|dinner", "6 pm"),
    (r"lunch ?time|lunch|noon ?time|midday", "noon"),
    (r"breakfast", "8 am"),
)


def plain(text: str) -> str:
    """`text` in lower case with numbers in digits and without punctuation.

    >>> plain("Last night, around ten-thirty p.m.")
    'last night around 1030 pm'
    """
    text = _MERIDIEM.sub(r"\1m", _COLON.sub(r"\1\2", text))
    words = words_of(text)
    said: list[str] = []
    at = 0
    while at < len(words):
        piece, at = _piece(words, at)
        said.append(piece)
    joined = " ".join(said)
    for pattern, replacement in _SYNONYMS:
        joined = re.sub(rf"\b(?:{pattern})\b", replacement, joined)
    return joined


def _piece(words: list[str], at: int) -> tuple[str, int]:
    word = words[at]
    before = words[at - 1] if at else ""
    # "a second ago" is a time, not the 2nd.
    if not (word == "second" and before in {"a", "one", "split"}) and (ordinal := ordinal_at(words, at)) is not None:
        return ordinal_digits(ordinal[0]), ordinal[1]
    if before in MONTHS or before[:3] in _SHORT_MONTHS:
        # "June five twenty fourteen" is a day and a year, not one number.
        number = cardinal_at(words, at)
        if number is not None:
            return str(number[0]), number[1]
    if (joined := joined_at(words, at)) is not None:
        return joined
    return _SHORT_MONTHS.get(word, _SHORT_DAYS.get(word, word)), at + 1

"""Case numbers that a person can say, write down, and type on a keypad.

Pure. "26-00014-3" is the fourteenth case of 2026 and a check digit. Digits only, because letters get lost on
a telephone; a check digit, because a caller who mixes two digits up must not hear about somebody else's case.
The check digit is Damm's: it finds every single wrong digit and every swap of two neighbours.
"""

from __future__ import annotations

import re
from typing import Final

_DAMM: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
"""The quasigroup of order 10 from H. M. Damm's thesis (2004): row = digit so far, column = next digit."""

_COUNTER_DIGITS: Final = 5
_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015.,#]+")
_SHAPE: Final = re.compile(r"[0-9]{8,12}")


def case_number(year: int, counter: int) -> str:
    """The number of the `counter`-th case (from 1) of `year`.

    >>> case_number(2026, 14)
    '26-00014-3'
    """
    if counter < 1:
        raise ValueError(f"cases are counted from 1, not {counter}")
    front, middle = f"{year % 100:02d}", f"{counter:0{_COUNTER_DIGITS}d}"
    return f"{front}-{middle}-{_check_digit(front + middle)}"


def parse_case_number(text: str) -> str | None:
    """The case number that `text` is, in its usual spelling; None if it is none or its check digit is wrong.

    Spaces, dashes, full stops, commas and # do not matter.

    >>> parse_case_number("26 000143")
    '26-00014-3'
    """
    digits = _SEPARATORS.sub("", text)
    if not _SHAPE.fullmatch(digits) or _check_digit(digits) != "0":
        return None
    middle = digits[2:-1]
    # More than five digits only where five are too few: one case, one spelling.
    if int(middle) == 0 or (len(middle) > _COUNTER_DIGITS and middle.startswith("0")):
        return None
    return f"{digits[:2]}-{middle}-{digits[-1]}"


def _check_digit(digits: str) -> str:
    """Damm's check digit; "0" for digits that end with their own check digit."""
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim

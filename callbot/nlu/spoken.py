"""Numbers as people say them and as recognisers write them.

A caller says "two fifteen"; a recogniser writes "215", "2 15" or "two fifteen", whichever it likes that day.
Training examples are varied with these functions so that the small model meets all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

_SMALL = {
    **{word: value for value, word in enumerate(ONES + TEENS)},
    **{word: 20 + 10 * step for step, word in enumerate(TENS)},
    "oh": 0,
}
_MULTIPLIERS = {"hundred": 100, "thousand": 1000}
_REPEATS = {"double": 2, "triple": 3}

NUMBER_WORDS = frozenset(_SMALL) | frozenset(_MULTIPLIERS)


def below_hundred(number: int) -> list[str]:
    """0 to 99 in words.

    >>> below_hundred(42)
    ['forty', 'two']
    """
    if number < 20:
        return [(ONES + TEENS)[number]]
    tens, ones = divmod(number, 10)
    return [TENS[tens - 2], *([ONES[ones]] if ones else [])]


def counted(number: int, joint: Sequence[str] = ()) -> list[str]:
    """1 to 999,999 in words, as an amount is said; `joint` stands after "hundred" (("and",) or nothing).

    >>> counted(3215)
    ['three', 'thousand', 'two', 'hundred', 'fifteen']
    """
    thousands, rest = divmod(number, 1000)
    hundreds, small = divmod(rest, 100)
    words = [*counted(thousands, joint), "thousand"] if thousands else []
    if hundreds:
        words += [ONES[hundreds], "hundred", *(joint if small else ())]
    return words + (below_hundred(small) if small or not words else [])


def paired(number: int) -> list[str]:
    """1 to 9999 in words, as a house number is said: two digits at a time.

    >>> paired(215), paired(1601), paired(1200)
    (['two', 'fifteen'], ['sixteen', 'oh', 'one'], ['twelve', 'hundred'])
    """
    front, back = divmod(number, 100)
    if not front:
        return below_hundred(back)
    if not back:
        return [*below_hundred(front), "hundred"]
    return [*below_hundred(front), *(["oh"] if back < 10 else []), *below_hundred(back)]


def spelled(digits: str, zero: str = "oh") -> list[str]:
    """Digits one by one, 0 said as `zero`.

    >>> spelled("203")
    ['two', 'oh', 'three']
    """
    return [zero if digit == "0" else ONES[int(digit)] for digit in digits]


def number_runs(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Where numbers are said in `words`: (first word, word after the last, the digits a recogniser would write).

    >>> list(number_runs("at sixteen oh one elm street unit twelve".split()))
    [(1, 4, '1601'), (7, 8, '12')]
    """
    at = 0
    while at < len(words):
        first, digits = at, ""
        while (step := _number(words, at)) is not None:
            digits, at = digits + step[0], step[1]
        if digits:
            yield first, at, digits
        else:
            at += 1


def _number(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """The digits of the one number that begins at `at`, and the word after it."""
    if at + 1 < len(words) and words[at] in _REPEATS and (digit := _SMALL.get(words[at + 1], 10)) < 10:
        return str(digit) * _REPEATS[words[at]], at + 2
    value, end = _below_thousand(words, at)
    if end == at:
        return None
    if end < len(words) and words[end] == "thousand":
        rest, after = _below_thousand(words, end + 1)
        return str(value * 1000 + rest), after
    return str(value), end


def _below_thousand(words: Sequence[str], at: int) -> tuple[int, int]:
    """Value of a number like "three hundred and five" or "twelve hundred", and the word after it."""
    value, end = _below_hundred(words, at)
    if end == at or end == len(words) or words[end] != "hundred":
        return value, end
    joint = end + 2 if end + 1 < len(words) and words[end + 1] == "and" else end + 1
    small, after = _below_hundred(words, joint)
    return (value * 100 + small, after) if after > joint else (value * 100, end + 1)


def _below_hundred(words: Sequence[str], at: int) -> tuple[int, int]:
    """Value of a number like "forty two", and the word after it; (0, at) if no number begins there."""
    if at >= len(words) or words[at] not in _SMALL:
        return 0, at
    value = _SMALL[words[at]]
    if value >= 20 and at + 1 < len(words) and 0 < _SMALL.get(words[at + 1], 0) < 10:
        return value + _SMALL[words[at + 1]], at + 2
    return value, at + 1

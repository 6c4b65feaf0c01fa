"""Spoken numbers and digits, both ways.

American callers say a house number in pieces ("two fifteen", "twelve oh five"), a telephone number digit by
digit ("double five", "oh"), an amount in full ("one thousand two hundred"). Recognisers write any of these as
words, as digits, or as a mixture ("2 15"). Reading takes a sequence of lower-case words (see `tokens`) and a
position; speaking gives lower-case words without hyphens, which the reading functions understand again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from callbot.nlu.tokens import words_of

ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = [
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL = {word: value for value, word in enumerate((*ONES, *_TEENS))}
_TENS_VALUE = {word: 10 * (value + 2) for value, word in enumerate(_TENS)} | {"fourty": 40}
_ZEROS = {"zero", "oh", "o"}
_REPEATS = {"double": 2, "triple": 3}
_SCALES = {"thousand": 1000, "million": 1_000_000}
_LIMIT = 999_999_999
"""Larger numbers are not house numbers, amounts or years of anybody on the telephone."""

_ORDINAL_ONES = ["zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
_ORDINAL_TEENS = [
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth"),
    *("fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
]
_ORDINALS = {word: value for value, word in enumerate((*_ORDINAL_ONES, *_ORDINAL_TEENS))} | {
    word[:-1] + "ieth": value for word, value in _TENS_VALUE.items()
}
_DIGITS = re.compile(r"[0-9][0-9,]*")
_ORDINAL_DIGITS = re.compile(r"([0-9]{1,4})(?:st|nd|rd|th)")

NUMBER_WORDS = frozenset({*_SMALL, *_TENS_VALUE, *_SCALES, "oh", "hundred"})
"""Words that only a number has (besides digits)."""


# ---------------------------------------------------------------- reading


def cardinal_at(words: Sequence[str], at: int, stop: int | None = None) -> tuple[int, int] | None:
    """The number said in full at position `at`, and the position after it; None if no number begins there.

    "a hundred" and "a thousand" count, a bare "a" does not. Nothing at or after `stop` is read.

    >>> cardinal_at("one thousand two hundred and four cats".split(), 0)
    (1204, 6)
    """
    end = len(words) if stop is None else min(stop, len(words))
    if (first := _below_thousand(words, at, end)) is None:
        return None
    total, block, here = 0, *first
    while here < end and words[here] in _SCALES and block * _SCALES[words[here]] <= _LIMIT:
        total, here = total + block * _SCALES[words[here]], here + 1
        block = 0
        rest = _below_thousand(words, here + _skips_and(words, here, end), end)
        # "six thousand 215" is one number, "two thousand 4500" is not.
        if rest is None or rest[0] >= 1000 or words[here] in {"a", *_ZEROS}:
            break
        block, here = rest
    return total + block, here


def _below_thousand(words: Sequence[str], at: int, end: int) -> tuple[int, int] | None:
    """A number up to "ninety nine hundred ninety nine", or one written in digits."""
    head = _small_at(words, at, end)
    if head is None and at + 1 < end and words[at] == "a" and words[at + 1] in {"hundred", *_SCALES}:
        head = (1, at + 1)
    if head is None:
        return None
    value, here = head
    if here < end and words[here] == "hundred" and 0 < value < 100:
        value, here = value * 100, here + 1
        tail_at = here + _skips_and(words, here, end)
        tail = _small_at(words, tail_at, end)
        if tail is not None and 0 < tail[0] < 100:
            value, here = value + tail[0], tail[1]
    return value, here


def _skips_and(words: Sequence[str], at: int, end: int) -> int:
    """1 if an "and" that belongs to a number stands at `at` ("hundred and four"), else 0."""
    return int(at + 1 < end and words[at] == "and" and words[at + 1] in _SMALL | _TENS_VALUE)


def _small_at(words: Sequence[str], at: int, end: int) -> tuple[int, int] | None:
    """A number below hundred in words, or any number in digits."""
    if at >= end:
        return None
    word = words[at]
    if word in _TENS_VALUE:
        if at + 1 < end and 0 < _SMALL.get(words[at + 1], 0) < 10:
            return _TENS_VALUE[word] + _SMALL[words[at + 1]], at + 2
        return _TENS_VALUE[word], at + 1
    if word in _SMALL:
        return _SMALL[word], at + 1
    if _DIGITS.fullmatch(word) and len(word) <= 12 and (value := int(word.replace(",", ""))) <= _LIMIT:
        return value, at + 1
    return None


def joined_at(words: Sequence[str], at: int, stop: int | None = None) -> tuple[str, int] | None:
    """The digits of a number said in pieces at position `at` ("two fifteen", "2 15"), and the position after it.

    The first piece is not "oh" or "zero". At most six digits are put together; a piece more ends the number.

    >>> joined_at("twelve oh five orange street".split(), 0)
    ('1205', 3)
    """
    end = len(words) if stop is None else min(stop, len(words))
    digits, here = "", at
    while here < end:
        piece = ("0", here + 1) if words[here] in _ZEROS and digits else _piece(words, here, end)
        if piece is None or (digits and len(digits) + len(piece[0]) > 6) or (not digits and piece[0] == "0"):
            break
        digits, here = digits + piece[0], piece[1]
    return (digits, here) if digits else None


def _piece(words: Sequence[str], at: int, end: int) -> tuple[str, int] | None:
    if words[at] == "a" or words[at] == "zero" or (found := cardinal_at(words, at, end)) is None:
        return None
    value, after = found
    # Digits keep their leading zeros: "4 04" is 404.
    plain = after == at + 1 and words[at].isdecimal()
    return (words[at] if plain else str(value)), after


def digits_at(words: Sequence[str], at: int, stop: int | None = None) -> tuple[str, int] | None:
    """The digits of one item of a number said digit by digit, and the position after it.

    An item is a digit, "oh", "twenty two", "eight hundred", "double five", "triple zero" or a group in digits.

    >>> digits_at("double five one".split(), 0)
    ('55', 2)
    """
    end = len(words) if stop is None else min(stop, len(words))
    if at >= end:
        return None
    word = words[at]
    if word in _REPEATS:
        inner = digits_at(words, at + 1, min(end, at + 2))
        return (inner[0] * _REPEATS[word], inner[1]) if inner and len(inner[0]) == 1 else None
    if word in _ZEROS:
        return "0", at + 1
    if _DIGITS.fullmatch(word):
        return word.replace(",", ""), at + 1
    if (found := _small_at(words, at, end)) is None:
        return None
    value, here = found
    if here < end and words[here] in {"hundred", "thousand"}:
        return str(value) + ("00" if words[here] == "hundred" else "000"), here + 1
    return str(value), here


def single_digits_at(words: Sequence[str], at: int, stop: int | None = None) -> tuple[str, int] | None:
    """The digits said one by one at position `at`, and the position after them; None if none is.

    >>> single_digits_at("six zero main street".split(), 0), single_digits_at("sixty six".split(), 0)
    (('60', 2), None)
    """
    end = len(words) if stop is None else min(stop, len(words))
    digits, here = "", at
    while here < end and (item := digits_at(words, here, here + 1)) is not None and len(item[0]) == 1:
        digits, here = digits + item[0], here + 1
    return (digits, here) if digits else None


def parse_number(text: str) -> int | None:
    """The number that `text` is, said in full or in pieces; None if it is anything else.

    >>> parse_number("four twenty-one"), parse_number("one thousand two hundred"), parse_number("orange")
    (421, 1200, None)
    """
    words = words_of(text)
    if (full := cardinal_at(words, 0)) is not None and full[1] == len(words):
        return full[0]
    if (pieces := joined_at(words, 0)) is not None and pieces[1] == len(words):
        return int(pieces[0])
    return None


def parse_digits(text: str) -> str | None:
    """The digits that `text` spells; None if it holds anything else.

    >>> parse_digits("two oh three, double five")
    '20355'
    """
    words = words_of(text)
    digits, at = "", 0
    while at < len(words):
        if (item := digits_at(words, at)) is None:
            return None
        digits, at = digits + item[0], item[1]
    return digits or None


def ordinal_at(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """The ordinal at position `at` ("4th", "fourth", "twenty second"), and the position after it; None if none.

    >>> ordinal_at("twenty second of June".split(), 0)
    (22, 2)
    """
    if at >= len(words):
        return None
    word = words[at]
    if match := _ORDINAL_DIGITS.fullmatch(word):
        return int(match.group(1)), at + 1
    if word in _ORDINALS:
        return _ORDINALS[word], at + 1
    if word in _TENS_VALUE and at + 1 < len(words) and 0 < _ORDINALS.get(words[at + 1], 0) < 10:
        return _TENS_VALUE[word] + _ORDINALS[words[at + 1]], at + 2
    return None


# ---------------------------------------------------------------- speaking


def say_number(number: int) -> str:
    """The number in full, 0 to 999,999,999.

    >>> say_number(1215)
    'one thousand two hundred fifteen'
    """
    if not 0 <= number <= _LIMIT:
        raise ValueError(f"only 0 to {_LIMIT} can be said, not {number}")
    for scale, word in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= scale:
            head, rest = divmod(number, scale)
            return f"{say_number(head)} {word}" + (f" {say_number(rest)}" if rest else "")
    if number >= 20:
        return _TENS[number // 10 - 2] + (f" {ONES[number % 10]}" if number % 10 else "")
    return (*ONES, *_TEENS)[number]


def say_house_number(number: int) -> str:
    """The number as people say house numbers, from 1 up; five digits and more are said one by one.

    >>> [say_house_number(n) for n in (88, 215, 105, 1205, 1200, 12345)]
    ['eighty eight', 'two fifteen', 'one oh five', 'twelve oh five', 'twelve hundred', 'one two three four five']
    """
    if number < 100 or (number % 1000 == 0 and number < 10_000):
        return say_number(number)
    if number >= 10_000:
        return say_digits(str(number))
    head, rest = divmod(number, 100)
    if not rest:
        return f"{say_number(head)} hundred"
    return f"{say_number(head)} {'oh ' if rest < 10 else ''}{say_number(rest)}"


def say_digits(digits: str) -> str:
    """Each digit by itself; characters other than 0 to 9 are left out.

    >>> say_digits("0142")
    'zero one four two'
    """
    return " ".join(ONES[int(digit)] for digit in digits if digit in "0123456789")


def say_ordinal(number: int) -> str:
    """The ordinal of 0 to 99 in words; beyond that in digits, which voices read well.

    >>> say_ordinal(4), say_ordinal(22), say_ordinal(104)
    ('fourth', 'twenty second', '104th')
    """
    if number >= 100:
        return ordinal_digits(number)
    if number < 20:
        return (*_ORDINAL_ONES, *_ORDINAL_TEENS)[number]
    tens = _TENS[number // 10 - 2]
    return f"{tens} {_ORDINAL_ONES[number % 10]}" if number % 10 else tens[:-1] + "ieth"


def ordinal_digits(number: int) -> str:
    """The ordinal in digits.

    >>> ordinal_digits(1), ordinal_digits(12), ordinal_digits(23)
    ('1st', '12th', '23rd')
    """
    last = 0 if 10 < number % 100 < 20 else number % 10
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"

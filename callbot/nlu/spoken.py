"""Numbers as different callers say them and as different recognisers write them.

A caller says "two fifteen"; a recogniser writes "215" or "two fifteen", whichever it likes that day. Training
examples are varied with these functions, so that the small model meets all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from callbot.nlu.numbers import digits_at, joined_at, say_digits, say_number


def number_runs(words: Sequence[str]) -> list[tuple[int, int, str]]:
    """Where numbers stand in `words`: (first word, word after the last, the digits a recogniser would write).

    >>> number_runs("at sixteen oh one elm street unit twelve".split())
    [(1, 4, '1601'), (7, 8, '12')]
    """
    runs = []
    at = 0
    while at < len(words):
        if (found := _number_at(words, at)) is None:
            at += 1
        else:
            runs.append((at, found[1], found[0]))
            at = found[1]
    return runs


def _number_at(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """Digits of the number at `at`, said in pieces or, if it is longer so, digit by digit; and the word after it."""
    joined = joined_at(words, at)
    digits, end = "", at
    while (item := digits_at(words, end)) is not None:
        digits, end = digits + item[0], item[1]
    if joined is not None and joined[1] >= end:
        return joined
    return (digits, end) if digits else None


def counted(number: int, joint: bool) -> list[str]:
    """The number in full; `joint` = with "and" after "hundred", as many say it."""
    words = say_number(number).split()
    if joint and "hundred" in words[:-1]:
        words.insert(words.index("hundred") + 1, "and")
    return words


def spelled(digits: str, zero: str) -> list[str]:
    """Digits one by one, 0 said as `zero`."""
    return [zero if word == "zero" else word for word in say_digits(digits).split()]


def grouped(digits: str, rng: Random) -> list[str]:
    """A telephone number as recognisers write it."""
    area, front, back = digits[:-7], digits[-7:-4], digits[-4:]
    style = rng.randrange(4)
    if style == 0:
        return [digits]
    if style == 1:
        return [*([area] if area else []), front, back]
    if style == 2:
        return [*([area] if area else []), f"{front}-{back}"]
    return ["-".join(group for group in (area, front, back) if group)]


def letters_joined(words: Sequence[str]) -> list[str]:
    """Single letters and numbers put together as recognisers do: "b 47 q" becomes "b47q"."""
    joined_words: list[str] = []
    open_group = False
    for word in words:
        short = len(word) == 1 or word.isdigit()
        if short and open_group:
            joined_words[-1] += word
        else:
            joined_words.append(word)
        open_group = short
    return joined_words

"""Compares what was said with what was heard, as fairly as a person would. PURE.

Recognisers and corpora write the same words in many ways: "four twelve", "4 12" and "412"; "C A R T E R" and
"Carter"; "okay" and "OK". None of these is an error. A wrong digit is, so numbers are compared digit by digit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

from callbot.nlu.numbers import NUMBER_WORDS, cardinal_at, digits_at, ordinal_at

_LONGEST_SPLIT = 4
"""Words into which one written word may be split ("Oak dale Drive" for a spelled "Oakdaledrive")."""

_REWRITES = (
    (re.compile(r"[\u2018\u2019']"), ""),
    (re.compile(r"\$\s?([0-9][0-9,]*)"), r"\1 dollars "),
    (re.compile(r"%"), " percent "),
    (re.compile(r"&"), " and "),
    (re.compile(r"\b([ap])\.?\s?m\b\.?"), r"\1m"),
    (re.compile(r"(?<=[0-9]),(?=[0-9]{3}\b)"), ""),
    (re.compile(r"(?<=[0-9])\.(?=[0-9])"), " point "),
    (re.compile(r"\b([0-9]+)(?:st|nd|rd|th)\b"), r" \1 "),
    (re.compile(r"(?<=[0-9])(?=[a-z])|(?<=[a-z])(?=[0-9])"), " "),
    (re.compile(r"[^a-z0-9]+"), " "),
)
_FILLERS = frozenset({"um", "uh", "er", "erm", "uhm"})
_SAME = {
    "ok": "okay",
    "mr": "mister",
    "mrs": "missus",
    "dr": "doctor",
    "ave": "avenue",
    "rd": "road",
    "st": "street",
    "gray": "grey",
    "neighbour": "neighbor",
    "neighbours": "neighbors",
    "colour": "color",
    "til": "till",
    "alright": "all right",
    "gonna": "going to",
    "wanna": "want to",
}


@dataclass(frozen=True, slots=True)
class Score:
    """How far what was heard is from what was said."""

    words: int
    """Words that were said, every digit counting as one."""
    word_errors: int
    letters: int
    letter_errors: int
    """Without regard to where words begin: the fair measure of spelled names."""


def score(said: str, heard: str) -> Score:
    """Count the errors of one recording."""
    reference, got = canonical(said), canonical(heard)
    letters, got_letters = "".join(reference), "".join(got)
    return Score(len(reference), word_errors(reference, got), len(letters), word_errors(letters, got_letters))


def canonical(text: str) -> list[str]:
    """The words in one spelling: digits one by one, spelled words joined, no fillers.

    >>> canonical("It's 4 12, C-A-R-T-E-R."), canonical("its four twelve Carter")
    (['its', '4', '1', '2', 'carter'], ['its', '4', '1', '2', 'carter'])
    """
    text = text.lower()
    for pattern, by in _REWRITES:
        text = pattern.sub(by, text)
    words = text.split()
    # "Uh huh" is an answer, "uh" is none.
    kept = [w for w, after in zip_longest(words, words[1:]) if w not in _FILLERS or after == "huh"]
    plain = " ".join(_SAME.get(word, word) for word in kept).split()
    return _spelled_joined(_numbers_as_digits(plain))


def _numbers_as_digits(words: Sequence[str]) -> list[str]:
    result: list[str] = []
    at = 0
    while at < len(words):
        found = _number_at(words, at)
        if found is None:
            result.append(words[at])
            at += 1
        else:
            result += found[0]
            at = found[1]
    return result


def _number_at(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """The digits of a number at that position, and the position after it."""
    if words[at] in ("oh", "o"):
        near = (words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else "")
        return ("0", at + 1) if any(word.isdecimal() or word in NUMBER_WORDS for word in near) else None
    if words[at].isdecimal():
        return words[at], at + 1
    ordinal = ordinal_at(words, at)
    if ordinal is not None:
        return str(ordinal[0]), ordinal[1]
    cardinal = cardinal_at(words, at)
    if cardinal is not None:
        return str(cardinal[0]), cardinal[1]
    return digits_at(words, at) if words[at] in ("double", "triple") else None


def _spelled_joined(words: Sequence[str]) -> list[str]:
    result: list[str] = []
    for is_letter, run in groupby(words, lambda word: len(word) == 1 and word.isalpha()):
        letters = list(run)
        result += ["".join(letters)] if is_letter else letters
    return result


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Fewest words to change, drop or add; a word heard in pieces, or two heard as one, is no error.

    >>> word_errors(["down", "town", "now"], ["downtown", "no"])
    1
    """
    rows = [[0] * (len(heard) + 1) for _ in range(len(said) + 1)]
    for i in range(len(said) + 1):
        for j in range(len(heard) + 1):
            rows[i][j] = _cheapest(rows, said, heard, i, j)
    return rows[-1][-1]


def _cheapest(rows: list[list[int]], said: Sequence[str], heard: Sequence[str], i: int, j: int) -> int:
    if not i or not j:
        return i + j
    best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (said[i - 1] != heard[j - 1]))
    for size in range(2, _LONGEST_SPLIT + 1):
        if j >= size and said[i - 1] == "".join(heard[j - size : j]):
            best = min(best, rows[i - 1][j - size])
        if i >= size and heard[j - 1] == "".join(said[i - size : i]):
            best = min(best, rows[i - size][j - 1])
    return best

"""Words with their places: every rule of this package reads a caller's sentence through these tokens.

Recognisers disagree about case, hyphens and commas, so tokens are lower case, hyphens separate, and
punctuation survives only as a hint (`Token.after_break`) that a rule may use or ignore.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"[0-9]+(?:,[0-9]{3}(?![0-9]))*(?:\.[0-9]{1,2}(?![0-9.]))?(?:(?:st|nd|rd|th)(?![a-z]))?"
    r"|[^\W\d_]+(?:'[^\W\d_]+)*|[$#&@]"
    r"|(?:(?<=[a-z]{2})|(?<=[a-z]\.))/(?=[a-z]{2})|(?<=[a-z] )/(?= [a-z])"  # "Elm/Church", not "w/" or "9/11"
)
_BREAK = re.compile(r"[,;:!?()\u2014]|--|\.(?!\w)")
_STOP = re.compile(r"[.?!](?:[^\w.]|$)|\n")
_ABBREVIATIONS = frozenset(
    {
        *("st", "ave", "av", "rd", "blvd", "dr", "pl", "ter", "pkwy", "ln", "ft", "mt"),
        *("apt", "ste", "mr", "mrs", "ms", "jr"),
    }
)
_DASHES = frozenset({"-", "/", "\u2010", "\u2011", "\u2013"})
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'"})


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign."""

    text: str
    """Lower case, straight apostrophes."""
    start: int
    """Offset of the first character in the text that was cut."""
    end: int
    after_break: bool
    """A comma or the like stands between this token and the one before."""
    glued: bool
    """No character stands between this token and the one before, as in "3B"."""
    dashed: bool = False
    """Only a hyphen or a slash stands between this token and the one before, as in "154-160" and "6/18"."""
    capital: bool = False
    """It is written with a capital."""
    after_stop: bool = False
    """A sentence ends before it."""


def tokenize(text: str) -> list[Token]:
    """The tokens of `text`, in order.

    >>> [t.text for t in tokenize("2-15 Orange St., apt. 3B")]
    ['2', '15', 'orange', 'st', 'apt', '3', 'b']
    """
    # Lower-casing must not change offsets: a few letters (such as the dotted capital I) would grow by it.
    plain = text.translate(_APOSTROPHES)
    plain = plain.lower() if plain.isascii() else "".join(low if len(low := c.lower()) == 1 else c for c in plain)
    found: list[Token] = []
    last = 0
    for match in _TOKEN.finditer(plain):
        gap = plain[last : match.start()]
        glued = bool(found) and not gap
        if found and (found[-1].text in _ABBREVIATIONS or len(found[-1].text) == 1):
            gap = gap.removeprefix(".")
        found.append(
            Token(
                match.group(),
                match.start(),
                match.end(),
                after_break=bool(_BREAK.search(gap)),
                glued=glued,
                dashed=gap.strip() in _DASHES,
                capital=text[match.start()].isupper(),
                after_stop=bool(_STOP.search(gap)),
            )
        )
        last = match.end()
    return found


def words_of(text: str) -> list[str]:
    """Only the words of `text`."""
    return [token.text for token in tokenize(text)]


def said(text: str, tokens: Sequence[Token]) -> str:
    """The stretch of `text` from the first to the last of `tokens`, as it was written; "" for no tokens."""
    return text[tokens[0].start : tokens[-1].end] if tokens else ""


def phrase_at(words: Sequence[str], at: int, *phrases: str) -> int:
    """Length in words of the longest of `phrases` that stands at position `at`, 0 if none does.

    >>> phrase_at(["in", "front", "of"], 0, "in", "in front of")
    3
    """
    fitting = (parts for p in phrases if list(words[at : at + len(parts := p.split())]) == parts)
    return max((len(parts) for parts in fitting), default=0)

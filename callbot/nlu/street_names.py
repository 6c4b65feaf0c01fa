"""How a street name is taken apart: number words, directions and the many spellings of "Avenue".

The gazetteer compares names in this form, the address rules look for it, and the voice expands it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import Indel

from callbot.nlu.numbers import ordinal_at, ordinal_digits
from callbot.nlu.tokens import words_of

STREET_TYPES = {
    **dict.fromkeys(("street", "st", "str", "streets", "sts"), "street"),
    **dict.fromkeys(("avenue", "ave", "av", "aven", "avenues", "aves"), "avenue"),
    **dict.fromkeys(("road", "rd", "roads", "raod"), "road"),
    **dict.fromkeys(("boulevard", "blvd", "boul", "blv", "bvd"), "boulevard"),
    **dict.fromkeys(("drive", "dr", "drv"), "drive"),
    **dict.fromkeys(("place", "pl"), "place"),
    **dict.fromkeys(("terrace", "terr", "ter"), "terrace"),
    **dict.fromkeys(("parkway", "pkwy"), "parkway"),
    **dict.fromkeys(("lane", "ln"), "lane"),
    "court": "court",  # "CT" is the state far more often
    **dict.fromkeys(("highway", "hwy"), "highway"),
    **dict.fromkeys(("circle", "cir"), "circle"),
}
"""Every spelling of a street type with its full word, in lower case."""

_MISTYPED = ("street", "avenue", "boulevard")
"""Types that are long enough, and like no other word, to be known in spite of a slip of the finger."""
_SHORTEST_SLIP, _SLIP = 5, 0.83
_LONGEST_BARE = 2

_DIRECTIONS = {"n": "north", "s": "south", "e": "east", "w": "west"}
_ELSEWHERE = {"ft": "fort", "mt": "mount", "jr": "junior"}


@lru_cache(4096)
def street_type(word: str) -> str | None:
    """The full word for a street's type in any spelling, None for another word.

    >>> street_type("ave"), street_type("street's"), street_type("avernue"), street_type("venue")
    ('avenue', 'street', 'avenue', None)
    """
    bare = word.removesuffix("'s")
    if bare in STREET_TYPES or len(bare) < _SHORTEST_SLIP:
        return STREET_TYPES.get(bare)
    alike = (kind for kind in _MISTYPED if bare[0] == kind[0] and Indel.normalized_similarity(bare, kind) >= _SLIP)
    return next(alike, None)


def plain_words(name: str | Sequence[str]) -> list[str]:
    """The words of a street name in one spelling: abbreviations written out, ordinals in digits, no possessive.

    >>> plain_words("E. Grand Ave."), plain_words("St. Ronan St"), plain_words("the Fourth Street")
    (['east', 'grand', 'avenue'], ['saint', 'ronan', 'street'], ['4th', 'street'])
    """
    return list(_plain_words(tuple(words_of(name) if isinstance(name, str) else name)))


@lru_cache(8192)
def _plain_words(raw: tuple[str, ...]) -> tuple[str, ...]:
    words = [word.removesuffix("'s").replace("'", "") for word in raw]
    while words and words[0] == "the":
        words = words[1:]
    plain: list[str] = []
    at = 0
    while at < len(words):
        if (ordinal := ordinal_at(words, at)) is not None:
            plain.append(ordinal_digits(ordinal[0]))
            at = ordinal[1]
            continue
        plain.append(_plain_word(words, at))
        at += 1
    return tuple(plain)


def _plain_word(words: Sequence[str], at: int) -> str:
    word = words[at]
    first, last = at == 0, at == len(words) - 1
    if word == "st" and first and not last:
        return "saint"
    if first and not last and word in _DIRECTIONS:
        return _DIRECTIONS[word]
    if not first and (kind := street_type(word)) is not None:
        return kind
    return _ELSEWHERE.get(word, word)


def split_type(words: Sequence[str]) -> tuple[list[str], str]:
    """A plain name without its type, and the type, "" if it has none.

    >>> split_type(["orange", "street"]), split_type(["broadway"]), split_type(["street"])
    ((['orange'], 'street'), (['broadway'], ''), (['street'], ''))
    """
    if len(words) > 1 and words[-1] in STREET_TYPES.values():
        return list(words[:-1]), words[-1]
    return list(words), ""


def is_bare_street(words: str) -> bool:
    """`words` are one name without a type or a number."""
    plain = plain_words(words)
    return len(plain) <= _LONGEST_BARE and not split_type(plain)[1] and all(word.isalpha() for word in plain)

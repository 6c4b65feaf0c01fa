"""What a name in a sentence is, and the words that may stand around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callbot.nlu.numbers import NUMBER_WORDS
from callbot.nlu.tokens import Token

POINTERS = frozenset(
    {
        *("on", "at", "of", "and", "near", "by", "off", "between", "from", "to", "past", "before", "after", "toward"),
        *("towards", "behind", "along", "down", "up", "not", "opposite", "&", "/", "@", "crosses", "cross", "crossing"),
        *("onto", "meets", "meet", "intersects", "corner", "nr", "btwn", "btw", "thru"),
    }
)
"""Words after which a bare word such as "Chapel" may be a street."""

FOLLOWERS = frozenset(
    {
        *POINTERS,
        *("in", "is", "was", "has", "where", "the", "just", "right", "apartment", "apt", "unit", "suite"),
        *("there", "it's", "around", "number", "floor", "first", "second", "third", "fourth"),
        *("please", "block", "for", "since", "across", "next", "outside", "under", "with", "and", "going"),
        *("that", "when", "while", "because", "who", "which", "are", "have", "were", "but", "or", "so"),
        *("as", "if", "then", "again", "every", "all", "this", "late", "today", "tonight", "yesterday"),
        *("southbound", "northbound", "eastbound", "westbound", "west", "east", "north", "south"),
        *("i", "he", "she", "they", "we", "you", "can", "will", "would", "could", "should", "need", "needs"),
        *("had", "into", "without"),
    }
)
"""Words that can follow a complete name or house number."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of tokens that names a street or a place."""

    first: int
    """Index of its first token."""
    stop: int
    """Index after its last token."""
    name: str
    """Name from the gazetteer; for an unknown street the caller's words in title case."""
    score: float
    kind: str
    """"street", "place", or "unknown": a street by its looks that is not in the list."""
    street: str | None = None
    """The street that a place is on."""
    rivals: tuple[str, ...] = ()
    """Other streets that fit about as well."""

    @property
    def size(self) -> int:
        return self.stop - self.first


def is_number(token: Token) -> bool:
    """True for a token that can be part of a house number."""
    return token.text in NUMBER_WORDS or token.text.isdecimal()


def texts(tokens: Sequence[Token], first: int, stop: int) -> list[str]:
    return [token.text for token in tokens[first:stop]]


def the_before(tokens: Sequence[Token], first: int) -> bool:
    return first > 0 and tokens[first - 1].text == "the"


def ends_here(tokens: Sequence[Token], stop: int) -> bool:
    """Nothing follows that would make the name an adjective, as in "the green car"."""
    if stop >= len(tokens) or tokens[stop].after_break:
        return True
    return tokens[stop].text in FOLLOWERS or "'" in tokens[stop].text  # "hasn't", "that's"

"""Streets that are called like ordinary words, and when such a word is the street: "a hall on Grand", "one day". PURE.

Half of all street names are words of everyday speech. In a text with capitals a small letter gives them away; in one
without, only what stands beside them does.
"""

from __future__ import annotations

from collections.abc import Sequence

from callbot.nlu.numbers import NUMBER_WORDS, ONES
from callbot.nlu.street_names import is_bare_street, plain_words
from callbot.nlu.tokens import Token

_COLORS = frozenset({"white", "green", "brown", "gold", "orange", "black", "blue", "red", "gray", "grey", "yellow"})
ORDINARY = frozenset(
    {
        *_COLORS,
        *("north", "south", "east", "west", "central", "main", "center", "front", "back", "high", "long", "level"),
        *("new", "old", "young", "fair", "grand", "hard", "strong", "bright", "pleasant", "minor", "welcome"),
        *("pearl", "ruby", "diamond", "gem", "crown", "button"),
        *("spring", "summer", "autumn", "winter", "may", "day", "sunset", "star", "sea", "cove", "river", "pond"),
        *("lake", "water", "waterfront", "rock", "rocks", "hill", "hills", "hillside", "ridge", "mountain", "cliff"),
        *("cave", "clay", "stone", "field", "garden", "meadow", "forest", "woodland", "valley", "view", "vista"),
        *("pine", "oak", "elm", "maple", "birch", "beech", "cedar", "cherry", "chestnut", "walnut", "willow"),
        *("poplar", "laurel", "hemlock", "hazel", "lilac", "daisy", "clover", "ivy", "vine", "thorn", "hedge", "plant"),
        *("fox", "eagle", "park", "court", "church", "college", "school", "temple", "academy", "asylum", "market"),
        *("mill", "hall", "house", "bank", "bridge", "tower", "castle", "mansion", "cottage", "shelter", "wall"),
        *("lighthouse", "reservoir", "orchard", "brewery", "state", "county", "city", "union", "division", "exchange"),
        *("canal", "cross", "arch", "lock", "loop", "line", "lines", "page", "read", "cart", "tour", "summit"),
        *(
            "beers",
            "grant",
            "ward",
            "prince",
            "king",
            "pope",
            "english",
            "liberty",
            "victory",
            "grace",
            "hope",
            "peace",
            "concord",
            "wharf",
        ),
        *("point", "haven", "shore", "end", "yale", "connecticut", "massachusetts", "alabama", "university"),
    }
)
"""Words that are far more often something else than a street called by them."""
_DIRECTIONS = frozenset({"north", "south", "east", "west"})
_ME = frozenset({"i", "i'm", "i've", "i'd", "i'll"})
_CROSSINGS = frozenset({"intersection", "corner", "exit", "block", "overpass", "underpass"})
"""What a street has: "the Temple intersection"."""


def is_ordinary(words: Sequence[str]) -> bool:
    """True where a plain name without its type consists of ordinary words: "grand", "mill river".

    >>> is_ordinary(["grand"]), is_ordinary(["mill", "river"]), is_ordinary(["mill", "street"]), is_ordinary(["howe"])
    (True, True, False, False)
    """
    return all(word in ORDINARY for word in words)


def is_ordinary_street(words: str) -> bool:
    """`words` are the bare name of a street that is called like an ordinary word, and nothing else."""
    return is_bare_street(words) and is_ordinary(plain_words(words))


def is_direction(tokens: Sequence[Token]) -> bool:
    return len(tokens) == 1 and tokens[0].text in _DIRECTIONS


def are_colors(words: Sequence[str]) -> bool:
    """True where every word is a color that is also a street's name."""
    return all(word in _COLORS for word in words)


def is_cased(tokens: Sequence[Token]) -> bool:
    """The text is written with capitals where they belong, so that a small letter tells something."""
    small = any(token.text.isalpha() and not token.capital for token in tokens)
    return small and any(token.capital and not token.after_break and token.text not in _ME for token in tokens[1:])


def stands_for_street(
    tokens: Sequence[Token], first: int, stop: int, *, cased: bool, joined: bool, ends: bool, pointed: bool
) -> bool:
    """The ordinary words from token `first` to `stop`, without a type, are the name of a street here.

    `cased` is `is_cased(tokens)`; `joined`: they stand beside another street ("Grand and Ferry"); `ends`: nothing
    follows that they could describe; `pointed`: a word such as "on" or "near" stands before them.
    """
    if first == 0 and stop == len(tokens):
        return True
    small = cased and not tokens[first].capital
    last = stop == len(tokens) or tokens[stop].after_break
    joined = joined and (last or not cased or not tokens[stop].capital)
    before = tokens[first - 1] if first and not tokens[first].after_break else None
    if before is not None and before.text == "the":
        return not small and stop < len(tokens) and tokens[stop].text in _CROSSINGS
    if before is not None and is_direction(tokens[first:stop]) and not joined:
        return False  # "I 95 South"
    if not last and tokens[stop].text == "of":
        return False  # "on wall of building"
    if before is not None and (before.text.isdecimal() or before.text in NUMBER_WORDS):
        single = len(before.text) == 1 or before.text in ONES
        numbered = first > 1 and (tokens[first - 2].text.isdecimal() or tokens[first - 2].text in NUMBER_WORDS)
        return ends and (not small or not single) and (not single or numbered or (cased and tokens[first].capital))
    if small:
        return joined
    return joined or (ends and pointed) or (last and before is None and cased)

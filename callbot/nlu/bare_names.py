"""Whether a street's name without its type is meant as one: "on Grand near Ferry", but not "I live on Dixwell".

What stands around the name decides: a pointer such as "on", a house number, another street, a capital.
"""

from __future__ import annotations

from collections.abc import Sequence

from callbot.nlu.mention import POINTERS, Mention, ends_here, is_number, texts
from callbot.nlu.numbers import ONES
from callbot.nlu.ordinary import are_colors, is_direction, is_ordinary, stands_for_street
from callbot.nlu.street_names import plain_words, street_type
from callbot.nlu.tokens import Token

_BUILDINGS = frozenset(
    {
        *("academy", "bank", "brewery", "church", "college", "court", "field", "garden", "lighthouse"),
        *("market", "mill"),
        *("park", "pond", "school", "shelter", "terrace"),
    }
)
_WHERE = frozenset({"on", "at", "in", "by", "behind", "off", "of", "parking"})
"""After one of these, "church" is a church: "the church on Fountain Street"."""
_ALONG = frozenset({"on", "onto", "along", "off", "up", "down", "upper", "lower"})
"""A bare name after one of these is a street even in a sentence about something else: "people speed on Columbus"."""
_BESIDE = frozenset({"w", "at", "@", "near", "nr", "corner", "cross", "crossing", "crosses"})
"""After one of these it is one if it is no ordinary word, or has a capital."""
_TO_A_STREET = frozenset({*_ALONG, *_BESIDE, *POINTERS} - {"and", "&", "/", "by", "from", "to", "of", "not", "after"})
"""Words after which even an ordinary word may be a street: not "the shelter and park"."""
_PARTS = frozenset(
    {
        *("corner", "intersection", "junction", "section", "part", "end", "side", "stretch", "block", "length", "top"),
        *("bottom", "middle", "all", "rest", "half"),
    }
)
"""What a street has: "the end of Pearl"."""
_PLACES = frozenset(
    {
        *("square", "park", "school", "academy", "library", "field", "apartments", "cemetery", "building"),
        *("university", "hospital", "plaza", "mall", "condominium", "condominiums", "elementary", "middle"),
        *("pharmacy", "playground"),
        *("day", "eve", "county", "police"),
    }
)
"""A name before one of these is not the street's: "Chatham Square"."""
_JOINS = frozenset({"meets", "intersects", "crosses", "/", "&", "@"})
"""Before one of these an exact bare name needs nothing else: "where Norton meets Whalley"."""
_HOME = frozenset({"live", "lives", "lived", "living"})
"""Where somebody lives need not be where it happened."""
_CROSS = frozenset({"cross", "crossing"})
_IS = frozenset({"is", "was", "would", "be", "there", "called", "i", "think", "um", "uh", "like"})
"""Words between "the cross street" and its name."""
_LONG_WORD = 7
"""Letters of a bare name that may be misspelled in a sentence about anything."""


def may_be_misspelled(tokens: Sequence[Token], first: int, stop: int) -> bool:
    """One long word in a sentence about anything where only a street can stand: "on Claredon", "Willlow/Foster"."""
    if stop - first > 1 or len(tokens[first].text) < _LONG_WORD or street_type(tokens[first].text) is not None:
        return False
    before = first > 0 and tokens[first - 1].text in _ALONG
    return before or (stop < len(tokens) and tokens[stop].text in _JOINS)


def has_context(tokens: Sequence[Token], first: int, stop: int, exact: bool) -> bool:
    """The words around a bare name make it a street: it stands alone, after a number, a pointer or before another."""
    if stop < len(tokens) and tokens[first].text in _BUILDINGS and tokens[stop].text in _WHERE:
        return False
    if first == 0 or tokens[first].after_break:
        if exact and _number_ends(tokens, stop):
            return True
        return ends_here(tokens, stop) and (exact or stop - first == len(tokens) or stop < len(tokens))
    before = tokens[first - 1]
    if _after_crossing(tokens, first) or (exact and stop < len(tokens) and tokens[stop].text in _JOINS):
        return True
    if before.text == "the" and stop - first == 1 and tokens[first].text in _BUILDINGS:
        return False
    if before.text == "the":
        return exact and ends_here(tokens, stop) and (first < 2 or tokens[first - 2].text in POINTERS)
    return is_number(before) or _is_pointed(tokens, first) or before.text in {"no", "it's", "meant", "mean", "said"}


def _number_ends(tokens: Sequence[Token], at: int) -> bool:
    """Nothing but a number stands from token `at` to the next pause: "Lombard seventy-seven"."""
    stop = next((i for i in range(at + 1, len(tokens)) if tokens[i].after_break), len(tokens))
    return at < stop and all(map(is_number, tokens[at:stop]))


def _after_crossing(tokens: Sequence[Token], first: int) -> bool:
    """Token `first` is what follows "the cross street is"."""
    at = first - 1
    while at > 0 and tokens[at].text in _IS:
        at -= 1
    return at > 0 and street_type(tokens[at].text) == "street" and tokens[at - 1].text in _CROSS


def is_bare(tokens: Sequence[Token], mention: Mention) -> bool:
    """A street without its type; other names of a street ("Long Wharf") are as good as full."""
    return mention.kind == "street" and street_type(tokens[mention.stop - 1].text) is None and mention.score < 1.0


def is_meant(tokens: Sequence[Token], mention: Mention, mentions: Sequence[Mention], cased: bool) -> bool:
    """A bare name is no ordinary word here."""
    first, stop = mention.first, mention.stop
    if stop < len(tokens) and not tokens[stop].after_break and tokens[stop].text in _PLACES:
        return False
    if not is_ordinary(plain_words(texts(tokens, first, stop))):
        return True
    small = not tokens[first].capital or is_direction(tokens[first:stop])
    beside = [m for m in _neighbours(mentions, mention) if _joined(tokens, mention, m)]
    if are_colors(texts(tokens, first, stop)):  # "white & brown"
        beside = [m for m in beside if not are_colors(texts(tokens, m.first, m.stop))]
    # "A hall on Hamilton Street", "white, off Farren Avenue".
    along = first > 0 and tokens[first - 1].text in _ALONG
    joined = any(m.stop <= first or along or not small or tokens[stop].text not in _WHERE for m in beside)
    pointed = first > 0 and (tokens[first - 1].text in _TO_A_STREET or _is_part_of(tokens, first))
    return stands_for_street(
        tokens,
        first,
        stop,
        cased=cased,
        joined=joined,
        ends=ends_here(tokens, stop),
        pointed=pointed,
    )


def _is_pointed(tokens: Sequence[Token], first: int) -> bool:
    return first > 0 and tokens[first - 1].text in POINTERS | _ALONG | _BESIDE


def _is_numbered(tokens: Sequence[Token], first: int) -> bool:
    """A house number stands before token `first`: not the "four" of "a four wheeler"."""
    if first == 0 or not is_number(tokens[first - 1]):
        return False
    return tokens[first - 1].text not in ONES or (first > 1 and is_number(tokens[first - 2]))


def _neighbours(mentions: Sequence[Mention], mention: Mention) -> Sequence[Mention]:
    at = mentions.index(mention)
    return [other for other in (*mentions[max(0, at - 1) : at], *mentions[at + 1 : at + 2]) if other.kind != "unknown"]


def sure_ones(tokens: Sequence[Token], mentions: Sequence[Mention], cased: bool) -> list[Mention]:
    """Of bare names only those that stand beside another street, after a house number or after "on" and the like."""
    kept: list[Mention] = []
    for mention in mentions:
        numbered = _is_numbered(tokens, mention.first)
        paired = any(_joined(tokens, mention, other) for other in _neighbours(mentions, mention))
        if not is_bare(tokens, mention) or numbered or paired or _is_along(tokens, mention, cased):
            kept.append(mention)
    return kept


def _is_along(tokens: Sequence[Token], mention: Mention, cased: bool) -> bool:
    """ "On Columbus", not "I live on Dixwell"; with a small letter only where it is no other word."""
    first, stop = mention.first, mention.stop
    if first == 0 or tokens[first].after_break or (first > 1 and tokens[first - 2].text in _HOME):
        return False
    before = tokens[first - 1].text
    leads = before in _ALONG or before in _BESIDE or _is_part_of(tokens, first)
    if cased and tokens[first].capital:
        return leads
    if is_ordinary(plain_words(texts(tokens, first, stop))):
        return before in _ALONG and not cased
    return leads and (not cased or ends_here(tokens, stop))


def _is_part_of(tokens: Sequence[Token], first: int) -> bool:
    return first > 1 and tokens[first - 1].text == "of" and tokens[first - 2].text in _PARTS


def _joined(tokens: Sequence[Token], one: Mention, other: Mention) -> bool:
    """Only a word or two such as "and" or "near" stands between two names."""
    left, right = sorted((one, other), key=lambda m: m.first)
    between = texts(tokens, left.stop, right.first)
    if any(token.after_stop for token in tokens[left.stop : right.first + 1]):
        return False
    return 1 <= len(between) <= 2 and any(word in POINTERS for word in between)

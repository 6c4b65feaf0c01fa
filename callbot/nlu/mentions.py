"""Where in a sentence a street or a place is named.

A gazetteer compares a name with the list; here is decided which words are a name at all. That takes care,
because many streets are called like ordinary words: "the front door", "at church", "a day in May".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from callbot.nlu.gazetteer import MATCH, Gazetteer
from callbot.nlu.numbers import NUMBER_WORDS, ONES, ordinal_at
from callbot.nlu.ordinary import are_colors, is_cased, is_direction, is_ordinary, stands_for_street
from callbot.nlu.street_names import plain_words, street_type
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

_NEVER_IN_A_NAME = frozenset(
    {
        *("a", "an", "and", "at", "by", "for", "from", "in", "is", "it", "it's", "my", "near", "of", "off"),
        *("on", "or", "our"),
        *("that", "the", "this", "to", "was", "with", "your", "number", "corner", "between", "whole", "same", "not"),
        *("his", "her", "their", "dirt", "side", "busy", "whose", "which", "what", "every", "no", "me", "down"),
        *("street", "avenue", "apartment", "unit", "i", "i'm", "parking", "good", "public", "safe", "dead"),
        *("&", "/", "@", "that's", "block", "blocks", "way", "other", "next", "one", "entire", "busiest", "all", "any"),
    }
)
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
"""After one of these it is one if it is written with a capital."""
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
        *(
            "square",
            "park",
            "school",
            "academy",
            "library",
            "field",
            "apartments",
            "cemetery",
            "building",
            "university",
        ),
        *("hospital", "plaza", "mall", "condominium", "condominiums", "elementary", "middle", "pharmacy", "playground"),
        *("day", "eve", "county", "police"),
    }
)
"""A name before one of these is not the street's: "Chatham Square"."""
_JOINS = frozenset({"meets", "intersects", "crosses", "/", "&", "@"})
"""Before one of these an exact bare name needs nothing else: "where Norton meets Whalley"."""
_HOME = frozenset({"live", "lives", "lived", "living"})
"""Where somebody lives need not be where it happened."""
_LONGER = frozenset({"saint", "st", "mount", "mt", "fort", "ft", "new"})
"""A word with a capital that makes the name after it another one: "Saint Anthony Street"."""
_CROSS = frozenset({"cross", "crossing"})
_IS = frozenset({"is", "was", "would", "be", "there", "called", "i", "think", "um", "uh", "like"})
"""Words between "the cross street" and its name."""
_SURE_WORD = 5
"""A bare word of fewer letters is taken for a street only if it is spelled like it."""
_LONG_WORD = 7
_MISSPELLED = 0.86
"""A bare word of that many letters and this score is a slip of the finger for a street's name."""
_ALMOST = 0.9
"""Up to this score a name with its type is misheard or has another type: in a whole sentence, such as "the main
road", it must be introduced by a number or a pointer."""
_FULL = 0.98
"""From this score on a name is spelled out in full."""
_SYLLABLES = frozenset({"and", "an", "would"})
"""Right before a type they are the end of a name that was misheard: "Clint and Avenue"."""
_UNKNOWN_TYPES = frozenset({"street", "avenue", "road", "boulevard", "drive", "lane", "terrace", "court", "place"})


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


def find_mentions(tokens: Sequence[Token], gazetteer: Gazetteer, *, strict: bool) -> list[Mention]:
    """Streets and places in `tokens`, in order, without overlap.

    `strict` is for whole sentences about anything: only names with their type ("Orange Street"), exact bare
    names beside another street ("State and Chapel") or after a house number, and places word for word.
    Otherwise the tokens are taken to be about a location, and bare or misheard names count too.
    """
    found = [*_places(tokens, gazetteer, strict), *_typed(tokens, gazetteer, strict), *_bare(tokens, gazetteer, strict)]
    found = [m for m in found if m.kind == "place" or not _names_crossing(tokens, m)]
    chosen: list[Mention] = []
    # Known before unknown, longer before shorter ("State Street Station" is not on State Street), then the surer.
    # Among full names the first: "Greenhill Terrace Street Sign" is not about Terrace Street.
    for mention in sorted(found, key=_rank):
        if all(mention.stop <= other.first or other.stop <= mention.first for other in chosen):
            chosen.append(mention)
    ordered = sorted(chosen, key=lambda m: m.first)
    ordered = [m for m in ordered if m.first == 0 or tokens[m.first - 1].text != "not"]
    cased = is_cased(tokens)
    named = [m for m in ordered if not _is_bare(tokens, m) or _is_meant(tokens, m, ordered, cased)]
    return _sure(tokens, named, cased) if strict else named


def _rank(mention: Mention) -> tuple[bool, int, float, int]:
    known = mention.score >= MATCH
    sure = 1.0 if mention.score >= _FULL else mention.score
    return mention.kind == "unknown", -mention.size if known else 0, -sure, mention.first


def is_number(token: Token) -> bool:
    """True for a token that can be part of a house number."""
    return token.text in NUMBER_WORDS or token.text.isdecimal()


def _windows(tokens: Sequence[Token], size: int) -> Iterator[tuple[int, int]]:
    """All stretches of `size` tokens that no comma divides."""
    for first in range(len(tokens) - size + 1):
        if not any(token.after_break for token in tokens[first + 1 : first + size]):
            yield first, first + size


def _texts(tokens: Sequence[Token], first: int, stop: int) -> list[str]:
    return [token.text for token in tokens[first:stop]]


def _the_before(tokens: Sequence[Token], first: int) -> bool:
    return first > 0 and tokens[first - 1].text == "the"


def _ends_here(tokens: Sequence[Token], stop: int) -> bool:
    """Nothing follows that would make the name an adjective, as in "the green car"."""
    if stop >= len(tokens) or tokens[stop].after_break:
        return True
    return tokens[stop].text in FOLLOWERS or "'" in tokens[stop].text  # "hasn't", "that's"


def _places(tokens: Sequence[Token], gazetteer: Gazetteer, strict: bool) -> Iterator[Mention]:
    for size in range(1, gazetteer.longest_place + 1):
        for first, stop in _windows(tokens, size):
            words = _texts(tokens, first, stop)
            if words[0] in _NEVER_IN_A_NAME or words[-1] in _NEVER_IN_A_NAME:
                continue
            exactly = strict or size == 1
            if exactly and not gazetteer.knows_place(words):
                continue
            best = next(iter(gazetteer.match_place(" ".join(words), 1)), None)
            if best is None or best.score < (1.0 if exactly else 0.9):
                continue
            bare = size == 1 and words[0] in gazetteer.after_the
            if size == 1 and ((bare and not _the_before(tokens, first)) or not _ends_here(tokens, stop)):
                continue
            yield Mention(first, stop, best.name, best.score, "place", street=best.street)


def _typed(tokens: Sequence[Token], gazetteer: Gazetteer, strict: bool) -> Iterator[Mention]:
    """Names that end in "Street", "Ave" and the like."""
    for last, token in enumerate(tokens):
        if last == 0 or token.after_break or street_type(token.text) is None:
            continue
        fitting: list[Mention] = []
        for first in range(last - 1, max(-1, last - gazetteer.longest - 1), -1):
            words = _texts(tokens, first, last + 1)
            if first == last - 1 and words[0] in _SYLLABLES:
                continue
            if words[0] in _NEVER_IN_A_NAME - {"the"} or is_number(tokens[first]):
                break
            if words[-2] in _SYLLABLES:
                words = [*words[:-3], words[-3] + words[-2], words[-1]]
            if words[0] != "the":
                fitting.extend(_street(gazetteer, words, first, last + 1))
            if tokens[first].after_break:
                break
        best = max(fitting, key=lambda m: (m.score, m.size), default=None)
        if best is None or best.score < MATCH or _is_longer(tokens, best.first):
            yield from _unknown(tokens, last)
        elif not strict or best.score > _ALMOST or (_introduced(tokens, best.first) and not token.text.endswith("s")):
            yield best


def _is_longer(tokens: Sequence[Token], first: int) -> bool:
    """The name begins before token `first`: "Saint Anthony Street" is not Anthony Street."""
    if (
        first == 0
        or tokens[first].after_break
        or tokens[first - 1].text not in _LONGER
        or not tokens[first - 1].capital
    ):
        return False
    # "Elm St Chapel St" are two streets.
    return first == 1 or tokens[first - 1].after_break or tokens[first - 2].text in {*POINTERS, "the", "to", "in"}


def _names_crossing(tokens: Sequence[Token], mention: Mention) -> bool:
    """ "The cross street" are words about a corner; only a house number before them makes them a name."""
    first = next((i for i in range(mention.first, mention.stop - 1) if tokens[i].text in _CROSS), None)
    if first is None or street_type(tokens[first + 1].text) != "street":
        return False
    return first == 0 or not is_number(tokens[first - 1])


def _after_crossing(tokens: Sequence[Token], first: int) -> bool:
    """Token `first` is what follows "the cross street is"."""
    at = first - 1
    while at > 0 and tokens[at].text in _IS:
        at -= 1
    return at > 0 and street_type(tokens[at].text) == "street" and tokens[at - 1].text in _CROSS


def _street(gazetteer: Gazetteer, words: Sequence[str], first: int, stop: int) -> Iterator[Mention]:
    matches = gazetteer.match_street(" ".join(words), 4)
    if matches:
        best = matches[0]
        near = tuple(m.name for m in matches[1:] if best.score < 1 and best.score - m.score < 0.05)
        yield Mention(first, stop, best.name, best.score, "street", rivals=near)


def _introduced(tokens: Sequence[Token], first: int) -> bool:
    return first > 0 and (is_number(tokens[first - 1]) or tokens[first - 1].text in POINTERS)


def _unknown(tokens: Sequence[Token], last: int) -> Iterator[Mention]:
    """A street that is not in the list, such as "Bell Road": one to three words and a type."""
    first = last
    while first > max(0, last - 3) and not is_number(tokens[first - 1]):
        word = tokens[first - 1].text
        if word in _NEVER_IN_A_NAME or word in POINTERS or len(word) < 2:
            break
        first -= 1
        if tokens[first].after_break:
            break
    typed = street_type(tokens[last].text) in _UNKNOWN_TYPES
    if not tokens[first].capital and is_cased(tokens):
        return
    if first < last and typed and (first == 0 or _introduced(tokens, first)):
        name = " ".join(word.capitalize() for word in plain_words(_texts(tokens, first, last + 1)))
        yield Mention(first, last + 1, name, 0.3, "unknown")


def _bare(tokens: Sequence[Token], gazetteer: Gazetteer, strict: bool) -> Iterator[Mention]:
    """Names without a type."""
    for size in range(1, gazetteer.longest + 1):
        for first, stop in _windows(tokens, size):
            words = _texts(tokens, first, stop)
            slip = not strict or _may_be_misspelled(tokens, first, stop)
            if not (slip or gazetteer.knows_street(words)) or not _can_be_bare(tokens, first, stop, gazetteer):
                continue
            least = _MISSPELLED if strict else MATCH
            for mention in _street(gazetteer, words, first, stop):
                exact = mention.score >= 0.9
                alike = mention.score >= least and len("".join(words)) >= _SURE_WORD and not is_ordinary(words)
                if (exact or (slip and alike)) and _has_context(tokens, first, stop, exact):
                    yield mention


def _may_be_misspelled(tokens: Sequence[Token], first: int, stop: int) -> bool:
    """One long word in a sentence about anything where only a street can stand: "on Claredon", "Willlow/Foster"."""
    if stop - first > 1 or len(tokens[first].text) < _LONG_WORD or street_type(tokens[first].text) is not None:
        return False
    before = first > 0 and tokens[first - 1].text in _ALONG
    return before or (stop < len(tokens) and tokens[stop].text in _JOINS)


def _can_be_bare(tokens: Sequence[Token], first: int, stop: int, gazetteer: Gazetteer) -> bool:
    words = _texts(tokens, first, stop)
    if len(words) > 2 and gazetteer.knows_street(words):
        return True  # also "Church Street South"
    if any(word in _NEVER_IN_A_NAME or word in POINTERS for word in words) or any(map(is_number, tokens[first:stop])):
        return False
    if ordinal_at(words, 0) is not None or (
        street_type(words[-1]) is not None and words[-1] not in gazetteer.after_the
    ):
        return False
    return words[0] not in gazetteer.after_the or len(words) > 1 or _the_before(tokens, first)


def _has_context(tokens: Sequence[Token], first: int, stop: int, exact: bool) -> bool:
    """The words around a bare name make it a street: it stands alone, after a number, a pointer or before another."""
    if stop < len(tokens) and tokens[first].text in _BUILDINGS and tokens[stop].text in _WHERE:
        return False
    if first == 0 or tokens[first].after_break:
        return _ends_here(tokens, stop) and (exact or stop - first == len(tokens) or stop < len(tokens))
    before = tokens[first - 1]
    if _after_crossing(tokens, first) or (exact and stop < len(tokens) and tokens[stop].text in _JOINS):
        return True
    if before.text == "the" and stop - first == 1 and tokens[first].text in _BUILDINGS:
        return False
    if before.text == "the":
        return exact and _ends_here(tokens, stop) and (first < 2 or tokens[first - 2].text in POINTERS)
    return is_number(before) or _is_pointed(tokens, first) or before.text in {"no", "it's", "meant", "mean", "said"}


def _is_bare(tokens: Sequence[Token], mention: Mention) -> bool:
    """A street without its type; other names of a street ("Long Wharf") are as good as full."""
    return mention.kind == "street" and street_type(tokens[mention.stop - 1].text) is None and mention.score < 1.0


def _is_meant(tokens: Sequence[Token], mention: Mention, mentions: Sequence[Mention], cased: bool) -> bool:
    """A bare name is no ordinary word here."""
    first, stop = mention.first, mention.stop
    if stop < len(tokens) and not tokens[stop].after_break and tokens[stop].text in _PLACES:
        return False
    if not is_ordinary(plain_words(_texts(tokens, first, stop))):
        return True
    small = not tokens[first].capital or is_direction(tokens[first:stop])
    beside = [m for m in _neighbours(mentions, mention) if _joined(tokens, mention, m)]
    if are_colors(_texts(tokens, first, stop)):  # "white & brown"
        beside = [m for m in beside if not are_colors(_texts(tokens, m.first, m.stop))]
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
        ends=_ends_here(tokens, stop),
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


def _sure(tokens: Sequence[Token], mentions: Sequence[Mention], cased: bool) -> list[Mention]:
    """Of bare names only those that stand beside another street, after a house number or after "on" and the like."""
    kept: list[Mention] = []
    for mention in mentions:
        numbered = _is_numbered(tokens, mention.first)
        paired = any(_joined(tokens, mention, other) for other in _neighbours(mentions, mention))
        if not _is_bare(tokens, mention) or numbered or paired or _is_along(tokens, mention, cased):
            kept.append(mention)
    return kept


def _is_along(tokens: Sequence[Token], mention: Mention, cased: bool) -> bool:
    """ "On Columbus", "near Columbus" with a capital, but not "I live on Dixwell"."""
    first = mention.first
    if first == 0 or tokens[first].after_break or (cased and not tokens[first].capital):
        return False
    if first > 1 and tokens[first - 2].text in _HOME:
        return False
    before = tokens[first - 1].text
    return before in _ALONG or _is_part_of(tokens, first) or (before in _BESIDE and cased)


def _is_part_of(tokens: Sequence[Token], first: int) -> bool:
    return first > 1 and tokens[first - 1].text == "of" and tokens[first - 2].text in _PARTS


def _joined(tokens: Sequence[Token], one: Mention, other: Mention) -> bool:
    """Only a word or two such as "and" or "near" stands between two names."""
    left, right = sorted((one, other), key=lambda m: m.first)
    between = _texts(tokens, left.stop, right.first)
    if any(token.after_stop for token in tokens[left.stop : right.first + 1]):
        return False
    return 1 <= len(between) <= 2 and any(word in POINTERS for word in between)

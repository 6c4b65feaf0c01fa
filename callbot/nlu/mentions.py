"""Where in a sentence a street or a place is named.

A gazetteer compares a name with the list; here is decided which words are a name at all. That takes care,
because many streets are called like ordinary words: "the front door", "at church", "a day in May".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from callbot.nlu.bare_names import has_context, is_bare, is_meant, may_be_misspelled, sure_ones
from callbot.nlu.gazetteer import MATCH, Gazetteer
from callbot.nlu.mention import POINTERS, Mention, ends_here, is_number, texts, the_before
from callbot.nlu.numbers import ordinal_at
from callbot.nlu.ordinary import is_cased, is_ordinary
from callbot.nlu.street_names import plain_words, street_type
from callbot.nlu.tokens import Token

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
_LONGER = frozenset({"saint", "st", "mount", "mt", "fort", "ft", "new"})
"""A word with a capital that makes the name after it another one: "Saint Anthony Street"."""
_CROSS = frozenset({"cross", "crossing"})
_SURE_WORD = 5
"""A bare word of fewer letters is taken for a street only if it is spelled like it."""
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
    named = [m for m in ordered if not is_bare(tokens, m) or is_meant(tokens, m, ordered, cased)]
    return sure_ones(tokens, named, cased) if strict else named


def _rank(mention: Mention) -> tuple[bool, int, float, int]:
    known = mention.score >= MATCH
    sure = 1.0 if mention.score >= _FULL else mention.score
    return mention.kind == "unknown", -mention.size if known else 0, -sure, mention.first


def _windows(tokens: Sequence[Token], size: int) -> Iterator[tuple[int, int]]:
    """All stretches of `size` tokens that no comma divides."""
    for first in range(len(tokens) - size + 1):
        if not any(token.after_break for token in tokens[first + 1 : first + size]):
            yield first, first + size


def _places(tokens: Sequence[Token], gazetteer: Gazetteer, strict: bool) -> Iterator[Mention]:
    for size in range(1, gazetteer.longest_place + 1):
        for first, stop in _windows(tokens, size):
            words = texts(tokens, first, stop)
            if words[0] in _NEVER_IN_A_NAME or words[-1] in _NEVER_IN_A_NAME:
                continue
            exactly = strict or size == 1
            if exactly and not gazetteer.knows_place(words):
                continue
            best = next(iter(gazetteer.match_place(" ".join(words), 1)), None)
            if best is None or best.score < (1.0 if exactly else 0.9):
                continue
            bare = size == 1 and words[0] in gazetteer.after_the
            if size == 1 and ((bare and not the_before(tokens, first)) or not ends_here(tokens, stop)):
                continue
            yield Mention(first, stop, best.name, best.score, "place", street=best.street)


def _typed(tokens: Sequence[Token], gazetteer: Gazetteer, strict: bool) -> Iterator[Mention]:
    """Names that end in "Street", "Ave" and the like."""
    for last, token in enumerate(tokens):
        if last == 0 or token.after_break or street_type(token.text) is None:
            continue
        fitting: list[Mention] = []
        for first in range(last - 1, max(-1, last - gazetteer.longest - 1), -1):
            words = texts(tokens, first, last + 1)
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
        name = " ".join(word.capitalize() for word in plain_words(texts(tokens, first, last + 1)))
        yield Mention(first, last + 1, name, 0.3, "unknown")


def _bare(tokens: Sequence[Token], gazetteer: Gazetteer, strict: bool) -> Iterator[Mention]:
    """Names without a type."""
    for size in range(1, gazetteer.longest + 1):
        for first, stop in _windows(tokens, size):
            words = texts(tokens, first, stop)
            slip = not strict or may_be_misspelled(tokens, first, stop)
            if not (slip or gazetteer.knows_street(words)) or not _can_be_bare(tokens, first, stop, gazetteer):
                continue
            least = _MISSPELLED if strict else MATCH
            for mention in _street(gazetteer, words, first, stop):
                exact = mention.score >= 0.9
                alike = mention.score >= least and len("".join(words)) >= _SURE_WORD and not is_ordinary(words)
                if (exact or (slip and alike)) and has_context(tokens, first, stop, exact):
                    yield mention


def _can_be_bare(tokens: Sequence[Token], first: int, stop: int, gazetteer: Gazetteer) -> bool:
    words = texts(tokens, first, stop)
    if len(words) > 2 and gazetteer.knows_street(words):
        return True  # also "Church Street South"
    if any(word in _NEVER_IN_A_NAME or word in POINTERS for word in words) or any(map(is_number, tokens[first:stop])):
        return False
    if ordinal_at(words, 0) is not None or (
        street_type(words[-1]) is not None and words[-1] not in gazetteer.after_the
    ):
        return False
    return words[0] not in gazetteer.after_the or len(words) > 1 or the_before(tokens, first)

"""Places that no list holds: "right across from the gas station", "Trowbridge Square". PURE."""

from __future__ import annotations

import re

_IT_IS = r"\W*(?:(?:um|uh|well|oh|so|yeah|yes|okay|ok|like|just|right|directly|maybe|probably|over|down|up|kind of"
_IT_IS += r"|sort of|i think|i guess|i believe|it's|its|it is|it was|that's|there's|they're|he's|she's)\b\W*)*"
_BESIDE = re.compile(
    _IT_IS + r"(?:near|nearby|by|beside|close to|next to|next door to|across from|across the street from|opposite"
    r"|in front of|in back of|behind|outside(?: of)?|past|before|after|under|at|around|between)\s+(?P<what>\S.*)",
    re.I,
)
_WITHIN = re.compile(
    _IT_IS
    + r"(?:in|on)\s+(?P<what>the (?:\w+ )?(?:middle|left|right|corner|end|side|front|back|parking|lot|block|bridge"
    r"|curve|hill|intersection|driveway|sidewalk)\b.*)",
    re.I,
)
_BARE_LANDMARK = re.compile(
    _IT_IS
    + r"(?P<what>(?:the|a|an|my|our) (?:[\w'-]+ ){0,3}(?:house|building|store|shop|station|church|school|bank|park|lot"
    r"|restaurant|deli|market|hospital|library|bridge|light|lights|corner|stop|pharmacy|garage|apartments|cemetery"
    r"|temple|mosque|synagogue|playground|gym|bar|cafe|hotel|block)\b(?! (?:is|was|has)\b).*)",
    re.I,
)
_PLACE_NOUNS = (
    "park|square|field|fields|school|library|plaza|playground|cemetery|bridge|station|apartments|church|hospital|green"
    "|beach|pier|pond|stadium|museum|mall|hotel|gym|lot|garage"
)
_NAMED_PLACE = re.compile(rf"(?<![.\w])(?:[A-Z][\w'-]+ ){{1,3}}(?=[A-Z])(?i:{_PLACE_NOUNS})\b(?! (?:[A-Z]|[Ss]treet))")
_SOME_PLACE = re.compile(
    rf"(?:the|a|an|my|our) (?:[\w'-]+ ){{0,3}}(?:{_PLACE_NOUNS}|building|store|shop|deli|market|stop|bank|river)",
    re.I,
)
_NO_LANDMARK = re.compile(
    r"\b(?:know|moment|minute|time|morning|night|noon|o'clock|phone|idea|hurry|sure|it|me|you)\b", re.I
)
_LONGEST_LANDMARK = 9


def landmark(text: str) -> str | None:
    """What an answer sets the place beside: "the gas station" of "right across from the gas station"."""
    found = _BESIDE.match(text) or _WITHIN.match(text) or _BARE_LANDMARK.match(text)
    if found is None or _NO_LANDMARK.search(found["what"]):
        return None
    what = found["what"].strip(" .,;!?")
    words = what.split()
    return what if words and len(words) <= _LONGEST_LANDMARK and any(len(word) > 2 for word in words) else None


def named_place(text: str) -> str | None:
    """A place that is not in the list by its looks, "Trowbridge Square"; "the bus stop" only if `text` is just that.

    >>> [named_place(text) for text in ("It's in Trowbridge Square.", "the bus stop", "by the bus stop")]
    ['Trowbridge Square', 'the bus stop', None]
    """
    if _SOME_PLACE.fullmatch(text.strip(" ,.")):
        return text.strip(" ,.")
    found = _NAMED_PLACE.search(text)
    return found[0] if found else None

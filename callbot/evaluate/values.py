"""Whether two values of a slot are the same for whoever has to act on them. PURE."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from callbot.events import SlotValue
from callbot.nlu.utterances import tokenise

_RECORDS = {
    "occurred_at": ("from", "to"),
    "vehicle": ("color", "make", "model", "year"),
    "caller_name": ("first", "last"),
    "person_name": ("first", "last"),
}
"""What counts of each record."""
_SMALL = frozenset({"a", "an", "the", "my", "our", "his", "her", "their", "some", "of", "um", "uh"})


def same_value(slot: str, wanted: SlotValue, found: SlotValue) -> bool:
    """Do they name the same thing?

    A location is the same where street and house number are: what is said beside them helps, but sends nobody to
    another door. Where neither names a street the place counts, and else the words.
    """
    if slot == "location" and isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return _same_location(wanted, found)
    keys = _RECORDS.get(slot)
    if keys and isinstance(wanted, Mapping) and isinstance(found, Mapping):
        pairs = [(_plain(wanted.get(key)), _plain(found.get(key))) for key in keys]
        if any(one is not None or other is not None for one, other in pairs):
            return all(one == other for one, other in pairs)
    return _words(wanted) == _words(found)


def _same_location(wanted: Mapping[str, object], found: Mapping[str, object]) -> bool:
    streets = {_plain(wanted.get(key)) for key in ("street", "cross_street")} - {None}
    if streets:
        # Of a corner either street may be named first.
        return _plain(found.get("street")) in streets and _plain(wanted.get("number")) == _plain(found.get("number"))
    if _plain(wanted.get("place")) is not None:
        return _plain(wanted.get("place")) == _plain(found.get("place"))
    if _plain(wanted.get("number")) is not None:
        return _plain(wanted.get("number")) == _plain(found.get("number"))
    return _words(wanted.get("text")) == _words(found.get("text"))


def _plain(value: object) -> Hashable:
    return value.lower() if isinstance(value, str) else value if isinstance(value, (int, float)) else None


def _words(value: object) -> tuple[str, ...]:
    text = value.get("text") if isinstance(value, Mapping) else value
    return tuple(token.word for token in tokenise(str(text)) if token.word not in _SMALL)

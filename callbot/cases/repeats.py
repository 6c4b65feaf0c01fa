"""Whether two reports of one kind are about the same thing. Pure.

The same place is the same house number of a street, the same corner, or the same well-known place, each by the name
that the agency's lists give it. A place that is in no list is never the same as another one: two callers' words for it
prove nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from callbot.events import SlotValue

Slots = Mapping[str, SlotValue]


def is_repeat(new: Slots, old: Slots) -> bool:
    """Both are at the same place, and nothing that they tell speaks against their being about the same thing."""
    return same_place(new.get("location"), old.get("location")) and not _differ(new, old)


def same_place(one: SlotValue, other: SlotValue) -> bool:
    """Two locations are the same.

    >>> same_place({"matched": "Howe Street", "number": "88"}, {"matched": "Howe Street", "number": "88"})
    True
    """
    if not isinstance(one, dict) or not isinstance(other, dict):
        return False
    if any(_both_and_unlike(one, other, part) for part in ("number", "unit")):
        return False
    return bool(_keys(one) & _keys(other))


def _keys(location: Mapping[str, object]) -> set[tuple[str, ...]]:
    """Every exact way in which a location says where it is."""
    street, cross = _plain(location.get("matched")), _plain(location.get("cross_street"))
    number, place = _plain(location.get("number")), _plain(location.get("place"))
    keys: set[tuple[str, ...]] = set()
    if street and number:
        keys.add(("number", street, number))
    if street and cross:
        # "Chapel and Howe" is "Howe and Chapel".
        keys.add(("corner", *sorted((street, cross))))
    if place and (not street or not number):
        keys.add(("place", street, place))
    return keys


def _differ(new: Slots, old: Slots) -> bool:
    """Another plate, another make of car, another kind of animal: another thing at the same place."""
    car, other = new.get("vehicle"), old.get("vehicle")
    is_other_car = (
        isinstance(car, dict)
        and isinstance(other, dict)
        and any(_both_and_unlike(car, other, part) for part in ("color", "make", "model"))
    )
    if is_other_car or _both_and_unlike(new, old, "plate"):
        return True
    animals = _words(new.get("animal_type")), _words(old.get("animal_type"))
    return all(animals) and not animals[0] & animals[1]


def _both_and_unlike(one: Mapping[str, object], other: Mapping[str, object], part: str) -> bool:
    values = _plain(one.get(part)), _plain(other.get(part))
    return all(values) and values[0] != values[1]


def _words(text: object) -> set[str]:
    return set(re.findall(r"[a-z]+", _plain(text))) - {"a", "an", "the", "some", "dead", "big", "small"}


def _plain(value: object) -> str:
    return "" if value is None else " ".join(str(value).casefold().split())

"""The same thing in other words is the same; another door is not."""

from __future__ import annotations

import pytest

from callbot.evaluate.values import same_value
from callbot.events import SlotValue

PLACE: dict[str, str | int | float | bool | None] = {
    **{"text": "215 Orange", "street": "Orange Street", "number": "215", "cross_street": None},
    **{"place": None, "unit": None, "matched": "Orange Street", "score": 1.0},
}


@pytest.mark.parametrize(
    ("slot", "wanted", "found", "same"),
    [
        ("location", PLACE, {**PLACE, "text": "at 215 Orange near the bank", "place": "the bank"}, True),
        ("location", PLACE, {**PLACE, "number": "216"}, False),
        ("location", PLACE, {**PLACE, "number": None}, False),
        ("location", {**PLACE, "number": None, "cross_street": "Elm Street"}, {**PLACE, "number": None}, True),
        (
            *("location", {**PLACE, "number": None, "cross_street": "Elm Street"}),
            *({**PLACE, "number": None, "street": "Elm Street", "cross_street": "Orange Street"}, True),
        ),
        ("location", {**PLACE, "street": None, "place": "Edgewood Park"}, {**PLACE, "place": "Edgewood Park"}, True),
        ("location", {**PLACE, "street": None}, {**PLACE, "street": None, "text": "by the river"}, True),
        (
            *("location", {**PLACE, "street": None, "number": None, "text": "by the river"}),
            *({**PLACE, "street": None, "number": None, "text": "the lake"}, False),
        ),
        (
            "occurred_at",
            {"text": "last night", "from": "x", "to": "y"},
            {"text": "night", "from": "x", "to": "y"},
            True,
        ),
        ("occurred_at", {"text": "a", "from": "x", "to": "y"}, {"text": "a", "from": "x", "to": "z"}, False),
        ("occurred_at", {"text": "ages ago", "from": None, "to": None}, {"text": "Ages ago", "from": None}, True),
        (
            "caller_name",
            {"text": "a", "first": "Ann", "last": "Lee"},
            {"text": "b", "first": "ann", "last": "lee"},
            True,
        ),
        ("vehicle", {"text": "x", "make": "Ford", "year": 2014}, {"text": "y", "make": "Ford", "year": 2015}, False),
        ("plate", "AB12", "AB12", True),
        ("plate", "AB12", "AB13", False),
        ("item_value", 1200, 1200, True),
        ("item_description", "a silver laptop", "my silver laptop", True),
        ("item_description", "a silver laptop", "a laptop", False),
    ],
)
def test_what_is_the_same(slot: str, wanted: SlotValue, found: SlotValue, same: bool) -> None:
    assert same_value(slot, wanted, found) is same

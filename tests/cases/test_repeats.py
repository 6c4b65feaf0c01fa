"""Whether two reports are about the same thing."""

from __future__ import annotations

import pytest

from callbot.cases.repeats import is_repeat, same_place
from callbot.events import SlotValue

HOUSE: dict[str, str | int | float | bool | None] = {"matched": "Howe Street", "number": "88", "text": "88 howe"}
CORNER: dict[str, str | int | float | bool | None] = {"matched": "Chapel Street", "cross_street": "Howe Street"}
GREEN: dict[str, str | int | float | bool | None] = {"place": "New Haven Green", "matched": None}
RED: dict[str, str | int | float | bool | None] = {"text": "a red honda", "color": "red", "make": "Honda"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HOUSE, HOUSE | {"text": "in front of number 88 on howe"}),
        (HOUSE, HOUSE | {"cross_street": "Chapel Street"}),
        (HOUSE | {"unit": "3"}, HOUSE),
        (CORNER, {"matched": "Howe Street", "cross_street": "chapel street"}),
        (GREEN, GREEN | {"text": "on the green"}),
    ],
)
def test_the_same_place_said_otherwise(one: SlotValue, other: SlotValue) -> None:
    assert same_place(one, other)
    assert same_place(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (HOUSE, HOUSE | {"number": "90"}),
        (HOUSE, HOUSE | {"matched": "Dwight Street"}),
        (HOUSE | {"unit": "3"}, HOUSE | {"unit": "4"}),
        (HOUSE, {"matched": "Howe Street", "number": None}),
        ({"matched": "Howe Street"}, {"matched": "Howe Street"}),
        ({"street": "Nowhere Lane", "number": "5"}, {"street": "Nowhere Lane", "number": "5"}),
        (CORNER | {"number": "5"}, CORNER | {"number": "50"}),
        (CORNER, HOUSE),
        (GREEN, {"place": "Wooster Square"}),
        (HOUSE, "88 Howe Street"),
        (None, None),
    ],
)
def test_another_place_or_one_that_nobody_knows(one: SlotValue, other: SlotValue) -> None:
    assert not same_place(one, other)


@pytest.mark.parametrize(
    ("new", "old", "same"),
    [
        ({}, {}, True),
        ({"plate": "AB123"}, {}, True),
        ({"plate": "AB123"}, {"plate": "XY987"}, False),
        ({"vehicle": RED}, {"vehicle": RED | {"text": "red car"}}, True),
        ({"vehicle": RED}, {"vehicle": RED | {"color": "blue"}}, False),
        ({"vehicle": RED}, {"vehicle": "some car"}, True),
        ({"animal_type": "a dead raccoon"}, {"animal_type": "raccoon"}, True),
        ({"animal_type": "a cat"}, {"animal_type": "a raccoon"}, False),
    ],
)
def test_what_speaks_against_the_same_thing(new: dict[str, SlotValue], old: dict[str, SlotValue], same: bool) -> None:
    assert is_repeat(new | {"location": HOUSE}, old | {"location": HOUSE}) is same

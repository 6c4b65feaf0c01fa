"""Slots found without the model."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbot.content import Site
from callbot.nlu.finders import find_slots
from callbot.nlu.gazetteer import Gazetteer

SMALL = Gazetteer(["Orange Street", "Court Street"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My neighbors at 215 Orange Street have been blasting music", [("location", "215 Orange Street")]),
        (
            "It's two fifteen Orange Street, the yellow house near the corner of Court Street.",
            [("location", "two fifteen Orange Street, the yellow house near the corner of Court Street")],
        ),
        ("he lives at 88 Howe Street, apartment three.", [("location", "88 Howe Street, apartment three")]),
        (
            "There's a huge pothole on Whalley Avenue right by the Stop and Shop, I blew a tire",
            [("location", "Whalley Avenue right by the Stop and Shop")],
        ),
        ("at sixteen Bell Road there is a dog", [("location", "sixteen Bell Road")]),
        (
            "You can call me back at two oh three, five five five, zero one four two.",
            [("callback_number", "two oh three, five five five, zero one four two")],
        ),
        ("call me at 555 0142", [("callback_number", "555 0142")]),
        (
            "It's a gray Honda Civic, Connecticut plate A X four one nine two.",
            [("plate", "A X four one nine two")],
        ),
        ("license plate number is K L M 2208 on Elm Street", [("plate", "K L M 2208"), ("location", "Elm Street")]),
        ("a bike, worth about six hundred dollars", [("item_value", "six hundred dollars")]),
        ("it cost $1,200", [("item_value", "$1,200")]),
        ("my case number is 26-00014-7 thanks", [("case_number", "26-00014-7")]),
        ("ticket SR-20418", [("case_number", "SR-20418")]),
        ("case number two six dash zero zero one", [("case_number", "two six dash zero zero one")]),
        ("report 21-04417, please", [("report_number", "21-04417")]),
        ("just in case 120 Orange Street", [("location", "120 Orange Street")]),
        ("I report a pothole at 220 Orange Street", [("location", "220 Orange Street")]),
        ("Reference N H 3 1 1 0 9", [("case_number", "N H 3 1 1 0 9")]),
        ("the plate's A X 4 1 9 2", [("plate", "A X 4 1 9 2")]),
        ("my shop is at 333 Grand", [("location", "333 Grand")]),
        ("they took two grand", [("item_value", "two grand")]),
        (
            "There is a big stump near East Rock Park. It's on Orange Street.",
            [("location", "Orange Street")],
        ),
        ("it's a one way street near Ferry Street", [("location", "Ferry Street")]),
        ("what are the hours for city hall", []),
        ("he sleeps behind the main library", [("location", "main library")]),
        ("a copy of report number 2 5 dash 1 0 0 7 3", [("report_number", "2 5 dash 1 0 0 7 3")]),
        ("what is the case number", []),
        ("two flat tires for almost three weeks", []),
        ("I need a tag put on a car", []),
        ("the front door of my house at night", []),
        ("", []),
    ],
)
def test_finds(site: Site, text: str, expected: list[tuple[str, str]]) -> None:
    found = find_slots(text, gazetteer=site.gazetteer)
    assert [(slot, text[start:end]) for slot, start, end in found] == expected


def test_money_may_have_another_slot() -> None:
    found = find_slots("they took fifty bucks", gazetteer=SMALL, amount_slot="amount")
    assert found == [("amount", 10, 21)]


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["215", "orange", "court", "st", "and", "near", "plate", "a", "4", "$", "dollars"])).map(
        " ".join
    )
)
def test_spans_are_in_order_and_do_not_overlap(text: str) -> None:
    edges = [edge for _, start, end in find_slots(text, gazetteer=SMALL) for edge in (start, end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)


@pytest.mark.parametrize(
    ("text", "slot", "words"),
    [
        ("My name is Daniel Ortiz.", "caller_name", "Daniel Ortiz"),
        ("his name is Walter Green and he lives at 88 Howe Street", "person_name", "Walter Green"),
        ("her name's mary", "person_name", "mary"),
    ],
)
def test_what_is_called_a_name_is_one(site: Site, text: str, slot: str, words: str) -> None:
    assert (slot, words) in [(name, text[first:end]) for name, first, end in find_slots(text, gazetteer=site.gazetteer)]


def test_a_name_that_is_withheld_is_none(site: Site) -> None:
    found = find_slots("my name is not important, the name is on the sign", gazetteer=site.gazetteer)
    assert not {name for name, _, _ in found} & {"caller_name", "person_name"}

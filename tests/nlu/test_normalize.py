"""One door for every slot."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbot.content import Site
from callbot.events import SlotValue
from callbot.nlu.gazetteer import Gazetteer, Place, Street
from callbot.nlu.normalize import SLOTS, normalize
from callbot.nlu.vehicles import VehicleLists

WALL = datetime(2026, 11, 23, 3, 15, tzinfo=UTC)
GAZETTEER = Gazetteer(
    [Street("Orange Street"), Street("Court Street"), Street("4th Street")], [Place("Union Station", "Court Street")]
)
LISTS = VehicleLists(("Honda",), ("Honda Civic",), ("gray",))


def value(slot: str, text: str) -> tuple[SlotValue, float]:
    return normalize(slot, text, gazetteer=GAZETTEER, wall=WALL, timezone="America/New_York", vehicles=LISTS)


def test_every_slot_of_the_catalogue_can_be_normalised(site: Site) -> None:
    assert set(site.playbook.catalogue.slots) <= SLOTS


@pytest.mark.parametrize(
    ("slot", "text", "expected"),
    [
        ("plate", "A X four one nine two", "AX4192"),
        ("callback_number", "two oh three five five five zero one four two", "+12035550142"),
        ("item_value", "about six hundred dollars", 600),
        ("amount", "two grand", 2000),
        ("case_number", "26 00014 7", "26-00014-7"),
        ("report_number", "R-1042", "R-1042"),
        ("animal_type", "raccoon's", "raccoon"),
        ("description", "  people yelling ", "people yelling"),
        ("is_ongoing", "it's still going", True),
        ("injuries", "the car is blue", None),
        ("caller_name", "this is Daniel Ortiz", {"text": "this is Daniel Ortiz", "first": "Daniel", "last": "Ortiz"}),
        (
            "occurred_at",
            "an hour ago",
            {"text": "an hour ago", "from": "2026-11-22T21:15:00-05:00", "to": "2026-11-22T21:15:00-05:00"},
        ),
        (
            "vehicle",
            "gray Honda Civic",
            {"text": "gray Honda Civic", "color": "gray", "make": "Honda", "model": "Civic", "year": None},
        ),
        (
            "location",
            "215 Orange Street",
            {
                **{"text": "215 Orange Street", "street": "Orange Street", "number": "215", "cross_street": None},
                **{"place": None, "unit": None, "matched": "Orange Street", "score": 1.0},
            },
        ),
    ],
)
def test_canonical_values(slot: str, text: str, expected: SlotValue) -> None:
    assert value(slot, text)[0] == expected


def test_unknown_names_are_refused() -> None:
    with pytest.raises(KeyError):
        value("shoe_size", "nine")
    with pytest.raises(ZoneInfoNotFoundError):
        normalize("occurred_at", "today", gazetteer=GAZETTEER, wall=WALL, timezone="Mars/Base")


WORDS = st.lists(
    st.sampled_from(
        [
            *("two", "fifteen", "oh", "orange", "street", "court", "and", "near", "apartment", "b", "number"),
            *("the", "4th"),
            *("double", "hundred", "thousand", "a", "corner", "of", "dollars", "$", "$5.00", "first", "floor"),
            *("last", "to"),
            *("night", "between", "honda", "x-ray", "as", "in", "mrs", "dash", "26-1", "12:30", "grand"),
            *("cents", "half"),
        ]
    ),
    max_size=8,
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(slot=st.sampled_from(sorted(SLOTS)), text=st.text(max_size=50) | WORDS)
def test_any_text_gives_a_json_value_and_a_score(slot: str, text: str) -> None:
    result, score = value(slot, text)
    assert 0.0 <= score <= 1.0
    assert json.loads(json.dumps(result)) == result

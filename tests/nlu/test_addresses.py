"""Locations as callers give them."""

import pytest

from callbot.content import Site
from callbot.nlu.addresses import NOT_LISTED, NOTHING, NUMBER_ONLY, parse_location

KEYS = {"text", "street", "number", "cross_street", "place", "unit", "matched", "score"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("215 Orange Street", {"street": "Orange Street", "number": "215"}),
        ("two fifteen orange street", {"street": "Orange Street", "number": "215"}),
        ("2 15 orange street", {"street": "Orange Street", "number": "215"}),
        ("2-15 Orange", {"street": "Orange Street", "number": "215"}),
        ("215, Orange Street", {"street": "Orange Street", "number": "215"}),
        ("215b Orange St.", {"street": "Orange Street", "number": "215B"}),
        (
            "two fifteen Orange Street, the yellow house near the corner of Court Street",
            {"street": "Orange Street", "number": "215", "cross_street": "Court Street"},
        ),
        ("Chapel Street near College", {"street": "Chapel Street", "cross_street": "College Street"}),
        ("the corner of State and Chapel", {"street": "State Street", "cross_street": "Chapel Street"}),
        ("Ferry Street between Grand and Chatham", {"street": "Ferry Street", "cross_street": "Grand Avenue"}),
        ("Whalley and the Boulevard", {"street": "Whalley Avenue", "cross_street": "Ella T Grasso Boulevard"}),
        ("Whalley Avenue right by the Stop and Shop", {"street": "Whalley Avenue", "place": "Stop and Shop"}),
        ("Walmart on Foxon", {"street": "Foxon Boulevard", "place": "Walmart"}),
        ("Edgewood Park", {"street": "Edgewood Avenue", "place": "Edgewood Park"}),
        ("Elm by the Green", {"street": "Elm Street", "place": "New Haven Green"}),
        ("88 Howe Street, apartment three", {"street": "Howe Street", "number": "88", "unit": "3"}),
        ("apartment two C at eighty Howe Street", {"street": "Howe Street", "number": "80", "unit": "2C"}),
        ("unit four B at 360 State Street", {"street": "State Street", "number": "360", "unit": "4B"}),
        ("two hundred State Street unit 5 b as in boy", {"street": "State Street", "number": "200", "unit": "5B"}),
        ("the fifty five hundred block of Whalley", {"street": "Whalley Avenue"}),
        ("61 Sylvan Avenue, second floor", {"street": "Sylvan Avenue", "number": "61", "unit": "floor 2"}),
        ("Lombard Street number one eighty", {"street": "Lombard Street", "number": "180"}),
        ("Chapel Street twelve sixty", {"street": "Chapel Street", "number": "1260"}),
        ("one oh four, no letter, Hazel Street", {"street": "Hazel Street", "number": "104"}),
        ("two doors down from fifty one Bishop", {"street": "Bishop Street", "number": "51"}),
        ("Ninety Day Street", {"street": "Day Street", "number": "90"}),
        ("12 fourth street", {"street": "4th Street", "number": "12"}),
        ("no, Winthrop, not Winchester", {"street": "Winthrop Avenue"}),
        ("No, I meant four twenty one Winthrop, sorry.", {"street": "Winthrop Avenue", "number": "421"}),
        ("on Edgewood Avenue with two flat tires", {"street": "Edgewood Avenue"}),
        ("the church on Fountain Street", {"street": "Fountain Street"}),
        ("Church Street South", {"street": "Church Street South"}),
        ("Grand", {"street": "Grand Avenue"}),
        ("154-160 Fountain Street", {"street": "Fountain Street", "number": "154"}),
        ("15 - 21 WHITTLESEY AVE", {"street": "Whittlesey Avenue", "number": "15"}),
        ("407 411 Shelton Ave", {"street": "Shelton Avenue", "number": "407"}),
        ("between #9 and #15 Birch Drive", {"street": "Birch Drive", "number": "15"}),
        ("Derby Avenue 6/18/12", {"street": "Derby Avenue"}),
        ("a/f 247 Fairmont Ave", {"street": "Fairmont Avenue", "number": "247"}),
        ("Edgewood Avenue where it meets Winthrop", {"street": "Edgewood Avenue", "cross_street": "Winthrop Avenue"}),
        ("Blatchley Avenue corner Grand", {"street": "Blatchley Avenue", "cross_street": "Grand Avenue"}),
    ],
)
def test_known_streets(site: Site, said: str, expected: dict[str, str]) -> None:
    value = parse_location(said, site.gazetteer)
    assert value.keys() == KEYS
    found = {key: value[key] for key in KEYS - {"text", "matched", "score"} if value[key] is not None}
    assert found == expected
    assert value["matched"] == expected["street"]
    assert isinstance(value["score"], float)
    assert value["score"] >= 0.8


@pytest.mark.parametrize("said", ["number three thirty", "In front of number 330.", "three thirty", "it's 330"])
def test_a_number_alone_is_half_an_address(site: Site, said: str) -> None:
    value = parse_location(said, site.gazetteer)
    assert (value["number"], value["street"], value["matched"], value["score"]) == ("330", None, None, NUMBER_ONLY)


def test_an_unknown_street_keeps_the_callers_words(site: Site) -> None:
    value = parse_location("sixteen Bell Road", site.gazetteer)
    assert (value["number"], value["street"], value["matched"]) == ("16", "Bell Road", None)
    assert value["score"] == NOT_LISTED


@pytest.mark.parametrize("said", ["right in front of my house", "in the street", "a green car", "two twelve bus", ""])
def test_words_that_name_no_place(site: Site, said: str) -> None:
    value = parse_location(said, site.gazetteer)
    assert {key: value[key] for key in KEYS - {"text", "score"}} == dict.fromkeys(KEYS - {"text", "score"})
    assert value["score"] == NOTHING

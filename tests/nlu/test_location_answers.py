"""Answers to "Which house number, or the nearest cross street?": from words to the case's location."""

from __future__ import annotations

from typing import Any

import pytest

from callbot.content import Site
from callbot.dialog.form import Draft, fill
from callbot.events import SlotHit
from callbot.nlu.merging import is_landmark
from callbot.nlu.slots import SlotReader
from callbot.room import slot_reader
from tests.nlu.test_slots import WALL

Span = tuple[str, str, float]
"""Slot, words and confidence, as the small model marks them."""


@pytest.fixture(scope="module")
def reader(site: Site) -> SlotReader:
    return slot_reader(site)


def beside(hit: SlotHit) -> bool:
    """Only words about a street that is already known."""
    return isinstance(hit.value, dict) and is_landmark(hit.value)


def usable(
    site: Site, reader: SlotReader, text: str, asked: str, *spans: Span, is_answer: bool = True
) -> list[SlotHit]:
    """The hits that the dialog takes."""
    placed = [(slot, text.index(words), text.index(words) + len(words), sure) for slot, words, sure in spans]
    found = reader.read(text, asked, placed, WALL, is_answer=is_answer)
    return [hit for hit in found if hit.confidence >= site.playbook.policy.thresholds.slot]


def located(
    site: Site,
    reader: SlotReader,
    text: str,
    *spans: Span,
    first: str | None = "there's a pothole on Whalley Avenue",
    asked: str = "location",
    corrects: bool = False,
) -> dict[str, Any]:
    """The form's location after `text` was said to the question; no other slot may have been filled."""
    draft = Draft("theft_report", 0.9)
    if first is not None:
        draft = fill(site.playbook, draft, usable(site, reader, first, "", ("location", "Whalley Avenue", 0.97)), 1)
        assert "location" in draft.filled
    hits = usable(site, reader, text, asked, *spans)
    draft = fill(site.playbook, draft, hits, 2, asked, corrects=corrects)
    assert draft.filled.keys() <= {"location"}
    value = draft.filled["location"].value if "location" in draft.filled else {}
    assert isinstance(value, dict)
    return value


# ---------------------------------------------------------------- the nearest corner


@pytest.mark.parametrize(
    ("said", "spans"),
    [
        ("near Norton Street", [("location", "Norton Street", 0.98)]),
        ("near Norton Street", []),
        ("at the corner of Norton Street", [("location", "Norton Street", 0.98)]),
        ("Norton Street", [("location", "Norton Street", 0.98)]),
        ("the cross street is Norton Street", [("location", "cross street is Norton Street", 0.7)]),
        ("the cross street is Norton", [("location", "cross street is Norton", 0.7)]),
        ("the cross street is Norton", [("location", "cross street", 0.7)]),
        ("the cross street is Norton", []),
        ("the nearest cross street would be Norton", []),
        ("between Norton and Ellsworth", [("location", "Norton and Ellsworth", 0.95)]),
        ("between Norton and Ellsworth", []),
        ("near Norton", [("location", "Norton", 0.38)]),
        ("near Norton", []),
        ("Norton and Whalley", [("location", "Norton and Whalley", 0.9)]),
        ("there's no number, it's near Norton Street", [("location", "Norton Street", 0.9)]),
        ("not far from Norton Street", [("location", "Norton Street", 0.9)]),
    ],
)
def test_a_further_street_is_the_corner(site: Site, reader: SlotReader, said: str, spans: list[Span]) -> None:
    value = located(site, reader, said, *spans)
    assert (value["street"], value["matched"]) == ("Whalley Avenue", "Whalley Avenue")
    assert str(value["cross_street"]).startswith("Norton")
    assert value["number"] is None
    assert said in value["text"]


@pytest.mark.parametrize("spans", [[], [("location", "Legion", 0.38)]])
def test_a_bare_name_is_the_corner(site: Site, reader: SlotReader, spans: list[Span]) -> None:
    value = located(site, reader, "near Legion", *spans)
    assert (value["street"], value["cross_street"]) == ("Whalley Avenue", "Legion Avenue")


def test_without_a_street_known_the_cross_street_is_the_street(site: Site, reader: SlotReader) -> None:
    assert str(located(site, reader, "the cross street is Norton", first=None)["street"]).startswith("Norton")


def test_a_street_named_to_another_question_is_no_corner(site: Site, reader: SlotReader) -> None:
    value = located(site, reader, "it was on Norton Street", ("location", "Norton Street", 0.9), asked="")
    assert (value["street"], value["cross_street"]) == ("Norton Street", None)


# ---------------------------------------------------------------- another address


@pytest.mark.parametrize(
    ("said", "street", "number"),
    [
        ("215 Norton Street", "Norton Street", "215"),
        ("no, it's Winchester", "Winchester Avenue", None),
        ("actually it's Winchester Avenue", "Winchester Avenue", None),
        ("I meant Winchester", "Winchester Avenue", None),
        ("40 Cross Street", "Cross Street", "40"),
        ("300 Grand", "Grand Avenue", "300"),
        ("State and Chapel", "State Street", None),
    ],
)
def test_another_address_replaces(site: Site, reader: SlotReader, said: str, street: str, number: str | None) -> None:
    value = located(site, reader, said)
    assert (value["street"], value["number"]) == (street, number)


def test_what_the_dialog_knows_as_a_correction_replaces(site: Site, reader: SlotReader) -> None:
    value = located(site, reader, "Winchester Avenue", corrects=True)
    assert (value["street"], value["cross_street"]) == ("Winchester Avenue", None)


# ---------------------------------------------------------------- the house number


@pytest.mark.parametrize(
    ("said", "spans", "number"),
    [
        ("215", [], "215"),
        ("number 215", [("location", "number 215", 0.45)], "215"),
        ("it's 60", [("item_value", "60", 0.9)], "60"),
        ("in front of number 60", [("location", "number 60", 0.42)], "60"),
        ("I think it's around 300", [("item_value", "around 300", 0.9)], "300"),
        ("I think it's around 300", [("occurred_at", "around 300", 0.9)], "300"),
        ("two fifteen", [("callback_number", "two fifteen", 0.9)], "215"),
        ("60 or 62", [], "60"),
        ("yes, 215b please", [], "215B"),
    ],
)
@pytest.mark.parametrize("is_answer", [True, False])
def test_a_number_is_the_house(
    site: Site, reader: SlotReader, said: str, spans: list[Span], number: str, is_answer: bool
) -> None:
    value = located(site, reader, said, *spans)
    assert (value["street"], value["matched"], value["number"]) == ("Whalley Avenue", "Whalley Avenue", number)
    hits = usable(site, reader, said, "location", *spans, is_answer=is_answer)
    assert [hit.name for hit in hits] == ["location"]
    assert hits[0].confidence >= 0.8


@pytest.mark.parametrize("said", ["no one", "just one", "203 555 0142", "555 0142", "two cars", "at the third one"])
def test_other_numbers_are_no_houses(site: Site, reader: SlotReader, said: str) -> None:
    assert "location" not in {hit.name for hit in usable(site, reader, said, "location") if not beside(hit)}


def test_a_bare_number_is_an_amount_only_where_one_may_be_meant(site: Site, reader: SlotReader) -> None:
    bare: Span = ("item_value", "600", 0.9)
    for asked, said, names in [
        ("item_description", "it is 600 something", []),
        ("item_description", "a bike worth 600", ["item_value"]),
        ("item_value", "600", ["item_value"]),
        ("confirm", "600", ["item_value"]),
        ("", "600", ["item_value"]),
    ]:
        assert [hit.name for hit in usable(site, reader, said, asked, bare)] == names


# ---------------------------------------------------------------- what stands beside it


@pytest.mark.parametrize(
    ("said", "landmark"),
    [
        ("right across from the gas station", "the gas station"),
        ("by the big church", "the big church"),
        ("it's next to the bank", "the bank"),
        ("near the church.", "the church"),
        ("the yellow house", "the yellow house"),
        ("in the middle of the block", "the middle of the block"),
        ("by Edgewood Park", "Edgewood Park"),
    ],
)
def test_other_words_are_kept_beside_the_street(site: Site, reader: SlotReader, said: str, landmark: str) -> None:
    value = located(site, reader, said)
    assert (value["street"], value["matched"], value["place"]) == ("Whalley Avenue", "Whalley Avenue", landmark)
    assert value["cross_street"] is None
    assert said in value["text"]


def test_a_landmark_makes_the_street_no_less_sure(site: Site, reader: SlotReader) -> None:
    first = usable(site, reader, "on Whalley Avenue", "", ("location", "Whalley Avenue", 0.97))
    draft = fill(site.playbook, Draft("pothole", 0.9), first, 1)
    hits = usable(site, reader, "by the big church", "location")
    assert 0.45 <= hits[0].confidence < 0.8
    after = fill(site.playbook, draft, hits, 2, "location").filled["location"]
    assert after.confidence == draft.filled["location"].confidence


@pytest.mark.parametrize(
    "said", ["I don't know", "what?", "he is 79 and lives alone", "by the big church", "around noon", "at the moment"]
)
def test_without_a_street_such_words_are_no_place(site: Site, reader: SlotReader, said: str) -> None:
    assert located(site, reader, said, first=None) == {}


def test_what_is_no_answer_is_no_landmark(site: Site, reader: SlotReader) -> None:
    assert usable(site, reader, "by the big church", "location", is_answer=False) == []


def test_a_landmark_does_not_rename_a_known_place(site: Site, reader: SlotReader) -> None:
    first = usable(site, reader, "Whalley Avenue by the Stop and Shop", "location")
    draft = fill(site.playbook, Draft("pothole", 0.9), first, 1, "location")
    draft = fill(site.playbook, draft, usable(site, reader, "by the big church", "location"), 2, "location")
    value = draft.filled["location"].value
    assert isinstance(value, dict)
    assert (value["place"], value["street"]) == ("Stop and Shop", "Whalley Avenue")
    assert "by the big church" in str(value["text"])


# ---------------------------------------------------------------- numbers said again, and numbers after the street


@pytest.mark.parametrize(
    ("asked", "said", "number", "street"),
    [
        ("location", "sixty, six zero", "60", None),
        ("location", "four twelve, that's four one two", "412", None),
        ("location", "four twelve, four one two", "412", None),
        ("location", "eighty, not eighteen", "80", None),
        ("location", "it's eighty, eight zero", "80", None),
        ("location", "sixty, six oh", "60", None),
        ("location", "sixty, that's six zero, Canner Street", "60", "Canner Street"),
        ("location", "sixty, six zero Canner Street", "60", "Canner Street"),
        ("location", "sixty, that's six zero Canner Street", "60", "Canner Street"),
        ("location", "one fifteen, one one five", "115", None),
        ("location", "sixty. Six zero.", "60", None),
        ("location", "13, one three, Canner Street", "13", "Canner Street"),
        ("location", "fifteen, one five, not fifty", "15", None),
        ("location", "not eighteen, eighty", "80", None),
        ("location", "eighty not eighteen Canner Street", "80", "Canner Street"),
        ("location", "77 as in seven seven", "77", None),
        ("location", "six zero", "60", None),
        ("location", "six, zero", "60", None),
        ("location", "two hundred six, two zero six", "206", None),
        ("location", "number sixty, six zero", "60", None),
        ("location", "fifty, five oh, Norton Street", "50", "Norton Street"),
        ("location", "I don't know the house number, backwards", None, None),
        ("location", "the house number is backwards", None, None),
        ("location", "Lombard, seventy-seven", "77", "Lombard Street"),
        ("", "It's a pothole on Lombard, seventy-seven.", "77", "Lombard Street"),
        ("location", "Lombard Street, 77", "77", "Lombard Street"),
        ("location", "Fountain Street, near 500", "500", "Fountain Street"),
        ("location", "Fountain Street near five hundred", "500", "Fountain Street"),
        ("location", "on Lombard at 77", "77", "Lombard Street"),
        ("location", "on Lombard Street at seventy seven", "77", "Lombard Street"),
        ("", "there's a couch dumped on Lombard Street at 77", "77", "Lombard Street"),
        ("location", "Canner, number eighty eight", "88", "Canner Street"),
        ("location", "Canner number eighty eight", "88", "Canner Street"),
        ("", "the hydrant on Canner Street, number eighty eight, is leaking", "88", "Canner Street"),
        ("location", "Canner Street, around 300", "300", "Canner Street"),
        ("location", "Canner Street, house 88", "88", "Canner Street"),
        ("location", "Canner Street, building 88", "88", "Canner Street"),
        ("location", "on Canner Street, it's 88", "88", "Canner Street"),
        ("location", "Canner Street, I think 88", "88", "Canner Street"),
        ("location", "Canner Street, like two twelve", "212", "Canner Street"),
        ("location", "Canner Street by number 88", "88", "Canner Street"),
        ("location", "Canner Street in front of 88", "88", "Canner Street"),
        ("location", "Canner Street across from 88", "88", "Canner Street"),
        ("location", "Canner Street outside 88", "88", "Canner Street"),
        ("location", "Canner Street, eighty eight", "88", "Canner Street"),
        ("location", "Canner. Eighty eight.", "88", "Canner Street"),
        ("location", "Lombard seventy-seven", "77", "Lombard Street"),
        ("", "loud music on Fountain Street near 500", "500", "Fountain Street"),
        ("", "a car is parked on Lombard Street at ten thirty every night", None, "Lombard Street"),
        ("", "it happened on Lombard Street at 7 pm", None, "Lombard Street"),
        ("", "it happened on Lombard Street at seven last night", None, "Lombard Street"),
        ("", "loud party on Lombard Street, around ten last night", None, "Lombard Street"),
        ("", "a car on Canner Street, plate number 882 KTR", None, "Canner Street"),
        ("", "a car on Canner Street, plate 88 KTR", None, "Canner Street"),
        ("", "pothole on Canner Street, call me at 203 555 0142", None, "Canner Street"),
        ("", "pothole on Canner Street, my number is 203 555 0142", None, "Canner Street"),
        ("", "on Canner Street, two cars blocking my driveway", None, "Canner Street"),
        ("", "on Canner Street, three guys are fighting", None, "Canner Street"),
        ("", "it was on Lombard Street around eight", None, "Lombard Street"),
        ("", "on Lombard Street at noon", None, "Lombard Street"),
        ("location", "Lombard Street, about 20 feet from the corner", None, "Lombard Street"),
        ("", "it's been on Canner Street for 3 days", None, "Canner Street"),
        ("", "trash on Canner Street, 3 bags", None, "Canner Street"),
        ("", "Canner Street, since 9", None, "Canner Street"),
        ("", "on Lombard Street at 10", None, "Lombard Street"),
        ("location", "Lombard Street, exit 8", None, "Lombard Street"),
        ("location", "Lombard Street, two houses down", None, "Lombard Street"),
        ("location", "Norton", None, "Norton Street"),
        ("location", "on Norton", None, "Norton Street"),
        ("location", "eighty Norton", "80", "Norton Street"),
        ("location", "Orange", None, "Orange Street"),
        ("location", "215 Orange", "215", "Orange Street"),
        ("location", "Norton Parkway", None, "Norton Parkway"),
        ("location", "Orange Avenue", None, "Orange Avenue"),
        ("location", "Fountain", None, "Fountain Street"),
        ("", "pothole at 80 Norton", "80", "Norton Street"),
        ("location", "Norton near Whalley", None, "Norton Street"),
        ("location", "Chapel Street, 215, Orange Street", "215", "Orange Street"),
        ("location", "Canner Street, New Haven, 06511", None, "Canner Street"),
        ("", "on Canner Street, 11/20", None, "Canner Street"),
        ("", "on Canner Street, at 7:30", None, "Canner Street"),
        ("", "they go down Whalley Avenue at about 70", None, "Whalley Avenue"),
        ("", "Whalley Avenue, case number 4412", None, "Whalley Avenue"),
        ("", "a pole on Emerson Street, four four nine one two", None, "Emerson Street"),
        ("", "dogs on Canner Street, 4 or 5 of them", None, "Canner Street"),
        ("location", "Lombard, seventy seven, between Ferry and Poplar", "77", "Lombard Street"),
        ("location", "seven seven seven seven Canner Street", "7777", "Canner Street"),
        ("location", "sixty six Canner Street", "66", "Canner Street"),
        ("location", "twenty twenty Canner Street", "2020", "Canner Street"),
        ("location", "Orange Street, two fifteen, two one five", "215", "Orange Street"),
        ("", "kids on Canner Street, building six", None, "Canner Street"),
        ("location", "number backwards", None, None),
        ("location", "house number backwards", None, None),
        ("location", "ninety, nine zero, Lombard", "90", "Lombard Street"),
        ("location", "one oh four, one zero four", "104", None),
        ("location", "it's thirteen, one three, not thirty", "13", None),
        ("location", "seventy, that is seven zero", "70", None),
        ("location", "three hundred, three zero zero", "300", None),
        ("location", "I said forty, four zero", "40", None),
        ("location", "forty, four oh Canner Street", "40", "Canner Street"),
        ("location", "Lombard Street, forty, four zero", "40", "Lombard Street"),
        ("location", "Canner Street, somewhere around two hundred", "200", "Canner Street"),
        ("location", "on Canner Street, house number sixteen", "16", "Canner Street"),
        ("location", "on Canner, probably 140 or so", "140", "Canner Street"),
        ("location", "Fountain, across the street from 412", "412", "Fountain Street"),
        ("location", "Fountain Street, right outside 412", "412", "Fountain Street"),
        ("", "there's a tree down on Fountain Street, right in front of 412", "412", "Fountain Street"),
        ("", "graffiti on Lombard, number 40", "40", "Lombard Street"),
        ("", "dog loose on Lombard Street at about 6 this morning", None, "Lombard Street"),
        ("", "noise from Lombard Street, 3 nights in a row", None, "Lombard Street"),
        ("", "hit and run on Lombard Street, plate 412 ABC", None, "Lombard Street"),
        ("", "bus 212 on Lombard Street, ten minutes late", None, "Lombard Street"),
        ("location", "Norton, three fourteen", "314", "Norton Street"),
    ],
)
def test_the_number_of_the_house(
    reader: SlotReader, asked: str, said: str, number: str | None, street: str | None
) -> None:
    hits = {hit.name: hit for hit in reader.read(said, asked, (), WALL, is_answer=True)}
    value = hits["location"].value if "location" in hits else {"number": None, "matched": None}
    assert isinstance(value, dict)
    assert (value["number"], value["matched"]) == (number, street)


def test_the_number_right_behind_a_span_belongs_to_it(reader: SlotReader) -> None:
    text = "a couch was dumped on Lombard, seventy-seven"
    span = ("location", text.index("Lombard"), text.index(","), 0.97)
    (hit,) = [hit for hit in reader.read(text, "", [span], WALL, is_answer=False) if hit.name == "location"]
    assert isinstance(hit.value, dict)
    assert (hit.value["number"], hit.text) == ("77", "Lombard, seventy-seven")

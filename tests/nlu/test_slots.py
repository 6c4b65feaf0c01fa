"""Slots of an utterance: spans, finders, whole answers and flags brought together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from callbot.content import Site
from callbot.events import SlotHit
from callbot.nlu.slots import SlotReader
from callbot.room import slot_reader

WALL = datetime(2026, 11, 23, 3, 15, tzinfo=UTC)
"""A quarter past ten on a Sunday evening in New Haven."""


@pytest.fixture(scope="module")
def reader(site: Site) -> SlotReader:
    return slot_reader(site)


def read(
    reader: SlotReader, text: str, asked: str = "", *spans: tuple[str, str, float], is_answer: bool = True
) -> dict[str, SlotHit]:
    """The slots by name; each span is a slot, its words in `text` and the finder's confidence."""
    placed = [(slot, text.index(words), text.index(words) + len(words), sure) for slot, words, sure in spans]
    found = reader.read(text, asked, placed, WALL, is_answer=is_answer)
    assert len({hit.name for hit in found}) == len(found)
    return {hit.name: hit for hit in found}


def field(hit: SlotHit, name: str) -> Any:
    assert isinstance(hit.value, dict)
    return hit.value[name]


# ---------------------------------------------------------------- spans and finders


def test_spans_and_finders_come_together(reader: SlotReader) -> None:
    text = "someone stole my bike from Orange Street last night it's worth six hundred dollars call me at 203 555 0142"
    found = read(reader, text, "", ("description", "someone stole my bike", 0.8), ("occurred_at", "last night", 0.9))
    assert found["description"].value == "someone stole my bike"
    assert field(found["occurred_at"], "from") == "2026-11-21T18:00:00-05:00"
    assert field(found["location"], "street") == "Orange Street"
    assert found["item_value"].value == 600
    assert found["callback_number"].value == "+12035550142"


@pytest.mark.parametrize(("sure", "words"), [(0.99, "on Chapel Street"), (0.5, "Chapel Street")])
def test_the_surest_reading_wins(reader: SlotReader, sure: float, words: str) -> None:
    found = read(reader, "on Chapel Street", "", ("location", "on Chapel Street", sure))
    assert found["location"].text == words


def test_a_second_reading_as_sure_as_the_first_loses(reader: SlotReader) -> None:
    spans = ("location", "Chapel Street", 0.95), ("location", "Whalley Avenue", 0.95)
    found = read(reader, "on Chapel Street no wait Whalley Avenue", "", *spans)
    assert field(found["location"], "street") == "Chapel Street"


def test_the_first_place_is_where_it_is(reader: SlotReader) -> None:
    text = "The light at Henry and Orchard is short. It's a way to Prospect Street."
    found = read(reader, text, "", ("location", "Henry and Orchard", 0.9), ("location", "Prospect Street", 0.95))
    assert (field(found["location"], "street"), field(found["location"], "cross_street")) == (
        "Henry Street",
        "Orchard Street",
    )


def test_an_unknown_street_is_kept_but_doubted(reader: SlotReader) -> None:
    found = read(reader, "on Zzyzx Lane over there", "", ("location", "Zzyzx Lane", 0.9))
    assert field(found["location"], "street") == "Zzyzx Lane"
    assert 0.4 < found["location"].confidence < 0.8


def test_words_that_name_no_place_count_for_nothing(reader: SlotReader) -> None:
    found = read(reader, "the big purple thing over there", "", ("location", "the big purple thing", 0.9))
    assert "location" not in found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("it took them one day to come", "one day"),
        ("we walked to Fair Haven", "Fair"),
        ("the Yale police came", "Yale"),
        ("it's a Connecticut registration", "Connecticut"),
        ("Our lot is full of illegal parkers", "parkers"),
    ],
)
def test_ordinary_words_are_no_place_whatever_the_model_thinks(reader: SlotReader, text: str, words: str) -> None:
    assert "location" not in read(reader, text, "", ("location", words, 0.9))


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("Whole slab is up. Ferry Street, out front of number two sixty.", "number", "260"),
        ("There's glass over on Munson, all over the lane near Winchester", "cross_street", "Winchester Avenue"),
        ("the light on the Boulevard at Columbus is out", "street", "Ella T Grasso Boulevard"),
        ("Two holes on Sachem near Prospect. They start at Grove Street", "street", "Sachem Street"),
        ("Needles all over the grass in Trowbridge Square", "place", "Trowbridge Square"),
    ],
)
def test_a_place_by_rules_alone(reader: SlotReader, text: str, key: str, value: str) -> None:
    assert field(read(reader, text)["location"], key) == value


def test_a_place_that_no_list_holds_is_kept_in_the_callers_words(reader: SlotReader) -> None:
    found = read(reader, "there's a dead gull at the bus stop", "", ("location", "the bus stop", 0.9))
    assert (field(found["location"], "place"), field(found["location"], "matched")) == ("the bus stop", None)


def test_a_verb_is_no_park(reader: SlotReader) -> None:
    assert "location" not in read(reader, "Cars park in the crosswalks around here all the time.")


def test_an_amount_has_the_name_that_the_model_knows(reader: SlotReader) -> None:
    found = read(reader, "I wired him nine hundred dollars", "", ("amount", "nine hundred", 0.8))
    assert found["amount"].value == 900
    assert "item_value" not in found


def test_a_color_that_is_a_street_is_no_vehicle(reader: SlotReader) -> None:
    found = read(reader, "two cars hit each other, Orange at Humphrey", "", ("vehicle", "Orange", 0.8))
    assert "vehicle" not in found
    assert field(found["location"], "street") == "Orange Street"


def test_what_resolves_to_nothing_is_no_value(reader: SlotReader) -> None:
    spans = ("vehicle", "that thing", 0.9), ("callback_number", "twelve", 0.9)
    assert (
        read(reader, "that thing sat there for twelve days", "", *spans).keys() & {"vehicle", "callback_number"}
        == set()
    )


# ---------------------------------------------------------------- whole answers


@pytest.mark.parametrize(
    ("asked", "text", "value"),
    [
        ("plate", "A X four one nine two", "AX4192"),
        ("callback_number", "five five five zero one four two", "+12035550142"),
        ("item_value", "about six hundred", 600),
    ],
)
def test_a_bare_answer_is_taken_whole(reader: SlotReader, asked: str, text: str, value: object) -> None:
    assert read(reader, text, asked)[asked].value == value
    assert asked not in read(reader, text)


@pytest.mark.parametrize(
    ("asked", "text", "key", "value"),
    [
        ("location", "215 orange", "street", "Orange Street"),
        ("occurred_at", "yesterday around five", "from", "2026-11-21T17:00:00-05:00"),
        ("vehicle", "a gray Honda Civic", "make", "Honda"),
        ("caller_name", "Maria Santos", "last", "Santos"),
        ("person_name", "it's Dan", "first", "Dan"),
    ],
)
def test_a_bare_answer_is_resolved(reader: SlotReader, asked: str, text: str, key: str, value: str) -> None:
    assert field(read(reader, text, asked)[asked], key) == value


def test_only_known_names_are_names(reader: SlotReader) -> None:
    assert read(reader, "purple monkey", "caller_name") == {}


@pytest.mark.parametrize("asked", ["location", "caller_name", "occurred_at", "plate", "vehicle", "callback_number"])
def test_i_dont_know_is_no_value(reader: SlotReader, asked: str) -> None:
    assert read(reader, "I don't know", asked, is_answer=False) == {}
    assert read(reader, "I don't know", asked) == {}


def test_what_is_no_answer_is_not_taken_whole(reader: SlotReader) -> None:
    assert read(reader, "Maria Santos", "caller_name", is_answer=False) == {}


def test_a_long_story_is_not_taken_whole(reader: SlotReader) -> None:
    story = "well you know Maria from next door told me that I should really call somebody about all of this"
    assert "caller_name" in read(reader, "Maria", "caller_name")
    assert read(reader, story, "caller_name") == {}


def test_a_description_is_left_to_the_dialog(reader: SlotReader) -> None:
    assert read(reader, "people yelling", "description") == {}


# ---------------------------------------------------------------- flags


def test_a_flag_is_read_from_a_sentence_and_from_a_yes_to_its_question(reader: SlotReader) -> None:
    assert read(reader, "my neighbors are still playing music right now")["is_ongoing"].value is True
    assert read(reader, "yes", "is_ongoing")["is_ongoing"].value is True
    assert read(reader, "no", "injuries")["injuries"].value is False


@pytest.mark.parametrize("text", ["yes", "no it is on Chapel Street", "yes that is the place", "yes it is a gray one"])
def test_yes_and_no_to_something_else_are_no_flags(reader: SlotReader, text: str) -> None:
    assert set(read(reader, text)) <= {"location"}
    assert set(read(reader, text, "location")) <= {"location"}


def test_a_few_words_say_nothing_unasked(reader: SlotReader) -> None:
    assert read(reader, "still blocked") == {}
    assert read(reader, "still blocked", "is_blocking")["is_blocking"].value is True


def test_a_landmark_beside_the_street_is_kept_although_the_model_marks_only_the_street(site: Site) -> None:
    text = "There's a huge pothole on Wally Avenue right by the Stop and Shop. I just blew a tire."
    first = text.index("Wally")
    span = ("location", first, first + len("Wally Avenue"), 0.9)
    (hit,) = [
        h
        for h in slot_reader(site).read(text, "", [span], datetime(2026, 11, 20, tzinfo=UTC), is_answer=True)
        if h.name == "location"
    ]
    assert isinstance(hit.value, dict)
    assert hit.value["matched"] == "Whalley Avenue"
    assert "stop and shop" in str(hit.value["place"]).lower()


@pytest.mark.parametrize(
    ("said", "span", "first", "last"),
    [
        ("Grace Kim, G-R-A-C-E, K-I-M", "Grace Kim", "Grace", "Kim"),
        ("Lou Ferrero, F E R R A R O", "Lou Ferrero", "Lou", "Ferraro"),
        ("that's Z-Y-X-W", None, "Zyxw", None),
        ("the badge said Quzzle", None, None, "Quzzle"),
        ("Officer Quzzle", None, None, "Quzzle"),
    ],
)
def test_a_name_that_is_spelled_or_introduced_need_not_be_listed(
    reader: SlotReader, said: str, span: str | None, first: str | None, last: str | None
) -> None:
    spans = [("person_name", span, 0.97)] if span else []
    found = read(reader, said, "person_name", *spans)["person_name"]
    assert (field(found, "first"), field(found, "last")) == (first, last)

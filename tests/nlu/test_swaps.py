"""Other values of the same shape."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.nlu.spoken import number_runs
from callbot.nlu.swaps import AugmentLists, Part, Values, Words, parts
from callbot.nlu.utterances import Example, UtteranceFile, examples

LISTS = AugmentLists(
    streets=("Chapel Street", "Whalley Avenue", "Ella T Grasso Boulevard", "East Rock Road"),
    places=("Edgewood Park", "the Green"),
    first_names=("Maria", "James"),
    last_names=("Okafor", "Smith"),
    vehicle_makes=("Honda", "Ford"),
    vehicle_models=("Honda Civic", "Ford F-150"),
    colors=("black", "light blue"),
)


def known(*utterances: str) -> list[Example]:
    return examples(UtteranceFile.model_validate({"intent": "inform", "utterances": list(utterances)}))


KNOWN = known(
    "it's [the Walgreens on Chapel Street](location), my [bike](item_description) is gone [since Monday](occurred_at)",
    "my [neighbor](relationship) [Walter Green](person_name) lost her [ring](item_description)",
    "I'm [Ann](caller_name), it was [last night](occurred_at)",
)


def others(slot: str, value: str, tries: int = 60) -> set[Words]:
    values = Values(LISTS, KNOWN, Random(7))
    return {values.another(Part(tuple(value.split()), slot), alone=False) for _ in range(tries)}


def test_an_address_becomes_another_address() -> None:
    found = others("location", "two fifteen whalley avenue")
    assert len(found) > 20
    known_words = {"chapel", "whalley", "grasso", "rock"}
    assert all(known_words & set(words) for words in found), "every address lies on a street of the list"
    assert all(number_runs(words) for words in found), "every address has a number"


def test_a_street_keeps_or_lacks_its_type() -> None:
    assert ("chapel",) not in others("location", "whalley avenue")
    assert ("chapel",) in others("location", "whalley")


def test_the_words_around_a_street_stay() -> None:
    found = others("location", "behind the gas station on chapel street")
    assert len(found) > 2
    assert {words[:5] for words in found} == {("behind", "the", "gas", "station", "on")}


def test_a_person_gets_another_name_of_the_same_shape() -> None:
    assert all(words[0] == "mrs" and len(words) == 2 for words in others("person_name", "mrs alvarez"))
    assert ("maria", "okafor") in others("caller_name", "walter green")


def test_a_color_stays_a_color() -> None:
    assert others("vehicle", "black") == {("black",), ("light", "blue")}


def test_plates_and_telephone_numbers_are_made_up() -> None:
    assert len(others("plate", "b k one one seven nine")) > 20
    numbers = others("callback_number", "two oh three five five five oh one nine nine")
    assert {len(number_runs(words)[0][2]) for words in numbers} <= {7, 10}
    assert len(numbers) > 20


def test_an_amount_keeps_its_currency() -> None:
    found = others("item_value", "about six hundred dollars")
    assert len(found) > 10
    assert all(words[0] == "about" and words[-1] == "dollars" for words in found)


def test_other_slots_take_values_of_other_examples() -> None:
    assert others("item_description", "laptop") == {("laptop",), ("bike",), ("ring",)}


def test_a_day_becomes_another_day() -> None:
    found = others("occurred_at", "since monday")
    assert {words[0] for words in found} == {"since"}
    assert len(found) > 4


@pytest.mark.parametrize(
    ("slot", "said", "written"),
    [
        ("location", "sixteen oh one chapel street", {"1601 chapel street"}),
        ("occurred_at", "around ten thirty", {"around 10:30"}),
        ("occurred_at", "three weeks", {"3 weeks"}),
        ("item_value", "twelve hundred", {"1200", "1,200", "$1200", "$1,200"}),
        ("item_value", "forty bucks", {"40 bucks"}),
        ("plate", "b four seven q", {"b 4 7 q", "b 47 q", "b47q"}),
        (
            "callback_number",
            "two oh three triple five oh one nine nine",
            {"2035550199", "203 555 0199", "203 555-0199", "203-555-0199"},
        ),
    ],
)
def test_numbers_as_recognisers_write_them(slot: str, said: str, written: set[str]) -> None:
    values = Values(LISTS, KNOWN, Random(3))
    assert {" ".join(values.written(Part(tuple(said.split()), slot)).words) for _ in range(80)} == written


@given(st.integers(0, 10_000), st.sampled_from(KNOWN))
def test_a_value_is_never_lost(seed: int, example: Example) -> None:
    values = Values(LISTS, KNOWN, Random(seed))
    for piece in parts(example):
        if piece.slot:
            assert all(values.another(piece, alone=True))
            assert all(values.written(piece).words)


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(ValueError, match="colors is empty"):
        AugmentLists(("a street",), ("b",), ("c",), ("d",), ("e",), ("e f",), ())

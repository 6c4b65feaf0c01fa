"""Case and report numbers."""

import pytest

from callbot.nlu.references import UNRESOLVED, parse_reference, reference_at, written_at


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("26-00014-7", "26-00014-7"),
        ("it's case number 26 00014 7", "26-00014-7"),
        ("two six zero zero zero one four seven", "26-00014-7"),
        ("two six dash zero zero zero one four dash seven", "26-00014-7"),
        ("R-1042 I think", "R-1042"),
        ("twenty four eleven", "2411"),
        ("my two-story house, report one two three four five", "12345"),
    ],
)
def test_numbers(said: str, number: str) -> None:
    assert parse_reference(said)[0] == number


@pytest.mark.parametrize("said", ["", "I don't have it", "the one from last week", "two"])
def test_no_number(said: str) -> None:
    assert parse_reference(said) == (said, UNRESOLVED)


def test_where_a_number_ends() -> None:
    assert reference_at(["case", "number", "26", "00014", "7", "please"], 2) == 5
    assert reference_at(["case", "of", "two", "beers"], 2) is None
    assert written_at("ticket SR-20418, please", 7) == 15
    assert written_at("ticket mid-town", 7) is None

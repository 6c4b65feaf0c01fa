"""Telephone numbers."""

import pytest

from callbot.nlu.phones import LOCAL, UNRESOLVED, digit_runs, parse_phone
from callbot.nlu.tokens import tokenize


@pytest.mark.parametrize(
    "said",
    [
        "two oh three, five five five, zero one four two",
        "You can call me back at two oh three, five five five, zero one four two.",
        "(203) 555-0142",
        "+1 203.555.0142",
        "two zero three triple five oh one for two",
        "two oh three uh double five five and then zero one forty two",
        "2035550142",
    ],
)
def test_ten_digits(said: str) -> None:
    assert parse_phone(said, "203") == ("+12035550142", 0.98)


def test_seven_digits_get_the_area_code() -> None:
    assert parse_phone("five five five, oh one nine six", "203") == ("+12035550196", LOCAL)
    assert parse_phone("555 0196", "") == ("555 0196", UNRESOLVED)


@pytest.mark.parametrize(
    "said", ["", "this number is fine", "nine nine one two", "one two three four five six seven eight"]
)
def test_anything_else_stays_as_said(said: str) -> None:
    assert parse_phone(said, "203") == (said, UNRESOLVED)


def test_an_impossible_exchange_scores_low() -> None:
    assert parse_phone("203 055 0142", "203")[1] <= 0.5


def test_the_longest_run_is_the_number() -> None:
    assert [run.digits for run in digit_runs(tokenize("860 555 0103 but not before 10"))] == ["8605550103", "10"]

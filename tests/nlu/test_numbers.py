"""Spoken numbers, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.nlu.numbers import (
    cardinal_at,
    digits_at,
    joined_at,
    ordinal_at,
    ordinal_digits,
    parse_digits,
    parse_number,
    say_digits,
    say_house_number,
    say_number,
    say_ordinal,
)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("two fifteen", 215),
        ("eighty eight", 88),
        ("Eighty-Eight", 88),
        ("twelve oh five", 1205),
        ("one thousand two hundred", 1200),
        ("four twenty one", 421),
        ("sixteen oh one", 1601),
        ("two hundred and six", 206),
        ("twenty three hundred", 2300),
        ("2 15", 215),
        ("2-15", 215),
        ("four 04", 404),
        ("1,200", 1200),
        ("a hundred", 100),
        ("two thousand nine", 2009),
        ("nineteen ninety six", 1996),
        ("five", 5),
        ("orange", None),
        ("two flat tires", None),
        ("", None),
        ("99999999999999999999", None),
    ],
)
def test_numbers(said: str, number: int | None) -> None:
    assert parse_number(said) == number


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("two oh three five five five", "203555"),
        ("double five triple zero", "55000"),
        ("zero one twenty-two", "0122"),
        ("eight hundred 555", "800555"),
        ("double u", None),
        ("", None),
    ],
)
def test_digits(said: str, digits: str | None) -> None:
    assert parse_digits(said) == digits


def test_nothing_is_read_from_the_stop_on() -> None:
    words = ["two", "fifteen"]
    assert joined_at(words, 0, 1) == ("2", 1)
    assert cardinal_at(words, 1, 1) is None
    assert digits_at(words, 2) is None


@pytest.mark.parametrize(
    ("said", "expected"), [("4th", (4, 1)), ("fourth street", (4, 1)), ("twenty second of", (22, 2)), ("four", None)]
)
def test_ordinals(said: str, expected: tuple[int, int] | None) -> None:
    assert ordinal_at(said.split(), 0) == expected


@given(st.integers(min_value=0, max_value=999_999_999))
def test_full_numbers_round_trip(number: int) -> None:
    assert parse_number(say_number(number)) == number


@given(st.integers(min_value=1, max_value=9_999))
def test_house_numbers_round_trip(number: int) -> None:
    assert parse_number(say_house_number(number)) == number


@given(st.text(alphabet="0123456789", min_size=1, max_size=12))
def test_digits_round_trip(digits: str) -> None:
    assert parse_digits(say_digits(digits)) == digits


@given(st.integers(min_value=0, max_value=99))
def test_ordinals_round_trip(number: int) -> None:
    words = say_ordinal(number).split()
    assert ordinal_at(words, 0) == (number, len(words))
    assert ordinal_at([ordinal_digits(number)], 0) == (number, 1)


@pytest.mark.parametrize("number", [-1, 1_000_000_000])
def test_numbers_out_of_range_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="only 0 to"):
        say_number(number)

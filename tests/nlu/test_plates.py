"""Number plates."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.nlu.plates import UNRESOLVED, parse_plate


@pytest.mark.parametrize(
    ("said", "plate"),
    [
        ("A X four one nine two", "AX4192"),
        ("A as in apple X four one nine two", "AX4192"),
        ("alpha x-ray four one nine two", "AX4192"),
        ("ax 4192", "AX4192"),
        ("A as in Adam, X as in x-ray, four one nine two", "AX4192"),
        ("It's a gray Honda Civic, Connecticut plate A X four one nine two.", "AX4192"),
        ("C as in cat, Z as in zebra, two zero, double four one", "CZ20441"),
        ("W as in whiskey, double u, double five one", "WW551"),
        ("R seven seven dash one two one", "R77121"),
        ("double A six zero one five", "AA6015"),
        ("B O oh oh one", "BO001"),
    ],
)
def test_plates(said: str, plate: str) -> None:
    value, score = parse_plate(said)
    assert value == plate
    assert score >= 0.9


@pytest.mark.parametrize("said", ["", "I don't know", "there are no plates on it", "a"])
def test_no_plate(said: str) -> None:
    assert parse_plate(said) == (said, UNRESOLVED)


def test_an_unusual_length_scores_low() -> None:
    assert parse_plate("F G two")[1] < 0.5


@given(
    st.text(max_size=40)
    | st.lists(
        st.sampled_from(["a", "b", "x", "4", "four", "double", "as", "in", "apple", "u", "dash", "12", "ray"])
    ).map(" ".join)
)
def test_a_plate_is_upper_case_letters_and_digits(text: str) -> None:
    value, score = parse_plate(text)
    assert score == UNRESOLVED or re.fullmatch("[A-Z0-9]{1,8}", value)

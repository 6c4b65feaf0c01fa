"""Amounts of money."""

import pytest

from callbot.nlu.money import UNRESOLVED, parse_amount


@pytest.mark.parametrize(
    ("said", "dollars"),
    [
        ("about six hundred dollars", 600),
        ("two grand", 2000),
        ("$1,200.50", 1200.5),
        ("$2k", 2000),
        ("six dollars and fifty cents", 6.5),
        ("twenty-three hundred dollars", 2300),
        ("three fifty", 350),
        ("a couple of hundred", 200),
        ("a few thousand dollars", 3000),
        ("1.5 thousand", 1500),
        ("six or seven thousand", 7000),
        ("a fake hundred", 100),
        ("two bikes for nine hundred dollars", 900),
    ],
)
def test_amounts(said: str, dollars: float) -> None:
    value, score = parse_amount(said)
    assert value == dollars
    assert isinstance(value, int) == (dollars == int(dollars))
    assert score >= 0.6


@pytest.mark.parametrize("said", ["", "I don't know", "a couple"])
def test_no_amount(said: str) -> None:
    assert parse_amount(said) == (said, UNRESOLVED)

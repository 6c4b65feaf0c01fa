"""Case numbers: spelling and check digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.cases.numbers import case_number, parse_case_number

numbers = st.builds(case_number, st.integers(2000, 2099), st.integers(1, 999_999))


def test_known_numbers() -> None:
    # 572 -> 4 is the example of H. M. Damm's thesis.
    assert case_number(2026, 14) == "26-00014-3"
    assert case_number(2026, 123_456).startswith("26-123456-")
    assert parse_case_number("26-00014-3") == "26-00014-3"


@given(numbers)
def test_every_number_is_read_back(number: str) -> None:
    assert parse_case_number(number) == number


@given(numbers, st.data())
def test_spelling_does_not_matter(number: str, data: st.DataObject) -> None:
    digits = number.replace("-", "")
    gaps = data.draw(st.lists(st.sampled_from(["", " ", "-", " - ", "\u2013", ", "]), min_size=len(digits)))
    assert parse_case_number("".join(gap + digit for gap, digit in zip(gaps, digits, strict=False))) == number


@given(numbers, st.data())
def test_one_wrong_digit_is_caught(number: str, data: st.DataObject) -> None:
    digits = number.replace("-", "")
    place = data.draw(st.integers(0, len(digits) - 1))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[place]]))
    assert parse_case_number(digits[:place] + wrong + digits[place + 1 :]) is None


@given(numbers, st.data())
def test_two_swapped_neighbours_are_caught(number: str, data: st.DataObject) -> None:
    digits = number.replace("-", "")
    place = data.draw(st.integers(0, len(digits) - 2))
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert parse_case_number(swapped) == (number if swapped == digits else None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "26-00014",
        "26-00014-4",
        "26000143x",
        "26-00000-" + case_number(2026, 1)[-1],
        "\u0662\u0666-00014-3",
        "26-000014-3",
        "1" * 40,
    ],
)
def test_everything_else_is_no_number(text: str) -> None:
    assert parse_case_number(text) is None


def test_no_case_is_number_zero() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        case_number(2026, 0)
    # Its check digit would be right.
    zero = next(f"26-00000-{d}" for d in "0123456789" if _damm(f"2600000{d}") == 0)
    assert parse_case_number(zero) is None


def test_one_case_has_one_spelling() -> None:
    padded = next(f"26000014{d}" for d in "0123456789" if _damm(f"26000014{d}") == 0)
    assert parse_case_number(padded) is None


def _damm(digits: str) -> int:
    """Damm's check, from the table as printed in the thesis."""
    table = (
        (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
        (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
        (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
        (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
        (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
        (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
        (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
        (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
        (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
        (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
    )
    interim = 0
    for digit in digits:
        interim = table[interim][int(digit)]
    return interim

"""What counts as a recognition error, and what is only another spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.bench.scoring import canonical, score, word_errors


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Four twelve Winthrop Avenue.", "4 12 Winthrop Ave"),
        ("Four twelve Winthrop Avenue.", "412 Winthrop Avenue"),
        ("C A R T E R", "Carter"),
        ("C A R T E R", "C-A-R-T-E-R."),
        ("O A K D A L E D R I V E", "Oakdale Drive"),
        ("ONE NINE OH OH EIGHT", "19008"),
        ("ONE NINE OH OH EIGHT", "one nine zero zero eight"),
        ("two oh three, five five five, zero one four two", "203-555-0142"),
        ("double five one", "551"),
        ("APRIL THIRTIETH NINETEEN SIXTY NINE", "April 30th, 1969."),
        ("AUGUST TWENTY SECOND NINETEEN SIXTY NINE", "August 22 1969"),
        ("E A S T EIGHTY FIFTH S T R E E T", "East 85th Street"),
        ("plate A X four one nine two", "plate AX4192"),
        ("worth about six hundred dollars", "worth about $600"),
        ("one thousand two hundred", "1,200"),
        ("since about ten thirty", "since about 10:30"),
        ("at seven p.m.", "at 7 PM"),
        ("Um, it's okay", "its OK"),
        ("Uh huh.", "uh-huh"),
        ("downtown", "down town"),
        ("three point five", "3.5"),
    ],
)
def test_another_spelling_is_no_error(said: str, heard: str) -> None:
    found = score(said, heard)
    assert (found.word_errors, found.letter_errors) == (0, 0), (canonical(said), canonical(heard))


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("four twelve Winthrop", "four twenty Winthrop", 2),
        ("four twelve Winthrop", "four eleven Winthrop", 1),
        ("C A R T E R", "Carder", 1),
        ("yes", "", 1),
        ("", "thank you", 2),
        ("no not now", "now", 2),
    ],
)
def test_a_wrong_word_or_digit_is_an_error(said: str, heard: str, errors: int) -> None:
    assert score(said, heard).word_errors == errors


def test_a_wrong_letter_is_one_letter_error() -> None:
    found = score("C A R T E R", "Carder")
    assert (found.words, found.letters, found.letter_errors) == (1, 6, 1)


def test_oh_is_a_zero_only_among_numbers() -> None:
    assert canonical("oh my god, oh five") == ["oh", "my", "god", "0", "5"]


words = st.lists(st.sampled_from(["a", "bc", "abc", "d"]), max_size=6)


@given(words, words)
def test_errors_are_a_distance(one: list[str], other: list[str]) -> None:
    assert word_errors(one, one) == 0
    assert word_errors(one, other) == word_errors(other, one)
    assert word_errors(one, other) <= max(len(one), len(other))


@given(st.text(max_size=40))
def test_any_text_has_a_canonical_form(text: str) -> None:
    assert all(word.isalnum() for word in canonical(text))

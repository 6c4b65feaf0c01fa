"""The caller's words, found as they were said."""

from __future__ import annotations

import pytest

from callbot.cases.quoting import as_said, clock, flat, says, second_of
from callbot.events import Word
from tests.cases.samples import turn


def test_nothing_in_a_quotation_ends_it() -> None:
    assert flat('he said "run"\nand\u2028ran') == "he said 'run' and ran"


@pytest.mark.parametrize(("words", "found"), [("Pot hole", True), ("on  Howe", True), ("hose", False), ("", False)])
def test_words_are_compared_without_their_case_and_spacing(words: str, found: bool) -> None:
    assert says(turn(1, "a POT HOLE on Howe"), words) is found


@pytest.mark.parametrize(
    ("heard", "words", "said"),
    [
        ("He's got a gun!", "he is got a gun", None),
        ("He's got a gun!", "he 's got a gun", "He's got a gun!"),
        ("well, I can't, um, can't take it", "can not", "can't,"),
        ("there is no light", "light", "light"),
        ("there is no light", "dark", None),
        ("there is no light", "", None),
    ],
)
def test_a_phrase_is_quoted_as_it_was_said(heard: str, words: str, said: str | None) -> None:
    assert as_said(heard, words) == said


def test_the_second_at_which_words_began() -> None:
    words = (Word("At", 4.0, 4.2, 0.9), Word("88,", 4.3, 4.9, 0.9), Word("Howe", 5.0, 5.4, 0.9))
    heard = turn(1, "At 88, Howe", words=words)
    assert second_of(heard, "88 howe") == 4.3
    assert second_of(heard, "somewhere else") == 4.0
    assert second_of(turn(1, "At 88"), "88") is None


@pytest.mark.parametrize(("seconds", "shown"), [(0.0, "0:00"), (75.9, "1:15"), (3600.0, "60:00")])
def test_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown

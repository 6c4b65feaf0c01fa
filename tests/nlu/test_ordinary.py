"""Ordinary words that are also streets."""

import pytest

from callbot.nlu.ordinary import is_cased, is_ordinary, is_ordinary_street, stands_for_street
from callbot.nlu.tokens import tokenize


@pytest.mark.parametrize(
    ("text", "cased"),
    [
        ("a hole on Howe", True),
        ("a hole on howe", False),
        ("A hole on howe", False),
        ("A HOLE ON HOWE", False),
        ("A hole. It is on howe", False),
    ],
)
def test_a_text_is_cased_if_capitals_tell_something(text: str, cased: bool) -> None:
    assert is_cased(tokenize(text)) is cased


@pytest.mark.parametrize(("words", "ordinary"), [("day", True), ("mill river", True), ("mill howe", False)])
def test_all_words_must_be_ordinary(words: str, ordinary: bool) -> None:
    assert is_ordinary(words.split()) is ordinary


@pytest.mark.parametrize(
    ("text", "at", "joined", "street"),
    [
        ("near Water", 1, False, True),
        ("a leak in Ferry and water", 5, False, False),
        ("Howe and grand", 2, True, True),
        ("the Temple intersection", 1, False, True),
        ("the Temple", 1, False, False),
        ("one day", 1, False, False),
        ("at 44 day", 2, False, True),
        ("95 South", 1, False, False),
        ("water", 0, False, True),
    ],
)
def test_one_word(text: str, at: int, joined: bool, street: bool) -> None:
    tokens = tokenize(text)
    pointed = at > 0 and tokens[at - 1].text in {"near", "at", "in"}
    ends = at + 1 == len(tokens)
    said = stands_for_street(tokens, at, at + 1, cased=is_cased(tokens), joined=joined, ends=ends, pointed=pointed)
    assert said is street


@pytest.mark.parametrize(
    ("words", "ordinary"), [("Grand", True), ("Grand Avenue", False), ("12 Grand", False), ("Howe", False)]
)
def test_a_bare_name_may_be_an_ordinary_word(words: str, ordinary: bool) -> None:
    assert is_ordinary_street(words) is ordinary

"""One spelling for all the ways to write a street."""

import pytest

from callbot.nlu.street_names import is_bare_street, plain_words, split_type


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("Orange St", "orange street"),
        ("St. Ronan St.", "saint ronan street"),
        ("E Grand Ave", "east grand avenue"),
        ("the Fourth Street", "4th street"),
        ("Ft. Hale Rd", "fort hale road"),
        ("Chapel's Street", "chapel street"),
        ("Place", "place"),
        ("Derby Avneue", "derby avenue"),
        ("Foxon Bouldevard", "foxon boulevard"),
        ("Elm sheet", "elm sheet"),
        ("the", ""),
    ],
)
def test_plain(said: str, plain: str) -> None:
    assert " ".join(plain_words(said)) == plain


def test_type_is_taken_off_only_from_a_name() -> None:
    assert split_type(["orange", "street"]) == (["orange"], "street")
    assert split_type(["street"]) == (["street"], "")


@pytest.mark.parametrize(
    ("words", "bare"),
    [("Howe", True), ("Mill River", True), ("Howe Street", False), ("88 Howe", False), ("down by Howe", False)],
)
def test_a_bare_name_has_neither_type_nor_number(words: str, bare: bool) -> None:
    assert is_bare_street(words) is bare

"""Which bare names are meant as streets."""

import pytest

from callbot.nlu.bare_names import is_bare, may_be_misspelled, sure_ones
from callbot.nlu.mention import Mention
from callbot.nlu.ordinary import is_cased
from callbot.nlu.tokens import tokenize


def mention(text: str, name: str) -> Mention:
    words = [token.text for token in tokenize(text)]
    first = words.index(name.split()[0].lower())
    return Mention(first, first + len(name.split()), f"{name} Street", 0.96, "street")


@pytest.mark.parametrize(
    ("text", "name", "sure"),
    [
        ("people speed on Columbus all day", "Columbus", True),
        ("people speed on columbus all day", "Columbus", True),
        ("a hole near columbus", "Columbus", True),
        ("Somebody at Grand is loud", "Grand", True),
        ("somebody at grand is loud", "Grand", False),
        ("In Hamden they work on grand plans", "Grand", False),
        ("I live on Dixwell", "Dixwell", False),
        ("Ask Dixwell about it", "Dixwell", False),
        ("the far end of Dixwell", "Dixwell", True),
        ("the mother of Dixwell", "Dixwell", False),
        ("at 44 Dixwell", "Dixwell", True),
        ("a four Dixwell", "Dixwell", False),
    ],
)
def test_what_stands_before_a_bare_name_makes_it_sure(text: str, name: str, sure: bool) -> None:
    tokens = tokenize(text)
    one = mention(text, name)
    assert bool(sure_ones(tokens, [one], is_cased(tokens))) is sure


def test_a_name_beside_another_is_sure() -> None:
    tokens = tokenize("Ask Dixwell and Grand about it")
    both = [mention("Ask Dixwell and Grand", name) for name in ("Dixwell", "Grand")]
    assert sure_ones(tokens, both, cased=True) == both
    apart = tokenize("Ask Dixwell. And Grand too")
    assert sure_ones(apart, both, cased=True) == []


def test_a_type_makes_a_name_full() -> None:
    tokens = tokenize("Canner Street")
    assert is_bare(tokens, Mention(0, 1, "Canner Street", 0.96, "street"))
    assert not is_bare(tokens, Mention(0, 2, "Canner Street", 0.96, "street"))


@pytest.mark.parametrize(
    ("text", "at", "slip"),
    [("on Claredon", 1, True), ("Willlow/Foster", 0, True), ("on Elmm", 1, False), ("the Claredon", 1, False)],
)
def test_only_a_long_word_in_a_street_s_place_may_be_misspelled(text: str, at: int, slip: bool) -> None:
    assert may_be_misspelled(tokenize(text), at, at + 1) is slip

"""Which of two places is the right one."""

from __future__ import annotations

import pytest

from callbot.content import Site
from callbot.nlu.corrections import corrected_number, corrected_place


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("wait, it's Winthrop, not Winchester", "Winthrop"),
        ("no, I said 421 Winthrop Avenue and not Winchester Avenue", "421 Winthrop Avenue"),
        ("not Winchester, it's Winthrop", "Winthrop"),
        ("no not Orange Street but Chapel Street", "Chapel Street"),
        ("it's red, not blue", None),
        ("my name is Ann, not Anna", None),
        ("it's at 215 Orange Street", None),
        ("I do not know", None),
    ],
)
def test_the_right_place(site: Site, text: str, words: str | None) -> None:
    assert corrected_place(text, site.gazetteer) == words


@pytest.mark.parametrize(
    ("text", "asked", "corrects"),
    [
        ("no, I said four twenty-one", "confirm", True),
        ("four twenty-one", "confirm", False),
        ("no, I meant 421", "caller_name", True),
        ("421", "caller_name", False),
        ("at number 215", "confirm", True),
        ("no, 421", "callback_number", False),
        ("no", "confirm", False),
        ("just one", "confirm", False),
    ],
)
def test_the_right_number(text: str, asked: str, corrects: bool) -> None:
    assert corrected_number(text, asked) is corrects

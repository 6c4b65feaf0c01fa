"""Prompts and values as sentences."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.content import Site
from callbot.dialog.render import VARIABLES, fixed_sentences, render, sentences, spoken_value, variables_of
from callbot.events import SlotValue
from tests.dialog.talk import ANN, CAR, place


def test_texts_are_cut_into_sentences() -> None:
    assert sentences("Of course.  Where is it?\nPlease say!") == ("Of course.", "Where is it?", "Please say!")
    assert sentences("It is 2.5 miles") == ("It is 2.5 miles",)
    assert sentences("  ") == ()


@given(st.text())
def test_cutting_loses_no_word(text: str) -> None:
    assert " ".join(sentences(text)).split() == text.split()


def test_variants_take_turns() -> None:
    variants = ("One moment.", "Just a second.")
    assert [render(variants, turn, {})[0] for turn in range(3)] == ["One moment.", "Just a second.", "One moment."]


def test_what_is_not_known_leaves_no_comma_behind() -> None:
    assert render(["I have {title}, {amount}, {when}. Right?"], 0, {"title": "fraud", "amount": "", "when": ""}) == (
        "I have fraud.",
        "Right?",
    )


def test_values_are_filled_in_and_never_read_as_a_template() -> None:
    assert render(["At {location}. Right?"], 0, {"location": "{title}"}) == ("At {title}.", "Right?")


@pytest.mark.parametrize("text", ["{title", "title}", "{title:d}", "{title!r}"])
def test_braces_hold_a_name_and_nothing_else(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the wording is the library's
        variables_of(text)
    assert variables_of("{title} at {location}") == {"title", "location"}


def test_what_is_always_the_same_is_known_before_the_first_call(site: Site) -> None:
    found = fixed_sentences(site.playbook.prompts)
    assert "How can I help you today?" in found
    assert "Is that right?" in found
    assert len(found) == len(set(found))
    assert not any("{" in sentence for sentence in found)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (place(), "12 Elm Street"),
        (place(number=None), "Elm Street"),
        ({**place(), "unit": "3B"}, "12 Elm Street, unit 3B"),
        ({**place(number=None), "cross_street": "State Street"}, "Elm Street, near State Street"),
        ({**place(number=None), "place": "Edgewood Park"}, "Elm Street, by Edgewood Park"),
        ({**place(None, None), "place": "Edgewood Park"}, "Edgewood Park"),
        (place(None, None), "over there"),
        (CAR, "red Honda"),
        ({**CAR, "color": None, "make": None}, "a red Honda"),
        (ANN, "Ann Lee"),
        ({"text": "last night", "from": "a", "to": "b"}, "last night"),
        (True, "yes"),
        (False, "no"),
        (None, "not stated"),
        (40.0, "40"),
        (3, "3"),
        ("a bike", "a bike"),
    ],
)
def test_values_are_shown_as_people_write_them(value: SlotValue, shown: str) -> None:
    assert spoken_value(value) == shown


def test_every_question_of_the_shipped_prompts_is_short(site: Site) -> None:
    for name, variants in site.playbook.prompts.items():
        for text in variants:
            for sentence in sentences(text):
                if sentence.endswith("?") or name.startswith("ask_"):
                    assert len(sentence.split()) < 25, (name, sentence)


def test_no_shipped_prompt_asks_two_questions(site: Site) -> None:
    for name, variants in site.playbook.prompts.items():
        for text in variants:
            assert text.count("?") <= 1, (name, text)


def test_every_shipped_prompt_reads_well_with_values_in_it(site: Site) -> None:
    values = {**dict.fromkeys(VARIABLES, "x"), "answer": "Yes."}
    for variants in site.playbook.prompts.values():
        for turn in range(len(variants)):
            for sentence in render(variants, turn, values):
                assert re.fullmatch(r"[A-Z].*[.?!]", sentence), sentence

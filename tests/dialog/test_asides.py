"""What is an aside, and what only sounds like one."""

from __future__ import annotations

import pytest

from callbot.content import Site
from callbot.dialog.asides import answer, is_question, other_matter, sounds_like_a_question
from callbot.dialog.raising import says
from callbot.events import IntentGuess, Understanding
from callbot.schema import Playbook


@pytest.fixture
def book(site: Site) -> Playbook:
    return site.playbook


@pytest.mark.parametrize(
    ("text", "asked", "prompt"),
    [
        ("Are you a robot?", "reason", "aside_robot"),
        ("wait, is this a real person or a machine", "location", "aside_robot"),
        ("am I talking to a computer", "reason", "aside_robot"),
        ("who am I speaking with?", "reason", "aside_robot"),
        ("can I talk to a real person?", "reason", None),
        ("I want a person, not a robot", "reason", None),
        ("why do you need that?", "caller_name", "why_name"),
        ("why does that matter", "location", "why_location"),
        ("what do you need my number for", "callback_number", "why_number"),
        ("what for? no", "caller_name", None),
        ("how long is this going to take", "location", "aside_how_long"),
        ("how long does it take to fix a pothole", "reason", None),
        ("is this call being recorded", "reason", "aside_recorded"),
        ("will they know that I called", "caller_name", "aside_private"),
        ("hello? are you there?", "location", "aside_here"),
        ("this is such a waste of my time", "location", "aside_angry"),
        ("there's a pothole on Elm Street", "reason", None),
        ("my neighbor's machine is loud", "reason", None),
    ],
)
def test_an_aside_has_its_answer(book: Playbook, text: str, asked: str, prompt: str | None) -> None:
    assert answer(book, asked, text, has_content=False) == prompt


def test_a_long_answer_with_an_aside_in_it_is_an_answer(book: Playbook) -> None:
    text = "this is ridiculous, the trash at 215 Orange Street was skipped again"
    assert answer(book, "reason", text, has_content=True) is None
    assert answer(book, "reason", text, has_content=False) == "aside_angry"


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("when is trash day", True),
        ("so what are the hours of city hall", True),
        ("you're open on Sunday?", True),
        ("I have a question", False),
        ("can I ask you something", False),
        ("215 Orange Street", False),
    ],
)
def test_a_question_is_known_by_its_words(text: str, asks: bool) -> None:
    assert sounds_like_a_question(text) is asks


def test_a_kind_of_case_that_is_a_question(book: Playbook) -> None:
    assert [name for name in book.catalogue.intents if is_question(book, name)] == ["info_question"]
    assert not is_question(book, "affirm")


@pytest.mark.parametrize(
    ("text", "guesses", "matter"),
    [
        ("no wait, it's actually about a stolen package", [("correct", 0.6), ("theft_report", 0.3)], "theft_report"),
        ("sorry I meant to report graffiti", [("graffiti", 0.8)], "graffiti"),
        ("it's actually on Oak Street", [("correct", 0.6), ("theft_report", 0.3)], None),
        ("no wait, it's actually about the pothole", [("pothole", 0.9)], None),
        ("it's actually about this", [("theft_report", 0.3), ("graffiti", 0.3)], None),
        ("it's actually about this", [("correct", 0.9)], None),
    ],
)
def test_another_matter_is_introduced_as_one(
    book: Playbook, text: str, guesses: list[tuple[str, float]], matter: str | None
) -> None:
    meaning = Understanding(text, tuple(IntentGuess(*guess) for guess in guesses), (), out_of_scope=False)
    found = other_matter(book, meaning, "pothole")
    assert (found.name if found else None) == matter


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("anonymous", "I don't want to give my name", True),
        ("anonymous", "I'd rather stay anonymous", True),
        ("anonymous", "I'd rather not say my name", True),
        ("anonymous", "anonymous please", True),
        ("anonymous", "no name", True),
        ("anonymous", "my name is Ann Lee", False),
        ("anonymous", "I don't know the name of the street", False),
        ("takes_back", "actually scratch that", True),
        ("takes_back", "forget what I said", True),
        ("takes_back", "somebody scratched my car", False),
        ("same_place", "at the same place", True),
        ("same_place", "same address", True),
        ("same_place", "the light is out there too", True),
        ("same_place", "there are two holes", False),
    ],
)
def test_words_that_steer(book: Playbook, kind: str, text: str, said: bool) -> None:
    assert says(getattr(book.policy.phrases, kind), text) is said

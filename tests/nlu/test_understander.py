"""The shipped small model with every slot resolved."""

from __future__ import annotations

import pytest

from callbot import config
from callbot.content import Site
from callbot.events import SlotHit, Understanding
from callbot.nlu.understander import ModelUnderstander
from callbot.room import load_understander
from tests.fakes import WALL

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def understander(site: Site) -> ModelUnderstander:
    return load_understander(config.load(), site)


def slots(meaning: Understanding) -> dict[str, SlotHit]:
    return {hit.name: hit for hit in meaning.slots}


def test_an_opening_is_understood_with_its_place(understander: ModelUnderstander) -> None:
    text = "there's a huge pothole on Chapel Street near College"
    meaning = understander.understand(text, "", WALL)
    assert (meaning.text, meaning.intent, meaning.out_of_scope) == (text, "pothole", False)
    assert meaning.confidence > 0.9
    place = slots(meaning)["location"]
    assert isinstance(place.value, dict)
    assert (place.value["street"], place.value["cross_street"]) == ("Chapel Street", "College Street")


def test_alternatives_are_few_and_the_best_comes_first(understander: ModelUnderstander) -> None:
    guesses = understander.understand("somebody is parked across my driveway", "", WALL).intents
    shares = [guess.confidence for guess in guesses]
    assert 1 < len(shares) <= 4
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1.001


def test_a_suspicion_is_reported_with_the_callers_words(understander: ModelUnderstander) -> None:
    text = "my grandmother is on the floor and her lips are turning blue"
    meaning = understander.understand(text, "", WALL)
    assert meaning.intent == "emergency"
    assert meaning.suspicion is not None
    assert (meaning.suspicion.kind, meaning.suspicion.evidence) == ("medical", text)
    assert meaning.suspicion.score > 0.5
    calm = understander.understand("my trash was not picked up", "", WALL)
    assert calm.suspicion is not None
    assert calm.suspicion.score < 0.5
    assert understander.understand("", "", WALL).suspicion is None


def test_two_wishes_come_with_their_places(understander: ModelUnderstander) -> None:
    meaning = understander.understand("there's a pothole on Elm Street and also graffiti all over the wall", "", WALL)
    assert set(meaning.wanted) == {"pothole", "graffiti"}
    assert {guess.name for guess in meaning.intents} >= {"pothole", "graffiti"}


def test_what_was_asked_matters(understander: ModelUnderstander) -> None:
    number = "two oh three five five five zero one four two"
    answered = slots(understander.understand(number, "callback_number", WALL))
    assert answered["callback_number"].value == "+12035550142"
    assert "caller_name" in slots(understander.understand("Maria Santos", "caller_name", WALL))
    assert slots(understander.understand("yes", "is_ongoing", WALL))["is_ongoing"].value is True
    assert slots(understander.understand("yes", "confirm", WALL)) == {}


@pytest.mark.parametrize(
    ("text", "asked", "intent"),
    [
        ("yes", "confirm", "affirm"),
        ("no", "more", "deny"),
        ("I want to talk to a person", "location", "speak_to_person"),
        ("215 Orange Street", "location", "inform"),
    ],
)
def test_acts(understander: ModelUnderstander, text: str, asked: str, intent: str) -> None:
    assert understander.understand(text, asked, WALL).intent == intent


@pytest.mark.parametrize("asked", ["caller_name", "location", "occurred_at", "callback_number"])
def test_i_dont_know_is_understood_and_no_value(understander: ModelUnderstander, asked: str) -> None:
    meaning = understander.understand("I don't know", asked, WALL)
    assert meaning.intent == "dont_know"
    assert meaning.slots == ()


def test_other_wishes_are_out_of_scope(understander: ModelUnderstander) -> None:
    meaning = understander.understand("can you recommend a good pizza place", "", WALL)
    assert meaning.intent == "out_of_scope"


def test_times_are_those_of_the_callers_town(understander: ModelUnderstander) -> None:
    when = slots(understander.understand("it was yesterday", "occurred_at", WALL))["occurred_at"]
    assert isinstance(when.value, dict)
    assert str(when.value["from"]).startswith("2026-11-19T00:00")

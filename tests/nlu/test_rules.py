"""What is understood without the small model."""

from __future__ import annotations

import pytest

from callbot.content import Site
from callbot.events import Understanding
from callbot.nlu.rules import RulesUnderstander
from callbot.room import load_rules
from tests.fakes import WALL


@pytest.fixture(scope="module")
def rules(site: Site) -> RulesUnderstander:
    return load_rules(site)


def understood(rules: RulesUnderstander, text: str, asked: str = "") -> Understanding:
    return rules.understand(text, asked, WALL)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I want to talk to a person", "speak_to_person"),
        ("Operator!", "speak_to_person"),
        ("can I speak with someone", "speak_to_person"),
        ("yes", "affirm"),
        ("Yeah, that's right.", "affirm"),
        ("no", "deny"),
        ("that's wrong", "deny"),
        ("I'd rather not say", "deny"),
        ("what did you say?", "repeat"),
        ("hold on a second", "hold_on"),
        ("I don't know", "dont_know"),
        ("bye bye", "goodbye"),
        ("there is a huge pothole on my street", "pothole"),
        ("the noise is not right", "noise_complaint"),
        ("blah blah", "inform"),
        ("the traffic signal is blinking", "traffic_signal_problem"),
        ("the stop sign was hit", "sign_or_marking"),
        ("they never plowed our street", "snow_ice"),
        ("somebody stole my car", "vehicle_theft"),
        ("somebody stole my bike", "theft_report"),
        ("there's a dead cat", "dead_animal"),
        ("my neighbor's dog barks", "animal_complaint"),
        ("", "inform"),
    ],
)
def test_what_callers_say(rules: RulesUnderstander, text: str, intent: str) -> None:
    assert understood(rules, text).intent == intent


def test_every_case_type_is_known_by_its_keywords(site: Site, rules: RulesUnderstander) -> None:
    for name, intent in site.playbook.catalogue.intents.items():
        for word in intent.keywords:
            assert understood(rules, f"it is about {word}").intent != "inform", f"{name}: {word}"


def test_most_keywords_win(site: Site, rules: RulesUnderstander) -> None:
    for name, intent in site.playbook.catalogue.intents.items():
        assert understood(rules, " ".join(intent.keywords)).intent == name


def test_no_case_is_closed_on_keywords_alone(site: Site, rules: RulesUnderstander) -> None:
    thresholds = site.playbook.policy.thresholds
    confidence = understood(rules, "there is a huge pothole on Chapel Street").confidence
    assert thresholds.intent <= confidence < thresholds.close_unconfirmed


def test_addresses_and_numbers_are_found(rules: RulesUnderstander) -> None:
    text = "there's a pothole at 215 Orange Street, call me at 203 555 0142"
    found = {hit.name: hit.value for hit in understood(rules, text).slots}
    assert isinstance(found["location"], dict)
    assert (found["location"]["number"], found["location"]["street"]) == ("215", "Orange Street")
    assert found["callback_number"] == "+12035550142"


def test_an_answer_is_taken_whole_only_if_it_is_one(rules: RulesUnderstander) -> None:
    assert [hit.name for hit in understood(rules, "Maria Santos", "caller_name").slots] == ["caller_name"]
    assert understood(rules, "I don't know", "caller_name").slots == ()


def test_a_no_may_bring_the_right_place_along(rules: RulesUnderstander) -> None:
    meaning = understood(rules, "no, 88 Howe Street", "confirm")
    assert meaning.intent == "deny"
    assert [hit.text for hit in meaning.slots] == ["88 Howe Street"]

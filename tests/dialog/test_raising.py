"""Which words and facts bring a person."""

from __future__ import annotations

import pytest

from callbot.content import Site
from callbot.dialog import raising
from callbot.dialog.form import Draft, Filled
from callbot.dialog.raising import Sign, added, beyond, phrase_mistake
from callbot.dialog.state import Heard
from callbot.events import SlotValue
from callbot.nlu.flags import FLAG_SLOTS, stated
from callbot.schema import Playbook
from tests.dialog.talk import ANN, Talk, place
from tests.fakes import meaning


@pytest.fixture
def book(site: Site) -> Playbook:
    return site.playbook


def fired(book: Playbook, intent: str, text: str) -> list[str]:
    """Reasons of the rows that fire for one sentence."""
    flags: dict[str, bool | None] = {flag: stated(flag, text) for flag in FLAG_SLOTS if flag in book.slot_names(intent)}
    filled = {flag: Filled(value, text, 0.9, 1) for flag, value in flags.items() if value is not None}
    found = raising.fired(book, intent, raising.heard(book, text, 1), filled)
    return [row.reason for row, _ in found]


@pytest.mark.parametrize(
    ("intent", "text", "reason"),
    [
        ("noise_complaint", "they are fighting over the music and one of them has a knife", "weapon"),
        ("found_property", "I found a pistol in the bushes", "weapon"),
        ("parking_violation", "he said he's not moving it, he has a gun in the car", "weapon"),
        ("minor_crash", "somebody backed into me and my neck hurts", "injuries"),
        ("sidewalk_damage", "I tripped on it and broke my wrist", "injuries"),
        ("minor_crash", "the other driver got hurt", "injuries"),
        ("parking_violation", "there's a child alone in that car", "child_at_risk"),
        ("homeless_outreach", "a woman with two little kids sleeps there", "child_at_risk"),
        ("drug_activity", "they are selling it to kids after school", "child_at_risk"),
        ("homeless_outreach", "an elderly man in a wheelchair is out there", "vulnerable_person"),
        ("fraud_report", "my grandmother has dementia and gave them her card", "vulnerable_person"),
        ("tree_problem", "a tree fell and took down the power lines", "wire_down"),
        ("tree_problem", "there is a wire down across the street", "wire_down"),
        ("street_light_out", "the pole is bent and live wires are hanging out", "wire_down"),
        ("traffic_signal_problem", "the traffic light is completely dark", "dark_signal"),
        ("traffic_signal_problem", "the lights aren't working at all", "dark_signal"),
        ("traffic_signal_problem", "both sides have green", "dark_signal"),
        ("sign_or_marking", "the stop sign is missing", "missing_stop_sign"),
        ("sign_or_marking", "there's no stop sign any more, somebody stole it", "missing_stop_sign"),
        ("tree_problem", "it's blocking the whole road", "road_closed"),
        ("tree_problem", "a tree is across the road and nobody can get through", "road_closed"),
        ("storm_drain_flooding", "the underpass is closed, cars are stuck in the water", "road_closed"),
        ("animal_complaint", "there is an aggressive dog", "aggressive_animal"),
        ("animal_complaint", "their dog bit my son", "aggressive_animal"),
        ("animal_complaint", "a pit bull chased me down the block", "aggressive_animal"),
        ("pothole", "it's on Whitney Avenue in Hamden", "outside_limits"),
        ("graffiti", "12 Main Street, West Haven", "outside_limits"),
    ],
)
def test_a_fact_brings_a_person(book: Playbook, intent: str, text: str, reason: str) -> None:
    assert reason in fired(book, intent, text)


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("minor_crash", "nobody was hurt, thank god"),
        ("minor_crash", "there are no injuries"),
        ("minor_crash", "no one's hurt, just a dent"),
        ("sidewalk_damage", "fix it before somebody gets hurt"),
        ("pothole", "somebody could get hurt there"),
        ("animal_complaint", "there is an injured bird"),
        ("tree_problem", "no wires are down"),
        ("tree_problem", "there aren't any wires down"),
        ("tree_problem", "it's blocking my driveway"),
        ("tree_problem", "it is not blocking the road"),
        ("tree_problem", "the branch hangs over the sidewalk"),
        ("noise_complaint", "I don't think anybody has a gun"),
        ("noise_complaint", "there's no weapon or anything"),
        ("noise_complaint", "my baby cannot sleep and the kids have school"),
        ("graffiti", "they shot it with a paintball gun"),
        ("fireworks", "they use a nail gun"),
        ("traffic_signal_problem", "the walk signal is not working"),
        ("traffic_signal_problem", "the light is stuck on red"),
        ("traffic_signal_problem", "it's not dark, it is blinking"),
        ("street_light_out", "the light is out"),
        ("sign_or_marking", "the stop sign is faded"),
        ("traffic_complaint", "they run the stop sign every morning"),
        ("traffic_complaint", "people blow through that stop sign"),
        ("storm_drain_flooding", "the drain is blocked"),
        ("animal_complaint", "a dog that's a bit loud"),
        ("animal_complaint", "the dog barks but he isn't aggressive"),
        ("parking_violation", "the car with Bridgeport plates"),
        ("pothole", "I live in Hamden but the hole is on Chapel Street"),
        ("pothole", "on Woodbridge Avenue"),
        ("pothole", "it's near the Hamden line on Dixwell Avenue"),
        ("vehicle_theft", "the app says that it is in Bridgeport"),
        ("fraud_report", "the man said he was in Hartford"),
    ],
)
def test_what_only_sounds_like_it_brings_nobody(book: Playbook, intent: str, text: str) -> None:
    assert fired(book, intent, text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hamden", "Hamden"),
        ("it's in Hamden, not New Haven", "in Hamden"),
        ("that's over in East Haven", "in East Haven"),
        ("Dixwell Avenue Hamden", "Avenue Hamden"),
        ("in New Haven, right before you get in Hamden", None),
        ("Shelton Avenue", None),
    ],
)
def test_another_town(book: Playbook, text: str, words: str | None) -> None:
    assert beyond(book, text) == words


def test_the_first_words_for_a_row_are_kept() -> None:
    first, second = Sign("weapon", 1, "knife"), Sign("weapon", 2, "gun")
    assert added([first], [second, Sign("injuries", 2, "hurt")]) == (first, Sign("injuries", 2, "hurt"))


def test_a_phrase_that_is_not_closed_is_a_mistake() -> None:
    assert phrase_mistake("(a|b) dog") is None
    assert phrase_mistake("(a|b dog") is not None


def test_a_flag_that_is_false_brings_nobody(book: Playbook) -> None:
    filled = {"injuries": Filled(False, "no", 1.0, 2)}
    assert raising.fired(book, "minor_crash", (), filled) == ()
    hurt = {"injuries": Filled(True, "yes", 1.0, 2)}
    ((row, sign),) = raising.fired(book, "minor_crash", (), hurt)
    assert (row.reason, sign) == ("injuries", Sign("injuries", 2, "yes"))


# ---------------------------------------------------------------- in a conversation


@pytest.fixture
def talk(site: Site) -> Talk:
    return Talk(site.playbook)


def say(talk: Talk, intent: str, text: str, **slots: SlotValue) -> None:
    talk.hear(Heard(meaning=meaning(intent, 0.97, text=text, **slots)))


def test_the_person_is_told_all_that_the_form_asks(talk: Talk) -> None:
    say(talk, "noise_complaint", "loud music and I saw a gun")
    assert talk.asked == "location"
    say(talk, "inform", "12 Elm Street", location=place())
    say(talk, "affirm", "yes")
    say(talk, "inform", "Ann Lee", caller_name=ANN)
    say(talk, "affirm", "yes")
    assert (talk.replies[-1].end, talk.replies[-1].reason) == ("human", "weapon")
    assert "dispatcher" in talk.said


def test_it_may_be_said_at_any_time(talk: Talk) -> None:
    say(talk, "noise_complaint", "loud music", location=place())
    say(talk, "affirm", "yes")
    say(talk, "inform", "Ann Lee, and one of them has a gun", caller_name=ANN)
    say(talk, "affirm", "yes")
    assert (talk.replies[-1].end, talk.replies[-1].reason) == ("human", "weapon")


def test_words_before_the_matter_is_known_count(talk: Talk) -> None:
    talk.say("pothole", 0.5, text="there is something, a wire is down there", location=place())
    talk.say("affirm", text="yes")
    talk.say("deny", text="no")
    talk.say("deny", text="no")
    assert (talk.replies[-1].end, talk.replies[-1].reason) == ("human", "wire_down")


def test_a_change_of_mind_does_not_lose_them(talk: Talk) -> None:
    say(talk, "parking_violation", "a car, there's a gun in it")
    talk.say("abandoned_vehicle", 0.95, text="it has been abandoned")
    assert [sign.reason for sign in talk.draft.signs] == ["weapon"]


def test_another_town_needs_no_further_question(talk: Talk) -> None:
    say(talk, "pothole", "a pothole in Hamden")
    assert (talk.replies[-1].end, talk.replies[-1].reason) == ("human", "outside_limits")
    assert "outside" in talk.said


def test_a_second_matter_starts_without_them(talk: Talk) -> None:
    say(talk, "pothole", "a pothole", location=place(), caller_name=ANN, callback_number="+12035550142")
    say(talk, "affirm", "yes")
    say(talk, "graffiti", "graffiti")
    assert talk.draft.signs == ()


def test_a_row_never_lowers(book: Playbook) -> None:
    signs = raising.heard(book, "he has a gun", 1)
    for intent in book.catalogue.intents:
        for row, _ in raising.fired(book, intent, Draft(intent, 0.9, signs=signs).signs, {}):
            assert row.to in ("queue", "human")

"""What a turn means, by the question that is open."""

from __future__ import annotations

import pytest

from callbot.content import Site
from callbot.dialog.answers import CALLER_ID
from callbot.dialog.form import Draft
from callbot.dialog.reading import asked_for, read
from callbot.dialog.state import Dialog, Heard
from callbot.events import IntentGuess, SlotValue
from callbot.schema import Playbook
from tests.dialog.talk import ANN, CAR, NIGHT, place
from tests.fakes import meaning


@pytest.fixture
def book(site: Site) -> Playbook:
    return site.playbook


OPEN = Dialog("open")
GUESSING = Dialog("identify", asked="intent", guess=IntentGuess("pothole", 0.5))
CONFIRMING = Dialog("confirm", asked="confirm", draft=Draft("pothole", 0.9))
AMENDING = Dialog("amend", asked="amend", draft=Draft("pothole", 0.9))
MORE = Dialog("more", asked="more")


def at(slot: str, intent: str = "pothole", *, caller_known: bool = True) -> Dialog:
    """The dialog while a slot is asked for."""
    return Dialog("collect", asked=slot, prompt=f"ask_{slot}", draft=Draft(intent, 0.9), caller_known=caller_known)


def words(intent: str, confidence: float = 0.97, **slots: SlotValue) -> Heard:
    return Heard(meaning=meaning(intent, confidence, text="words", **slots))


@pytest.mark.parametrize(
    ("dialog", "heard", "trigger"),
    [
        (OPEN, words("pothole"), "case_intent"),
        (OPEN, words("pothole", 0.5), "unsure_intent"),
        (OPEN, words("pothole", 0.2), "not_understood"),
        (OPEN, words("inform", 0.9, location=place()), "details"),
        (OPEN, words("out_of_scope"), "out_of_scope"),
        (OPEN, words("goodbye"), "goodbye"),
        (OPEN, words("affirm"), "not_understood"),
        (GUESSING, words("affirm"), "affirm"),
        (GUESSING, words("deny"), "deny"),
        (GUESSING, words("theft_report"), "case_intent"),
        (at("location"), words("inform", 0.9, location=place()), "answer"),
        (at("location"), words("inform", 0.9, location=place(score=0.1)), "answer"),
        (at("location"), words("affirm"), "not_understood"),
        (at("location"), words("theft_report", 0.95), "case_intent"),
        (at("location"), words("theft_report", 0.8), "not_understood"),
        (at("location"), Heard(meaning=meaning("goodbye", 0.97, text="okay, bye")), "goodbye"),
        (at("location"), Heard(meaning=meaning("goodbye", 0.97, text="okay, I'm back")), "not_understood"),
        (at("location"), words("thanks"), "thanks"),
        (at("location"), words("dont_know"), "not_understood"),
        (at("caller_name"), words("deny"), "declined"),
        (at("caller_name"), words("dont_know"), "declined"),
        (at("is_ongoing", "noise_complaint"), words("affirm"), "answer"),
        (at("is_ongoing", "noise_complaint"), words("deny"), "answer"),
        (at("description"), words("inform", 0.3), "answer"),
        (at("description"), words("theft_report", 0.95), "answer"),
        (CONFIRMING, words("affirm"), "affirm"),
        (CONFIRMING, words("deny"), "deny"),
        (CONFIRMING, words("correct"), "deny"),
        (CONFIRMING, words("deny", 0.97, location=place()), "correct"),
        (CONFIRMING, words("inform", 0.3), "not_understood"),
        (AMENDING, words("inform", 0.9, location=place()), "correct"),
        (MORE, words("deny"), "deny"),
        (MORE, words("affirm"), "affirm"),
        (MORE, words("theft_report"), "case_intent"),
        (MORE, words("thanks"), "deny"),
    ],
)
def test_a_turn_is_read_by_the_open_question(book: Playbook, dialog: Dialog, heard: Heard, trigger: str) -> None:
    assert read(book, dialog, heard)[0] == trigger


@pytest.mark.parametrize(
    "dialog", [OPEN, GUESSING, at("location"), at("description"), CONFIRMING, AMENDING, MORE], ids=lambda d: d.asked
)
def test_what_comes_before_any_question(book: Playbook, dialog: Dialog) -> None:
    assert read(book, dialog, words("speak_to_person"))[0] == "ask_person"
    assert read(book, dialog, words("repeat"))[0] == "repeat"
    assert read(book, dialog, words("hold_on"))[0] == "hold_on"
    assert read(book, dialog, Heard(silent=True))[0] == "silence"
    assert read(book, dialog, Heard(keys="0"))[0] == "ask_person"
    assert read(book, dialog, Heard(keys="9"))[0] == "not_understood"
    assert read(book, dialog, Heard(failed="hear"))[0] == "not_understood"
    assert read(book, dialog, Heard(failed="decide"))[0] == "station_failed"


@pytest.mark.parametrize(("key", "words_"), [("1", "affirm"), ("2", "deny")])
def test_keys_say_yes_and_no(book: Playbook, key: str, words_: str) -> None:
    for dialog in (GUESSING, at("is_ongoing", "noise_complaint"), CONFIRMING, MORE, at("caller_name")):
        assert read(book, dialog, Heard(keys=key))[0] == read(book, dialog, words(words_))[0]


def test_everything_that_was_said_before_the_form_goes_into_it(book: Playbook) -> None:
    _, dialog = read(book, OPEN, words("inform", 0.9, location=place()))
    _, dialog = read(book, dialog, words("theft_report", 0.9, occurred_at=NIGHT))
    assert dialog.draft is not None
    assert dialog.draft.intent == "theft_report"
    assert dialog.draft.filled.keys() >= {"location", "occurred_at"}
    assert (dialog.held, dialog.opening, dialog.guess) == ((), (), None)


def test_an_unsure_value_is_not_taken(book: Playbook) -> None:
    guess = meaning("inform", 0.9, location=place())
    low = tuple(type(hit)(hit.name, hit.text, hit.value, 0.1) for hit in guess.slots)
    heard = Heard(meaning=type(guess)(guess.text, guess.intents, low, False))
    assert read(book, at("location"), heard)[0] == "not_understood"


def test_a_change_of_matter_keeps_what_both_can_hold(book: Playbook) -> None:
    _, dialog = read(book, at("location"), words("inform", 0.9, location=place(), caller_name=ANN))
    dialog = Dialog("collect", asked="location", draft=dialog.draft)
    trigger, switched = read(book, dialog, words("abandoned_vehicle", 0.95, vehicle=CAR))
    assert trigger == "case_intent"
    assert switched.draft is not None
    assert switched.draft.intent == "abandoned_vehicle"
    assert switched.draft.filled.keys() == {"location", "caller_name", "vehicle"}


def test_agreeing_to_the_callers_own_number(book: Playbook) -> None:
    trigger, dialog = read(book, at("callback_number"), words("affirm"))
    assert trigger == "answer"
    assert dialog.draft is not None
    assert dialog.draft.filled["callback_number"].value == CALLER_ID


def test_refusing_the_callers_own_number_asks_for_another(book: Playbook) -> None:
    trigger, dialog = read(book, at("callback_number"), words("deny"))
    assert trigger == "answer"
    assert not dialog.may_use_caller_id
    assert dialog.draft is not None
    assert "callback_number" not in {*dialog.draft.filled, *dialog.draft.declined}


def test_a_yes_with_another_number_in_it_takes_the_number(book: Playbook) -> None:
    trigger, dialog = read(book, at("callback_number"), words("deny", 0.9, callback_number="+12035550142"))
    assert trigger == "answer"
    assert dialog.draft is not None
    assert dialog.draft.filled["callback_number"].value == "+12035550142"


def test_the_worst_hearing_is_remembered(book: Playbook) -> None:
    dialog = OPEN
    for hearing in (0.9, 0.4, 0.8):
        _, dialog = read(book, dialog, Heard(meaning=meaning("inform", 0.9), hearing=hearing))
    assert dialog.hearing == 0.4


@pytest.mark.parametrize(
    ("dialog", "question"),
    [(OPEN, ""), (GUESSING, "confirm"), (at("vehicle"), "vehicle"), (CONFIRMING, "confirm"), (MORE, "more")],
)
def test_the_small_model_is_told_the_open_question(book: Playbook, dialog: Dialog, question: str) -> None:
    assert asked_for(book, dialog) == question


def test_words_that_turn_to_another_matter_are_understood_as_an_opening(book: Playbook) -> None:
    assert asked_for(book, at("vehicle"), "no wait, it's actually about a stolen package") == ""
    assert asked_for(book, at("vehicle"), "a red Honda") == "vehicle"

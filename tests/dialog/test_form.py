"""What a form takes over, and what it asks next."""

from __future__ import annotations

import pytest

from callbot.content import Site
from callbot.dialog.form import (
    Draft,
    Question,
    ask,
    confirm,
    decline,
    fill,
    labels_of,
    missing,
    next_question,
    settle,
)
from callbot.events import Scalar, SlotHit, SlotValue
from callbot.schema import Playbook
from tests.dialog.talk import ANN, CAR, UNCLE, place


@pytest.fixture
def book(site: Site) -> Playbook:
    return site.playbook


def hit(slot: str, value: SlotValue) -> SlotHit:
    return SlotHit(slot, str(value), value, 0.9)


def filled(book: Playbook, intent: str, asked: str = "", **slots: SlotValue) -> Draft:
    return fill(book, Draft(intent, 0.9), [hit(slot, value) for slot, value in slots.items()], 1, asked)


def slots_asked(book: Playbook, draft: Draft, *, caller_known: bool = False) -> list[str]:
    """Every question until none is left, when the caller never answers."""
    found = []
    while (question := next_question(book, draft, caller_known=caller_known)) is not None:
        found.append(question.slot)
        draft = ask(draft, question.prompt)
        assert len(found) < 50
    return list(dict.fromkeys(found))


def test_only_what_is_missing_is_asked_in_the_order_of_the_form(book: Playbook) -> None:
    assert slots_asked(book, Draft("abandoned_vehicle", 0.9)) == [i.slot for i in book.forms["abandoned_vehicle"].slots]
    draft = filled(book, "abandoned_vehicle", location=place(), caller_name=ANN)
    assert slots_asked(book, draft) == ["vehicle", "occurred_at", "callback_number"]


def test_a_question_is_not_asked_for_ever(book: Playbook) -> None:
    draft, times = Draft("pothole", 0.9), 0
    while next_question(book, draft, caller_known=False) == Question("location", "ask_location"):
        draft, times = ask(draft, "ask_location"), times + 1
    assert times == book.policy.retries.same_question + 1


def test_a_street_without_a_number_is_asked_for_the_detail_until_that_is_settled(book: Playbook) -> None:
    draft = filled(book, "pothole", location=place(number=None))
    question = next_question(book, draft, caller_known=False)
    assert question == Question("location", "ask_location_detail")
    assert next_question(book, ask(draft, "ask_location_detail"), caller_known=False) == question
    for done in (settle(draft, "ask_location_detail"), ask(ask(draft, "ask_location_detail"), "ask_location_detail")):
        after = next_question(book, done, caller_known=False)
        assert after is not None
        assert after.slot == "caller_name"


def test_a_thing_that_is_only_named_is_described_once(book: Playbook) -> None:
    for vague in ("phone", "a phone", "my package"):
        draft = filled(book, "lost_property", item_description=vague)
        assert next_question(book, draft, caller_known=False) == Question("item_description", "ask_item_detail")
    draft = filled(book, "lost_property", item_description="a black phone")
    assert next_question(book, draft, caller_known=False) == Question("location", "ask_location_lost")


def test_an_officer_is_known_by_the_last_name_and_a_relative_by_the_first(book: Playbook) -> None:
    doyle: dict[str, Scalar] = {"text": "Doyle", "first": "Doyle", "last": None}
    officer = filled(book, "staff_feedback", person_name=doyle).filled["person_name"].value
    relative = filled(book, "welfare_check", person_name=doyle).filled["person_name"].value
    assert isinstance(officer, dict)
    assert officer["last"] == "Doyle"
    assert relative == doyle


def test_another_color_is_the_same_car(book: Playbook) -> None:
    draft = filled(book, "parking_violation", vehicle=CAR)
    red: dict[str, Scalar] = {"text": "it's blue, not red", "color": "blue", "make": None, "model": None, "year": None}
    value = fill(book, draft, [hit("vehicle", red)], 2, "vehicle", corrects=True).filled["vehicle"].value
    assert isinstance(value, dict)
    assert (value["color"], value["make"]) == ("blue", "Honda")


def test_a_place_that_is_in_no_list_is_asked_again(book: Playbook) -> None:
    draft = filled(book, "pothole", location=place("Elmwood Row", score=0.3))
    assert next_question(book, draft, caller_known=False) == Question("location", "ask_location")


def test_who_reports_dealers_without_a_name_is_not_asked_for_a_number(book: Playbook) -> None:
    draft = decline(filled(book, "drug_activity", location=place()), "caller_name")
    assert "callback_number" not in slots_asked(book, draft)
    theft = decline(Draft("theft_report", 0.9), "caller_name")
    assert "callback_number" in slots_asked(book, theft)


def test_a_known_caller_is_asked_for_agreement_instead_of_the_number(book: Playbook) -> None:
    draft = filled(book, "pothole", location=place(), description="deep", caller_name=ANN)
    assert next_question(book, draft, caller_known=True) == Question("callback_number", "ask_callback_known")
    assert next_question(book, draft, caller_known=False) == Question("callback_number", "ask_callback")


def test_what_the_form_has_no_place_for_is_left(book: Playbook) -> None:
    assert "vehicle" not in filled(book, "pothole", vehicle=CAR).filled
    assert "plate" in filled(book, "abandoned_vehicle", plate="AB 12").filled


def test_a_later_number_completes_an_earlier_street(book: Playbook) -> None:
    draft = filled(book, "pothole", location=place(number=None))
    later = fill(book, draft, [hit("location", place(street=None))], 2, "location")
    value = later.filled["location"].value
    assert isinstance(value, dict)
    assert (value["street"], value["number"]) == ("Elm Street", "12")


@pytest.mark.parametrize("asked", ["caller_name", "person_name"])
def test_a_name_is_the_one_that_was_asked_for(book: Playbook, asked: str) -> None:
    for found in ("caller_name", "person_name"):
        assert filled(book, "welfare_check", asked, **{found: ANN}).filled.keys() == {asked}


def test_a_second_name_in_passing_is_the_callers(book: Playbook) -> None:
    draft = filled(book, "welfare_check", person_name=UNCLE)
    later = fill(book, draft, [hit("person_name", ANN)], 2)
    assert later.filled["person_name"].value == UNCLE
    assert later.filled["caller_name"].value == ANN


def test_what_is_known_changes_only_by_an_answer_or_a_correction(book: Playbook) -> None:
    draft = filled(book, "theft_report", item_description="a bike")
    other = [hit("item_description", "a lock")]
    assert fill(book, draft, other, 2).filled == draft.filled
    assert fill(book, draft, other, 2, "item_description").filled["item_description"].value == "a lock"
    assert fill(book, draft, other, 2, corrects=True).filled["item_description"].value == "a lock"


def test_a_value_takes_a_refusal_back(book: Playbook) -> None:
    draft = decline(Draft("pothole", 0.9), "caller_name")
    assert fill(book, draft, [hit("caller_name", ANN)], 2).declined == frozenset()


def test_missing_names_the_required_slots(book: Playbook) -> None:
    assert set(missing(book, Draft("theft_report", 0.9))) == {"location", "item_description", "occurred_at"}
    assert missing(book, filled(book, "pothole", location=place())) == ()


def test_a_yes_confirms_everything_and_changes_nothing(book: Playbook) -> None:
    draft = filled(book, "pothole", location=place())
    after = confirm(draft)
    assert after.filled["location"].confirmed
    assert after.filled["location"].value == draft.filled["location"].value
    assert not draft.filled["location"].confirmed


def test_labels_follow_the_form(book: Playbook) -> None:
    labels = labels_of(book, "theft_report")
    assert list(labels)[:3] == ["item_description", "location", "occurred_at"]
    assert labels["location"] == "Where"
    assert labels_of(book, None) == {}


def test_a_street_named_in_passing_is_the_corner_of_the_known_one(book: Playbook) -> None:
    draft = filled(book, "noise_complaint", location=place())
    court = {**place("Court Street", None), "text": "the corner of Court Street"}
    hit = SlotHit("location", "Court Street", court, 0.9)
    value = fill(book, draft, [hit], 2, "caller_name").filled["location"].value
    assert isinstance(value, dict)
    assert value["matched"] == place()["matched"]
    assert value["cross_street"] == "Court Street"


def test_of_several_things_one_is_enough_and_the_first_is_asked_for_first(book: Playbook) -> None:
    draft = Draft("records_request", 0.9)
    assert missing(book, draft) == ("occurred_at",)
    assert slots_asked(book, draft)[:2] == ["report_number", "occurred_at"]
    draft = filled(book, "records_request", report_number="26-00014-7")
    assert missing(book, draft) == ()
    assert slots_asked(book, draft)[0] == "caller_name"


def test_money_and_numbers_are_what_the_case_can_hold(book: Playbook) -> None:
    assert filled(book, "fraud_report", item_value=400.0).filled["amount"].value == 400
    assert filled(book, "theft_report", item_value=400.0).filled["item_value"].value == 400
    assert filled(book, "case_status", report_number="26-00014-7").filled["case_number"].value == "26-00014-7"
    assert filled(book, "pothole", item_value=400.0).filled == {}

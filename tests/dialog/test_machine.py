"""Whole conversations, as meanings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbot.content import Site
from callbot.dialog import machine
from callbot.dialog.machine import Reply
from callbot.dialog.state import Heard
from callbot.events import IntentGuess, SlotHit, SlotValue, Understanding
from tests.dialog.talk import ANN, CAR, CASE_NUMBER, NIGHT, UNCLE, Talk, place
from tests.fakes import meaning


@pytest.fixture
def talk(site: Site) -> Talk:
    return Talk(site.playbook)


def _pothole_to_read_back(talk: Talk) -> None:
    talk.say("pothole", location=place(), caller_name=ANN, callback_number="+12035550142")
    assert talk.asked == "confirm"


# ---------------------------------------------------------------- filling a form


def test_the_greeting_ends_with_the_open_question(talk: Talk) -> None:
    assert "recorded" in talk.said
    assert talk.said.endswith("How can I help you today?")


def test_several_things_in_one_answer_are_not_asked_again(talk: Talk) -> None:
    talk.say("theft_report", item_description="a red bike", location=place(), occurred_at=NIGHT)
    assert talk.asked == "item_value"


def test_only_what_is_missing_is_asked(talk: Talk) -> None:
    talk.say("abandoned_vehicle", vehicle=CAR)
    assert talk.asked == "location"
    talk.say("inform", location=place())
    assert talk.asked == "occurred_at"
    talk.say("inform", occurred_at=NIGHT)
    assert talk.asked == "caller_name"
    talk.say("inform", caller_name=ANN)
    assert talk.asked == "callback_number"


def test_an_answer_may_bring_more_than_was_asked(talk: Talk) -> None:
    talk.say("abandoned_vehicle")
    assert talk.asked == "location"
    talk.say("inform", location=place(), vehicle=CAR, caller_name=ANN)
    assert talk.asked == "occurred_at"


def test_a_report_is_read_back_filed_and_only_then_claimed(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    assert "12 Elm Street" in talk.said
    assert talk.said.endswith("Is that right?")
    talk.say("affirm")
    filing, told = talk.replies[-2:]
    assert filing.file is not None
    assert filing.file.outcome == "close"
    assert "filed" not in " ".join(filing.say)
    assert CASE_NUMBER in " ".join(told.say)
    assert talk.asked == "more"
    assert talk.say("deny").end == "close"


def test_a_correction_at_the_read_back_is_read_back_again(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    talk.say("deny", text="no, number fifty", location=place(number="50"))
    assert talk.asked == "confirm"
    assert "50 Elm Street" in talk.said


def test_a_bare_no_at_the_read_back_asks_what_to_change(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    talk.say("deny")
    assert talk.asked == "amend"
    talk.say("correct", location=place("Oak Street"))
    assert talk.asked == "confirm"
    assert "Oak Street" in talk.said


def test_an_anonymous_caller_is_not_asked_for_a_number(talk: Talk) -> None:
    talk.say("noise_complaint", location=place())
    talk.say("affirm")
    assert talk.asked == "caller_name"
    talk.say("deny", text="no, anonymous please")
    assert talk.asked == "confirm"


def test_who_only_keeps_the_name_back_may_still_leave_a_number(talk: Talk) -> None:
    talk.say("noise_complaint", location=place(), is_ongoing=True)
    talk.say("deny", text="I'd rather not give my name")
    assert talk.asked == "callback_number"
    talk.say("deny", text="no")
    assert talk.asked == "confirm"


def test_a_known_number_is_offered_and_may_be_refused(talk: Talk) -> None:
    talk.say("noise_complaint", location=place(), is_ongoing=True, caller_name=ANN)
    assert "calling from" in talk.said
    talk.say("deny")
    assert talk.asked == "callback_number"
    assert "calling from" not in talk.said
    talk.say("inform", callback_number="+12035550142")
    assert talk.asked == "confirm"
    assert talk.value("callback_number") == "+12035550142"


def test_a_withheld_number_is_asked_for_openly(site: Site) -> None:
    talk = Talk(site.playbook, caller_known=False)
    talk.say("noise_complaint", location=place(), is_ongoing=True, caller_name=ANN)
    assert talk.asked == "callback_number"
    assert "calling from" not in talk.said


def test_not_knowing_what_may_be_left_out_goes_on(talk: Talk) -> None:
    talk.say("abandoned_vehicle", location=place(), vehicle=CAR)
    assert talk.asked == "occurred_at"
    talk.say("dont_know")
    assert talk.asked == "caller_name"


def test_not_knowing_what_is_needed_is_asked_in_other_words_and_then_left_to_a_person(talk: Talk) -> None:
    talk.say("theft_report", item_description="a red bike", location=place())
    first = talk.said
    talk.say("dont_know")
    assert talk.asked == "occurred_at"
    assert talk.said != first
    for _ in range(3):
        if talk.asked == "occurred_at":
            talk.say("dont_know")
    assert talk.asked == "item_value"
    talk.say("dont_know")
    talk.say("deny")
    reply = talk.say("inform", callback_number="+12035550142")
    assert (reply.end, reply.reason) == ("human", "missing_details")


def test_a_place_that_is_in_no_list_is_asked_twice_and_then_left_to_a_person(talk: Talk) -> None:
    talk.say("noise_complaint", location=place("Elmwood Row", score=0.3))
    assert talk.asked == "location"
    for number in ("1", "2", "3"):
        if talk.asked == "location":
            talk.say("inform", location=place("Elmwood Row", number, score=0.3))
    assert talk.asked == "is_ongoing"
    talk.say("affirm")
    talk.say("deny")
    talk.say("deny")
    assert talk.replies[-1].end == "human"
    assert talk.replies[-1].reason == "location_not_found"


def test_a_welfare_check_goes_to_a_person_with_what_is_known(talk: Talk) -> None:
    talk.say("welfare_check", person_name=UNCLE, location=place())
    talk.say("inform", caller_name=ANN)
    reply = talk.say("affirm")
    assert (reply.end, reply.reason) == ("human", "needs_person")
    assert talk.draft.filled.keys() >= {"person_name", "location", "description", "caller_name", "callback_number"}


# ---------------------------------------------------------------- which matter


def test_an_unsure_matter_is_asked_about(talk: Talk) -> None:
    talk.say("pothole", 0.5, location=place())
    assert talk.said == "All right. Is this about a pothole?"
    talk.say("affirm")
    assert talk.value("location") == place()
    assert talk.asked == "caller_name"


def test_a_wrong_guess_is_taken_back(talk: Talk) -> None:
    talk.say("pothole", 0.5)
    talk.say("deny")
    assert talk.asked == "reason"
    assert talk.dialog.guess is None
    talk.say("pothole", 0.5)
    talk.say("theft_report")
    assert talk.draft.intent == "theft_report"


def test_a_change_of_mind_keeps_what_was_said(talk: Talk) -> None:
    talk.say("parking_violation", location=place())
    talk.say("abandoned_vehicle", 0.95, text="it has been abandoned there")
    assert talk.draft.intent == "abandoned_vehicle"
    assert talk.value("location") == place()
    assert talk.asked == "vehicle"


def test_words_of_another_matter_in_a_description_are_no_change_of_mind(talk: Talk) -> None:
    talk.say("theft_report", location=place())
    assert talk.asked == "item_description"
    talk.say("abandoned_vehicle", 0.95, text="an old car with no plates")
    assert talk.draft.intent == "theft_report"
    assert talk.value("item_description") == "an old car with no plates"


def test_details_before_the_matter_are_kept(talk: Talk) -> None:
    talk.say("inform", location=place())
    assert talk.asked == "reason"
    talk.say("noise_complaint")
    assert talk.value("location") == place()
    assert talk.asked == "is_ongoing"


def test_a_second_matter_keeps_the_caller_but_not_the_place(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    talk.say("affirm")
    talk.say("affirm")
    assert talk.asked == "reason"
    assert "How can I help" not in talk.said
    talk.say("noise_complaint")
    assert talk.asked == "location"
    assert talk.value("caller_name") == ANN
    assert talk.value("callback_number") == "+12035550142"
    talk.say("inform", location=place("Oak Street"))
    talk.say("affirm")
    assert talk.asked == "confirm"
    assert "Oak Street" in talk.said


def test_a_second_matter_may_be_named_at_once(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    talk.say("affirm")
    talk.say("noise_complaint", location=place("Oak Street"))
    assert talk.draft.intent == "noise_complaint"
    assert talk.asked == "is_ongoing"


def test_bad_hearing_in_the_first_matter_does_not_spoil_the_second(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    talk.hear(Heard(meaning=Understanding("yes", (IntentGuess("affirm", 0.9),), (), False), hearing=0.2))
    talk.say("noise_complaint", location=place())
    assert talk.dialog.hearing == 1.0


# ---------------------------------------------------------------- the side of a conversation


def test_repeat_says_the_question_again_word_by_word(talk: Talk) -> None:
    talk.say("pothole")
    question = talk.replies[-1].say[-1]
    talk.say("repeat")
    assert talk.said.endswith(question)
    assert talk.draft.asked == {"ask_location": 1}


def test_hold_on_waits_without_a_question(talk: Talk) -> None:
    talk.say("pothole")
    reply = talk.say("hold_on")
    assert reply.hold
    assert "?" not in talk.said
    assert talk.asked == "location"


def test_a_greeting_is_answered_with_the_question(talk: Talk) -> None:
    talk.say("greet")
    assert talk.asked == "reason"
    assert talk.said.endswith("?")
    assert talk.replies[-1].end is None


def test_thanks_and_goodbye_at_the_end(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    talk.say("affirm")
    assert talk.say("thanks").end == "close"


def test_a_goodbye_before_anything_was_filed_ends_politely(talk: Talk) -> None:
    reply = talk.say("goodbye")
    assert reply.end == "answer"
    assert "filed" not in talk.said


def test_what_the_line_does_not_do_is_explained_once_and_then_left_to_a_person(talk: Talk) -> None:
    talk.say("out_of_scope")
    assert "I can take reports about" in talk.said
    reply = talk.say("out_of_scope")
    assert (reply.end, reply.reason) == ("human", "out_of_scope")


@pytest.mark.parametrize(("kind", "limit"), [("not_understood", "not_understood"), ("silence", "silence")])
def test_the_same_trouble_is_borne_so_often_and_then_left_to_a_person(talk: Talk, kind: str, limit: str) -> None:
    for _ in range(getattr(talk.book.policy.retries, limit)):
        reply = talk.silence() if kind == "silence" else talk.say("inform", 0.1)
        assert reply.end is None
    reply = talk.silence() if kind == "silence" else talk.say("inform", 0.1)
    assert (reply.end, reply.reason) == ("human", kind)


def test_progress_forgives_earlier_trouble(talk: Talk) -> None:
    talk.silence()
    talk.say("pothole")
    assert talk.silence().end is None


def test_silence_after_a_filed_case_ends_the_call_well(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    talk.say("affirm")
    assert talk.silence().end == "close"


def test_who_asks_for_a_person_gets_one_in_every_state(site: Site) -> None:
    for before in ([], ["pothole"], ["pothole", "inform"]):
        talk = Talk(site.playbook)
        for intent in before:
            talk.say(intent, location=place())
        assert talk.say("speak_to_person").reason == "caller_asked"
        assert talk.replies[-1].end == "human"


def test_an_endless_conversation_is_left_to_a_person(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    for turn in range(talk.book.policy.retries.turns - 2):
        assert talk.say("correct", location=place(number=str(turn + 20))).end is None
    reply = talk.say("correct", location=place(number="99"))
    assert (reply.end, reply.reason) == ("human", "too_many_turns")


def test_who_only_makes_conversation_is_left_to_a_person(talk: Talk) -> None:
    talk.say("pothole")
    turns = 0
    while talk.replies[-1].end is None:
        talk.say("thanks", text="are you a robot")
        turns += 1
    assert turns < 10
    assert talk.replies[-1].reason == "not_understood"


def test_giving_up_says_why(talk: Talk) -> None:
    reply = machine.give_up(talk.book, talk.dialog, "station_failed", "speak_failed")
    assert (reply.end, reply.reason) == ("human", "speak_failed")
    assert reply.say


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("are you a robot?", "automated assistant"),
        ("am I talking to a real person", "automated assistant"),
        ("why do you need that?", "find the place"),
        ("how long will this take?", "minute or two"),
        ("can you hear me", "listening"),
        ("is this call recorded", "recorded"),
        ("this is ridiculous", "sorry about the trouble"),
    ],
)
def test_an_aside_is_answered_and_the_question_is_asked_again(talk: Talk, text: str, answer: str) -> None:
    talk.say("pothole")
    talk.say("out_of_scope", text=text)
    assert answer in talk.said
    assert talk.asked == "location"
    assert talk.draft.asked == {"ask_location": 1}


def test_why_is_answered_by_what_was_asked(talk: Talk) -> None:
    talk.say("pothole", location=place())
    assert talk.asked == "caller_name"
    talk.say("out_of_scope", text="what do you need my name for")
    assert "anonymous" in talk.said
    talk.say("inform", caller_name=ANN)
    talk.say("deny", text="why do you want that")
    assert "call you back" in talk.said


def test_a_question_that_is_asked_once_is_not_lost_by_an_aside(talk: Talk) -> None:
    talk.say("pothole", location=place(number=None))
    assert "cross street" in talk.said
    for intent, text in (("repeat", "what"), ("thanks", "thanks"), ("inform", "are you a robot")):
        talk.say(intent, text=text)
        assert talk.dialog.prompt == "ask_location_detail"


def test_a_name_that_is_refused_at_once_is_never_asked_for(talk: Talk) -> None:
    talk.say("pothole", text="there's a pothole but I don't want to give my name")
    assert talk.asked == "location"
    talk.say("inform", location=place())
    assert talk.asked == "callback_number"
    talk.say("deny")
    assert talk.asked == "confirm"
    talk.say("affirm")
    talk.say("noise_complaint", location=place(), is_ongoing=True)
    assert talk.asked == "confirm"


def test_a_name_that_is_refused_in_the_middle_leaves_the_question_open(talk: Talk) -> None:
    talk.say("noise_complaint", location=place())
    assert talk.asked == "is_ongoing"
    talk.say("deny", text="I'd rather stay anonymous")
    assert talk.asked == "is_ongoing"
    assert talk.value("is_ongoing") is None
    talk.say("affirm")
    assert talk.asked == "confirm"


def test_what_was_said_last_can_be_taken_back(talk: Talk) -> None:
    talk.say("abandoned_vehicle")
    talk.say("inform", location=place())
    assert talk.asked == "vehicle"
    talk.say("correct", text="actually scratch that")
    assert talk.asked == "location"
    assert talk.draft.filled.keys() == {"description"} & talk.draft.filled.keys()
    talk.say("inform", location=place("Oak Street"))
    assert talk.asked == "vehicle"


def test_an_opening_that_is_taken_back_starts_over(talk: Talk) -> None:
    talk.say("pothole", location=place())
    talk.say("correct", text="scratch that")
    assert talk.asked == "reason"
    assert talk.dialog.draft is None
    talk.say("graffiti")
    assert talk.value("location") is None


def test_taking_back_at_the_read_back_asks_what_to_change(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    talk.say("correct", text="scratch that")
    assert talk.asked == "amend"


@pytest.mark.parametrize("before", [[], [{"location": place()}], [{"location": place(), "caller_name": ANN}]])
def test_a_change_of_mind_about_the_matter_is_followed(talk: Talk, before: list[dict[str, Any]]) -> None:
    talk.say("pothole")
    for slots in before:
        talk.say("inform", **slots)
    guesses = (IntentGuess("correct", 0.6), IntentGuess("theft_report", 0.3))
    text = "no wait, it's actually about a stolen package"
    talk.hear(Heard(meaning=Understanding(text, guesses, (), False)))
    assert talk.draft.intent == "theft_report"
    assert talk.asked == "item_description"


def test_a_change_of_mind_at_the_read_back_is_followed(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    talk.say("graffiti", 0.7, text="sorry, it's actually about graffiti")
    assert talk.draft.intent == "graffiti"
    assert talk.asked == "confirm"


# ---------------------------------------------------------------- several matters


def _both(talk: Talk, text: str, **slots: SlotValue) -> Reply:
    guesses = (IntentGuess("pothole", 0.95), IntentGuess("graffiti", 0.9))
    hits = meaning("inform", 0.9, text=text, **slots).slots
    return talk.hear(Heard(meaning=Understanding(text, guesses, hits, False, wanted=("pothole", "graffiti"))))


def test_two_matters_in_one_opening_are_taken_up_one_after_the_other(talk: Talk) -> None:
    _both(talk, "there's a pothole on Elm and graffiti")
    assert talk.draft.intent == "pothole"
    talk.say("inform", location=place())
    talk.say("deny")
    talk.say("deny")
    talk.say("affirm")
    assert CASE_NUMBER in talk.said
    assert "graffiti" in talk.said
    assert talk.asked == "location"
    talk.say("inform", text="the same place", location=None)
    assert talk.value("location") == place()
    assert talk.asked == "confirm"
    talk.say("affirm")
    assert talk.asked == "more"
    assert [draft.intent for draft in talk.dialog.filed] == ["pothole", "graffiti"]


def test_two_matters_at_the_same_place_ask_for_it_once(talk: Talk) -> None:
    _both(talk, "a pothole at 12 Elm Street and graffiti in the same spot", location=place())
    talk.say("deny")
    talk.say("deny")
    talk.say("affirm")
    assert talk.asked == "confirm"
    assert talk.value("location") == place()


def test_a_further_matter_there_too_keeps_the_place(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    talk.say("affirm")
    talk.say("noise_complaint", text="and there's loud music there too")
    assert talk.value("location") == place()
    assert talk.asked == "is_ongoing"


def test_a_matter_in_an_answer_waits(talk: Talk) -> None:
    talk.say("pothole")
    talk.say("graffiti", text="at 12 Elm Street, and there's also graffiti", location=place())
    assert talk.draft.intent == "pothole"
    assert [matter.intent for matter in talk.dialog.waiting] == ["graffiti"]


def test_the_call_comes_to_the_highest_of_its_outcomes(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    talk.say("affirm")
    _ask(talk, "when is trash day", PAGE)
    assert talk.say("deny").end == "close"


# ---------------------------------------------------------------- limits


def test_yes_or_no_is_asked_for_in_other_words_and_then_for_keys(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    talk.say("inform", 0.1)
    assert "yes or no" in talk.said
    talk.say("inform", 0.1)
    assert "press 1" in talk.said
    assert talk.say("inform", 0.1).reason == "not_understood"


def test_a_yes_at_the_last_turn_still_files(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    numbers = iter("123456789" * 3)
    while talk.dialog.turns < talk.book.policy.retries.turns - 1:
        talk.say("correct", location=place(number=next(numbers)))
    reply = talk.say("affirm")
    assert CASE_NUMBER in talk.said
    assert reply.end == "close"
    assert "?" not in talk.said


# ---------------------------------------------------------------- properties

_SLOTS = {
    "location": st.builds(place, st.sampled_from(["Elm Street", None]), st.sampled_from(["12", None]), st.floats(0, 1)),
    "vehicle": st.just(CAR),
    "occurred_at": st.just(NIGHT),
    "item_description": st.just("a bike"),
    "person_name": st.just(UNCLE),
    "caller_name": st.just(ANN),
    "callback_number": st.just("+12035550142"),
    "is_ongoing": st.booleans(),
    "description": st.just("it is bad"),
    "plate": st.just("AX4192"),
    "amount": st.just(400.0),
    "item_value": st.just(400.0),
    "report_number": st.just("26-00014-7"),
    "case_number": st.just("26-00014-7"),
    "injuries": st.booleans(),
    "is_blocking": st.booleans(),
    "animal_type": st.just("a dog"),
    "question": st.just("when is it open"),
}
_TEXTS = ("words", "he has a gun", "it's in Hamden", "never mind", "the address", "a wire is down", "nobody is hurt")
_HITS = st.sampled_from(list(_SLOTS)).flatmap(
    lambda slot: st.builds(SlotHit, st.just(slot), st.just("words"), _SLOTS[slot], st.floats(0, 1))
)


def _intents(site: Site) -> list[str]:
    acts = ["affirm", "deny", "correct", "repeat", "dont_know", "hold_on", "goodbye", "thanks", "greet", "inform"]
    return [*site.playbook.catalogue.intents, *acts, "speak_to_person", "out_of_scope"]


def _heard(site: Site) -> st.SearchStrategy[Heard]:
    guess = st.builds(IntentGuess, st.sampled_from(_intents(site)), st.floats(0, 1))
    meanings = st.builds(
        Understanding,
        st.sampled_from(_TEXTS),
        st.lists(guess, max_size=2).map(tuple),
        st.lists(_HITS, max_size=3).map(tuple),
        st.booleans(),
    )
    return st.one_of(
        st.builds(Heard, meaning=meanings, hearing=st.floats(0, 1)),
        st.just(Heard(silent=True)),
        st.builds(Heard, keys=st.sampled_from("0123456789*#")),
        st.builds(Heard, failed=st.sampled_from(["hear", "understand", "decide"])),
    )


@settings(max_examples=100, deadline=None)
@given(data=st.data(), caller_known=st.booleans())
def test_whatever_is_said_the_call_ends_and_never_asks_two_questions(
    site: Site, data: st.DataObject, caller_known: bool
) -> None:
    talk = Talk(site.playbook, caller_known=caller_known)
    heard = _heard(site)
    for _ in range(60):
        reply = talk.hear(data.draw(heard))
        assert reply.dialog.state in site.playbook.flow.states
        assert talk.said or reply.hold
        assert talk.said.count("?") <= 1
        assert "  " not in talk.said
        if reply.end is not None:
            break
        assert site.playbook.flow.states[reply.dialog.state].asks is not None
    assert talk.replies[-1].end in ("close", "queue", "human", "answer")
    assert site.playbook.flow.states[talk.dialog.state].ends is not None


# ---------------------------------------------------------------- kinds of cases


def test_a_long_opening_is_the_description_and_a_short_one_only_names_the_matter(talk: Talk) -> None:
    talk.say("fraud_report", text="I was scammed")
    assert talk.asked == "description"
    talk.say("inform", text="someone opened a credit card in my name")
    assert talk.value("description") == "someone opened a credit card in my name"
    assert talk.asked == "amount"


PAGE = "trash_days"


def _ask(talk: Talk, text: str, page: str = "") -> Reply:
    asked = replace(meaning("info_question", text=text), page=page)
    return talk.hear(Heard(meaning=asked))


def test_a_question_is_answered_word_by_word_and_the_call_goes_on(talk: Talk) -> None:
    reply = _ask(talk, "when is trash day", PAGE)
    assert talk.book.knowledge[PAGE].answer in talk.said
    assert talk.asked == "more"
    assert not reply.must_be_heard
    assert talk.replies[-2].file is not None
    assert talk.replies[-2].file.outcome == "answer"
    assert talk.say("deny").end == "answer"


def test_a_question_with_a_page_is_no_question_why_the_bot_asks(talk: Talk) -> None:
    _ask(talk, "what do I need a block party permit for", "block_party_permit")
    assert talk.book.knowledge["block_party_permit"].answer in talk.said


def test_a_question_that_fits_no_matter_is_answered_by_its_page(talk: Talk) -> None:
    asked = replace(meaning("out_of_scope", 0.6, text="what are the hours of city hall?"), page="city_hall_hours")
    talk.hear(Heard(meaning=asked))
    assert talk.book.knowledge["city_hall_hours"].answer in talk.said


def test_a_question_without_a_page_is_not_answered_and_a_person_is_offered(talk: Talk) -> None:
    reply = _ask(talk, "what time does the city hall open on Monday morning")
    assert reply.end is None
    assert "don't know" in talk.said
    assert talk.asked == "offer"
    reply = talk.say("affirm")
    assert (reply.end, reply.reason) == ("human", "needs_answer")
    assert talk.value("question") == "what time does the city hall open on Monday morning"


def test_who_does_not_want_a_person_goes_on_without_an_answer(talk: Talk) -> None:
    _ask(talk, "do you sell hats?")
    talk.say("deny")
    assert talk.asked == "more"
    talk.say("pothole")
    assert talk.asked == "location"


def test_an_announced_question_is_asked_for(talk: Talk) -> None:
    _ask(talk, "can I ask you a question")
    assert talk.asked == "question"
    _ask(talk, "trash day", PAGE)
    assert talk.book.knowledge[PAGE].answer in talk.said


def test_a_report_after_an_announced_question_is_a_report(talk: Talk) -> None:
    _ask(talk, "I have a question")
    talk.say("pothole", text="there's a hole on my street", location=place())
    assert talk.draft.intent == "pothole"
    assert talk.asked == "caller_name"


@pytest.mark.parametrize("intent", ["pothole", "noise_complaint"])
def test_a_question_in_the_middle_of_a_form_is_answered_and_the_form_goes_on(talk: Talk, intent: str) -> None:
    talk.say(intent)
    _ask(talk, "when is trash day", PAGE)
    assert talk.book.knowledge[PAGE].answer in talk.said
    assert talk.asked == "location"
    assert talk.said.endswith(("?", ".", "it."))
    assert talk.draft.asked == {"ask_location": 1}


def test_a_question_that_is_taken_for_an_answer_is_known_by_its_page(talk: Talk) -> None:
    talk.say("pothole")
    asked = replace(meaning("inform", 0.6, text="when is trash day by the way"), page=PAGE)
    talk.hear(Heard(meaning=asked))
    assert talk.book.knowledge[PAGE].answer in talk.said
    assert talk.asked == "location"


def test_a_question_at_the_read_back_is_answered_and_it_is_read_back_again(talk: Talk) -> None:
    _pothole_to_read_back(talk)
    _ask(talk, "when is trash day", PAGE)
    assert talk.asked == "confirm"
    assert "12 Elm Street" in talk.said


def test_a_question_in_the_middle_without_a_page_offers_a_person_and_leads_back(talk: Talk) -> None:
    talk.say("pothole")
    _ask(talk, "what does the mayor earn?")
    assert talk.asked == "offer"
    talk.say("deny")
    assert talk.asked == "location"
    talk.say("inform", location=place())
    _ask(talk, "what does the mayor earn?")
    assert talk.say("affirm").reason == "needs_answer"


def test_an_answer_instead_of_a_yes_to_the_offer_is_taken(talk: Talk) -> None:
    talk.say("pothole")
    _ask(talk, "what does the mayor earn?")
    talk.say("deny", text="no, it's at 12 Elm Street", location=place())
    assert talk.value("location") == place()
    assert talk.asked == "caller_name"


def test_an_earlier_case_is_asked_for_its_number(talk: Talk) -> None:
    talk.say("case_status")
    assert talk.asked == "case_number"
    assert talk.say("inform", case_number="26-00014-7").look_up == "26-00014-7"


def test_what_the_caller_has_affirmed_is_sure(talk: Talk) -> None:
    talk.say("pothole", 0.4)
    talk.say("affirm")
    assert talk.draft.confidence >= 0.9


def test_a_report_is_found_by_its_day_when_the_number_is_not_known(talk: Talk) -> None:
    talk.say("records_request")
    assert talk.asked == "report_number"
    talk.say("dont_know")
    assert talk.asked == "occurred_at"
    talk.say("inform", occurred_at=NIGHT, caller_name=ANN)
    talk.say("affirm")
    assert talk.said == "All right. I have a copy of a report, last night. Is that right?"

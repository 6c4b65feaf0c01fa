"""The case and the turn as the store keeps them."""

from __future__ import annotations

import pytest

from callbot.content import Site
from callbot.dialog.snapshot import snapshot, turn_record, with_caller_id
from callbot.dialog.state import Heard
from tests.dialog.talk import ANN, Talk, place
from tests.fakes import meaning


@pytest.fixture
def talk(site: Site) -> Talk:
    talk = Talk(site.playbook)
    talk.say("pothole", text="there is a hole", location=place())
    return talk


def test_there_is_no_case_before_the_matter_is_known(site: Site) -> None:
    talk = Talk(site.playbook)
    assert snapshot(site.playbook, talk.dialog, "draft") is None


def test_a_draft_holds_every_value_with_the_words_behind_it(site: Site, talk: Talk) -> None:
    talk.say("inform", text="very deep", caller_name=ANN)
    case = snapshot(site.playbook, talk.dialog, "draft")
    assert case is not None
    assert (case.intent, case.status, case.disposition, case.priority) == ("pothole", "draft", None, "low")
    assert case.slots["location"] == place()
    assert case.evidence["location"].turn == 1
    assert not case.evidence["location"].confirmed
    assert case.caller_name == "Ann Lee"
    assert case.slots.keys() == case.evidence.keys()
    assert 0 < case.confidence <= 1


def test_an_emergency_raises_the_priority(site: Site, talk: Talk) -> None:
    case = snapshot(site.playbook, talk.dialog, "escalated", "emergency", "emergency")
    assert case is not None
    assert (case.priority, case.disposition) == ("emergency", "emergency")
    assert case.note == "emergency; confidence 0.92 = intent 0.97 x location 0.95 x hearing 1.00"


def test_the_callers_number_is_put_in_where_they_agreed(site: Site, talk: Talk) -> None:
    assert with_caller_id(talk.dialog, "+12035550123") == talk.dialog
    talk.say("inform", caller_name=ANN)
    assert talk.asked == "callback_number"
    talk.say("affirm")
    case = snapshot(site.playbook, with_caller_id(talk.dialog, "+12035550123"), "draft")
    assert case is not None
    assert case.callback_number == "+12035550123"


def test_a_turn_is_logged_with_what_was_asked_heard_and_said(talk: Talk) -> None:
    heard = Heard(meaning=meaning("inform", 0.91234, text="ann lee", caller_name=ANN))
    asked = talk.asked
    reply = talk.hear(heard)
    record = turn_record(asked, reply, heard, "ann lee", 3.0, 4.5)
    assert (record.index, record.asked, record.heard, record.keys) == (2, "caller_name", "ann lee", "")
    assert (record.intent, record.confidence) == ("inform", 0.9123)
    assert (record.state, record.said) == (reply.dialog.state, reply.say)
    assert (record.started_at, record.ended_at) == (3.0, 4.5)


def test_keys_and_silence_have_no_words(talk: Talk) -> None:
    pressed = turn_record("more", talk.press("1"), Heard(keys="1"), "", 0, 0)
    assert (pressed.heard, pressed.keys, pressed.intent, pressed.confidence) == (None, "1", None, None)
    assert turn_record("more", talk.silence(), None, "", 0, 0).keys == ""

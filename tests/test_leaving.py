"""What becomes of the case of a caller who leaves."""

from __future__ import annotations

from callbot.content import Site
from callbot.dialog.form import Draft, Filled, confirm
from callbot.dialog.policy import decide
from callbot.dialog.state import Dialog
from callbot.events import Escalate, SaveCase
from callbot.leaving import answered, file, wrap_up
from tests.fakes import ORANGE


def dialog(site: Site, intent: str, *, located: bool) -> Dialog:
    filled = {"location": Filled(ORANGE, "215 orange street", 0.95, 1)} if located else {}
    draft = Draft(intent=intent, confidence=0.95, filled=filled)
    return Dialog(state=site.playbook.flow.start, draft=draft, turns=2)


def test_a_complete_report_is_filed(site: Site) -> None:
    after, (command,) = wrap_up(site.playbook, dialog(site, "pothole", located=True))
    assert isinstance(command, SaveCase)
    assert "caller_left_before_confirming" in command.case.note
    assert command.repeat_within == site.playbook.policy.repeats["pothole"]
    assert after.draft is None


def test_an_incomplete_one_stays_a_draft(site: Site) -> None:
    before = dialog(site, "pothole", located=False)
    assert wrap_up(site.playbook, before) == (before, [])


def test_a_worry_about_a_person_is_escalated_even_without_a_place(site: Site) -> None:
    after, (command,) = wrap_up(site.playbook, dialog(site, "welfare_check", located=False))
    assert isinstance(command, Escalate)
    assert (command.reason, after.outcome) == ("caller_left", "human")
    assert command.follow_up == site.playbook.policy.promises.caller_left


def test_nothing_said_leaves_nothing(site: Site) -> None:
    empty = Dialog(state=site.playbook.flow.start)
    assert wrap_up(site.playbook, empty) == (empty, [])


def test_a_question_that_was_not_answered_yet_stays_a_draft(site: Site) -> None:
    filled = {"case_number": Filled("26-00014-3", "26-00014-3", 0.9, 1)}
    before = Dialog(state="looking", draft=Draft("case_status", 0.9, filled), turns=2)
    assert wrap_up(site.playbook, before) == (before, [])
    command = answered(site.playbook, before)
    assert (command.case.status, command.case.disposition, command.follow_up) == ("closed", "answer", None)


def test_a_confirmed_case_is_filed_with_what_its_decision_rests_on(site: Site) -> None:
    talk = dialog(site, "pothole", located=True)
    assert talk.draft is not None
    draft = confirm(talk.draft)
    decision = decide(site.playbook, draft, hearing=0.9, confirmed=True)
    command = file(site.playbook, talk, decision)
    assert (command.case.status, command.repeat_within, command.follow_up) == ("closed", 30, None)
    assert command.case.decision == decision.inputs


def test_a_queued_case_promises_a_follow_up(site: Site) -> None:
    talk = dialog(site, "drug_activity", located=True)
    assert talk.draft is not None
    command = file(site.playbook, talk, decide(site.playbook, confirm(talk.draft), hearing=0.9, confirmed=True))
    assert (command.case.status, command.repeat_within) == ("queued", None)
    assert command.follow_up == site.playbook.policy.promises.queued

"""What callers hear about an earlier case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from callbot.content import Site
from callbot.dialog import machine, status
from callbot.dialog.form import Draft
from callbot.dialog.machine import Reply
from callbot.events import CaseStatus
from callbot.schema import Playbook
from tests.dialog.talk import Talk

NUMBER, OTHER = "26-00014-3", "26-00002-9"
CASE = CaseStatus(NUMBER, "pothole", "queued", by_person=False, due_at=None, part_of=None)
DUE = datetime(2026, 5, 6, 1, 30, tzinfo=UTC)


@pytest.fixture
def book(site: Site) -> Playbook:
    return site.playbook


@pytest.fixture
def talk(site: Site) -> Talk:
    """A caller who is about to give the number."""
    talk = Talk(site.playbook)
    talk.say("case_status")
    return talk


def ask(talk: Talk, number: str, found: CaseStatus | None) -> Reply:
    """The caller gives a number; the store answers at once."""
    reply = talk.say("inform", case_number=number)
    assert (reply.look_up, reply.say) == (number, ())
    talk.replies.append(machine.looked_up(talk.book, reply.dialog, found))
    return talk.replies[-1]


def test_only_a_question_about_a_case_is_looked_up(book: Playbook) -> None:
    asked = [name for name in book.catalogue.intents if status.is_asked(book, Draft(name, 0.9))]
    assert asked == ["case_status"]


def test_the_status_is_told_and_the_call_goes_on(talk: Talk) -> None:
    reply = ask(talk, NUMBER, CASE)
    assert NUMBER in talk.said
    assert "a pothole" in talk.said
    assert (talk.asked, talk.dialog.draft, talk.dialog.outcome) == ("more", None, "answer")
    assert reply.must_be_heard
    assert talk.say("deny").end == "answer"


def test_asking_again_repeats_the_status(talk: Talk) -> None:
    ask(talk, NUMBER, CASE)
    assert NUMBER in " ".join(talk.say("repeat").say)


def test_an_unknown_number_is_read_back_and_asked_again_once_and_then_a_person(talk: Talk) -> None:
    ask(talk, "26-00014-9", None)
    assert "26-00014-9" in talk.said
    assert talk.asked == "case_number"
    reply = ask(talk, "26-00014-8", None)
    assert (reply.end, reply.reason) == ("human", "case_unknown")


def test_the_second_number_may_be_right(talk: Talk) -> None:
    ask(talk, "26-00014-9", None)
    ask(talk, NUMBER, CASE)
    assert (talk.asked, talk.dialog.outcome) == ("more", "answer")


def test_a_report_after_it_decides_how_the_call_ends(talk: Talk) -> None:
    ask(talk, NUMBER, CASE)
    talk.say("pothole")
    assert talk.draft.intent == "pothole"


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (CASE, ["status_queued"]),
        (replace(CASE, due_at=DUE), ["status_queued", "status_due"]),
        (replace(CASE, status="closed"), ["status_filed"]),
        (replace(CASE, status="closed", by_person=True), ["status_closed"]),
        (replace(CASE, status="assigned", part_of=OTHER), ["status_part_of", "status_assigned"]),
    ],
)
def test_how_far_a_case_has_come(book: Playbook, talk: Talk, case: CaseStatus, told: list[str]) -> None:
    ask(talk, NUMBER, case)
    for prompt in told:
        # The words before the first value tell one prompt from another.
        assert book.prompts[prompt][0].removeprefix("Thank you. ").split("{")[0] in talk.said
    assert talk.said.count("Thank you") <= 1
    if case.due_at is not None:
        assert "Tuesday, May 5" in talk.said
    if case.part_of is not None:
        assert OTHER in talk.said


@pytest.mark.parametrize("name", ["open", "queued", "escalated", "assigned", "closed", "reopened"])
def test_every_status_has_words(talk: Talk, name: str) -> None:
    ask(talk, NUMBER, replace(CASE, status=name, by_person=True))
    assert NUMBER in talk.said


def test_a_kind_of_case_that_is_gone_keeps_its_name(talk: Talk) -> None:
    ask(talk, NUMBER, replace(CASE, intent="lost_llama"))
    assert "lost llama" in talk.said

"""What becomes of the case of a caller who leaves."""

from __future__ import annotations

from callbot.content import Site
from callbot.dialog.form import Draft, Filled
from callbot.dialog.state import Dialog
from callbot.events import Escalate, SaveCase
from callbot.leaving import wrap_up
from tests.fakes import ORANGE


def dialog(site: Site, intent: str, *, located: bool) -> Dialog:
    filled = {"location": Filled(ORANGE, "215 orange street", 0.95, 1)} if located else {}
    draft = Draft(intent=intent, confidence=0.95, filled=filled)
    return Dialog(state=site.playbook.flow.start, draft=draft, turns=2)


def test_a_complete_report_is_filed(site: Site) -> None:
    after, (command,) = wrap_up(site.playbook, dialog(site, "pothole", located=True))
    assert isinstance(command, SaveCase)
    assert "caller_left_before_confirming" in command.case.note
    assert after.draft is None


def test_an_incomplete_one_stays_a_draft(site: Site) -> None:
    before = dialog(site, "pothole", located=False)
    assert wrap_up(site.playbook, before) == (before, [])


def test_a_worry_about_a_person_is_escalated_even_without_a_place(site: Site) -> None:
    after, (command,) = wrap_up(site.playbook, dialog(site, "welfare_check", located=False))
    assert isinstance(command, Escalate)
    assert (command.reason, after.outcome) == ("caller_left", "human")


def test_nothing_said_leaves_nothing(site: Site) -> None:
    empty = Dialog(state=site.playbook.flow.start)
    assert wrap_up(site.playbook, empty) == (empty, [])

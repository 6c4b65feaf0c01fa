"""What a person reads about a call of the shipped site."""

from __future__ import annotations

from callbot.cases.briefing import brief
from callbot.content import Site
from callbot.events import CaseSnapshot, Escalate, SaveCase
from tests.cases.samples import escalate, located, snapshot, turn


def read(site: Site, command: Escalate | SaveCase) -> list[str]:
    """The lines of the summary."""
    turns = [turn(0, None), turn(1, "there is a pothole"), turn(2, "88 Howe Street, apartment three")]
    return brief(site.playbook, site.summary, turns, command).splitlines()


def test_a_case_is_called_by_its_title_and_not_by_its_name(site: Site) -> None:
    what = read(site, escalate(snapshot(intent="noise_complaint")))[0]
    assert site.playbook.catalogue.intents["noise_complaint"].title in what
    assert "noise_complaint" not in what


def test_the_reason_is_told_in_the_sites_words_with_what_the_caller_said(site: Site) -> None:
    why = read(site, escalate(evidence="a person"))[1]
    assert why == f'Why a person: {site.playbook.reasons["caller_asked"]} ("a person")'


def test_a_filed_case_tells_what_has_become_of_it(site: Site) -> None:
    text = read(site, SaveCase(2, located(status="closed", disposition="close")))
    assert text[1].startswith(f"Why a person: {site.playbook.reasons['closed']}")
    assert "88 Howe Street" in text[0]


def test_all_that_the_form_asks_is_listed_in_its_order(site: Site) -> None:
    text = read(site, escalate(snapshot(intent="theft_report")))
    details = [line for line in text if line.startswith("- ") and line.endswith(": not stated")]
    book = site.playbook
    head = {"location", "caller_name", "callback_number"}
    asked = [book.catalogue.slots[item.slot].label for item in book.forms["theft_report"].slots]
    in_head = {book.catalogue.slots[name].label for name in head}
    listed = [line.removeprefix("- ").removesuffix(": not stated") for line in details]
    assert listed[: len(set(asked) - in_head)] == [label for label in asked if label not in in_head]


def test_before_there_is_a_case_the_words_speak(site: Site) -> None:
    text = read(site, escalate(None))
    assert text[0].startswith("What: not stated")
    assert '- turn 1: "there is a pothole"' in text


def test_every_status_that_is_saved_has_a_reason(site: Site) -> None:
    for status in ("closed", "queued", "escalated"):
        case: CaseSnapshot = snapshot(status=status)
        assert site.playbook.reasons[status] in "\n".join(read(site, SaveCase(1, case)))

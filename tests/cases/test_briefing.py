"""What a person reads about a call of the shipped site."""

from __future__ import annotations

from typing import Literal

import pytest

from callbot.cases.briefing import brief
from callbot.content import Site
from callbot.events import Escalate, SaveCase
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
    assert why.startswith(f'Why a person: {site.playbook.reasons["caller_asked"]} ("a person") · ')


@pytest.mark.parametrize("status", ["closed", "queued"])
def test_a_filed_case_tells_what_has_become_of_it(site: Site, status: Literal["closed", "queued"]) -> None:
    head, why, *_ = read(site, SaveCase(2, located(status=status)))
    assert why.startswith(f"Why a person: {site.playbook.reasons[status]} · ")
    assert "88 Howe Street" in head


def test_what_the_form_asks_is_listed_in_its_order(site: Site) -> None:
    text = read(site, escalate(snapshot(intent="theft_report")))
    labels = [site.playbook.catalogue.slots[name].label for name in ("item_description", "item_value")]
    at = text.index("Details") + 1
    assert text[at : at + 2] == [f"- {label}: not stated" for label in labels]


def test_before_there_is_a_case_the_words_speak(site: Site) -> None:
    text = read(site, escalate(None))
    assert text[0].startswith("What: not stated")
    assert '- turn 1: "there is a pothole"' in text


GUN = "hi this is ridiculous, there's a guy with a gun case and a gun on Howe Street"


def test_a_danger_that_the_rules_know_is_flagged_with_the_words(site: Site) -> None:
    turns = [turn(0, None), turn(1, GUN)]
    command = Escalate("weapon", None, "", "medium", snapshot(intent="suspicious_activity"))
    why = brief(site.playbook, site.summary, turns, command).splitlines()[1]
    assert why.startswith(f'Why a person: {site.playbook.reasons["weapon"]} (turn 1: "gun")')
    assert f'Risks: {site.playbook.reasons["weapon"]} (turn 1: "gun")' in why
    assert 'Mood: angry (turn 1: "this is ridiculous")' in why


def test_before_there_is_a_case_only_dangers_of_any_case_count(site: Site) -> None:
    turns = [turn(1, "there's a gun"), turn(2, "and the light is out")]
    why = brief(site.playbook, site.summary, turns, escalate(None)).splitlines()[1]
    assert site.playbook.reasons["weapon"] in why
    assert site.playbook.reasons["dark_signal"] not in why


@pytest.mark.parametrize(
    ("said", "mood"),
    [
        ("this is ridiculous", "angry"),
        ("I'm so confused right now", "confused"),
        ("I don't know what to do, he isn't answering", "distressed"),
        ("I'm not angry, I just want it fixed", None),
        ("the pothole is ridiculous", None),
        ("my neighbors are very loud", None),
    ],
)
def test_a_mood_is_named_only_with_words_for_it(site: Site, said: str, mood: str | None) -> None:
    why = brief(site.playbook, site.summary, [turn(1, said)], escalate(None)).splitlines()[1]
    found = why.split("Mood: ")[1]
    assert found == "not stated" if mood is None else found.startswith(f"{mood} (turn 1: ")


def test_a_question_that_was_answered_says_so(site: Site) -> None:
    case = snapshot(intent="case_status", status="closed", disposition="answer")
    assert site.playbook.reasons["answered"] in read(site, SaveCase(2, case))[1]

"""Cross-checks that are easier to try on the shipped content than in a copied file (see test_content.py)."""

from __future__ import annotations

from typing import Any

import pytest

from callbot import check
from callbot.content import Site
from callbot.schema import Flow, Moods, Move, Prompts


def _with_row(flow: Flow, state: str, trigger: str, move: Move) -> Flow:
    """The flow with one row of one state replaced."""
    on: dict[Any, Move] = {**flow.states[state].on, trigger: move}
    changed = flow.states[state].model_copy(update={"on": on})
    return flow.model_copy(update={"states": {**flow.states, state: changed}})


@pytest.fixture
def texts(site: Site) -> Prompts:
    return Prompts.model_validate({"prompts": site.playbook.prompts})


@pytest.mark.parametrize(
    ("state", "trigger", "to", "says"),
    [
        ("more", "affirm", "filing", "no case yet"),
        ("open", "details", "confirm", "no case yet"),
        ("filing", "saved", "amend", "no case yet"),
        ("identify", "deny", "collect", "no case yet"),
        ("more", "affirm", "identify", "no guess"),
        ("collect", "complete", "same", "nothing is left to ask"),
        ("collect", "complete", "collect", "nothing is left to ask"),
    ],
)
def test_a_row_that_would_break_a_call_is_refused(
    site: Site, texts: Prompts, state: str, trigger: str, to: str, says: str
) -> None:
    flow = _with_row(site.playbook.flow, state, trigger, Move(to=to))
    found = [
        sentence for position, sentence in check.flow(flow, texts) if position == ("states", state, "on", trigger, "to")
    ]
    assert says in "".join(found)


@pytest.mark.parametrize(("state", "trigger", "to"), [("more", "deny", "open"), ("amend", "affirm", "collect")])
def test_a_row_that_staff_may_want_is_allowed(site: Site, texts: Prompts, state: str, trigger: str, to: str) -> None:
    assert list(check.flow(_with_row(site.playbook.flow, state, trigger, Move(to=to)), texts)) == []


def test_a_line_of_its_own_greeting_is_no_unused_prompt(site: Site, texts: Prompts) -> None:
    more = Prompts(prompts={**texts.prompts, "greeting_at_night": "Good night."})
    assert list(check.unused_prompts(more, site.playbook.flow, site.playbook.forms, site.playbook.policy)) == []


@pytest.mark.parametrize("trigger", ["status_found", "status_found_next", "status_unknown", "status_still_unknown"])
def test_whatever_the_store_answers_about_a_case_leads_somewhere(site: Site, texts: Prompts, trigger: str) -> None:
    flow = site.playbook.flow
    rows = {name: move for name, move in flow.states["looking"].on.items() if name != trigger}
    looking = flow.states["looking"].model_copy(update={"on": rows})
    broken = flow.model_copy(update={"states": {**flow.states, "looking": looking}})
    found = [sentence for position, sentence in check.flow(broken, texts) if position == ("states", "looking")]
    assert found == [f"a state that looks a case up needs a row '{trigger}'"]


@pytest.mark.parametrize(
    ("intent", "says"),
    [
        ("pot_hole", "there is no intent"),
        ("theft_report", "the disposition of 'theft_report' is `queue`"),
        ("lost_property", "does not require a location"),
    ],
)
def test_a_kind_of_case_that_cannot_be_a_repeat_is_refused(site: Site, intent: str, says: str) -> None:
    rules = site.playbook.policy.model_copy(update={"repeats": {intent: 3.0}})
    ((position, sentence),) = check.repeats(rules, site.playbook.catalogue)
    assert position == ("repeats", intent)
    assert says in sentence


def test_a_mood_whose_phrase_cannot_be_read_is_refused() -> None:
    ((position, _),) = check.moods(Moods(moods={"angry": ("this is bad", "(this is bad")}))
    assert position == ("moods", "angry", 1)

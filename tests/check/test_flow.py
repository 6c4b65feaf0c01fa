"""Rows of the flow that would break a call."""

from __future__ import annotations

from typing import Any

import pytest

from callbot.check import flow
from callbot.content import Site
from callbot.schema import Flow, Move, Prompts


def _with_row(shipped: Flow, state: str, trigger: str, move: Move) -> Flow:
    """The flow with one row of one state replaced."""
    on: dict[Any, Move] = {**shipped.states[state].on, trigger: move}
    changed = shipped.states[state].model_copy(update={"on": on})
    return shipped.model_copy(update={"states": {**shipped.states, state: changed}})


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
    changed = _with_row(site.playbook.flow, state, trigger, Move(to=to))
    found = [
        sentence
        for position, sentence in flow.transitions(changed, texts)
        if position == ("states", state, "on", trigger, "to")
    ]
    assert says in "".join(found)


@pytest.mark.parametrize(("state", "trigger", "to"), [("more", "deny", "open"), ("amend", "affirm", "collect")])
def test_a_row_that_staff_may_want_is_allowed(site: Site, texts: Prompts, state: str, trigger: str, to: str) -> None:
    assert list(flow.transitions(_with_row(site.playbook.flow, state, trigger, Move(to=to)), texts)) == []


@pytest.mark.parametrize("trigger", ["status_found", "status_found_next", "status_unknown", "status_still_unknown"])
def test_whatever_the_store_answers_about_a_case_leads_somewhere(site: Site, texts: Prompts, trigger: str) -> None:
    shipped = site.playbook.flow
    rows = {name: move for name, move in shipped.states["looking"].on.items() if name != trigger}
    looking = shipped.states["looking"].model_copy(update={"on": rows})
    broken = shipped.model_copy(update={"states": {**shipped.states, "looking": looking}})
    found = [sentence for position, sentence in flow.transitions(broken, texts) if position == ("states", "looking")]
    assert found == [f"a state that looks a case up needs a row '{trigger}'"]

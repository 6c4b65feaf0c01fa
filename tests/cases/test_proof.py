"""A summary is held against the call that it is about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbot.cases.briefing import brief, facts_of
from callbot.cases.proof import supported, unsupported
from callbot.cases.summary import Facts, Finding, summarize
from callbot.content import Site
from callbot.events import Evidence, Word
from tests.cases.samples import HOWE, escalate, located, turn

TEMPLATE = (Path(__file__).parents[2] / "dialogs" / "en" / "summary.md").read_text(encoding="utf-8")
SAID = "this is ridiculous, there is a hole at 88 Howe Street"
WORDS = tuple(Word(text, 3.0 + n, 3.5 + n, 0.9) for n, text in enumerate(SAID.split()))

FACTS = Facts(
    title="a pothole",
    case=located(
        slots={"location": dict(HOWE), "plate": "AB123"},
        evidence={"location": Evidence(1, "88 Howe Street", 0.9, confirmed=True)},
    ),
    turns=[
        turn(0, None, said=("Hello.", "How can I help you?")),
        turn(1, SAID, words=WORDS, said=("I am sorry.", "Where is it?")),
        turn(2, "a person please", said=("I'll connect you.",)),
    ],
    labels={"location": "Where", "description": "What"},
    wanted=("location", "description"),
    reason="the caller asked for a person",
    evidence="a person",
    moods=(Finding("angry", 1, "this is ridiculous"),),
)


def test_what_is_written_from_the_call_is_supported() -> None:
    text = summarize(TEMPLATE, FACTS)
    assert unsupported(text, TEMPLATE, FACTS) == []
    assert supported(text, TEMPLATE, FACTS) == text
    assert 'Where: 88 Howe Street, apartment 3 (turn 1, 0:11: "88 Howe Street", confirmed)' in text
    assert 'Mood: angry (turn 1, 0:03: "this is ridiculous")' in text
    assert '- turn 1: "I am sorry."' in text
    assert "connect you" not in text


@pytest.mark.parametrize(
    "line",
    [
        "The caller is drunk.",
        "What: a fire",
        "Where: 88 Dwight Street",
        'What: a pothole (turn 1: "there is a fire")',
        'What: a pothole (turn 2: "there is a hole")',
        'What: a pothole (turn 9: "there is a hole")',
        '- turn 2: "I\'ll connect you."x',
        'Why a person: ("he wants to")',
        "Call back: +12035550199",
    ],
)
def test_what_nobody_said_is_found(line: str) -> None:
    assert unsupported(line, TEMPLATE, FACTS) == [line]
    assert supported(f"{line}\nWhat: a pothole", TEMPLATE, FACTS) == "What: a pothole"


def test_a_sentence_that_the_bot_never_said_is_found() -> None:
    assert unsupported('- turn 1: "I am sorry."', TEMPLATE, FACTS) == []
    assert unsupported('- turn 1: "Help is on the way."', TEMPLATE, FACTS) != []


_text = st.text(max_size=25)
_turns = st.lists(
    st.builds(
        turn,
        st.integers(0, 9),
        st.none() | _text,
        keys=st.text("0123456789*#", max_size=3),
        said=st.tuples(_text, _text),
        words=st.lists(st.builds(Word, _text, st.floats(0, 900), st.floats(0, 900), st.just(0.9)), max_size=3).map(
            tuple
        ),
    ),
    max_size=5,
    unique_by=lambda record: record.index,
)
_value = (
    _text
    | st.booleans()
    | st.integers(0, 9999)
    | st.dictionaries(
        st.sampled_from(
            ["text", "street", "matched", "number", "cross_street", "unit", "place", "from", "to", "first"]
        ),
        _text | st.none(),
    )
)
_slots = st.dictionaries(st.sampled_from(["location", "plate", "occurred_at", "is_ongoing", "caller_name"]), _value)
_evidence = st.dictionaries(
    st.sampled_from(["location", "plate", "is_ongoing"]),
    st.builds(Evidence, st.integers(0, 9), _text, st.just(0.5), st.booleans()),
)
_findings = st.lists(st.builds(Finding, _text, st.integers(0, 9), _text), max_size=2)


@given(_turns, _slots, _evidence, _findings, _text, _text)
@settings(max_examples=200)
def test_every_line_of_every_summary_is_supported(
    turns: list[object],
    slots: dict[str, object],
    evidence: dict[str, Evidence],
    moods: list[Finding],
    why: str,
    by: str,
) -> None:
    told = {record.index for record in turns}  # type: ignore[attr-defined]
    facts = replace(
        FACTS,
        turns=turns,  # type: ignore[arg-type]
        case=located(slots=slots, evidence=evidence),
        moods=[mood for mood in moods if mood.turn in told],
        reason=why,
        evidence=by,
    )
    assert unsupported(summarize(TEMPLATE, facts), TEMPLATE, facts) == []


def test_an_edited_template_cannot_bring_anything_in(site: Site) -> None:
    turns = [turn(1, "there is a pothole"), turn(2, "a person")]
    command = escalate(located(), evidence="a person")
    text = brief(site.playbook, site.summary, turns, command)
    assert unsupported(text, site.summary, facts_of(site.playbook, turns, command)) == []

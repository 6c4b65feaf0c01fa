"""The operator's summary, with the shipped template and with broken ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.cases.summary import Facts, Finding, check_template, display, summarize
from callbot.errors import ContentError
from callbot.events import CaseSnapshot, Evidence, SlotValue, TurnRecord, Word
from tests.cases.samples import located, snapshot, turn

TEMPLATE = (Path(__file__).parents[2] / "dialogs" / "en" / "summary.md").read_text(encoding="utf-8")


def summary(case: CaseSnapshot | None, turns: list[TurnRecord], **values: Any) -> str:
    """The summary as the shipped template writes it."""
    fields: dict[str, Any] = {"title": "a welfare check", "reason": "This kind of report needs a person"}
    return summarize(TEMPLATE, Facts(case=case, turns=turns, **(fields | values)))


def test_a_whole_summary() -> None:
    case = snapshot(
        intent="welfare_check",
        slots={
            "location": {
                "text": "88 Howe Street, apartment three",
                "street": "Howe Street",
                "number": "88",
                "unit": "3",
            },
            "person_name": {"text": "rosa diaz", "first": "Rosa", "last": "Diaz"},
            "is_ongoing": True,
        },
        evidence={
            "location": Evidence(2, "88 Howe Street, apartment three", 0.93, confirmed=True),
            "person_name": Evidence(1, "Rosa Diaz", 0.9, confirmed=False),
        },
        caller_name="Ann Lee",
    )
    turns = [
        turn(0, None),
        turn(1, "I'm worried about Rosa Diaz", intent="welfare_check"),
        turn(2, "88 Howe Street, apartment three", intent="inform"),
        turn(3, None, keys="2035550123"),
    ]
    labels = {"location": "Where", "person_name": "Person", "relationship": "Caller is the person's"}
    assert summary(case, turns, labels=labels, wanted=tuple(labels), evidence="worried about") == (
        'What: a welfare check (turn 1: "I\'m worried about Rosa Diaz") '
        '· Where: 88 Howe Street, #3 (turn 2: "88 Howe Street, apartment three", confirmed) '
        "· When: not stated "
        "· Caller: Ann Lee (not in the caller's words) "
        "· Call back: not stated\n"
        'Why a person: This kind of report needs a person (turn 1: "worried about") '
        "· Risks: not stated · Missing: Caller is the person's · Mood: not stated\n"
        "\n"
        "Details\n"
        '- Person: Rosa Diaz (turn 1: "Rosa Diaz")\n'
        "- Caller is the person's: not stated\n"
        "- is ongoing: yes (not in the caller's words)\n"
        "\n"
        "What the caller was told\n"
        "nothing\n"
        "\n"
        "In the caller's words\n"
        '- turn 1: "I\'m worried about Rosa Diaz"\n'
        '- turn 2: "88 Howe Street, apartment three"\n'
        "- turn 3: keys 2035550123"
    )


def test_before_anything_is_known() -> None:
    text = summary(None, [], title=None, reason="The caller described an emergency", evidence="he has a knife")
    assert text.splitlines()[:2] == [
        "What: not stated · Where: not stated · When: not stated · Caller: not stated · Call back: not stated",
        'Why a person: The caller described an emergency ("he has a knife") '
        "· Risks: not stated · Missing: not stated · Mood: not stated",
    ]
    assert text.count("not stated") == 10


def test_what_the_caller_has_heard_is_told_without_questions_and_without_the_last_answer() -> None:
    turns = [
        turn(0, None, said=("Hello.",)),
        turn(1, said=("Thank you.", "Where is it?")),
        turn(2, said=("Which street?",)),
        turn(3, said=("I have filed your report.",)),
        turn(4, said=("Goodbye.",)),
    ]
    text = summary(None, turns)
    told = text[text.index("What the caller was told") : text.index("In the caller's words")].split("\n")
    assert told[1:3] == ['- turn 1: "Thank you."', '- turn 3: "I have filed your report."']
    assert "Goodbye" not in text


def test_what_was_never_said_in_those_words_is_quoted_as_the_whole_turn() -> None:
    evidence = {
        "is_ongoing": Evidence(1, "yes", 1.0, confirmed=False),
        "injuries": Evidence(2, "no", 1.0, confirmed=False),
    }
    case = snapshot(slots={"is_ongoing": True, "injuries": False}, evidence=evidence)
    text = summary(case, [turn(1, "yeah it is"), turn(2, None, keys="2")])
    assert '- is ongoing: yes (turn 1: "yeah it is")' in text
    assert "- injuries: no (turn 2: keys 2)" in text


def test_the_words_behind_a_reason_are_quoted_where_they_were_said_last() -> None:
    text = summary(None, [turn(1, "no"), turn(2, "well no")], evidence="no")
    assert 'needs a person (turn 2: "no")' in text


def test_risks_and_moods_come_with_their_words() -> None:
    text = summary(
        None,
        [turn(1, "He's got a gun, I'm so scared")],
        risks=[Finding("a weapon", 1, "he 's got a gun"), Finding("a wire", 1, "a wire is down")],
        moods=[Finding("distressed", 1, "i am so scared")],
    )
    assert 'Risks: a weapon (turn 1: "He\'s got a gun,") · ' in text
    assert 'Mood: distressed (turn 1: "I\'m so scared")' in text


def test_each_quotation_tells_when_it_was_said() -> None:
    words = (Word("a", 61.0, 61.2, 0.9), Word("pothole", 61.4, 62.0, 0.9))
    text = summary(snapshot(), [turn(1, "a pothole", words=words)], evidence="pothole")
    assert 'What: a welfare check (turn 1, 1:01: "a pothole")' in text
    assert '(turn 1, 1:01: "pothole")' in text


def test_line_breaks_and_dollars_in_the_callers_words_change_nothing() -> None:
    text = summary(None, [turn(1, "give me $why\n- Person: the mayor")], title=None)
    assert '- turn 1: "give me $why - Person: the mayor"' in text.splitlines()


# ---------------------------------------------------------------- nothing is made up

_text = st.text(st.characters(codec="utf-8"), max_size=20)
_number = st.integers(0, 9999) | st.floats(0, 1000, allow_nan=False).map(lambda x: round(x, 2))
_scalar = st.none() | _text | _number | st.booleans()
_record = st.dictionaries(
    st.sampled_from(
        [
            "text",
            "street",
            "matched",
            "number",
            "cross_street",
            "unit",
            "place",
            "from",
            "to",
            "first",
            "last",
            "color",
            "make",
            "model",
            "year",
            "score",
        ]
    ),
    st.none() | _text | _number,
)
_slots = st.dictionaries(
    st.sampled_from(["location", "plate", "vehicle", "caller_name", "callback_number", "occurred_at"]),
    _scalar | _record,
)
_evidence = st.builds(Evidence, st.integers(0, 99), _text, st.just(0.5), st.booleans())
_cases = st.builds(
    lambda slots, evidence, name: snapshot(slots=slots, evidence=evidence, caller_name=name),
    _slots,
    st.dictionaries(st.sampled_from(["location", "plate", "vehicle"]), _evidence),
    st.none() | _text,
)
_turns = st.lists(st.builds(turn, st.integers(0, 99), st.none() | _text, keys=st.text("0123456789*#", max_size=3)))


def words(*texts: object) -> set[str]:
    """All words and numbers in texts and nested values."""
    found: set[str] = set()
    for text in texts:
        if isinstance(text, dict):
            found |= words(*text.keys(), *text.values())
        elif isinstance(text, float):
            found |= words(str(text), str(int(text)))
        else:
            found |= set(re.findall(r"\d+|[^\W\d]+", str(text)))
    return found


@given(st.none() | _cases, _turns, _text, _text, st.none() | _text)
def test_every_word_comes_from_the_template_the_slots_or_the_caller(
    case: CaseSnapshot | None, turns: list[TurnRecord], reason: str, evidence: str, title: str | None
) -> None:
    labels = {"plate": "Plate", "vehicle": "Vehicle"}
    text = summary(case, turns, labels=labels, title=title, reason=reason, evidence=evidence)
    given_words = words(TEMPLATE, labels, reason, evidence, title or "")
    for record in turns:
        given_words |= words(record.index, record.heard or "", record.keys)
    if case is not None:
        given_words |= words(case.slots, case.caller_name or "", *(name.replace("_", " ") for name in case.slots))
        given_words |= words(*(part for e in case.evidence.values() for part in (e.turn, e.text)))
    # A date's T stands between its parts and is no word; the same for whatever else is cut by it.
    assert words(text) - given_words <= words(*(word.replace("T", " ") for word in given_words))


@given(_cases, _turns)
def test_the_first_two_lines_say_it_all(case: CaseSnapshot, turns: list[TurnRecord]) -> None:
    what, why = summary(case, turns).splitlines()[:2]
    assert what.startswith("What: a welfare check (")
    assert all(f"· {name}: " in what for name in ("Where", "Caller", "Call back"))
    assert why.startswith("Why a person: This kind of report needs a person")


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (12, "12"),
        (1200.0, "1200"),
        (19.5, "19.5"),
        ("two\n lines", "two lines"),
        ({"street": "Howe Street", "number": "88", "unit": "apartment 3"}, "88 Howe Street, apartment 3"),
        ({"street": "State Street", "number": "360", "unit": "4B"}, "360 State Street, #4B"),
        (
            {"text": "chapel near college", "street": "chapel", "matched": "Chapel Street", "cross_street": "College"},
            "Chapel Street / College",
        ),
        ({"text": "x", "street": "Chapel Street", "place": "Yale Gallery"}, "Chapel Street, Yale Gallery"),
        ({"text": "by the big tree", "street": None, "matched": None, "place": None}, "by the big tree"),
        ({"text": "late", "from": "2026-05-03T20:00", "to": "2026-05-04"}, "late [2026-05-03 20:00 - 2026-05-04]"),
        ({"text": "monday", "from": "2026-05-04", "to": "2026-05-04"}, "monday [2026-05-04]"),
        ({"text": "a while ago", "from": None, "to": None}, "a while ago"),
        ({"text": "x", "color": "red", "make": "Honda", "model": "Civic", "year": 2015}, "red 2015 Honda Civic"),
        ({"text": "a truck", "color": None, "make": None, "model": None, "year": None}, "a truck"),
        ({"text": "ann", "first": "Ann", "last": None}, "Ann"),
        ({"text": "", "other": "thing"}, "thing"),
        ({}, ""),
    ],
)
def test_display(value: SlotValue, shown: str) -> None:
    assert display(value) == shown


def test_yes_and_no_are_the_templates_business() -> None:
    text = summarize(TEMPLATE.replace("@yes: yes", "@yes: indeed"), Facts(case=snapshot(slots={"is_blocking": True})))
    assert "- is blocking: indeed" in text


# ---------------------------------------------------------------- templates


def test_the_shipped_template_has_no_mistakes() -> None:
    assert check_template(TEMPLATE) == []


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("$where", "$wher", r"nothing is called \$wher here; use one of \$callback, .*\$words"),
        ("Details", "costs 5$", r"a \$ must be followed by a name"),
        ("@yes: yes\n", "", r"1: the phrase @yes is missing"),
        ("@yes: yes", "@yes: yes\n@yes: yes", "the phrase @yes stands here twice"),
        ("@yes: yes", "@yes: $turn", r"nothing is called \$turn here; this phrase has none"),
        (
            "@quote: (turn $turn",
            "@quote: (turn $tern",
            r"nothing is called \$tern here; use one of \$time, \$turn, \$words",
        ),
        ("@yes: yes", "@yup: yes\n@yes: yes", "a line with @ must begin with one of @#, @confirmed"),
    ],
)
def test_mistakes_are_named(old: str, new: str, mistake: str) -> None:
    broken = TEMPLATE.replace(old, new, 1) if old != "$where" else TEMPLATE.replace("Where: $where", "Where: $wher")
    (found,) = check_template(broken)
    assert re.fullmatch(rf"\d+: .*{mistake}.*|{mistake}.*", found)
    with pytest.raises(ContentError, match="summary template"):
        summarize(broken, Facts())


def test_mistakes_have_their_line() -> None:
    lines = TEMPLATE.splitlines()
    (found,) = check_template("\n".join([*lines, "$nothing"]))
    assert found.startswith(f"{len(lines) + 1}: ")


def test_an_edited_template_is_followed() -> None:
    phrases = "\n".join(line for line in TEMPLATE.splitlines() if line.startswith("@"))
    text = summarize(
        f"{phrases}\n$where for $$5", Facts(case=located(), turns=[turn(2, "88 Howe Street, apartment three")])
    )
    assert text == '88 Howe Street, apartment 3 (turn 2: "88 Howe Street, apartment three") for $5'

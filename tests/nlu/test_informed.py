"""Questions come with their page and as questions, everything else as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from callbot.dialog.asides import sounds_like_a_question
from callbot.events import IntentGuess, SlotHit, Understanding
from callbot.nlu.informed import Informed
from tests.fakes import WALL, meaning

QUESTIONS = frozenset({"info_question"})


class Engine:
    """Takes what begins with "when" for a question."""

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:
        assert wall == WALL
        assert isinstance(asked, str)
        return meaning("info_question" if text.startswith("when") else "pothole", 0.7, text=text)


@dataclass
class Fixed:
    """Understands the same whatever is said."""

    intent: str
    confidence: float = 0.9
    slots: tuple[SlotHit, ...] = ()
    others: tuple[IntentGuess, ...] = field(default=())
    wanted: tuple[str, ...] = ()

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:  # noqa: ARG002
        found = meaning(self.intent, self.confidence, text=text)
        return replace(found, intents=(*found.intents, *self.others), slots=self.slots, wanted=self.wanted)


PAGES = {"when is trash day": "trash_days", "is it trash day": "trash_days", "trash day": "trash_days"}


@pytest.mark.parametrize(
    ("text", "asked", "page"),
    [
        ("when is trash day", "location", "trash_days"),
        ("when is doomsday", "location", ""),
        ("trash day", "", ""),
        ("trash day", "question", "trash_days"),
        ("is it trash day", "location", "trash_days"),
    ],
)
def test_what_is_asked_is_looked_up(text: str, asked: str, page: str) -> None:
    informed = Informed(Engine(), QUESTIONS, "question", lambda words: words.startswith("is"), PAGES.get)
    found = informed.understand(text, asked, WALL)
    assert found.page == page
    assert replace(found, page="") == Engine().understand(text, asked, WALL)


def heard(engine: Fixed, text: str, asked: str = "", page: str | None = "hazardous_waste") -> Understanding:
    find: Callable[[str], str | None] = lambda _: page  # noqa: E731
    return Informed(engine, QUESTIONS, "question", sounds_like_a_question, find).understand(text, asked, WALL)


@pytest.mark.parametrize("asked", ["", "more"])
@pytest.mark.parametrize(
    "text",
    [
        "where do I take old paint thinner",
        "I have six cans of paint thinner, where am I supposed to take them",
        "there's paint thinner in my garage, can I put it in the trash",
        "I've got paint thinner and how do I get rid of it",
        "could you tell me where paint thinner goes",
        "there is some paint thinner left, what's the rule for that",
        "a can of paint thinner, who takes that",
    ],
)
def test_a_question_with_a_page_is_one_whatever_it_is_about(asked: str, text: str) -> None:
    others = (IntentGuess("graffiti", 0.2), IntentGuess("info_question", 0.1))
    found = heard(Fixed("illegal_dumping", 0.6, others=others, wanted=("illegal_dumping",)), text, asked)
    assert found.page == "hazardous_waste"
    assert (found.intent, found.confidence) == ("info_question", 0.9)
    assert sum(guess.confidence for guess in found.intents) <= 1.0 + 1e-9
    assert [guess.name for guess in found.intents] == ["info_question", "illegal_dumping", "graffiti"]
    assert found.wanted == ()
    assert [(hit.name, hit.value) for hit in found.slots] == [("question", text)]


@pytest.mark.parametrize(
    "text",
    [
        "can you come and get the paint thinner",
        "could somebody pick up this paint thinner",
        "why is there paint thinner on my street",
        "when they collected the trash they spilled paint thinner",
        "somebody left paint thinner on my street",
        "would you please send somebody for the paint thinner",
        "I drove through paint thinner again, when is this city going to do anything",
        "the paint thinner is still there, when is somebody going to come",
    ],
)
def test_a_report_stays_one(text: str) -> None:
    assert heard(Fixed("illegal_dumping"), text).intent == "illegal_dumping"


@pytest.mark.parametrize(("slot", "intent"), [("location", "street_light_out"), ("occurred_at", "info_question")])
def test_who_names_a_place_reports_something_there(slot: str, intent: str) -> None:
    engine = Fixed("street_light_out", slots=(SlotHit(slot, "Mountain Road", "Mountain Road", 0.9),))
    assert heard(engine, "who fixes the lights, there's one out on Mountain Road").intent == intent


@pytest.mark.parametrize("intent", ["emergency", "speak_to_person", "case_status"])
def test_some_wishes_are_more_than_a_question(intent: str) -> None:
    assert heard(Fixed(intent), "where do I get help").intent == intent


def test_a_suspicion_of_an_emergency_is_kept() -> None:
    alarming = Fixed("homeless_outreach", 0.5, others=(IntentGuess("emergency", 0.3),))
    assert heard(alarming, "where can he go").intent == "homeless_outreach"
    faint = Fixed("homeless_outreach", 0.5, others=(IntentGuess("emergency", 0.05),))
    found = heard(faint, "where can he go")
    assert found.intent == "info_question"
    assert IntentGuess("emergency", 0.05) in found.intents


def test_an_answer_to_a_form_is_left_alone() -> None:
    assert heard(Fixed("inform"), "where do I look for that", asked="plate").intent == "inform"


@pytest.mark.parametrize(
    ("engine", "text", "intent"),
    [
        (Fixed("out_of_scope"), "what is the best pizza in town", "info_question"),
        (Fixed("info_question", 0.3), "can you tell me who won", "info_question"),
        (Fixed("out_of_scope"), "what?", "out_of_scope"),
        (Fixed("out_of_scope"), "I like pizza very much", "out_of_scope"),
        (Fixed("staff_feedback"), "who do I tell about that cop", "staff_feedback"),
    ],
)
def test_a_question_that_no_page_answers_is_still_one(engine: Fixed, text: str, intent: str) -> None:
    found = heard(engine, text, page=None)
    assert found.page == ""
    assert found.intent == intent
    assert found.confidence == (0.9 if intent == "info_question" else engine.confidence)

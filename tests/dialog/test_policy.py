"""What becomes of a case, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.content import Site
from callbot.dialog.form import Draft, Filled, confirm, required
from callbot.dialog.policy import Decision, decide, follow_up, is_raised, raised_by, repeat_within
from callbot.dialog.raising import Sign
from callbot.schema import Playbook
from tests.dialog.talk import CAR, NIGHT, UNCLE, place

VALUES = {
    "location": place(),
    "vehicle": CAR,
    "occurred_at": NIGHT,
    "item_description": "a bike",
    "person_name": UNCLE,
    "plate": "AX4192",
    "description": "there is a man who looks into every car",
    "case_number": "26-00014-7",
    "question": "when is city hall open",
}
ORDER = ("answer", "close", "queue", "human")


@pytest.fixture
def book(site: Site) -> Playbook:
    return site.playbook


def draft_of(book: Playbook, intent: str, confidence: float = 0.95, **values: object) -> Draft:
    """A complete case."""
    filled = {
        slot: Filled(values.get(slot, VALUES[slot]), "words", confidence, 1)  # type: ignore[arg-type]
        for slot in required(book, Draft(intent, 0.95))
    }
    return Draft(intent, 0.95, filled)


def decision(book: Playbook, draft: Draft, hearing: float = 0.95, *, confirmed: bool = False) -> Decision:
    return decide(book, draft, hearing=hearing, confirmed=confirmed)


def test_a_sure_case_goes_where_the_catalogue_says(book: Playbook) -> None:
    for intent, spec in book.catalogue.intents.items():
        made = decision(book, draft_of(book, intent))
        assert (made.outcome, made.reasons) == (spec.disposition, ())
        assert made.confidence == pytest.approx(0.95 ** len(made.parts), abs=1e-4)


def test_an_unsure_case_is_queued_for_staff_and_says_why(book: Playbook) -> None:
    made = decision(book, draft_of(book, "pothole", confidence=0.5))
    assert (made.outcome, made.reasons) == ("queue", ("low_confidence",))
    assert decision(book, draft_of(book, "pothole"), hearing=0.3).outcome == "queue"


def test_what_the_caller_confirmed_is_no_longer_in_doubt(book: Playbook) -> None:
    doubtful = draft_of(book, "pothole", confidence=0.5)
    assert decision(book, confirm(doubtful), hearing=0.3, confirmed=True).outcome == "close"


def test_a_caller_who_left_before_the_read_back_must_have_been_understood_better(book: Playbook) -> None:
    limits = book.policy.thresholds
    between = (book.policy.stations["decide"].confidence + limits.close_unconfirmed) / 2
    draft = draft_of(book, "pothole", confidence=between)
    assert decision(book, draft, confirmed=True).outcome == "close"
    assert decision(book, draft, confirmed=False).outcome == "queue"


def test_a_place_that_was_not_found_needs_a_person(book: Playbook) -> None:
    made = decision(book, draft_of(book, "pothole", location=place("Elmwood Row", score=0.2)), confirmed=True)
    assert (made.outcome, made.reasons[-1]) == ("human", "location_not_found")


def test_a_missing_detail_needs_a_person(book: Playbook) -> None:
    made = decision(book, Draft("theft_report", 0.95), confirmed=True)
    assert made.outcome == "human"
    assert {"missing_location", "missing_occurred_at"} <= set(made.reasons)
    assert made.confidence == 0


def test_a_welfare_check_is_never_closed_by_itself(book: Playbook) -> None:
    assert decision(book, confirm(draft_of(book, "welfare_check")), confirmed=True).outcome == "human"


@given(
    intent=st.sampled_from(["pothole", "theft_report", "welfare_check", "abandoned_vehicle"]),
    confidence=st.floats(0, 1),
    hearing=st.floats(0, 1),
    score=st.floats(0, 1),
    lost=st.booleans(),
    confirmed=st.booleans(),
)
def test_no_rule_lowers_what_the_catalogue_says(
    site: Site, intent: str, confidence: float, hearing: float, score: float, lost: bool, confirmed: bool
) -> None:
    book = site.playbook
    draft = draft_of(book, intent, confidence, location=place(score=score))
    if lost:
        draft = Draft(intent, confidence)
    made = decision(book, draft, hearing, confirmed=confirmed)
    spec = book.catalogue.intents[intent]
    assert ORDER.index(made.outcome) >= ORDER.index(spec.disposition)
    assert 0 <= made.confidence <= 1
    assert made.reasons or made.outcome == spec.disposition


def test_a_row_raises_and_is_told_with_its_words(book: Playbook) -> None:
    draft = replace(draft_of(book, "pothole"), signs=(Sign("weapon", 2, "a gun"),))
    made = decision(book, confirm(draft), confirmed=True)
    assert (made.outcome, made.reasons) == ("human", ("weapon",))
    assert made.explained == 'weapon (turn 2: "a gun"); confidence 0.95 = intent 0.95'
    row = raised_by(book, draft)
    assert row is not None
    assert row.reason == "weapon"
    assert is_raised(book, draft)
    assert not is_raised(book, draft, at_once=True)
    assert not is_raised(book, draft_of(book, "pothole"))


def test_the_confidence_is_the_product_of_its_parts(book: Playbook) -> None:
    made = decision(book, draft_of(book, "theft_report", confidence=0.9), hearing=0.8)
    assert [name for name, _ in made.parts] == ["intent", "location", "item_description", "occurred_at", "hearing"]
    assert made.confidence == pytest.approx(0.95 * 0.9**3 * 0.8, abs=1e-4)
    assert decision(book, confirm(draft_of(book, "theft_report")), hearing=0.8).parts == (("intent", 0.95),)


def test_who_sees_an_unsure_case_is_the_policys_business(book: Playbook) -> None:
    strict = book.model_copy(update={"policy": book.policy.model_copy(update={"unsure_case": "human"})})
    made = decide(strict, draft_of(strict, "pothole", confidence=0.5), hearing=0.9, confirmed=False)
    assert (made.outcome, made.reasons) == ("human", ("low_confidence",))


# ---------------------------------------------------------------- what is kept of a decision


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_decision_keeps_everything_that_it_rests_on(book: Playbook, confirmed: bool) -> None:
    draft = replace(draft_of(book, "pothole"), signs=(Sign("weapon", 2, "a gun"),))
    decided = decision(book, draft, hearing=0.8, confirmed=confirmed)
    kept = decided.inputs
    assert kept is not None
    limits = book.policy.thresholds
    assert kept.threshold == (book.policy.stations["decide"].confidence if confirmed else limits.close_unconfirmed)
    assert (kept.outcome, kept.default, kept.rules) == (decided.outcome, "close", decided.reasons)
    assert [(sign.rule, sign.turn, sign.words) for sign in kept.signs] == [("weapon", 2, "a gun")]
    assert (kept.parts, kept.confidence) == (dict(decided.parts), decided.confidence)
    assert (kept.hearing, kept.confirmed, kept.missing) == (0.8, confirmed, ())
    assert (kept.location, kept.location_threshold) == (1.0, limits.location)


def test_what_a_decision_lacks_is_named(book: Playbook) -> None:
    kept = decision(book, Draft("pothole", 0.9)).inputs
    assert kept is not None
    assert (kept.missing, kept.location) == (("location",), None)


def test_only_what_no_rule_has_raised_can_be_a_repeat(book: Playbook) -> None:
    draft = draft_of(book, "pothole")
    sure, unsure = decision(book, confirm(draft), confirmed=True), decision(book, draft, hearing=0.3)
    assert repeat_within(book, "pothole", sure) == book.policy.repeats["pothole"]
    assert repeat_within(book, "pothole", unsure) is None
    lost = decision(book, confirm(draft_of(book, "lost_property")), confirmed=True)
    assert repeat_within(book, "lost_property", lost) is None


def test_only_a_queued_case_is_followed_up(book: Playbook) -> None:
    assert follow_up(book, "queued") == book.policy.promises.queued
    assert follow_up(book, "closed") is None

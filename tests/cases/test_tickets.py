"""Repeats, promises and what callers may hear about a case, in a real database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from callbot.cases.numbers import case_number
from callbot.cases.store import Filed, Store
from tests.cases.samples import HOWE, START, at, decided, escalate, located, snapshot, started, turn

PLACE = {"text": "88 howe", "street": "Howe Street", "matched": "Howe Street", "number": "88"}
DAY = 86400.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cases.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{file}", service_codes={})
    yield opened
    opened.close()


def report(store: Store, call: str, seconds: float = 0, days: float | None = 30, **values: object) -> Filed:
    """A call that reports a pothole at 88 Howe Street and is told about it."""
    store.open_call(started(call, call, at(seconds)))
    case = located(**({"slots": {"location": dict(PLACE)}, "status": "closed", "disposition": "close"} | values))
    return store.save_case(call, case, at(seconds), repeat_within=days)


def by_hand(file: Path, number: str, status: str) -> None:
    """A member of the staff gives a case another status."""
    with sqlite3.connect(file) as other:
        (id_,) = other.execute('SELECT id FROM "case" WHERE number = ?', (number,)).fetchone()
        other.execute('UPDATE "case" SET status = ? WHERE id = ?', (status, id_))
        row = (id_, "2026-05-04 13:00:00", "ann", "status", f'"{status}"', "")
        other.execute("INSERT INTO caseevent (case_id, at, who, what, new, why) VALUES (?, ?, ?, ?, ?, ?)", row)
    other.close()


# ---------------------------------------------------------------- repeats


def test_the_second_report_is_kept_and_linked(store: Store) -> None:
    first, second = report(store, "c1"), report(store, "c2", 60)
    assert second == Filed(second.number, first.number)
    new, old = store.cases()
    assert (new["number"], new["status"], new["links"]) == (second.number, "linked", [first.number])
    assert (old["status"], old["links"]) == ("closed", [second.number])
    story = [(e["what"], e["new"], e["who"]) for e in (store.case_file(first.number) or {})["events"]]
    assert story[-1] == ("link", second.number, "callbot")


def test_a_third_report_is_linked_to_the_first(store: Store) -> None:
    first = report(store, "c1")
    report(store, "c2", 60)
    assert report(store, "c3", 120).linked_to == first.number


def test_saving_a_repeat_again_changes_nothing(store: Store) -> None:
    first, second = report(store, "c1"), report(store, "c2", 60)
    case = located(slots={"location": dict(PLACE)}, status="closed", disposition="close")
    assert store.save_case("c2", case, at(70), repeat_within=30) == Filed(second.number, first.number)


@pytest.mark.parametrize(
    "values",
    [
        {"seconds": 31 * DAY},
        {"days": None},
        {"intent": "graffiti"},
        {"slots": {"location": PLACE | {"number": "90"}}},
        {"slots": {}},
    ],
)
def test_what_is_no_repeat(store: Store, values: dict[str, object]) -> None:
    report(store, "c1")
    assert report(store, "c2", **({"seconds": 60} | values)).linked_to is None  # type: ignore[arg-type]


def test_a_draft_is_nobodys_repeat(store: Store) -> None:
    store.open_call(started("c1"))
    store.save_turn("c1", turn(1), located(slots={"location": dict(PLACE)}), at(1))
    assert report(store, "c2", 60).linked_to is None


def test_what_the_staff_has_closed_may_be_reported_again(store: Store, file: Path) -> None:
    first = report(store, "c1")
    by_hand(file, first.number, "closed")
    assert report(store, "c2", 60).linked_to is None


def test_what_the_staff_works_on_is_open(store: Store, file: Path) -> None:
    first = report(store, "c1")
    by_hand(file, first.number, "assigned")
    assert report(store, "c2", 60).linked_to == first.number


# ---------------------------------------------------------------- promises


def test_a_queued_case_is_due_until_it_is_closed(store: Store, file: Path) -> None:
    store.open_call(started())
    number = store.save_case("c1", located(status="queued"), at(0), follow_up=24).number
    (item,) = store.due()
    assert (item["case"], item["why"], item["due_at"]) == (number, "queued", (START + timedelta(days=1)).isoformat())
    by_hand(file, number, "assigned")
    assert len(store.due()) == 1
    by_hand(file, number, "closed")
    assert store.due() == []


def test_a_case_has_one_promise_of_a_kind(store: Store) -> None:
    store.open_call(started())
    for seconds in (0, 10):
        store.save_case("c1", located(status="queued"), at(seconds), follow_up=24)
    assert [item["promised_at"] for item in store.due()] == [at(0).isoformat()]


def test_a_repeat_promises_nothing_of_its_own(store: Store) -> None:
    report(store, "c1")
    store.open_call(started("c2", "c2"))
    case = located(slots={"location": dict(PLACE)}, status="closed", disposition="close")
    assert store.save_case("c2", case, at(60), repeat_within=30, follow_up=24).linked_to is not None
    assert store.due() == []


@pytest.mark.parametrize("has_case", [True, False])
def test_who_was_gone_too_early_is_called_back(store: Store, file: Path, has_case: bool) -> None:
    store.open_call(started())
    case = snapshot(intent="welfare_check", status="escalated") if has_case else None
    if case is not None:
        store.save_turn("c1", turn(1), case, at(1))
    store.escalate("c1", escalate(case, reason="caller_left", follow_up=1), "", at(2))
    (item,) = store.due()
    assert (item["why"], item["due_at"], item["call_id"]) == ("caller_left", at(3602).isoformat(), "c1")
    assert (item["case"] is not None) is has_case
    if not has_case:
        with sqlite3.connect(file) as other:
            other.execute("UPDATE escalation SET finished_at = '2026-05-04 13:00:00'")
        other.close()
        assert store.due() == []


def test_the_most_urgent_comes_first(store: Store) -> None:
    for call, hours in (("c1", 24.0), ("c2", 2.0), ("c3", 5.0)):
        store.open_call(started(call, call))
        store.save_case(call, located(status="queued"), at(0), follow_up=hours)
    assert [item["call_id"] for item in store.due()] == ["c2", "c3", "c1"]


# ---------------------------------------------------------------- what a decision rests on


def test_a_decision_is_kept_once_with_all_its_inputs(store: Store) -> None:
    store.open_call(started())
    case = located(status="queued", disposition="queue", decision=decided())
    number = store.save_case("c1", case, at(0)).number
    store.save_case("c1", case, at(1))
    found = store.case_file(number)
    assert found is not None
    assert (found["decision"]["default"], found["decision"]["parts"]) == ("close", {"intent": 0.9, "location": 0.5})
    assert [event["what"] for event in found["events"]].count("decision") == 1


def test_a_draft_has_no_decision(store: Store) -> None:
    store.open_call(started())
    number = store.save_turn("c1", turn(1), located(), at(1)) or ""
    found = store.case_file(number)
    assert found is not None
    assert (found["decision"], found["due"]) == (None, [])
    assert store.case_file("26-99999-9") is None


# ---------------------------------------------------------------- what callers may hear


def test_the_status_of_a_case_that_closed_itself(store: Store, file: Path) -> None:
    number = report(store, "c1").number
    status = store.status_of(number.replace("-", " "), at(60))
    assert status is not None
    assert (status.number, status.intent, status.status, status.by_person) == (number, "pothole", "closed", False)
    by_hand(file, number, "closed")
    status = store.status_of(number, at(60))
    assert status is not None
    assert status.by_person


def test_the_status_of_a_queued_case_tells_until_when_somebody_follows_up(store: Store) -> None:
    store.open_call(started())
    number = store.save_case("c1", located(status="queued"), at(0), follow_up=24).number
    now, late = store.status_of(number, at(60)), store.status_of(number, at(2 * DAY))
    assert now is not None
    assert late is not None
    assert (now.due_at, late.due_at) == (START + timedelta(days=1), None)


def test_the_status_of_a_repeat_is_that_of_the_older_case(store: Store, file: Path) -> None:
    first, second = report(store, "c1"), report(store, "c2", 60)
    by_hand(file, first.number, "assigned")
    status = store.status_of(second.number, at(90))
    assert status is not None
    assert (status.number, status.part_of, status.status) == (second.number, first.number, "assigned")


def test_a_number_that_nobody_was_told_is_no_case(store: Store) -> None:
    store.open_call(started())
    draft = store.save_turn("c1", turn(1), located(), at(1)) or ""
    assert store.status_of(draft, at(2)) is None
    store.save_case("c1", located(status="closed", disposition="answer", intent="case_status"), at(3))
    assert store.status_of(draft, at(4)) is None
    for number in (case_number(2026, 77), "26-00001-1", "nothing"):
        assert store.status_of(number, at(5)) is None


def test_a_place_without_a_listed_street_links_nothing(store: Store) -> None:
    slots = {"location": dict(HOWE)}
    report(store, "c1", slots=slots)
    assert report(store, "c2", 60, slots=slots).linked_to is None

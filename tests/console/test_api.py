"""The JSON API."""

from __future__ import annotations

import json

import httpx
import pytest

from callbot.cases.store import Store
from callbot.console.api import PAGE, _event_stream
from callbot.console.live import LiveCalls
from callbot.console.wording import Wording
from callbot.schema import Catalogue
from tests.cases.samples import HOWE, at, decided, escalate, located, snapshot, started, turn


@pytest.fixture
def number(store: Store) -> str:
    """A closed pothole."""
    store.open_call(started())
    store.save_turn("c1", turn(1), snapshot(), at(1))
    return store.save_case("c1", located(status="closed", disposition="close"), at(9)).number


async def test_cases_and_their_filters(client: httpx.AsyncClient, number: str) -> None:
    (case,) = (await client.get("/api/cases")).json()
    assert case["number"] == number
    for query, count in {
        "intent=pothole&status=closed&disposition=close": 1,
        "intent=noise_complaint": 0,
        "since=2026-05-04T12:00:00Z": 1,
        "since=2026-05-04T12:00:00": 1,
        "since=2026-05-04T09:00:00-04:00": 0,
        "until=2026-05-04": 0,
        "q=howe": 1,
        "page=2": 0,
    }.items():
        assert len((await client.get(f"/api/cases?{query}")).json()) == count, query


@pytest.mark.parametrize("query", ["status=lost", "disposition=x", "since=yesterday", "page=0", "page=x"])
async def test_a_wrong_filter_is_refused(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/api/cases?{query}")).status_code == 422


async def test_cases_come_in_pages(client: httpx.AsyncClient, store: Store) -> None:
    store.open_call(started())
    for i in range(PAGE + 1):
        store.save_case("c1", snapshot(), at(i))
        store.save_case("c1", snapshot(status="closed"), at(i))
    assert len((await client.get("/api/cases")).json()) == PAGE
    assert len((await client.get("/api/cases?page=2")).json()) == 1


async def test_one_case(client: httpx.AsyncClient, number: str) -> None:
    case = (await client.get(f"/api/cases/{number.replace('-', '')}")).json()
    assert (case["number"], case["service_code"], case["slots"]) == (number, "POTHOLE", {"location": HOWE})
    answer = await client.get("/api/cases/26-99999-9")
    assert (answer.status_code, answer.json()) == (404, {"detail": "There is no case with this number."})


async def test_a_case_tells_its_story_and_what_its_decision_rests_on(client: httpx.AsyncClient, store: Store) -> None:
    store.open_call(started())
    case = located(status="queued", disposition="queue", decision=decided(), note="low_confidence")
    number = store.save_case("c1", case, at(9), follow_up=24).number
    found = (await client.get(f"/api/cases/{number}")).json()
    assert (found["decision"]["rules"], found["decision"]["threshold"]) == (["low_confidence"], 0.55)
    assert found["decision"]["parts"] == {"intent": 0.9, "location": 0.5}
    assert found["events"][0]["what"] == "created"
    assert {"decision", "status", "promise"} <= {event["what"] for event in found["events"]}
    assert [item["due_at"] for item in found["due"]] == ["2026-05-05T12:00:09+00:00"]


async def test_what_is_due(client: httpx.AsyncClient, store: Store) -> None:
    store.open_call(started())
    assert (await client.get("/api/queue/due")).json() == []
    number = store.save_case("c1", located(status="queued"), at(9), follow_up=24).number
    (item,) = (await client.get("/api/queue/due")).json()
    assert (item["case"], item["why"], item["due_at"]) == (number, "queued", "2026-05-05T12:00:09+00:00")


async def test_one_call(client: httpx.AsyncClient, number: str) -> None:
    call = (await client.get("/api/calls/c1")).json()
    assert [t["heard"] for t in call["turns"]] == ["there is a pothole"]
    assert [case["number"] for case in call["cases"]] == [number]
    assert call["events"][0]["what"] == "created"
    assert (await client.get("/api/calls/c2")).status_code == 404


async def test_the_queue(client: httpx.AsyncClient, store: Store) -> None:
    store.open_call(started())
    store.escalate("c1", escalate(), "A summary.", at(1))
    (entry,) = (await client.get("/api/queue")).json()
    assert (entry["summary"], entry["case"]) == ("A summary.", None)


async def test_running_calls(client: httpx.AsyncClient, live: LiveCalls) -> None:
    live.publish("c1", {"type": "partial", "turn": 1, "text": "hello"})
    (call,) = (await client.get("/api/live")).json()
    assert (call["call_id"], call["partial"]) == ("c1", "hello")


async def test_running_calls_as_events_bring_their_words_along(live: LiveCalls, catalogue: Catalogue) -> None:
    live.publish("c1", {"type": "state", "state": "confirm", "intent": "pothole", "slots": {"location": HOWE}})
    stream = _event_stream(live, Wording(catalogue))
    event = await anext(stream)
    assert event.startswith("data: ")
    assert event.endswith("\n\n")
    call = json.loads(event.removeprefix("data: "))["call"]
    assert (call["title"], call["details"]) == ("a pothole", [["Where", "88 Howe Street, apartment 3"]])
    await stream.aclose()

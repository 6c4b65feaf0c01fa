"""Running calls as watchers see them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from callbot.console import live as live_module
from callbot.console.live import KEEP, LiveCalls

STARTED = {"type": "started", "line": "main", "caller_known": True, "wall": datetime(2026, 5, 4, 12, tzinfo=UTC)}


class Clock:
    """Time that stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def heard(text: str) -> dict[str, Any]:
    """A finished turn of the caller."""
    return {"type": "heard", "turn": 1, "text": text}


def test_a_call_as_it_stands() -> None:
    live = LiveCalls()
    for event in (
        STARTED,
        {"type": "said", "utterance": 1, "text": "How can I help?"},
        {"type": "partial", "turn": 1, "text": "there is"},
        heard("there is a pothole"),
        heard(""),
        {"type": "state", "state": "collect", "intent": "pothole", "slots": {"plate": "AB1"}},
        {"type": "partial", "turn": 2, "text": "he has"},
        {"type": "emergency", "kind": "weapon", "evidence": "he has a knife"},
        {"type": "transfer", "target": "+12035550199", "reason": "emergency"},
    ):
        live.publish("c1", event)
    assert live.snapshot() == [
        {
            "call_id": "c1",
            "line": "main",
            "caller_known": True,
            "started": "2026-05-04T12:00:00+00:00",
            "state": "collect",
            "intent": "pothole",
            "slots": {"plate": "AB1"},
            "partial": "he has",
            "transcript": [
                {"who": "bot", "text": "How can I help?"},
                {"who": "caller", "text": "there is a pothole"},
            ],
            "emergency": {"kind": "weapon", "evidence": "he has a knife"},
            "transfer": {"target": "+12035550199", "reason": "emergency"},
            "ended": None,
        }
    ]


def test_an_unknown_event_is_an_error_and_makes_no_call() -> None:
    live = LiveCalls()
    with pytest.raises(KeyError):
        live.publish("c1", {"type": "sneezed"})
    assert live.snapshot() == []


def test_emergencies_come_first_and_ended_calls_last() -> None:
    live = LiveCalls()
    for call_id in ("ended", "usual", "alarm"):
        live.publish(call_id, STARTED)
    live.publish("ended", {"type": "ended", "outcome": "close", "reason": "done"})
    live.publish("alarm", {"type": "emergency", "kind": "fire", "evidence": "fire"})
    assert [call["call_id"] for call in live.snapshot()] == ["alarm", "usual", "ended"]


def test_an_ended_call_goes_after_a_minute() -> None:
    clock = Clock()
    live = LiveCalls(clock)
    live.publish("c1", STARTED)
    live.publish("c1", {"type": "ended", "outcome": None, "reason": "the line broke"})
    clock.now = KEEP - 1
    live.publish("c1", {"type": "said", "utterance": 2, "text": "Goodbye."})
    assert len(live.snapshot()) == 1
    clock.now = KEEP
    assert live.snapshot() == []


async def test_a_watcher_sees_what_is_and_what_comes() -> None:
    live = LiveCalls()
    live.publish("c1", STARTED)
    news = live.subscribe()
    first = await anext(news)
    assert (first["type"], first["call"]["call_id"]) == ("call", "c1")
    live.publish("c1", heard("hello"))
    assert (await anext(news))["call"]["transcript"] == [{"who": "caller", "text": "hello"}]
    await news.aclose()


async def test_a_slow_watcher_gets_the_newest_state_only() -> None:
    live = LiveCalls()
    live.publish("c1", STARTED)
    news = live.subscribe()
    await anext(news)
    for i in range(1000):
        live.publish("c1", {"type": "partial", "turn": 1, "text": f"word {i}"})
        live.publish("c2", {"type": "partial", "turn": 1, "text": f"word {i}"})
    seen = [await anext(news), await anext(news)]
    assert [(event["call"]["call_id"], event["call"]["partial"]) for event in seen] == [
        ("c1", "word 999"),
        ("c2", "word 999"),
    ]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(news), 0.05)


async def test_a_watcher_gets_a_beat_and_learns_what_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "BEAT", 0.01)
    clock = Clock()
    live = LiveCalls(clock)
    live.publish("c1", {"type": "ended", "outcome": "close", "reason": "done"})
    news = live.subscribe()
    assert (await anext(news))["type"] == "call"
    clock.now = KEEP
    assert await anext(news) == {"type": "beat"}
    assert await anext(news) == {"type": "gone", "call_id": "c1"}
    await news.aclose()


async def test_closing_ends_all_subscriptions() -> None:
    live = LiveCalls()
    waiting = [asyncio.create_task(_all_of(live)) for _ in range(2)]
    await asyncio.sleep(0)
    live.close()
    async with asyncio.timeout(1):
        assert await asyncio.gather(*waiting) == [[], []]


async def _all_of(live: LiveCalls) -> list[dict[str, Any]]:
    return [event async for event in live.subscribe()]


async def test_a_watcher_that_left_is_forgotten() -> None:
    live = LiveCalls()
    live.publish("c1", STARTED)
    news = live.subscribe()
    await anext(news)
    await news.aclose()
    live.publish("c1", heard("hello"))
    assert live._watchers == set()

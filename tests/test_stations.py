"""What comes of a station's work: a result or its failure, always as a fact."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from callbot.content import Site
from callbot.engines import Transcript, Understander
from callbot.errors import EngineError
from callbot.events import (
    Fact,
    LookedUp,
    LookUp,
    SaveCase,
    Saved,
    SaveTurn,
    StageFailed,
    Station,
    Transcribed,
    Transfer,
    Understand,
    Understanding,
    Understood,
)
from callbot.stations import Room, Stations
from tests.cases.samples import escalate, located, snapshot, turn
from tests.fakes import WALL, meaning, started
from tests.rooms import fake_room

MEANINGS = {"a pothole": meaning("pothole")}


@pytest.fixture(autouse=True)
def _quiet_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "callbot")


@pytest.fixture
async def room(site: Site, tmp_path: Path) -> AsyncIterator[Room]:
    async with fake_room(site, tmp_path, texts=[], meanings=MEANINGS) as opened:
        yield opened


class Bench:
    """The stations of one call, and the facts that they bring."""

    def __init__(self, site: Site, room: Room, **budgets: float) -> None:
        book = site.playbook
        stations = {
            name: spec.model_copy(update={"budget": budgets.get(name, spec.budget)})
            for name, spec in book.policy.stations.items()
        }
        policy = book.policy.model_copy(update={"stations": stations})
        self.facts: list[Fact] = []
        self.room = room
        self.stations = Stations(
            started(),
            book.model_copy(update={"policy": policy}),
            room,
            self.facts.append,
            now=lambda: 0.0,
            wall=lambda: WALL,
        )

    def counted(self, name: str, station: Station) -> str:
        """A metric's value."""
        start = f'callbot_station_{name}_total{{station="{station}"}} '
        lines = self.room.metrics.text().decode().splitlines()
        return next(line.removeprefix(start) for line in lines if line.startswith(start))


class Slow:
    """Thinks until it is released."""

    def __init__(self) -> None:
        self.release = threading.Event()

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:  # noqa: ARG002
        self.release.wait(10)
        return MEANINGS["a pothole"]


class Broken:
    """Raises whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:  # noqa: ARG002
        raise self.error


def heard(text: str) -> Awaitable[Transcript]:
    """A transcript that is ready."""
    future: asyncio.Future[Transcript] = asyncio.get_running_loop().create_future()
    future.set_result(Transcript(text, (), 0.8, 0.0))
    return future


# ---------------------------------------------------------------- models


async def test_words_and_their_meaning_come_back_as_facts(site: Site, room: Room) -> None:
    bench = Bench(site, room)
    await bench.stations.transcribe(1, heard("a pothole"))
    await bench.stations.understand(Understand(1, "a pothole", "reason"))
    assert bench.facts[0] == Transcribed(1, "a pothole", 0.8, ())
    assert isinstance(bench.facts[1], Understood)
    assert bench.facts[1].meaning.intent == "pothole"
    assert (bench.counted("runs", "hear"), bench.counted("errors", "hear")) == ("1.0", "0.0")


async def test_the_rules_are_asked_when_the_model_is_out_of_order(site: Site, room: Room) -> None:
    bench = Bench(site, replace(room, understander=Broken(EngineError("gone"))))
    await bench.stations.understand(Understand(1, "there is a pothole on Chapel Street", "", by="rules"))
    (fact,) = bench.facts
    assert isinstance(fact, Understood)
    assert fact.meaning.intent == "pothole"


async def test_a_station_over_its_budget_has_failed(site: Site, room: Room) -> None:
    slow = Slow()
    bench = Bench(site, replace(room, understander=slow), understand=0.01)
    try:
        await bench.stations.understand(Understand(3, "a pothole", "reason"))
        assert bench.facts == [StageFailed("understand", 3, "over its budget")]
        assert bench.counted("errors", "understand") == "1.0"
    finally:
        slow.release.set()
    await room.pool.idle()
    assert len(bench.facts) == 1, "what comes too late is not heard of again"


@pytest.mark.parametrize(
    ("engine", "reason"),
    [
        (Broken(EngineError("the model is gone")), "EngineError: the model is gone"),
        # Whatever a library puts into its messages may be the caller's words.
        (Broken(ValueError("bad word: Maria Santos")), "ValueError"),
    ],
)
async def test_an_engine_that_raises_has_failed(site: Site, room: Room, engine: Understander, reason: str) -> None:
    bench = Bench(site, replace(room, understander=engine))
    await bench.stations.understand(Understand(2, "a pothole", "reason"))
    assert bench.facts == [StageFailed("understand", 2, reason)]


async def test_the_log_tells_where_an_engine_failed_and_not_what_was_said(
    site: Site, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("ERROR", "callbot")
    for error in (KeyError("Maria Santos"), EngineError("the model is gone")):
        # A library's error that quotes the caller may also be the cause of one of ours.
        error.__cause__ = ValueError("bad word: Maria Santos")
        await Bench(site, replace(room, understander=Broken(error))).stations.understand(Understand(2, "", "reason"))
    foreign, ours = (record.getMessage() for record in caplog.records)
    assert re.fullmatch(r"call call-1: station understand failed: KeyError at callbot/\w+\.py:\d+", foreign)
    assert ours.endswith(": the model is gone")
    assert "Maria" not in caplog.text


# ---------------------------------------------------------------- the store


async def test_a_turn_is_reported_saved_when_it_can_be_read(site: Site, room: Room) -> None:
    bench = Bench(site, room)
    await bench.stations.open_call()
    assert bench.facts == []
    await bench.stations.save_turn(SaveTurn(turn(0, None), None), [])
    await bench.stations.save_turn(SaveTurn(turn(1), located()), [(1.0, {"event": "SpeechStarted"})])
    (case,) = room.store.cases()
    assert bench.facts == [Saved(0, None), Saved(1, case["number"])]


async def test_a_store_that_refuses_is_a_failed_station(site: Site, room: Room) -> None:
    bench = Bench(site, room)
    await bench.stations.save_case(SaveCase(2, located(status="closed")))
    (fact,) = bench.facts
    assert isinstance(fact, StageFailed)
    assert (fact.station, fact.turn) == ("file", 2)


async def test_a_store_over_its_budget_is_a_failed_station(site: Site, room: Room) -> None:
    bench = Bench(site, room, file=0.01)
    release = threading.Event()
    room.files.submit(release.wait, 10)
    try:
        await bench.stations.save_turn(SaveTurn(turn(1), None), [])
    finally:
        release.set()
    assert bench.facts == [StageFailed("file", 1, "over its budget")]


async def test_a_case_is_filed_with_its_summary(site: Site, room: Room) -> None:
    bench = Bench(site, room)
    await bench.stations.open_call()
    await bench.stations.save_turn(SaveTurn(turn(1), located()), [])
    await bench.stations.save_case(SaveCase(2, located(status="queued", disposition="queue")))
    (case,) = room.store.cases()
    assert bench.facts[-1] == Saved(2, case["number"])
    assert case["status"] == "queued"
    assert room.store.due() == []
    assert 'turn 1: "there is a pothole"' in case["summary"]


async def test_a_call_for_a_person_waits_in_the_queue_and_the_caller_does_not(site: Site, room: Room) -> None:
    bench = Bench(site, room)
    await bench.stations.open_call()
    await bench.stations.save_turn(SaveTurn(turn(1), None), [])
    await bench.stations.escalate(escalate())
    await bench.stations.note_transfer(Transfer("+12035550111", "caller_asked", "medium", None))
    (entry,) = room.store.queue()
    call = room.store.call("call-1")
    assert site.playbook.reasons["caller_asked"] in entry["summary"]
    assert call is not None
    assert call["transfer"]["target"] == "+12035550111"
    assert bench.facts == [Saved(1, None)]


async def test_without_a_summary_the_call_still_gets_into_the_queue(
    site: Site, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("ERROR", "callbot")
    bench = Bench(site, replace(room, summary_template="$nonsense"))
    await bench.stations.open_call()
    await bench.stations.escalate(escalate())
    assert [entry["summary"] for entry in room.store.queue()] == [""]
    assert bench.facts == [StageFailed("summarize", 0, "no summary could be made")]
    (record,) = caplog.records
    assert record.exc_info is None
    assert " at callbot/" in record.getMessage()


async def test_the_end_of_a_call_is_noted(site: Site, room: Room) -> None:
    bench = Bench(site, room)
    await bench.stations.open_call()
    await bench.stations.end_call("close", "filed", [(9.0, {"event": "CallEnded"})])
    call = room.store.call("call-1")
    assert call is not None
    assert (call["outcome"], call["reason"]) == ("close", "filed")
    assert room.store.replayable("call-1") == [(9.0, {"event": "CallEnded"})]


async def test_an_end_that_cannot_be_noted_keeps_nobody_waiting(site: Site, room: Room) -> None:
    bench = Bench(site, room)
    await bench.stations.end_call(None, "the caller hung up", [])
    assert bench.facts == []


async def test_a_promise_and_a_repeat_are_kept_with_the_case(site: Site, room: Room) -> None:
    bench = Bench(site, room)
    await bench.stations.open_call()
    place = {"matched": "Howe Street", "number": "88", "text": "88 howe"}
    case = located(status="queued", disposition="queue", slots={"location": place})
    await bench.stations.save_case(SaveCase(1, case, None, 24.0))
    (item,) = room.store.due()
    await bench.stations.save_turn(SaveTurn(turn(2), snapshot(slots={"location": place})), [])
    await bench.stations.save_case(SaveCase(2, replace(case, status="closed"), 30.0))
    fact = bench.facts[-1]
    assert isinstance(fact, Saved)
    assert fact.linked_to == item["case"]


async def test_an_earlier_case_is_looked_up(site: Site, room: Room) -> None:
    bench = Bench(site, room)
    await bench.stations.open_call()
    await bench.stations.save_case(SaveCase(1, located(status="closed")))
    (case,) = room.store.cases()
    await bench.stations.look_up(LookUp(2, case["number"].replace("-", " ")))
    await bench.stations.look_up(LookUp(3, "nothing"))
    found, unknown = bench.facts[-2:]
    assert isinstance(found, LookedUp)
    assert found.case is not None
    assert (found.turn, found.case.number, found.case.status) == (2, case["number"], "closed")
    assert unknown == LookedUp(3, None)


async def test_a_look_up_over_its_budget_is_a_failed_station(site: Site, room: Room) -> None:
    bench = Bench(site, room, file=0.01)
    release = threading.Event()
    room.files.submit(release.wait, 10)
    try:
        await bench.stations.look_up(LookUp(1, "26-00001-4"))
    finally:
        release.set()
    assert bench.facts == [StageFailed("file", 1, "over its budget")]

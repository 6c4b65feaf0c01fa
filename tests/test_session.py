"""Whole calls through the shell, with fake engines, a real store and no socket."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callbot.call import Call
from callbot.cases.store import Store
from callbot.content import Site
from callbot.engines import Audio, Transcript
from callbot.errors import EngineError
from callbot.events import CaseSnapshot, Transcribed, TurnRecord
from callbot.replay import differences
from callbot.room import Missing
from tests.fakes import ORANGE, FakeTranscriber, meaning
from tests.rooms import call_in, fake_room, quick, said_in

NOISE = "loud music at 215 orange street"
MEANINGS = {
    NOISE: meaning("noise_complaint", location=ORANGE),
    "yes": meaning("affirm"),
    "no": meaning("deny"),
    "get me a person": meaning("speak_to_person"),
}
SCRIPT = [NOISE, "yes", "no", "no", "yes", "no"]
EMERGENCY = "someone just got hit by a car he is not moving please send somebody"


@pytest.fixture(autouse=True)
def _quiet_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "callbot")


def _metric(text: bytes, line: str) -> bool:
    return line in text.decode()


async def test_a_call_is_answered_filed_and_hung_up(site: Site, tmp_path: Path) -> None:
    site = quick(site)
    async with fake_room(site, tmp_path, texts=SCRIPT, meanings=MEANINGS) as room, call_in(room, site) as talk:
        for turn in range(len(SCRIPT)):
            await talk.until(lambda turn=turn: len(talk.session.call.dialog.told) > turn)  # type: ignore[misc]
            await talk.until(lambda: talk.session.call.phase == "waiting" and not talk.session.call._floor.speaking)
            await talk.speak()
        await asyncio.wait_for(talk.task, 10)
        assert talk.line.closed.is_set()
        assert talk.line.transferred_to is None
        call = room.store.call("call-1")
        assert call is not None
        assert call["outcome"] == "close"
        assert call["cases"][0]["status"] == "closed"
        assert call["cases"][0]["slots"]["location"]["matched"] == "Orange Street"
        assert any("filed" in sentence for sentence in said_in(room))
        rows = room.store.replayable("call-1")
        assert differences(Call(site.playbook, site.emergency, site.lines.lines["main"]), rows) == []


async def test_an_emergency_in_a_partial_transcript_leaves_before_the_turn_is_over(site: Site, tmp_path: Path) -> None:
    site = quick(site)
    hears = FakeTranscriber(["ignored"], partials=[EMERGENCY])
    async with (
        fake_room(site, tmp_path, texts=[], meanings={}, transcriber=hears) as room,
        call_in(room, site) as talk,
    ):
        for _ in range(90):
            talk.session.hear(np.full(320, 0.2, np.float32))
            await asyncio.sleep(0.001)
        await asyncio.wait_for(talk.task, 15)
        assert talk.line.transferred_to == site.lines.lines["main"].transfer_emergency
        queue = room.store.queue()
        assert queue[0]["priority"] == "emergency"
        assert "hit by a car" in queue[0]["summary"]
        assert room.transfers["CA1"] == site.lines.lines["main"].transfer_emergency
        assert _metric(room.metrics.text(), 'callbot_calls_total{outcome="emergency"} 1.0')


async def test_asking_for_a_person_transfers_with_a_summary(site: Site, tmp_path: Path) -> None:
    site = quick(site)
    async with (
        fake_room(site, tmp_path, texts=["get me a person"], meanings=MEANINGS) as room,
        call_in(room, site) as talk,
    ):
        await talk.speak()
        await asyncio.wait_for(talk.task, 10)
        assert talk.line.transferred_to == site.lines.lines["main"].transfer_human
        entry = room.store.queue()[0]
        assert site.playbook.reasons["caller_asked"] in entry["summary"]
        assert "get me a person" in entry["summary"]


async def test_an_earlier_case_is_looked_up_in_the_store(site: Site, tmp_path: Path) -> None:
    site = quick(site)
    words = "what became of 26-00077-1"
    asks = {words: meaning("case_status", case_number="26-00077-1")}
    async with fake_room(site, tmp_path, texts=[words], meanings=asks) as room, call_in(room, site) as talk:
        await talk.speak()
        await talk.until(lambda: any("26-00077-1" in sentence for sentence in said_in(room)))
        assert talk.session.call.dialog.asked == "case_number"


class _Breaks:
    """An engine that works until it breaks."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.broken = False

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            if self.broken:
                raise RuntimeError("engine broke")
            return getattr(self.inner, name)(*args, **kwargs)

        return call


async def test_without_the_small_model_keyword_rules_file_the_case(site: Site, tmp_path: Path) -> None:
    site = quick(site)
    script = ["there is loud music at 215 Orange Street", "yes", "no", "no"]
    async with (
        fake_room(site, tmp_path, texts=script, meanings={}, understander=Missing("no adapter")) as room,
        call_in(room, site) as talk,
    ):
        for _ in script:
            await talk.until(lambda: talk.session.call.phase == "waiting" and not talk.session.call._floor.speaking)
            await talk.speak()
            await talk.until(lambda: talk.session.call.phase == "waiting")
        await talk.until(lambda: talk.session.call.dialog.state == "confirm")
        text = room.metrics.text()
        assert _metric(text, 'callbot_station_fallbacks_total{fallback="rules",station="understand"} 4.0')
        assert _metric(text, 'callbot_station_errors_total{station="understand"} 4.0')


async def test_an_ear_that_breaks_in_mid_call_asks_again_and_ends_with_a_person(site: Site, tmp_path: Path) -> None:
    site = quick(site)
    hears = _Breaks(FakeTranscriber([NOISE]))
    async with (
        fake_room(site, tmp_path, texts=[], meanings=MEANINGS, transcriber=hears) as room,
        call_in(room, site) as talk,
    ):
        await talk.speak()
        await talk.until(lambda: talk.session.call.dialog.state == "collect")
        hears.broken = True
        for _ in range(2):
            await talk.until(lambda: talk.session.call.phase in ("waiting", "leaving"))
            await talk.speak()
        await asyncio.wait_for(talk.task, 10)
        assert talk.line.transferred_to == site.lines.lines["main"].transfer_human
        assert _metric(room.metrics.text(), 'callbot_station_fallbacks_total{fallback="reask",station="hear"} 2.0')
        case = room.store.cases()[0]
        assert case["intent"] == "noise_complaint"
        assert case["status"] == "escalated"


async def test_a_slow_recogniser_takes_its_fallback(site: Site, tmp_path: Path) -> None:
    site = quick(site)
    stations = site.playbook.policy.stations
    hurried = stations["hear"].model_copy(update={"budget": 0.05})
    policy = site.playbook.policy.model_copy(update={"stations": {**stations, "hear": hurried}})
    site = replace(site, playbook=site.playbook.model_copy(update={"policy": policy}))

    class Slow:
        def transcribe(self, *_asked: object, **_how: object) -> Transcript:
            time.sleep(0.4)
            return Transcript("too late", (), 1.0, 0.0)

    async with (
        fake_room(site, tmp_path, texts=[], meanings={}, transcriber=Slow()) as room,
        call_in(room, site) as talk,
    ):
        await talk.speak()
        await talk.until(lambda: _metric(room.metrics.text(), 'callbot_station_errors_total{station="hear"} 1.0'))
        await talk.until(lambda: any("didn't get that" in sentence for sentence in said_in(room)))


async def test_a_voice_that_is_missing_transfers_at_once(site: Site, tmp_path: Path) -> None:
    site = quick(site)

    class Mute:
        def synthesize(self, sentence: str) -> Iterator[Audio]:
            raise EngineError(f"no voice for {len(sentence)} letters")

    async with (
        fake_room(site, tmp_path, texts=[], meanings={}, voices={"piper-joe": Mute()}) as room,
        call_in(room, site) as talk,
    ):
        await asyncio.wait_for(talk.task, 10)
        assert talk.line.transferred_to == site.lines.lines["main"].transfer_human
        assert room.store.queue()[0]["reason"] == "station_failed"


async def test_a_database_that_does_not_answer_brings_a_person_and_claims_nothing(site: Site, tmp_path: Path) -> None:
    site = quick(site)
    stations = site.playbook.policy.stations
    hurried = stations["file"].model_copy(update={"budget": 0.1})
    policy = site.playbook.policy.model_copy(update={"stations": {**stations, "file": hurried}})
    site = replace(site, playbook=site.playbook.model_copy(update={"policy": policy}))

    class SlowStore(Store):
        def save_turn(self, call_id: str, record: TurnRecord, case: CaseSnapshot | None, wall: datetime) -> str | None:
            if record.index > 0:
                time.sleep(0.3)
            return super().save_turn(call_id, record, case, wall)

    store = SlowStore(f"sqlite:///{tmp_path / 'slow.db'}", service_codes={})
    async with (
        fake_room(site, tmp_path, texts=[NOISE], meanings=MEANINGS, store=store) as room,
        call_in(room, site) as talk,
    ):
        await talk.until(lambda: talk.line.frames)
        await talk.speak()
        await asyncio.wait_for(talk.task, 15)
        assert talk.line.transferred_to == site.lines.lines["main"].transfer_human
        assert not any("filed" in sentence for sentence in said_in(room))
        assert _metric(room.metrics.text(), 'callbot_station_fallbacks_total{fallback="human",station="file"} ')
    store.close()


async def test_a_mistake_in_the_rules_brings_a_person(site: Site, tmp_path: Path) -> None:
    site = quick(site)
    book = site.playbook
    broken = book.model_copy(update={"prompts": {n: t for n, t in book.prompts.items() if n != "ask_is_ongoing"}})
    site = replace(site, playbook=broken)
    async with fake_room(site, tmp_path, texts=[NOISE], meanings=MEANINGS) as room, call_in(room, site) as talk:
        await talk.speak()
        await asyncio.wait_for(talk.task, 10)
        assert talk.line.transferred_to == site.lines.lines["main"].transfer_human
        assert _metric(room.metrics.text(), 'callbot_station_errors_total{station="decide"} 1.0')


async def test_hanging_up_at_any_moment_leaves_a_readable_call(site: Site, tmp_path: Path) -> None:
    site = quick(site)
    for moment in range(0, 12):
        folder = tmp_path / str(moment)
        folder.mkdir()
        async with fake_room(site, folder, texts=[NOISE], meanings=MEANINGS) as room, call_in(room, site) as talk:
            speaking = asyncio.create_task(talk.speak())
            await asyncio.sleep(moment * 0.01)
            await talk.hang_up()
            await speaking
            call = room.store.call("call-1")
            assert call is not None
            assert call["ended_at"] is not None
            assert call["reason"] == "the caller hung up"


async def test_an_emergency_in_the_middle_of_a_goodbye_is_not_hung_up_on(site: Site, tmp_path: Path) -> None:
    site = quick(site)
    meanings = {"bye": meaning("goodbye")}
    async with fake_room(site, tmp_path, texts=["bye"], meanings=meanings) as room, call_in(room, site) as talk:
        await talk.speak()
        await talk.until(lambda: talk.session.call.phase == "leaving")
        talk.session.receive(Transcribed(9, EMERGENCY, 0.9, ()))
        await asyncio.wait_for(talk.task, 15)
        assert talk.line.transferred_to == site.lines.lines["main"].transfer_emergency


async def test_an_ear_that_raises_brings_a_person(site: Site, tmp_path: Path) -> None:
    site = quick(site)

    class Deaf:
        def probabilities(self, audio: Audio) -> list[float]:
            raise RuntimeError(f"no voice activity in {len(audio)} samples")

    async with fake_room(site, tmp_path, texts=[], meanings={}, new_vad=Deaf) as room, call_in(room, site) as talk:
        await talk.speak()
        await asyncio.wait_for(talk.task, 15)
        assert talk.line.transferred_to == site.lines.lines["main"].transfer_human

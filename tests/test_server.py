"""The server on real sockets, with fake engines where a model would only cost time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch
from xml.etree import ElementTree

import httpx
import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from callbot import config
from callbot.audio import write_wav
from callbot.cases.models import FINISHED
from callbot.content import Site
from callbot.engines import SAMPLE_RATE
from callbot.errors import ConfigError
from callbot.server import Server, running
from callbot.telephony.simulator import Simulator, Turn
from tests.fakes import ORANGE, FakeDetector, FakeSynthesizer, FakeTranscriber, FakeUnderstander, FakeVad, meaning

MEANINGS = {"get me a person": meaning("speak_to_person"), "noise": meaning("noise_complaint", location=ORANGE)}
MEANINGS["bye"] = meaning("goodbye")


class FakePages:
    """No question has an answer."""

    def find(self, question: str) -> None:
        assert question


@contextmanager
def fake_engines(texts: list[str], partials: list[str] | None = None) -> Iterator[None]:
    """Load fakes where the room would load models."""
    with (
        patch("callbot.room.load_transcriber", lambda _: FakeTranscriber(texts, partials or [])),
        patch("callbot.room.load_understander", lambda *_: FakeUnderstander(MEANINGS)),
        patch("callbot.room.load_pages", lambda *_: FakePages()),
        patch("callbot.room._voice", lambda *_: FakeSynthesizer()),
        patch("callbot.room.SileroVad", lambda _: FakeVad()),
        patch("callbot.room.SmartTurn", lambda _: FakeDetector()),
        patch("callbot.room.ModelStore.resolve", lambda _self, spec: Path(spec)),
    ):
        yield


@pytest.fixture
def settings(tmp_path: Path) -> config.Settings:
    return config.load(home=tmp_path / "home", media_port=0, console_port=0)


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """Half a second of sound: one caller turn."""
    path = tmp_path / "tone.wav"
    times = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    write_wav(path, (0.4 * np.sin(2 * np.pi * 300 * times)).astype(np.float32))
    return path


def _call(server: Server, *turns: Turn, **options: Any) -> Simulator:
    return Simulator(f"ws://127.0.0.1:{server.media_port}/twilio", turns, **{"patience": 6, **options})


async def test_a_transferred_call_is_answered_with_the_number_to_dial(
    site: Site, settings: config.Settings, tone: Path
) -> None:
    with fake_engines(["get me a person"]):
        async with running(settings, site) as server:
            result = await _call(server, Turn(audio=tone)).run()
            await server.all_stored()
            base = f"http://127.0.0.1:{server.console_port}"
            async with httpx.AsyncClient(trust_env=False) as web:
                after = await web.post(f"{base}/answer/twilio/after", data={"CallSid": result.carrier_call_id})
                queue = (await web.get(f"{base}/api/queue")).json()
                page = await web.get(base)
            assert result.closed_by_bot_at is not None
            assert site.lines.lines["main"].transfer_human in after.text
            assert queue[0]["reason"] == "caller_asked"
            assert "get me a person" in page.text


async def test_a_call_that_the_bot_has_ended_is_noted_as_finished(
    site: Site, settings: config.Settings, tone: Path
) -> None:
    with fake_engines(["bye"]):
        async with running(settings, site) as server:
            result = await _call(server, Turn(audio=tone)).run()
            await server.all_stored()
            assert result.closed_by_bot_at is not None
            (call,) = server.room.store.calls()
            assert call["reason"] in FINISHED


async def _cut_off(server: Server) -> str:
    """A caller in the middle of a call asks, as soon as the stream is closed, where to go: the document."""
    async with connect(f"ws://127.0.0.1:{server.media_port}/twilio") as socket:
        await socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        await socket.send(json.dumps(_START))
        with suppress(ConnectionClosed):
            while True:
                await socket.recv()
    async with httpx.AsyncClient(trust_env=False) as web:
        url = f"http://127.0.0.1:{server.console_port}/answer/twilio/after"
        return (await web.post(url, data={"CallSid": "CAbad", "To": "+12035550100"})).text


async def test_callers_whom_a_stop_cuts_off_are_connected_with_a_person(site: Site, settings: config.Settings) -> None:
    with fake_engines([]):
        async with running(settings, site) as server:
            caller = asyncio.create_task(_cut_off(server))
            while not server.sessions:
                await asyncio.sleep(0.01)
        assert caller.done(), "the console waits for the question"
        document = ElementTree.fromstring(await caller)
        assert document.findtext("Dial/Number") == server.person_for("+12035550100")


async def test_a_stop_by_a_signal_cuts_nobody_off_either(site: Site, settings: config.Settings) -> None:
    servers: list[Server] = []

    async def serve() -> None:
        async with running(settings, site) as server:
            servers.append(server)
            await asyncio.Event().wait()

    with fake_engines([]):
        serving = asyncio.create_task(serve())
        while not servers:
            await asyncio.sleep(0.01)
        caller = asyncio.create_task(_cut_off(servers[0]))
        while not servers[0].sessions:
            await asyncio.sleep(0.01)
        serving.cancel()
        await asyncio.wait({serving})
        assert serving.cancelled()
        assert servers[0].person_for("") in await caller


async def test_without_a_call_a_stop_waits_for_nothing(site: Site, settings: config.Settings) -> None:
    with fake_engines([]), patch("callbot.server.LAST_QUESTIONS", 3600.0):
        async with asyncio.timeout(60), running(settings, site):
            pass


async def test_the_answer_document_points_to_the_media_socket(site: Site, settings: config.Settings) -> None:
    with fake_engines([]):
        async with running(settings, site) as server, httpx.AsyncClient(trust_env=False) as web:
            answer = await web.post(f"http://127.0.0.1:{server.console_port}/answer/twilio", data={"CallSid": "CA1"})
            assert f"ws://127.0.0.1:{server.media_port}/twilio" in answer.text


async def test_health_readiness_and_metrics(site: Site, settings: config.Settings) -> None:
    with fake_engines([]):
        async with running(settings, site) as server, httpx.AsyncClient(trust_env=False) as web:
            base = f"http://127.0.0.1:{server.console_port}"
            assert (await web.get(f"{base}/healthz")).status_code == 200
            ready = await web.get(f"{base}/readyz")
            assert ready.status_code == 200, ready.text
            assert 'callbot_station_seconds_count{station="hear"}' in (await web.get(f"{base}/metrics")).text


async def test_a_missing_model_shows_in_readyz_and_the_caller_reaches_a_person(
    site: Site, settings: config.Settings, tmp_path: Path
) -> None:
    empty = settings.model_copy(update={"models": tmp_path / "no models"})
    with patch("callbot.room.SileroVad", lambda _: FakeVad()), patch("callbot.room.VAD", str(tmp_path)):
        async with running(empty, site) as server, httpx.AsyncClient(trust_env=False) as web:
            ready = await web.get(f"http://127.0.0.1:{server.console_port}/readyz")
            assert ready.status_code == 503
            assert {"hear", "understand", "speak"} <= set(ready.json()["missing"])
            result = await _call(server).run()
            await server.all_stored()
            assert result.closed_by_bot_at is not None
            assert server.room.store.transfer_of(result.carrier_call_id) == site.lines.lines["main"].transfer_human


async def test_the_call_beyond_capacity_is_refused_and_the_others_go_on(
    site: Site, settings: config.Settings, tone: Path
) -> None:
    book = site.playbook
    one = book.policy.load.model_copy(update={"calls": 1})
    small = book.model_copy(update={"policy": book.policy.model_copy(update={"load": one})})

    with fake_engines(["get me a person"]):
        async with running(settings, replace(site, playbook=small)) as server:
            first = asyncio.create_task(_call(server, Turn(audio=tone)).run())
            while not server.sessions:
                await asyncio.sleep(0.01)
            with pytest.raises(ConnectionError, match="busy"):
                await _call(server).run()
            assert server.overflow_for("") == site.lines.lines["main"].overflow
            assert (await first).closed_by_bot_at is not None
            await server.all_stored()
            assert server.overflow_for("") is None


async def test_a_machine_that_cannot_keep_up_takes_no_further_call(
    site: Site, settings: config.Settings, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_engines(["get me a person"]):
        async with running(settings, site) as server:
            monkeypatch.setattr(type(server.room.pool), "lag", 9.0)
            assert server.refusal() is None  # a single caller is taken, however slow the machine
            first = asyncio.create_task(_call(server, Turn(audio=tone)).run())
            while not server.sessions:
                await asyncio.sleep(0.01)
            with pytest.raises(ConnectionError, match="busy"):
                await _call(server).run()
            assert (await first).closed_by_bot_at is not None
            await server.all_stored()


async def test_other_addresses_need_a_credential(site: Site, settings: config.Settings) -> None:

    open_to_all = settings.model_copy(update={"host": "0.0.0.0"})
    with fake_engines([]), pytest.raises(ConfigError, match=r"credential|TOKEN"):
        async with running(open_to_all, site):
            pass


_BAD: list[str | bytes] = [
    "not json",
    "[]",
    '{"event": "media", "media": {"payload": "***"}}',
    '{"event": "media", "media": {}}',
    '{"event": "start", "start": {}}',
    b"binary",
    "x" * 2_000_000,
]


async def test_bad_input_ends_that_call_with_one_line_and_leaves_it_readable(
    site: Site, settings: config.Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with fake_engines([]):
        async with running(settings, site) as server:
            for number, bad in enumerate(_BAD):
                await _send_bad(server, f"CA{number}", bad)
            await server.all_stored()
            calls = server.room.store.calls()
            assert len(calls) == len(_BAD)
            for call in calls:
                assert call["ended_at"] is not None
                lines = [
                    r.getMessage() for r in caplog.records if call["id"] in r.getMessage() and r.levelname != "INFO"
                ]
                assert len(lines) == 1, lines
            assert (await _call(server, patience=0.5).run()).greeting_latency is not None


async def _send_bad(server: Server, call_sid: str, bad: str | bytes) -> None:
    """A call that begins well and goes wrong while the greeting plays."""
    async with connect(f"ws://127.0.0.1:{server.media_port}/twilio") as socket:
        await socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        await socket.send(json.dumps({**_START, "start": {**_START["start"], "callSid": call_sid}}))
        await socket.recv()
        with suppress(ConnectionClosed):
            await socket.send(bad)
            while True:
                await socket.recv()


_START: dict[str, Any] = {
    "event": "start",
    "sequenceNumber": "1",
    "streamSid": "MZbad",
    "start": {
        "accountSid": "AC0",
        "streamSid": "MZbad",
        "callSid": "CAbad",
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"from": "+12035550123"},
    },
}

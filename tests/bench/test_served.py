"""What the measured server tells."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from callbot import config
from callbot.bench.served import _Watcher
from callbot.content import Site
from callbot.server import running
from callbot.telephony.simulator import Simulator, Turn
from tests.test_server import fake_engines, settings, tone  # noqa: F401  fixtures


async def test_the_moments_that_only_the_server_knows_are_told(
    site: Site,
    settings: config.Settings,  # noqa: F811
    tone: Path,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    watcher = _Watcher()
    before = time.monotonic()
    with fake_engines(["get me a person"]):
        async with running(settings, site, watcher.watch) as server:
            watcher.server = server
            url = f"ws://127.0.0.1:{server.media_port}/twilio"
            result = await Simulator(url, [Turn(audio=tone)], patience=6).run()
            await server.all_stored()
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert [event["type"] for event in told[:2]] == ["zero", "sound"]
    assert {event["call"] for event in told} == {result.carrier_call_id}
    moments = [event["at"] for event in told]
    assert before < moments[0] <= moments[1] < moments[2] < time.monotonic()


def test_without_a_server_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    _Watcher().watch("call", {"type": "started"})
    assert capsys.readouterr().out == ""

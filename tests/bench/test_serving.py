"""The measured server, seen from the process that measures."""

from __future__ import annotations

from pathlib import Path

import pytest

from callbot import config
from callbot.bench import serving
from callbot.bench.serving import Served
from callbot.cases.store import Store
from callbot.errors import CallbotError
from tests.fakes import WALL, started


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return Served(1, "ws://127.0.0.1:1/twilio", f"sqlite:///{tmp_path / 'cases.db'}")


def _store(served: Served, *, over: bool) -> None:
    store = Store(served.database, service_codes={})
    store.open_call(started())
    store.record("call-1", [(0.0, {"event": "CallStarted"}), (2.5, {"event": "TurnEnded"})])
    if over:
        store.end_call("call-1", None, "hung up", WALL)
    store.close()


async def test_the_log_of_a_call_is_told_on_the_callers_clock(served: Served) -> None:
    _store(served, over=True)
    served.take({"type": "zero", "call": "CA1", "call_id": "call-1", "at": 100.0})
    served.take({"type": "sound", "call": "CA1", "at": 103.0})
    log = await served.log("CA1")
    assert [(at, row["event"]) for at, row in log.rows] == [(100.0, "CallStarted"), (102.5, "TurnEnded")]
    assert log.sounds == (103.0,)


async def test_a_call_that_nobody_knows_has_no_log(served: Served) -> None:
    with pytest.raises(CallbotError, match="knows no call CA2"):
        await served.log("CA2")


async def test_a_call_that_never_ends_is_not_waited_for_for_ever(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_STORED", 0.1)
    _store(served, over=False)
    served.take({"type": "zero", "call": "CA1", "call_id": "call-1", "at": 100.0})
    with pytest.raises(CallbotError, match="was not stored"):
        await served.log("CA1")


async def test_a_server_that_cannot_start_is_an_error_not_a_wait(tmp_path: Path) -> None:
    with pytest.raises(CallbotError, match="ended before it was ready"):
        async with serving.serving(config.load(site=tmp_path)):
            pass


def test_the_server_gets_a_database_of_its_own_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOT_TWILIO_AUTH_TOKEN", "secret")
    options = serving._options(config.load(home=tmp_path / "own"), tmp_path / "other")
    assert str(tmp_path / "own") not in str(options)
    assert (options["media_port"], options["host"]) == (0, "127.0.0.1")
    assert "CALLBOT_TWILIO_AUTH_TOKEN" not in serving._environment()

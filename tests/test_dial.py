"""Dialling: callers who speak recordings."""

from __future__ import annotations

from pathlib import Path

from callbot import config
from callbot.content import Site
from callbot.dial import dial_all
from callbot.server import running
from tests.test_server import fake_engines, settings, tone  # noqa: F401  fixtures


async def test_several_callers_at_once_are_measured(
    site: Site,
    settings: config.Settings,  # noqa: F811
    tone: Path,  # noqa: F811
) -> None:
    with fake_engines(["get me a person"]):
        async with running(settings, site) as server:
            url = f"ws://127.0.0.1:{server.media_port}/twilio"
            results = await dial_all(url, [tone], calls=2, caller="+12035550123", record=None)
    assert [row["call"] for row in results] == [1, 2, "all"]
    assert not any(row["failed"] for row in results)
    assert all(seconds is not None for seconds in results[-1]["latencies"])
    assert "median answer" in results[-1]["line"]


async def test_a_refused_call_is_a_row_not_an_exception(tone: Path) -> None:  # noqa: F811
    (row,) = await dial_all("ws://127.0.0.1:9/twilio", [tone], calls=1, caller="+12035550123", record=None)
    assert row["failed"]

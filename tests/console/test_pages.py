"""The page, as it is sent and as a real browser shows it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from callbot.cases.store import Store
from callbot.console.live import LiveCalls
from callbot.console.server import serve
from tests.cases.samples import at, escalate, located, snapshot, started, turn
from tests.console.browser import CHROMIUM, open_page

STARTED = {"type": "started", "line": "main", "caller_known": True, "wall": datetime(2026, 5, 4, 12, tzinfo=UTC)}
MARKUP = "<img src=x onerror=\"document.title='owned'\">"

needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed")


def fill(store: Store) -> str:
    """A closed pothole, a welfare check that waits, an emergency; gives the pothole's number."""
    store.open_call(started("c1"))
    store.save_turn("c1", turn(1, f"a pothole {MARKUP}"), snapshot(), at(1))
    number = store.save_case("c1", located(status="closed", caller_name=MARKUP), at(9)).number
    store.open_call(started("c2", "CA2", at(100)))
    store.save_turn("c2", turn(1, "I'm worried about Rosa"), snapshot(intent="welfare_check"), at(101))
    store.escalate("c2", escalate(snapshot(intent="welfare_check"), priority="high"), "What: a welfare check", at(102))
    store.open_call(started("c3", "CA3", at(200)))
    store.escalate("c3", escalate(kind="crash_injury", priority="emergency"), "What: not stated", at(202))
    return number


async def test_queue_and_cases_are_in_the_page_itself(client: httpx.AsyncClient, store: Store) -> None:
    number = fill(store)
    page = (await client.get("/")).text
    assert "New Haven non-emergency line" in page
    assert number in page
    assert "88 Howe Street, apartment 3" in page
    assert "4 May, 08:00" in page
    assert "I&#39;m worried about Rosa" in page
    assert page.index("Emergency: crash injury") < page.index("A welfare check")


async def test_an_empty_page_says_so(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert "Nobody is waiting." in page
    assert "No cases yet." in page


async def test_what_is_due_is_in_the_page_and_marked_when_it_is_late(client: httpx.AsyncClient, store: Store) -> None:
    assert "Nothing is due." in (await client.get("/")).text
    store.open_call(started())
    number = store.save_case("c1", located(status="queued"), at(9), follow_up=24).number
    page = (await client.get("/")).text
    due = page[page.index('id="due"') : page.index('id="cases"')]
    assert number in due
    assert "5 May, 08:00" in due
    assert "overdue" in due


async def test_what_callers_say_is_never_markup(client: httpx.AsyncClient, store: Store) -> None:
    fill(store)
    assert "<img" not in (await client.get("/")).text


async def test_the_page_loads_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    for path in ("/", "/static/console.css", "/static/console.js"):
        text = (await client.get(path)).text
        assert "http://" not in text
        assert "https://" not in text


# ---------------------------------------------------------------- in a real browser


@needs_chromium
async def test_a_browser_shows_a_call_as_it_is_spoken(
    app: FastAPI, live: LiveCalls, store: Store, tmp_path: Path
) -> None:
    fill(store)
    live.publish("c9", STARTED)

    def publish(**event: Any) -> None:
        live.publish("c9", event)

    async with serve(app, "127.0.0.1", 0) as port, open_page(f"http://127.0.0.1:{port}/", tmp_path / "p") as page:
        await page.wait_for("document.querySelector('#connection').textContent === 'Live'")
        publish(type="said", utterance=1, text="How can I help you today?")
        await page.wait_for("document.querySelector('.call .bot')?.textContent === 'Bot How can I help you today?'")
        publish(type="partial", turn=1, text="there is a")
        await page.wait_for("document.querySelector('.call .partial .text').textContent === 'there is a'")
        publish(type="heard", turn=1, text=f"there is a fire {MARKUP}")
        await page.wait_for("document.querySelector('.call .partial').hidden")
        said = await page.value("[...document.querySelectorAll('.call .talk li')].map(item => item.textContent)")
        assert said == ["Bot How can I help you today?", f"Caller there is a fire {MARKUP}"]
        publish(type="state", state="emergency", intent="pothole", slots={"plate": "AB123"})
        publish(type="emergency", kind="fire", evidence="there is a fire")
        await page.wait_for("document.querySelector('.call [role=alert]').checkVisibility()")
        assert "there is a fire" in await page.value("document.querySelector('.call [role=alert]').textContent")
        assert await page.value("document.querySelector('.call .facts').innerText") == "Plate\nAB123"
        publish(type="ended", outcome="emergency", reason="transferred")
        await page.wait_for("document.querySelector('.call.ended .end')?.textContent === 'Ended: emergency'")
        live.publish("c8", STARTED)
        await page.wait_for("document.querySelectorAll('.call').length === 2")
        assert await page.value("document.querySelector('.call').classList.contains('emergency')")
        assert await page.value("document.title") == "New Haven non-emergency line (example) · callbot"
        # Nothing was refused by the content security policy, nothing was thrown.
        assert page.complaints == []


@needs_chromium
async def test_a_browser_keeps_queue_and_cases_fresh(app: FastAPI, store: Store, tmp_path: Path) -> None:
    fill(store)
    async with serve(app, "127.0.0.1", 0) as port, open_page(f"http://127.0.0.1:{port}/", tmp_path / "p") as page:
        await page.wait_for("document.querySelectorAll('#queue article').length === 2")
        await page.value("document.querySelector('#queue details').open = true")
        store.open_call(started("c4", "CA4", at(300)))
        store.escalate("c4", escalate(kind="gas", priority="emergency"), "What: not stated", at(301))
        await page.wait_for("document.querySelectorAll('#queue article').length === 3")
        assert await page.value("document.querySelector('.count').textContent") == "3"
        # What somebody has opened stays open.
        assert await page.value("document.querySelectorAll('#queue details[open]').length") == 1


@needs_chromium
async def test_without_scripts_queue_and_cases_are_there(app: FastAPI, store: Store, tmp_path: Path) -> None:
    number = fill(store)
    url = "http://127.0.0.1:{}/"
    async with serve(app, "127.0.0.1", 0) as port, open_page(url.format(port), tmp_path / "p", scripts=False) as page:
        text = await page.value("document.body.innerText")
    for words in (number, "Emergency: crash injury", "What: a welfare check", "Live calls need JavaScript"):
        assert words in text

"""Who may see the console."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

PRIVATE = ["/", "/api/cases", "/api/cases/26-00001-0", "/api/calls/c1", "/api/queue", "/api/live", "/api/live/events"]
PRIVATE += ["/api/openapi.json", "/static/console.js", "/nowhere", "//api/cases", "/answer", "/answerx", "/metrics/"]
OPEN = ["/healthz", "/readyz", "/metrics", "/answer/twilio", "/answer/twilio/after"]

LOCAL, STRANGER = "127.0.0.1", "203.0.113.7"


async def ask(app: FastAPI, path: str, client: str, host: str = "127.0.0.1:8080", **headers: str) -> httpx.Response:
    """One request from `client`."""
    transport = httpx.ASGITransport(app=app, client=(client, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as asking:
        return await asking.get(path, headers={"Host": host, **headers})


@pytest.mark.parametrize("path", PRIVATE)
async def test_strangers_see_nothing(app: FastAPI, path: str) -> None:
    answer = await ask(app, path, STRANGER)
    assert answer.status_code == 403
    assert "only be opened on the machine" in answer.text
    assert answer.headers["content-type"].startswith("application/json" if path.startswith("/api/") else "text/plain")


@pytest.mark.parametrize("path", OPEN)
async def test_carriers_and_monitors_are_served(app: FastAPI, path: str) -> None:
    assert (await ask(app, path, STRANGER, host="bot.example.org")).status_code == 200


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "x-forwarded-for", "X-Real-IP", "Via"])
@pytest.mark.parametrize("value", ["127.0.0.1", ""])
async def test_what_came_through_a_proxy_is_not_local(app: FastAPI, header: str, value: str) -> None:
    assert (await ask(app, "/", LOCAL, **{header: value})).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8080", "", "localhost.evil.example", "[::2]"])
async def test_a_foreign_name_for_this_machine_is_refused(app: FastAPI, host: str) -> None:
    assert (await ask(app, "/api/cases", LOCAL, host=host)).status_code == 403


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "localhost:8080", "[::1]:8080"])
async def test_people_at_this_machine_see_everything(app: FastAPI, client: str, host: str) -> None:
    assert (await ask(app, "/", client, host=host)).status_code == 200


@pytest.mark.parametrize("client", ["::ffff:203.0.113.7", "10.0.0.1", "testclient", ""])
async def test_other_addresses_are_strangers(app: FastAPI, client: str) -> None:
    assert (await ask(app, "/", client)).status_code == 403


@pytest.mark.parametrize("path", ["/", "/api/cases", "/healthz", "/nowhere", "/static/console.css"])
@pytest.mark.parametrize("client", [LOCAL, STRANGER])
async def test_every_answer_has_the_security_headers(app: FastAPI, path: str, client: str) -> None:
    headers = (await ask(app, path, client)).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"

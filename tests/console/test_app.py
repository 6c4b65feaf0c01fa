"""Health, metrics, and how the parts of the console hold together."""

from __future__ import annotations

import httpx
import pytest

from callbot.cases.store import Store
from callbot.errors import StoreError
from callbot.metrics import Metrics


async def test_healthz_says_that_the_process_is_up(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_readyz_names_what_is_missing(client: httpx.AsyncClient, ready: dict[str, bool]) -> None:
    answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "missing": [], "parts": {"models": True, "database": True}}
    ready["models"] = False
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "missing": ["models"], "parts": {"models": False, "database": True}}


async def test_metrics_are_prometheus_text(client: httpx.AsyncClient, metrics: Metrics) -> None:
    metrics.turn_ended()
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "callbot_turns_total 1.0" in answer.text


@pytest.mark.parametrize(("path", "kind"), [("/", "text/plain"), ("/api/cases", "application/json")])
async def test_a_broken_store_is_named(
    client: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    def broken(**_filters: object) -> list[object]:
        raise StoreError("the case store could not read the cases: disk I/O error")

    monkeypatch.setattr(store, "cases", broken)
    answer = await client.get(path)
    assert answer.status_code == 503
    assert "disk I/O error" in answer.text
    assert answer.headers["content-type"].startswith(kind)


async def test_the_api_describes_itself(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/api/openapi.json")).json()["paths"]
    assert {"/api/cases", "/api/cases/{number}", "/api/calls/{call_id}", "/api/queue", "/api/live"} <= set(paths)
    assert "/" not in paths
    assert (await client.get("/docs")).status_code == 404

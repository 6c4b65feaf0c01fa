"""A console over a real store, asked without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from fastapi import FastAPI

from callbot.cases.store import Store
from callbot.console.app import create_app
from callbot.console.live import LiveCalls
from callbot.metrics import Metrics
from callbot.schema import Catalogue

ROOT = Path(__file__).parents[2]
PERSON = "+12035550111"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(f"sqlite:///{tmp_path / 'cases.db'}", service_codes={"pothole": "POTHOLE"})
    yield opened
    opened.close()


@pytest.fixture
def live() -> LiveCalls:
    """No running calls."""
    return LiveCalls()


@pytest.fixture
def metrics() -> Metrics:
    """Nothing has happened."""
    return Metrics()


@pytest.fixture
def ready() -> dict[str, bool]:
    """What is there; a test may change it."""
    return {"models": True, "database": True}


@pytest.fixture
def answers() -> dict[str, str]:
    """The shipped answer documents."""
    return {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "telephony" / "answer").glob("*.xml")}


@pytest.fixture
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return Catalogue.model_validate(yaml.safe_load((ROOT / "intents" / "catalogue.yaml").read_text(encoding="utf-8")))


@pytest.fixture
def app(
    store: Store,
    live: LiveCalls,
    metrics: Metrics,
    ready: dict[str, bool],
    answers: dict[str, str],
    catalogue: Catalogue,
) -> FastAPI:
    """The application as it is served on loopback."""
    return create_app(
        store=store,
        metrics=metrics,
        live=live,
        ready=lambda: ready,
        catalogue=catalogue,
        answers=answers,
        public_url="",
        media_port=8765,
        issue_token=lambda: "secret",
        person_for=lambda _called: PERSON,
        overflow_for=lambda _called: None,
    )


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody at this machine."""
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as asking:
        yield asking

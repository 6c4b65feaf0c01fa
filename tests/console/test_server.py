"""The server in the calls' event loop."""

from __future__ import annotations

import asyncio
import signal

import httpx
import pytest
from fastapi import FastAPI

from callbot.console.live import LiveCalls
from callbot.console.server import serve
from callbot.errors import ConfigError


async def test_it_serves_while_entered(app: FastAPI) -> None:
    handler = signal.getsignal(signal.SIGINT)
    async with serve(app, "127.0.0.1", 0) as port, httpx.AsyncClient() as client:
        assert signal.getsignal(signal.SIGINT) is handler
        answer = await client.get(f"http://127.0.0.1:{port}/healthz")
        assert answer.json() == {"status": "ok"}
        assert "server" not in answer.headers
        with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{port}"):
            async with serve(app, "127.0.0.1", port):
                pass
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/healthz")


async def test_an_unknown_host_is_refused(app: FastAPI) -> None:
    with pytest.raises(ConfigError, match="cannot listen on nowhere"):
        async with serve(app, "nowhere.invalid", 0):
            pass


async def test_watchers_do_not_keep_it_from_stopping(
    app: FastAPI, live: LiveCalls, caplog: pytest.LogCaptureFixture
) -> None:
    live.publish("c1", {"type": "partial", "turn": 1, "text": "hello"})
    first_line = asyncio.Event()

    async def watch(port: int) -> None:
        async with (
            httpx.AsyncClient() as client,
            client.stream("GET", f"http://127.0.0.1:{port}/api/live/events", timeout=20) as stream,
        ):
            async for _ in stream.aiter_lines():
                first_line.set()

    async with serve(app, "127.0.0.1", 0) as port:
        watching = asyncio.create_task(watch(port))
        async with asyncio.timeout(10):
            await first_line.wait()
    await watching
    assert "graceful shutdown exceeded" not in caplog.text
    assert live._watchers == set()


async def test_an_error_inside_stops_it_too(app: FastAPI) -> None:
    with pytest.raises(RuntimeError, match="a call failed"):
        async with serve(app, "127.0.0.1", 0):
            raise RuntimeError("a call failed")

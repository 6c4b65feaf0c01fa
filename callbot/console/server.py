"""Runs the web application inside the event loop that the calls run in, so that a stop is one stop for all."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from fastapi import FastAPI

from callbot.console.live import LiveCalls
from callbot.errors import ConfigError

_GRACE = 5
"""Seconds that running answers get when the server stops."""


class _Server(uvicorn.Server):
    """A server that leaves the process's signals alone and tells when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serve(app: FastAPI, host: str, port: int) -> AsyncIterator[int]:
    """Serve an application of `create_app` while entered; gives the port, which matters when `port` is 0.

    Raises ConfigError when the address is not free.
    """
    listener = _listen(host, port)
    config = uvicorn.Config(
        app,
        log_config=None,
        # Its lines would hold the callers' numbers: some carriers send them in the URL.
        access_log=False,
        # A client's word about where it comes from counts for nothing, see guard.py.
        proxy_headers=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_GRACE,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve([listener]))
    # A server that fails to start must not be waited for; its error comes out below.
    running.add_done_callback(lambda _: server.is_up.set())
    try:
        await server.is_up.wait()
        yield int(listener.getsockname()[1])
    finally:
        # Browsers that watch the calls would otherwise keep the server from stopping.
        live: LiveCalls = app.state.live
        live.close()
        server.should_exit = True
        await running


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server((str(address[0]), int(address[1])), family=family)
    except OSError as error:
        raise ConfigError(f"cannot listen on {host}:{port}: {error.strerror}") from error

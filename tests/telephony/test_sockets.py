"""Using a connection that has gone, in the way that breaks asyncio's own transport."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from callbot.telephony.sockets import ClientSocket, ServerSocket
from tests.telephony.fakes import until

MUCH = b"\x00" * 20_000_000


def address(sockets: Sequence[socket.socket]) -> str:
    return f"ws://127.0.0.1:{sockets[0].getsockname()[1]}"


async def flush_and_lose(connection: ServerConnection | ClientSocket) -> None:
    """Close while data waits to be written; the peer then takes all of it."""
    sending = asyncio.create_task(connection.send(MUCH))
    await until(lambda: connection.transport.get_write_buffer_size() > 0)
    connection.transport.close()
    await connection.wait_closed()
    await asyncio.gather(sending, return_exceptions=True)


async def check_gone(connection: ServerConnection | ClientSocket) -> None:
    with pytest.raises(ConnectionClosed):
        await connection.send("hello?")
    await connection.close()


async def test_server_side() -> None:
    checked = asyncio.Event()

    async def handler(connection: ServerConnection) -> None:
        await flush_and_lose(connection)
        await check_gone(connection)
        checked.set()

    async with (
        serve(handler, "127.0.0.1", 0, compression=None, create_connection=ServerSocket) as server,
        connect(address(server.sockets), max_size=None, proxy=None, create_connection=ClientSocket) as client,
    ):
        assert await client.recv() == MUCH
        await until(checked.is_set)


async def test_client_side() -> None:
    async def handler(connection: ServerConnection) -> None:
        assert await connection.recv() == MUCH
        await connection.wait_closed()

    async with serve(handler, "127.0.0.1", 0, max_size=None, create_connection=ServerSocket) as server:
        client = await connect(address(server.sockets), proxy=None, compression=None, create_connection=ClientSocket)
        assert isinstance(client, ClientSocket)
        await flush_and_lose(client)
        await check_gone(client)

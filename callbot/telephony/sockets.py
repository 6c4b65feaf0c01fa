"""WebSocket connections that may be used after they have gone, and then raise ConnectionClosed as documented.

asyncio's socket transport loses its loop when a closing transport has flushed its last bytes, without noting
that it is lost (the same race as agronholm/anyio#1250). websockets aborts the transport of every connection
that it finds closed, which then raises AttributeError in place of ConnectionClosed. A caller who hangs up
while much of a prompt is still under way is enough. Here a lost connection gets a transport that can be
aborted as often as anybody likes.
"""

from __future__ import annotations

import asyncio

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection


class _LostTransport(asyncio.Transport):
    """What is left of a transport whose socket has been closed."""

    def is_closing(self) -> bool:
        return True

    def abort(self) -> None:
        """Nothing is left to abort."""


class ServerSocket(ServerConnection):
    """The gateway's end; for `create_connection` of `serve`."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio when the socket has been closed."""
        super().connection_lost(exc)
        self.transport = _LostTransport()


class ClientSocket(ClientConnection):
    """A caller's end; for `create_connection` of `connect`."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio when the socket has been closed."""
        super().connection_lost(exc)
        self.transport = _LostTransport()

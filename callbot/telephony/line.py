"""What a session speaks into: the sending half of a media socket.

A shell, shared by all dialects that are spoken over WebSockets; what the messages look like is up to the codec.
"""

from __future__ import annotations

import numpy as np
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from callbot.audio import Resampler, to_int16, ulaw_encode
from callbot.engines import SAMPLE_RATE, Audio
from callbot.telephony.media_streams import Dialect, MediaStream


class LineGone(ConnectionError):
    """The session spoke into a line that had been closed. When a handler's `run` lets it pass, that is no failure."""


class SocketLine:
    """The far end of a call, for the session: a `callbot.engines.Line`."""

    def __init__(self, connection: ServerConnection, stream: MediaStream, dialect: Dialect) -> None:
        self.left: str | None = None
        """Why callbot left the call, None as long as it has not."""
        self._connection = connection
        self._stream = stream
        self._voice = Resampler(SAMPLE_RATE, dialect.rate)

    async def play(self, audio: Audio) -> None:
        """Send audio (16 kHz); waits only while the peer does not read. Raises LineGone, as do the next two."""
        await self._send_audio(self._voice.process(audio))

    async def mark(self, name: str) -> None:
        """Send a mark behind all audio so far, including what the resampler still holds."""
        await self._send_audio(self._held_back())
        await self._send(self._stream.encode_mark(name))

    async def clear(self) -> None:
        """Drop what the carrier and the resampler hold."""
        self._held_back()
        await self._send(self._stream.encode_clear())

    async def close(self, *, transfer_to: str | None) -> None:
        """Close the socket: the carrier then asks for the after document, which says what comes next."""
        self.left = "callbot hung up" if transfer_to is None else "callbot handed the caller over"
        await self._connection.close()

    def _held_back(self) -> Audio:
        """The end of what was given to the resampler, which then begins anew."""
        return self._voice.process(np.zeros(0, np.float32), last=True)

    async def _send_audio(self, audio: Audio) -> None:
        if audio.size:
            await self._send(self._stream.encode_audio(ulaw_encode(to_int16(audio))))

    async def _send(self, message: str) -> None:
        try:
            await self._connection.send(message)
        except ConnectionClosed as closed:
            raise LineGone("the line is gone") from closed

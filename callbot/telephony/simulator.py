"""A caller who speaks recordings over the media socket, in real time.

It behaves as Twilio and a patient human together: it sends sound for the whole call, plays what the bot sends
at the speed of speech, echoes marks when they would have been heard, and takes its scripted turns when the bot
has spoken and is quiet. It knows nothing of sessions or models: what it measures is what a caller would.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
import uuid
import wave
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from callbot.audio import to_float, to_int16, ulaw_decode, ulaw_encode
from callbot.errors import ProtocolError
from callbot.telephony.playout import FRAME, RATE, PlayOut
from callbot.telephony.script import Talker, Turn, TurnResult, prepared
from callbot.telephony.sockets import ClientSocket

__all__ = ["CallResult", "Moment", "Simulator", "Turn", "TurnResult"]

ECHO_DELAY = 0.1
"""Seconds after which a line with an echo returns what the caller hears."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something worth showing to who watches a rehearsal."""

    at: float
    """Seconds since the call's start."""
    kind: Literal["connected", "turn", "bot_speaks", "bot_quiet", "ended"]
    turn: Turn | None = None
    """The turn that begins, for kind "turn"."""
    reason: str = ""
    """Why the call ended, for kind "ended"."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """How a call went. Moments are seconds since the call's start."""

    carrier_call_id: str
    turns: tuple[TurnResult, ...]
    """The turns that were said to their end; fewer than scripted when the call ended before."""
    greeting_latency: float | None
    """Seconds until the bot was first heard; None if it never was."""
    ended_at: float
    closed_by_bot_at: float | None
    """When the bot closed the line; None if the caller hung up or the line broke."""
    reason: str


@dataclass(slots=True)
class _Ending:
    """How the line went down, once it has."""

    at: float
    reason: str
    by_bot: bool


class Simulator:
    """One scripted call; `run` it once."""

    def __init__(
        self,
        url: str,
        turns: Sequence[Turn],
        *,
        caller: str = "+15550100",
        to: str = "",
        on_event: Callable[[Moment], None] = lambda _: None,
        patience: float = 15.0,
        record: Path | None = None,
        echo: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """`url` is a media socket that speaks Twilio's dialect, e.g. ws://127.0.0.1:8765/twilio.

        `caller` and `to` are the numbers in the start message; `patience` is how many seconds of the bot's silence
        the caller bears before hanging up. `record` takes both sides as a wav file (left caller, right bot).
        With `echo`, so many dB (a negative number) of what the bot says come back over the caller's line. `headers`
        go with the upgrade request.
        """
        self._url = url
        self._turns = turns
        self._parameters = {"from": caller, "to": to}
        self._on_event = on_event
        self._patience = patience
        self._record = record
        self._echo = echo
        self._headers = dict(headers or {})
        self._wire = _Wire()
        self._heard = PlayOut()
        self._sent = bytearray()
        self._zero = 0.0
        self._ending: _Ending | None = None
        self._bot_speaks = False

    async def run(self) -> CallResult:
        """Place the call and stay on the line until either side ends it.

        Raises ConnectionError when nobody answers or the call is refused, ProtocolError when the bot sends what
        Twilio would not understand, CallbotError or ValueError when a recording is of no use.
        """
        turns = [await asyncio.to_thread(prepared, turn) for turn in self._turns]
        talker = Talker(turns, self._heard, self._patience)
        socket = await self._dial()
        try:
            await self._call(socket, talker)
        finally:
            await socket.close()
        assert self._ending is not None
        # What was sent but not yet played is lost with the line.
        self._heard.clear(self._ending.at)
        self._on_event(Moment(self._ending.at, "ended", reason=self._ending.reason))
        if self._record is not None:
            await asyncio.to_thread(self._write, self._record)
        return self._result(talker, self._ending)

    async def _dial(self) -> ClientConnection:
        try:
            # No proxy: a telephone call has none, and it would be measured, too.
            return await connect(
                self._url,
                additional_headers=self._headers,
                compression=None,
                proxy=None,
                ping_interval=None,
                max_size=None,
                create_connection=ClientSocket,
            )
        except InvalidStatus as refused:
            body = (refused.response.body or b"").decode(errors="replace").strip()
            raise ConnectionError(f"{self._url} refused the call: {refused.response.status_code} {body}") from refused
        except (InvalidHandshake, OSError) as error:
            raise ConnectionError(f"{self._url} does not answer: {error}") from error

    async def _call(self, socket: ClientConnection, talker: Talker) -> None:
        await socket.send(self._wire.connected())
        await socket.send(self._wire.start(self._parameters))
        self._zero = time.monotonic()
        self._on_event(Moment(0.0, "connected"))
        listening = asyncio.create_task(self._listen(socket))
        try:
            await self._talk(socket, talker)
            await listening
        finally:
            listening.cancel()

    def _now(self) -> float:
        return time.monotonic() - self._zero

    async def _talk(self, socket: ClientConnection, talker: Talker) -> None:
        """Send 20 ms of sound every 20 ms until the call is over."""
        steps = 0
        while self._ending is None:
            try:
                tick = talker.tick(self._now())
                if tick is None:
                    await self._hang_up(socket)
                    return
                if tick.begun is not None:
                    self._on_event(Moment(self._now(), "turn", tick.begun))
                await self._send(socket, self._on_the_line(tick.frame, steps * FRAME), tick.key)
            except ConnectionClosed:
                return  # `_listen` knows why.
            self._watch_bot()
            steps += 1
            await asyncio.sleep(max(0.0, steps * FRAME / RATE - self._now()))

    async def _send(self, socket: ClientConnection, frame: bytes, key: str | None) -> None:
        if key is not None:
            await socket.send(self._wire.key(key))
        await socket.send(self._wire.media(frame))
        self._sent += frame
        for name in self._heard.due_marks(self._now()):
            await socket.send(self._wire.mark(name))

    def _on_the_line(self, frame: bytes, at: int) -> bytes:
        """What is sent as the samples from `at` on: the caller's voice, and what comes back of the bot's."""
        if self._echo is None:
            return frame
        returned = self._heard.piece(at - round(ECHO_DELAY * RATE), FRAME) * np.float32(10 ** (self._echo / 20))
        return ulaw_encode(to_int16(to_float(ulaw_decode(frame)) + returned))

    async def _hang_up(self, socket: ClientConnection) -> None:
        self._ending = _Ending(self._now(), f"the caller hung up after {self._patience:g} s of silence", by_bot=False)
        await socket.send(self._wire.stop())
        await socket.close()

    def _watch_bot(self) -> None:
        now = self._now()
        speaks = self._heard.speaking(now) is not None
        if speaks != self._bot_speaks:
            self._bot_speaks = speaks
            self._on_event(Moment(now, "bot_speaks" if speaks else "bot_quiet"))

    async def _listen(self, socket: ClientConnection) -> None:
        """Take in what the bot sends until the line is closed."""
        try:
            while True:
                self._take(self._wire.parsed(await socket.recv()))
        except ConnectionClosed as closed:
            self._ending = self._ending or _ending(closed, self._now())
        except ProtocolError as error:
            # Lets `_talk` come to its end; the error itself reaches the caller of `run` through the task.
            self._ending = _Ending(self._now(), str(error), by_bot=False)
            raise

    def _take(self, message: _Incoming) -> None:
        now = self._now()
        if message.event == "media":
            self._heard.receive(to_float(ulaw_decode(message.payload)), now)
        elif message.event == "mark":
            self._heard.mark(message.name, now)
        else:
            self._heard.clear(now)

    def _result(self, talker: Talker, ending: _Ending) -> CallResult:
        return CallResult(
            carrier_call_id=self._wire.call_id,
            turns=talker.results(),
            greeting_latency=self._heard.audible_since(0.0),
            ended_at=ending.at,
            closed_by_bot_at=ending.at if ending.by_bot else None,
            reason=ending.reason,
        )

    def _write(self, path: Path) -> None:
        caller = ulaw_decode(bytes(self._sent))
        bot = to_int16(self._heard.heard(caller.size / RATE))
        with wave.open(str(path), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(np.column_stack([caller, bot]).astype("<i2").tobytes())


def _ending(closed: ConnectionClosed, at: float) -> _Ending:
    if closed.rcvd is None:
        return _Ending(at, "the line broke", by_bot=False)
    if closed.rcvd.code == 1000:
        return _Ending(at, "the bot closed the line", by_bot=True)
    return _Ending(at, f"the bot closed the line with code {closed.rcvd.code}: {closed.rcvd.reason}", by_bot=True)


# ---------------------------------------------------------------- Twilio's side of the wire


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A message of the bot."""

    event: Literal["media", "mark", "clear"]
    payload: bytes = b""
    name: str = ""


@dataclass(slots=True)
class _Wire:
    """Messages as Twilio writes them, numbers as texts included."""

    stream_id: str = field(default_factory=lambda: f"MZ{uuid.uuid4().hex}")
    call_id: str = field(default_factory=lambda: f"CA{uuid.uuid4().hex}")
    account_id: str = f"AC{'0' * 32}"
    sequence: int = 0
    chunk: int = 0

    def connected(self) -> str:
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, parameters: Mapping[str, str]) -> str:
        body = {
            "accountSid": self.account_id,
            "streamSid": self.stream_id,
            "callSid": self.call_id,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": RATE, "channels": 1},
            "customParameters": dict(parameters),
        }
        return self._message("start", body)

    def media(self, frame: bytes) -> str:
        self.chunk += 1
        body = {
            "track": "inbound",
            "chunk": str(self.chunk),
            "timestamp": str((self.chunk - 1) * 1000 * FRAME // RATE),
            "payload": base64.b64encode(frame).decode(),
        }
        return self._message("media", body)

    def key(self, key: str) -> str:
        return self._message("dtmf", {"track": "inbound_track", "digit": key})

    def mark(self, name: str) -> str:
        return self._message("mark", {"name": name})

    def stop(self) -> str:
        return self._message("stop", {"accountSid": self.account_id, "callSid": self.call_id})

    def _message(self, event: str, body: Mapping[str, Any]) -> str:
        self.sequence += 1
        envelope = {"event": event, "sequenceNumber": str(self.sequence), "streamSid": self.stream_id}
        return json.dumps({**envelope, event: body})

    def parsed(self, raw: str | bytes) -> _Incoming:
        """What the bot sent; raises ProtocolError for anything that Twilio would not understand."""
        if isinstance(raw, bytes):
            raise ProtocolError("the bot sent a binary message")
        try:
            message = json.loads(raw)
            if message["streamSid"] != self.stream_id:
                raise ProtocolError("the bot sent the id of another stream")
            match message["event"]:
                case "media":
                    return _Incoming("media", payload=base64.b64decode(message["media"]["payload"], validate=True))
                case "mark":
                    return _Incoming("mark", name=str(message["mark"]["name"]))
                case "clear":
                    return _Incoming("clear")
                case other:
                    raise ProtocolError(f"the bot sent an unknown event: {other}")
        except (ValueError, KeyError, TypeError) as error:
            raise ProtocolError(f"the bot sent a message that Twilio would not understand: {error!r}") from error

"""The media sockets: carriers connect here, and each connection becomes one call.

A shell: all rules of the wire are in media_streams.py, all rules of the talk behind `CallHandler`. What is
here is life and death of connections. Reading never waits for anything but the socket (Twilio throws caller
audio away when we are slow), so the handler's three listening methods must return at once, and sending,
which may wait for a slow peer, happens in the handler's own task.

Every way in which a call can end (hang-up, broken line, broken protocol, silence of the carrier, an error of
ours, shutdown) goes through `_Call.serve`, which tells the handler once and writes one line to the log.
No log line holds a telephone number or anything that was said.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response

from callbot.audio import Resampler, to_float, ulaw_decode
from callbot.engines import SAMPLE_RATE, Audio, Line
from callbot.errors import ConfigError, ProtocolError
from callbot.events import AudioReceived, CallEnded, CallStarted, Fact
from callbot.privacy import where
from callbot.telephony.line import LineGone, SocketLine
from callbot.telephony.media_streams import MAX_MESSAGE, Dialect, MarkEchoed, MediaStream
from callbot.telephony.signatures import signed_by_twilio
from callbot.telephony.sockets import ServerSocket

log = logging.getLogger("callbot.telephony")

# The library's own log. At level DEBUG it would write whole messages, numbers and voices included.
_wire_log = log.getChild("websockets")
_wire_log.setLevel(logging.WARNING)

DEAD_AFTER = 10.0
"""Seconds without caller audio after which a connection counts as dead. Carriers send audio every 20 ms."""

WIND_DOWN = 30.0
"""Seconds that a handler gets to finish (save, summarize) after its call has ended."""

_CLOSE_TIMEOUT = 5.0
"""Seconds to wait for the peer's half of the closing handshake."""

_MAX_QUEUE = 500
"""Messages that may wait between socket and reader while the event loop is busy: 10 s of 20 ms frames."""


class CallHandler(Protocol):
    """What the gateway needs of a session: one object a call, made by `OpenCall`.

    `receive`, `played` and `hear` are called from the event loop, in the order of the wire, and must return at
    once. An exception from any method ends this call only.
    """

    def receive(self, fact: Fact) -> None:
        """`KeyPressed`, or `CallEnded` (once and last, unless `run` has returned before the line was closed)."""

    def played(self, mark: str) -> None:
        """Everything sent before `mark` has been played, or was cleared."""

    def hear(self, audio: Audio) -> None:
        """The next stretch of the caller's voice, 16 kHz."""

    async def run(self) -> None:
        """Lives as long as the call; returning closes the line. Must return after `CallEnded`."""


OpenCall = Callable[[CallStarted, Line], CallHandler]
"""Makes the handler of a call that has just started."""


class Gateway:
    """Serves one media socket per dialect while it is entered as an async context manager."""

    def __init__(
        self,
        dialects: Mapping[str, Dialect],
        open_call: OpenCall,
        *,
        host: str,
        port: int,
        admit: Callable[[], str | None],
        credentials: Mapping[str, str],
        public_url: str,
        redeem: Callable[[str], bool] | None = None,
        dead_after: float = DEAD_AFTER,
        wind_down: float = WIND_DOWN,
    ) -> None:
        """`dialects` and `credentials` (the carrier's auth token) are keyed by path name: "twilio" serves /twilio.

        `admit` gives a reason to refuse a further call, or None; it is asked before the upgrade and again when the
        call starts, since several callers may have been let in at the same moment. `public_url` is how carriers
        reach this server, "" = by the Host header of the request. `redeem` says whether a start message's token is
        one that the answer document gave out; None = tokens are not asked for. `port` 0 takes a free one.
        """
        self._dialects = dialects
        self._host = host
        self._port = port
        self._admit = admit
        self._credentials = credentials
        self._public_url = re.sub("^http", "ws", public_url.rstrip("/"))
        self._redeem = redeem
        self._terms = _Terms(open_call, self._refusal, dead_after, wind_down)
        self._server: Server | None = None

    @property
    def port(self) -> int:
        """The port that is listened on. Raises RuntimeError before the gateway is entered."""
        if self._server is None:
            raise RuntimeError("the gateway is not open")
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        """Start to listen.

        Raises ConfigError when the address is not free, or not on loopback while a dialect has no credential.
        """
        self._check_credentials()
        try:
            self._server = await serve(
                self._serve,
                self._host,
                self._port,
                # Browsers send an origin, carriers do not: no web page may call a bot on its visitor's machine.
                origins=[None],
                process_request=self._screen,
                # G.711 hardly compresses, and Asterisk hangs up on any offered extension.
                compression=None,
                # Media is the sign of life; some carriers' builds hang up on pings.
                ping_interval=None,
                close_timeout=_CLOSE_TIMEOUT,
                max_size=MAX_MESSAGE,
                max_queue=_MAX_QUEUE,
                create_connection=ServerSocket,
                logger=_wire_log,
                server_header=None,
            )
        except OSError as error:
            raise ConfigError(f"cannot listen on {self._host}:{self._port}: {error.strerror}") from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening, end all calls and wait until their handlers have finished."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def _check_credentials(self) -> None:
        open_to_all = sorted(name for name in self._dialects if not self._credentials.get(name))
        if open_to_all and not _is_loopback(self._host):
            raise ConfigError(
                f"{self._host} can be reached from outside, but anybody could call over "
                f"{', '.join(f'/{name}' for name in open_to_all)}: set the carrier's credential or use 127.0.0.1"
            )

    def _screen(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse before the upgrade, or let pass with None."""
        name = _path_name(request)
        if name not in self._dialects:
            return connection.respond(HTTPStatus.NOT_FOUND, "no such media socket\n")
        if not self._is_signed(request, self._credentials.get(name, "")):
            log.warning("refused a %s stream: its signature is missing or wrong", name)
            return connection.respond(HTTPStatus.FORBIDDEN, "the signature is missing or wrong\n")
        reason = self._admit()
        if reason is not None:
            log.warning("refused a %s stream: %s", name, reason)
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, f"{reason}\n")
        return None

    def _is_signed(self, request: Request, credential: str) -> bool:
        if not credential:
            return True
        hosts, signatures = request.headers.get_all("Host"), request.headers.get_all("X-Twilio-Signature")
        if len(hosts) != 1 or len(signatures) != 1:
            return False
        base = self._public_url or f"wss://{hosts[0]}"
        try:
            return signed_by_twilio(signatures[0], credential, base + request.path)
        except ValueError:
            return False

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        dialect = self._dialects[_path_name(connection.request)]
        await _Call(self._terms, connection, dialect).serve()

    def _refusal(self, token: str) -> str | None:
        """Why a call that has started must not go on, or None."""
        if self._redeem is not None and not self._redeem(token):
            return "its token is missing or was used before"
        return self._admit()


def _path_name(request: Request) -> str:
    return request.path.partition("?")[0].strip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


# ---------------------------------------------------------------- one call


@dataclass(frozen=True, slots=True)
class _Terms:
    """What all calls of a gateway have in common."""

    open_call: OpenCall
    refusal: Callable[[str], str | None]
    """Token to the reason why the call must not go on, or None."""
    dead_after: float
    wind_down: float


@dataclass(frozen=True, slots=True)
class _End:
    """How a call ended."""

    reason: str
    code: int = CloseCode.NORMAL_CLOSURE
    """What the socket is closed with."""
    level: int = logging.INFO


class _Call:
    """One connection, from the upgrade until nobody has anything left to do."""

    def __init__(self, terms: _Terms, connection: ServerConnection, dialect: Dialect) -> None:
        self._terms = terms
        self._connection = connection
        self._dialect = dialect
        self._id = uuid.uuid4().hex
        self._stream = MediaStream(dialect, self._id)
        self._line = SocketLine(connection, self._stream, dialect)
        self._ear = Resampler(dialect.rate, SAMPLE_RATE)
        self._deadline = 0.0
        self._handler: CallHandler | None = None
        """None before the call has started and once `run` has returned: nobody to talk to."""
        self._running: asyncio.Task[None] | None = None
        self._finished: _End | None = None
        """How `run` ended, if it ended the call by itself."""

    async def serve(self) -> None:
        """Carry the call from its first message to the end of its handler."""
        since = time.monotonic()
        try:
            end = await self._listen()
            seconds = time.monotonic() - since
            log.log(end.level, "call %s (%s) ended after %.1f s: %s", self._id, self._dialect.name, seconds, end.reason)
            self._tell(end)
            await self._connection.close(end.code, _close_reason(end.reason))
            await self._wind_down()
        finally:
            if self._running is not None:
                self._running.cancel()

    async def _listen(self) -> _End:
        """Read until the call is over."""
        self._extend()
        try:
            while True:
                async with asyncio.timeout_at(self._deadline):
                    message = await self._connection.recv()
                end = self._take(message)
                if end is not None:
                    return end
        except TimeoutError:
            reason = f"the carrier sent no audio for {self._terms.dead_after:g} s"
            return _End(reason, CloseCode.GOING_AWAY, logging.WARNING)
        except ConnectionClosed as closed:
            return self._closed(closed)

    def _extend(self) -> None:
        """Put off the moment at which the connection counts as dead."""
        self._deadline = asyncio.get_running_loop().time() + self._terms.dead_after

    def _take(self, message: str | bytes) -> _End | None:
        """Act on one message; how the call ended if the message ends it."""
        try:
            facts = self._stream.decode(message, datetime.now(UTC))
        except ProtocolError as error:
            return _broken_protocol(str(error))
        try:
            ends = [self._deliver(fact) for fact in facts]
        except Exception as error:  # noqa: BLE001  a handler that raises ends only its call
            log.error("call %s: the session raised an error: %s", self._id, where(error))
            return _OUR_ERROR
        return next((end for end in ends if end is not None), None)

    def _deliver(self, fact: Fact | MarkEchoed) -> _End | None:
        match fact:
            case CallStarted():
                return self._start(fact)
            case CallEnded(reason):
                return _End(reason)
            case AudioReceived(payload):
                self._extend()
                self._hear(payload)
            case MarkEchoed(name) if self._handler is not None:
                self._handler.played(name)
            case Fact() if self._handler is not None:
                self._handler.receive(fact)
        return None

    def _hear(self, payload: bytes) -> None:
        audio = self._ear.process(to_float(ulaw_decode(payload)))
        if audio.size and self._handler is not None:
            # Between two full-scale samples the resampled curve goes higher than either.
            self._handler.hear(np.clip(audio, -1, 1))

    def _start(self, started: CallStarted) -> _End | None:
        refusal = self._terms.refusal(self._stream.token)
        if refusal is not None:
            return _End(f"refused: {refusal}", CloseCode.TRY_AGAIN_LATER, logging.WARNING)
        self._handler = self._terms.open_call(started, self._line)
        self._running = asyncio.create_task(self._run(self._handler))
        return None

    async def _run(self, handler: CallHandler) -> None:
        code = CloseCode.NORMAL_CLOSURE
        try:
            await handler.run()
            self._finished = _End("callbot ended the call")
        except LineGone:
            pass  # Whoever closed the line has its reason; `_listen` finds it.
        except Exception as error:  # noqa: BLE001  a handler that raises ends only its call
            log.error("call %s: the session raised an error: %s", self._id, where(error))
            self._finished, code = _OUR_ERROR, CloseCode.INTERNAL_ERROR
        finally:
            self._handler = None
            await self._connection.close(code)

    def _tell(self, end: _End) -> None:
        """Let the handler know that the call is over."""
        if self._handler is None or self._running is None:
            return
        try:
            self._handler.receive(CallEnded(end.reason))
        except Exception as error:  # noqa: BLE001  a handler that raises ends only its call
            log.error("call %s: the session raised an error when told of the end: %s", self._id, where(error))
            self._running.cancel()

    async def _wind_down(self) -> None:
        """Wait for the handler to finish."""
        if self._running is None:
            return
        done, _ = await asyncio.wait({self._running}, timeout=self._terms.wind_down)
        if not done:
            log.error("call %s: the session did not finish in %g s", self._id, self._terms.wind_down)
            self._running.cancel()
            await asyncio.wait({self._running})

    def _closed(self, closed: ConnectionClosed) -> _End:
        """Who closed the socket, and why."""
        if self._line.left is not None:
            return _End(self._line.left)
        if self._finished is not None:
            return self._finished
        if closed.rcvd is not None and closed.rcvd_then_sent is not False:
            return _End("the carrier closed the socket")
        if closed.sent is None:
            return _End("the connection broke", level=logging.WARNING)
        if closed.sent.code == CloseCode.GOING_AWAY:
            return _End("callbot is shutting down")
        # What is left: the library itself refused what came, as too large, not UTF-8 or no WebSocket frame.
        return _broken_protocol(closed.sent.reason or f"close code {closed.sent.code}")


_OUR_ERROR = _End("an error inside callbot", CloseCode.INTERNAL_ERROR, logging.ERROR)


def _broken_protocol(sentence: str) -> _End:
    return _End(f"the carrier broke the protocol: {sentence}", CloseCode.PROTOCOL_ERROR, logging.WARNING)


def _close_reason(reason: str) -> str:
    """The reason as far as it fits into a close frame (RFC 6455, 5.5: 125 bytes with the code)."""
    return reason.encode()[:123].decode(errors="ignore")

"""The gateway over real sockets: who gets in, what passes, and that a call's end is only its own."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from callbot.engines import Audio, Line
from callbot.errors import ConfigError
from callbot.events import CallEnded, CallStarted, Fact, KeyPressed
from callbot.telephony.media_streams import MAX_MESSAGE
from callbot.telephony.signatures import twilio_signature
from tests.telephony import media_message, recorded, start_message
from tests.telephony.fakes import Listener, Switchboard, begin, dial, gateway, until, url
from tests.telephony.test_media_streams import MESSAGES

QUIET_FRAME = media_message(base64.b64encode(b"\xff" * 160).decode())
KEY = json.dumps({"event": "dtmf", "dtmf": {"digit": "5"}})
STOP = json.dumps({"event": "stop"})


async def close_code(socket: ClientConnection) -> int | None:
    await socket.wait_closed()
    return socket.close_code


async def refusal(address: str, **options: Any) -> tuple[int, str]:
    with pytest.raises(InvalidStatus) as refused:
        await connect(address, proxy=None, **options)
    response = refused.value.response
    return response.status_code, (response.body or b"").decode().strip()


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.name == "callbot.telephony" and r.levelno >= logging.WARNING]


# ---------------------------------------------------------------- who gets in


async def test_unknown_path_is_not_found() -> None:
    async with gateway(Switchboard()) as opened:
        assert await refusal(url(opened) + "2") == (404, "no such media socket")


async def test_full_house_is_refused_before_the_upgrade() -> None:
    async with gateway(Switchboard(), admit=lambda: "all lines are busy") as opened:
        assert await refusal(url(opened)) == (503, "all lines are busy")


async def test_the_last_place_goes_to_one_of_two(caplog: pytest.LogCaptureFixture) -> None:
    board = Switchboard()

    def admit() -> str | None:
        return "all lines are busy" if board.calls else None

    async with gateway(board, admit=admit) as opened, dial(opened) as first, dial(opened) as second:
        await begin(first, board)
        await second.send(start_message())
        assert await close_code(second) == 1013
        assert len(board.calls) == 1
    assert [line.partition(": ")[2] for line in warnings_of(caplog)] == ["refused: all lines are busy"]


async def test_web_pages_are_refused() -> None:
    async with gateway(Switchboard()) as opened:
        status, _ = await refusal(url(opened), origin="https://evil.example")
        assert status == 403


async def test_signature_is_checked_when_there_is_a_credential() -> None:
    board = Switchboard()
    public = "https://bot.example.org/"
    signed = {"X-Twilio-Signature": twilio_signature("t0k3n", "wss://bot.example.org/twilio")}
    forged = {"X-Twilio-Signature": twilio_signature("guess", "wss://bot.example.org/twilio")}
    async with gateway(board, credentials={"twilio": "t0k3n"}, public_url=public) as opened:
        for headers in ({}, forged):
            assert (await refusal(url(opened), additional_headers=headers))[0] == 403
        async with dial(opened, additional_headers=signed) as socket:
            await begin(socket, board)


async def test_signature_over_the_host_header_when_no_public_url_is_set() -> None:
    board = Switchboard()
    async with gateway(board, credentials={"twilio": "t0k3n"}) as opened:
        signature = twilio_signature("t0k3n", f"wss://127.0.0.1:{opened.port}/twilio")
        async with dial(opened, additional_headers={"X-Twilio-Signature": signature}) as socket:
            await begin(socket, board)


async def test_token_must_be_redeemable() -> None:
    board = Switchboard()
    async with gateway(board, redeem={"good"}.__contains__) as opened:
        async with dial(opened) as socket:
            await socket.send(start_message(token="bad"))
            assert await close_code(socket) == 1013
        async with dial(opened) as socket:
            await begin(socket, board, token="good")


@pytest.mark.parametrize("host", ["0.0.0.0", "", "192.0.2.1", "bot.example.org"])
async def test_no_open_door_to_the_outside(host: str) -> None:
    with pytest.raises(ConfigError, match="/twilio"):
        await gateway(Switchboard(), host=host).__aenter__()


async def test_taken_port_is_a_config_error() -> None:
    async with gateway(Switchboard()) as opened:
        with pytest.raises(ConfigError, match="cannot listen"):
            await gateway(Switchboard(), port=opened.port).__aenter__()


def test_port_is_known_once_open() -> None:
    with pytest.raises(RuntimeError):
        _ = gateway(Switchboard()).port


# ---------------------------------------------------------------- what passes


async def test_facts_reach_the_session_in_order() -> None:
    board = Switchboard()
    async with gateway(board) as opened, dial(opened) as socket:
        call = await begin(socket, board, **{"from": "+15550100", "to": "311"})
        assert (call.started.line, call.started.caller, call.started.carrier) == ("311", "+15550100", "twilio")
        for message in (KEY, json.dumps({"event": "mark", "mark": {"name": "m1"}}), '{"event":"?"}', STOP):
            await socket.send(message)
        assert await close_code(socket) == 1000
        assert call.facts == [KeyPressed("5"), CallEnded("the carrier ended the stream")]
        assert call.marks == ["m1"]


async def test_calls_have_ids_of_our_own() -> None:
    board = Switchboard()
    async with gateway(board) as opened, dial(opened) as first, dial(opened) as second:
        calls = [await begin(first, board), await begin(second, board)]
    assert len({call.started.call_id for call in calls}) == 2
    assert {call.started.carrier_call_id for call in calls} == {"CA1"}


async def test_caller_audio_arrives_at_16_khz() -> None:
    board = Switchboard()
    async with gateway(board) as opened, dial(opened) as socket:
        call = await begin(socket, board)
        for size in (160, 79, 0, 321, *[160] * 50):
            await socket.send(media_message(base64.b64encode(b"\x80" * size).decode()))
        await until(lambda: call.samples > 15_000)
        heard = np.concatenate(call.heard)
        assert heard.dtype == np.float32
        assert np.abs(heard).max() <= 1
        assert np.median(heard) > 0.9  # μ-law 0x80 is full scale


async def test_a_peer_that_does_not_read_is_still_heard() -> None:
    class Chatterbox(Listener):
        sent = 0

        async def run(self) -> None:
            while True:
                await self.line.play(np.zeros(160_000, np.float32))
                self.sent += 1

    board = Switchboard(Chatterbox)
    async with gateway(board) as opened, dial(opened, max_queue=1, close_timeout=0.1) as socket:
        call = await begin(socket, board)
        assert isinstance(call, Chatterbox)
        before = -1
        while call.sent != before:  # until the network is full and `play` waits
            before = call.sent
            await asyncio.sleep(0.2)
        await socket.send(KEY)
        await until(lambda: KeyPressed("5") in call.facts)
        socket.transport.abort()


# ---------------------------------------------------------------- how calls end


class Leaver(Listener):
    """Leaves by itself when a key is pressed."""

    async def run(self) -> None:
        await until(lambda: bool(self.facts))


class Transferrer(Listener):
    async def run(self) -> None:
        await self.line.close(transfer_to="+15550199")
        await super().run()


async def test_returning_from_run_closes_the_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "callbot.telephony")
    board = Switchboard(Leaver)
    async with gateway(board) as opened, dial(opened) as socket:
        call = await begin(socket, board)
        await socket.send(KEY)
        assert await close_code(socket) == 1000
    assert call.endings == []  # nobody is left to be told
    assert [r.getMessage().partition(": ")[2] for r in caplog.records] == ["callbot ended the call"]


async def test_transfer_closes_the_socket_and_tells_the_session(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "callbot.telephony")
    board = Switchboard(Transferrer)
    async with gateway(board) as opened, dial(opened) as socket:
        call = await begin(socket, board)
        assert await close_code(socket) == 1000
        await until(lambda: call.returned)
    assert call.endings == ["callbot handed the caller over"]
    assert "15550199" not in caplog.text


async def test_dead_carrier(caplog: pytest.LogCaptureFixture) -> None:
    board = Switchboard()
    async with gateway(board, dead_after=0.5) as opened:
        async with dial(opened) as silent, dial(opened) as marking:
            call = await begin(marking, board)
            await marking.send(KEY)
            assert await close_code(silent) == 1001
            assert await close_code(marking) == 1001
        await until(lambda: call.returned)
    assert call.endings == ["the carrier sent no audio for 0.5 s"]
    assert len(warnings_of(caplog)) == 2


async def test_shutdown_ends_all_calls() -> None:
    board = Switchboard()
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(gateway(board))
        sockets = [await dial(opened) for _ in range(3)]
        calls = [await begin(socket, board) for socket in sockets]
        await stack.aclose()
        assert all(call.returned for call in calls)
        assert [call.endings for call in calls] == [["callbot is shutting down"]] * 3
        assert [await close_code(socket) for socket in sockets] == [1001] * 3


async def test_a_session_that_does_not_finish_is_cancelled(caplog: pytest.LogCaptureFixture) -> None:
    class Undead(Listener):
        async def run(self) -> None:
            await asyncio.Event().wait()

    board = Switchboard(Undead)
    async with gateway(board, wind_down=0.01) as opened, dial(opened) as socket:
        await begin(socket, board)
        await socket.send(STOP)
        await until(lambda: "did not finish" in caplog.text)


async def test_log_has_one_line_a_call_and_no_personal_data(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    board = Switchboard()
    async with gateway(board) as opened, dial(opened) as socket:
        await begin(socket, board, **{"from": "+15550100", "to": "+15550311"})
        await socket.send(media_message("c2VjcmV0"))
        await socket.send(STOP)
        await close_code(socket)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("callbot")]
    assert len(ours) == 1
    assert "the carrier ended the stream" in ours[0]
    assert not any(word in ours[0] for word in ("5550100", "5550311", "c2VjcmV0"))


# ---------------------------------------------------------------- sessions that raise


class Raiser(Listener):
    """Fails at `place`, with an error that the gateway itself knows in another meaning."""

    place = ""

    def receive(self, fact: Fact) -> None:
        super().receive(fact)
        self._fail("receive" if not isinstance(fact, CallEnded) else "end")

    def played(self, mark: str) -> None:
        super().played(mark)
        self._fail("played")

    def hear(self, audio: Audio) -> None:
        super().hear(audio)
        self._fail("hear")

    async def run(self) -> None:
        self._fail("run")
        await super().run()

    def _fail(self, place: str) -> None:
        if place == self.place:
            raise TimeoutError(f"bug in {place}")


FAILING: dict[str, Sequence[str]] = {
    "open": [],
    "run": [],
    "receive": [KEY],
    "played": [json.dumps({"event": "mark", "mark": {"name": "m"}})],
    "hear": [media_message(base64.b64encode(b"\x00" * 1600).decode())],
    "end": [STOP],
}


@pytest.mark.parametrize("place", FAILING)
async def test_error_in_a_session_ends_only_its_call(
    place: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Raiser, "place", place)
    made: list[Listener] = []

    def open_call(started: CallStarted, line: Line) -> Listener:
        if started.line == "bad" and place == "open":
            raise TimeoutError("bug in open")
        made.append(Raiser(started, line) if started.line == "bad" else Listener(started, line))
        return made[-1]

    async with gateway(open_call) as opened, dial(opened) as good, dial(opened) as bad:
        await good.send(start_message())
        await until(lambda: len(made) == 1)
        for message in (start_message(to="bad"), *FAILING[place]):
            await bad.send(message)
        assert await close_code(bad) == (1000 if place == "end" else 1011)
        await until(lambda: "the session raised an error" in caplog.text)
        assert f"bug in {place}" not in caplog.text
        await good.send(KEY)
        await until(lambda: made[0].facts == [KeyPressed("5")])


# ---------------------------------------------------------------- strangers


class Wire(logging.Handler):
    """Collects the gateway's warnings without pytest's help, as hypothesis needs a fresh one for every example."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")

    def __enter__(self) -> Wire:
        logging.getLogger("callbot.telephony").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("callbot.telephony").removeHandler(self)


async def beside_a_good_call(messages: Sequence[str | bytes]) -> list[str]:
    """Send `messages` on one connection while a good call goes on; the warnings that were logged."""
    board = Switchboard()
    with Wire() as wire:
        async with gateway(board) as opened, dial(opened) as good:
            call = await begin(good, board)
            async with dial(opened) as bad:
                try:
                    for message in messages:
                        await bad.send(message)
                except ConnectionClosed:
                    assert bad.close_code is not None  # the gateway has had enough, as it may
            await good.send(KEY)
            await until(lambda: KeyPressed("5") in call.facts)
            assert call.endings == []
        for other in board.calls:
            assert len(other.endings) == 1
            assert other.returned
    return wire.lines


# The gateway does not read on after a stop, so that it cannot meet this one.
MISTAKES = [case for case in recorded("twilio_mistakes.jsonl") if case["mistake"] != "media after stop"]


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case["mistake"])
async def test_mistake_ends_its_call_with_one_line(case: dict[str, Any]) -> None:
    (line,) = await beside_a_good_call(case["messages"])
    assert case["error"] in line


@pytest.mark.parametrize("message", ["A" * (MAX_MESSAGE + 1), b"\xff" * 160])
async def test_huge_or_binary_message_ends_its_call_with_one_line(message: str | bytes) -> None:
    (line,) = await beside_a_good_call([start_message(), message])
    assert "broke the protocol" in line


@pytest.mark.parametrize(
    "raw",
    [
        b"\x81\x82\x00\x00\x00\x00\xc3\x28",  # a text frame that is not UTF-8
        b"\x81\x02hi",  # a frame without the mask that clients must use
        b"\xf1\x80\x00\x00\x00\x00",  # reserved bits
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
async def test_broken_frame_ends_its_call_with_one_line(raw: bytes) -> None:
    board = Switchboard()
    with Wire() as wire:
        async with gateway(board) as opened, dial(opened) as socket:
            call = await begin(socket, board)
            socket.transport.write(raw)
            await close_code(socket)
            await until(lambda: call.returned)
    (line,) = wire.lines
    assert "broke the protocol" in line
    assert len(call.endings) == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(MESSAGES, max_size=8))
def test_anything_ends_at_worst_its_call(messages: list[str | bytes]) -> None:
    lines = asyncio.run(beside_a_good_call(messages))
    assert len(lines) <= 1
    assert all("broke the protocol" in line for line in lines)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 12), st.sampled_from(["close", "abort", "half"]))
def test_hang_up_at_any_moment(count: int, way: str) -> None:
    async def call_and_leave() -> None:
        board = Switchboard()
        frames = [start_message(), *[QUIET_FRAME] * 5, KEY, *[QUIET_FRAME] * 5]
        with Wire() as wire:
            async with gateway(board) as opened:
                socket = await dial(opened)
                for message in frames[:count]:
                    await socket.send(message)
                if way == "close":
                    await socket.close()
                elif way == "abort":
                    socket.transport.abort()
                else:
                    socket.transport.write(b"\x81\xfe\x01")  # the beginning of a frame's header
                    socket.transport.close()
                await socket.wait_closed()
                if way == "close":  # the others may lose what was sent last
                    await until(lambda: len(board.calls) == (count > 0))
                await until(lambda: all(call.returned for call in board.calls))
        assert all(len(call.endings) == 1 for call in board.calls)
        assert all("the connection broke" in line for line in wire.lines)

    asyncio.run(call_and_leave())

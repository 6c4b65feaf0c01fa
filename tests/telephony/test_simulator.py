"""The simulated caller against the real gateway, over a real socket and in real time."""

from __future__ import annotations

import asyncio
import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from websockets.asyncio.server import ServerConnection, serve

from callbot.audio import to_float, write_wav
from callbot.engines import Audio, Line
from callbot.errors import CallbotError, ProtocolError
from callbot.events import CallStarted, Fact, KeyPressed
from callbot.telephony.playout import RATE
from callbot.telephony.simulator import ECHO_DELAY, CallResult, Moment, Simulator, Turn
from tests.telephony.fakes import Listener, Switchboard, gateway, until, url


def tone(seconds: float, hertz: int = 440, rate: int = 16_000) -> Audio:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


@pytest.fixture
def said(tmp_path: Path) -> Path:
    write_wav(tmp_path / "said.wav", tone(0.5, 700))
    return tmp_path / "said.wav"


class Parrot(Listener):
    """Greets, answers every turn with a tone, stops when spoken to, and leaves after `turns` turns."""

    turns = 1
    greeting = 0.4

    def __init__(self, started: CallStarted, line: Line) -> None:
        super().__init__(started, line)
        self._turn_over = asyncio.Event()
        self._loud_before = False
        self._barged_in = asyncio.Event()

    def hear(self, audio: Audio) -> None:
        loud = bool(np.abs(audio).max() > 0.05)
        if loud:
            self._barged_in.set()
        elif self._loud_before:
            self._turn_over.set()
        self._loud_before = loud

    def receive(self, fact: Fact) -> None:
        super().receive(fact)
        if isinstance(fact, KeyPressed):
            self._turn_over.set()

    async def run(self) -> None:
        stopping = asyncio.create_task(self._stop_when_spoken_to())
        await self._say("greeting", self.greeting)
        for turn in range(self.turns):
            await self._turn_over.wait()
            self._turn_over.clear()
            await self._say(f"answer {turn}", 0.3)
        await until(lambda: len(self.marks) > self.turns)
        stopping.cancel()
        await self.line.close(transfer_to=None)

    async def _say(self, name: str, seconds: float) -> None:
        await self.line.play(tone(seconds))
        await self.line.mark(name)

    async def _stop_when_spoken_to(self) -> None:
        await self._barged_in.wait()
        await self.line.clear()


async def call(board: Switchboard, turns: list[Turn], **options: Any) -> CallResult:
    async with gateway(board) as opened:
        return await Simulator(url(opened), turns, **options).run()


async def test_a_whole_call(said: Path, tmp_path: Path) -> None:
    board = Switchboard(Parrot)
    moments: list[Moment] = []
    record = tmp_path / "both.wav"
    turn = Turn(audio=said)
    result = await call(board, [turn], caller="+15550123", to="311", on_event=moments.append, record=record)

    (bot,) = board.calls
    assert (bot.started.caller, bot.started.line) == ("+15550123", "311")
    assert bot.started.carrier_call_id == result.carrier_call_id
    assert bot.marks == ["greeting", "answer 0"]
    assert result.reason == "the bot closed the line"
    assert result.closed_by_bot_at == result.ended_at
    assert result.greeting_latency is not None
    (said_turn,) = result.turns
    assert said_turn.turn is turn
    assert said_turn.ended - said_turn.started >= 0.45
    assert said_turn.first_reply is not None
    assert said_turn.latency == said_turn.first_reply - said_turn.ended
    assert said_turn.started > result.greeting_latency + Parrot.greeting
    assert not said_turn.interrupted
    kinds = [moment.kind for moment in moments]
    # Whether the end of the last answer is seen before the end of the call is a matter of milliseconds.
    assert kinds[:5] == ["connected", "bot_speaks", "bot_quiet", "turn", "bot_speaks"]
    assert kinds[-1] == "ended"

    with wave.open(str(record)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, RATE)
        tracks = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    caller, heard = (to_float(np.ascontiguousarray(tracks[:, side])) for side in (0, 1))
    for track, seconds in ((caller, 0.5), (heard, 0.7)):
        assert np.count_nonzero(np.abs(track) > 0.01) / RATE == pytest.approx(seconds, abs=0.05)


async def test_interruption_stops_the_bot(said: Path) -> None:
    class Talkative(Parrot):
        greeting = 30.0

    result = await call(Switchboard(Talkative), [Turn(audio=said, interrupt_after=0.2)])
    (turn,) = result.turns
    assert turn.interrupted
    assert turn.bot_stopped is not None
    assert turn.started < turn.bot_stopped < 25
    assert turn.first_reply is not None
    assert turn.first_reply > turn.bot_stopped
    assert result.reason == "the bot closed the line"


async def test_caller_hangs_up_on_a_bot_that_says_nothing(said: Path) -> None:
    board = Switchboard()
    result = await call(board, [Turn(audio=said)], patience=0.2)
    assert result.turns == ()
    assert result.greeting_latency is None
    assert result.closed_by_bot_at is None
    assert "hung up" in result.reason
    assert board.calls[0].endings == ["the carrier ended the stream"]


async def test_keys_are_heard() -> None:
    board = Switchboard(Parrot)
    await call(board, [Turn(keys="7")])
    assert KeyPressed("7") in board.calls[0].facts


async def test_refusal_is_told_with_its_reason() -> None:
    async with gateway(Switchboard(), admit=lambda: "all lines are busy") as opened:
        with pytest.raises(ConnectionError, match="503 all lines are busy"):
            await Simulator(url(opened), []).run()


async def test_nobody_answers() -> None:
    async with gateway(Switchboard()) as opened:
        address = url(opened)
    with pytest.raises(ConnectionError, match="does not answer"):
        await Simulator(address, []).run()


async def test_a_line_with_an_echo_returns_what_the_bot_says(tmp_path: Path) -> None:
    record = tmp_path / "both.wav"
    await call(Switchboard(Parrot), [Turn(silence=0.5)], echo=-20.0, record=record)
    with wave.open(str(record)) as file:
        tracks = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    caller, heard = (to_float(np.ascontiguousarray(tracks[:, side])) for side in (0, 1))
    delay = round(ECHO_DELAY * RATE)
    returned, said = caller[delay:], heard[:-delay]
    loud = np.abs(said) > 0.05
    assert loud.any()
    assert np.median(np.abs(returned[loud]) / np.abs(said[loud])) == pytest.approx(0.1, rel=0.2)


async def test_recordings_are_read_before_dialling(tmp_path: Path) -> None:
    with pytest.raises(CallbotError, match=r"missing\.wav"):
        await Simulator("ws://127.0.0.1:1/twilio", [Turn(audio=tmp_path / "missing.wav")]).run()


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (b"\xff", "binary"),
        ("?", "not understand"),
        ("[]", "not understand"),
        ({"event": "media"}, "not understand"),
        ({"event": "media", "media": {"payload": "?"}}, "not understand"),
        ({"event": "hangup"}, "unknown event"),
        ({"event": "clear", "streamSid": "MZ0"}, "another stream"),
    ],
)
async def test_a_bot_that_twilio_would_not_understand(message: Any, complaint: str) -> None:
    async def bot(socket: ServerConnection) -> None:
        await socket.recv()
        stream = json.loads(await socket.recv())["streamSid"]
        await socket.send(json.dumps({"streamSid": stream, **message}) if isinstance(message, dict) else message)
        await socket.wait_closed()

    async with serve(bot, "127.0.0.1", 0) as server:
        with pytest.raises(ProtocolError, match=complaint):
            await Simulator(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", []).run()


async def test_a_line_that_breaks() -> None:
    async def bot(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.recv()
        socket.transport.abort()

    async with serve(bot, "127.0.0.1", 0) as server:
        result = await Simulator(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", []).run()
    assert result.reason == "the line broke"
    assert result.closed_by_bot_at is None

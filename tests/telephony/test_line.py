"""What a session says, as it arrives at the carrier."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection

from callbot.audio import to_float, ulaw_decode
from callbot.engines import Audio
from callbot.telephony.line import LineGone
from tests.telephony.fakes import Listener, Switchboard, begin, dial, gateway, until

TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)).astype(np.float32)


@asynccontextmanager
async def call() -> AsyncIterator[tuple[Listener, ClientConnection]]:
    board = Switchboard()
    async with gateway(board) as opened, dial(opened) as socket:
        yield await begin(socket, board), socket


async def until_event(socket: ClientConnection, event: str) -> list[dict[str, Any]]:
    """Messages up to the first of `event`, inclusive."""
    messages: list[dict[str, Any]] = []
    async with asyncio.timeout(10):
        while not messages or messages[-1]["event"] != event:
            messages.append(json.loads(await socket.recv()))
    return messages


def sound(messages: list[dict[str, Any]]) -> Audio:
    payloads = [base64.b64decode(m["media"]["payload"]) for m in messages if m["event"] == "media"]
    return to_float(ulaw_decode(b"".join(payloads)))


async def test_audio_arrives_whole_at_8_khz_before_the_mark() -> None:
    async with call() as (listener, socket):
        for start in range(0, TONE.size, 1234):
            await listener.line.play(TONE[start : start + 1234])
        await listener.line.mark("m1")
        messages = await until_event(socket, "mark")
    assert messages[-1] == {"event": "mark", "streamSid": "MZ1", "mark": {"name": "m1"}}
    heard = sound(messages)
    assert abs(heard.size - 8000) <= 2
    power = np.abs(np.fft.rfft(heard * np.hanning(heard.size))) ** 2
    assert power[430:450].sum() > 0.999 * power.sum()  # one Hz a bin: a gap or a click would show everywhere


async def test_clear_drops_what_the_resampler_holds() -> None:
    async with call() as (listener, socket):
        await listener.line.play(TONE)
        await listener.line.clear()
        cleared = await until_event(socket, "clear")
        assert cleared[-1] == {"event": "clear", "streamSid": "MZ1"}
        await listener.line.play(np.zeros(1600, np.float32))
        await listener.line.mark("m2")
        assert np.abs(sound(await until_event(socket, "mark"))).max() < 0.01


async def test_a_mark_alone_carries_no_audio() -> None:
    async with call() as (listener, socket):
        await listener.line.mark("m1")
        assert [m["event"] for m in await until_event(socket, "mark")] == ["mark"]


async def test_speaking_into_a_closed_line_is_a_connection_error() -> None:
    async with call() as (listener, socket):
        await socket.close()
        for say in (listener.line.play(TONE), listener.line.mark("m"), listener.line.clear()):
            with pytest.raises(LineGone):
                await say
        await listener.line.close(transfer_to=None)


async def test_a_session_may_let_a_closed_line_end_it(caplog: pytest.LogCaptureFixture) -> None:
    class Careless(Listener):
        async def run(self) -> None:
            await super().run()
            await self.line.play(TONE)

    board = Switchboard(Careless)
    async with gateway(board) as opened, dial(opened) as socket:
        call = await begin(socket, board)
        await socket.close()
        await until(lambda: bool(call.endings))
    assert caplog.messages == []

"""One call, joined from both sides."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from callbot import config
from callbot.bench.calls import Answer, Placed, place, scripts
from callbot.bench.serving import Served
from callbot.content import Site
from callbot.server import running
from callbot.telephony.simulator import Moment, Turn
from tests.bench.samples import TURN, log, placed
from tests.test_server import fake_engines, settings, tone  # noqa: F401  fixtures


def test_the_callers_say_things_that_are_there() -> None:
    assert len(scripts()) == 6
    for turns in scripts():
        assert len(turns) >= 4
        assert all(turn.audio is not None and turn.audio.is_file() for turn in turns)


def test_the_callers_clock_is_known_from_its_first_moment() -> None:
    call = Placed()
    call.note(Moment(0.0, "connected"))
    call.note(Moment(3.0, "turn", TURN))
    call.note(Moment(4.0, "bot_quiet"))
    assert call.zero == pytest.approx(time.monotonic(), abs=1)
    assert call.begun == [pytest.approx(call.zero + 2.98)]


def test_an_answer_is_lost_when_nobody_would_have_waited_for_it() -> None:
    lost = [Answer("x.wav", waited, None, early=False).lost for waited in (0.9, 8.1, None)]
    assert lost == [False, True, True]


def test_answers_are_split_by_the_servers_log() -> None:
    call = placed([(10.0, 11.0), (20.0, 20.0), (30.0, None)], log(ended=10.5, sound=10.9))
    first, second, third = call.answers()
    assert first.parts is not None
    assert (first.waited, first.parts["wait"], first.early) == (1.0, 0.5, False)
    assert (second.early, second.parts) == (True, None)
    assert third.lost


async def test_a_refused_call_is_a_result() -> None:
    call = await place(Served(1, "ws://127.0.0.1:9/twilio", ""), [])
    assert "does not answer" in call.refused
    assert call.answers() == []


async def test_a_call_that_is_given_away_at_once_was_not_taken_either(
    site: Site,
    settings: config.Settings,  # noqa: F811
    tone: Path,  # noqa: F811
) -> None:
    with fake_engines(["get me a person"]):
        async with running(settings, site) as server:
            # A server that tells nothing of the call stands for one that has not let it in.
            silent = Served(1, f"ws://127.0.0.1:{server.media_port}/twilio", "")
            call = await place(silent, [Turn(audio=tone)])
    assert call.result is None
    assert "closed the line" in call.refused

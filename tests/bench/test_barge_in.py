"""Who stopped the bot, told from recordings and logs."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from callbot.bench import barge_in
from callbot.bench.barge_in import Disturbance, Greeting, Reaction, disturbance, greeting_of, reaction_of
from callbot.bench.calls import Placed
from callbot.bench.serving import Log
from callbot.bench.tracks import Stop
from callbot.telephony.simulator import CallResult
from tests.bench.samples import row
from tests.bench.test_tracks import voice

Spans = Sequence[tuple[float, float]]

GREETING = Greeting(begin=0.0, end=8.0, pause=0.4)


def _record(path: Path, caller: Spans, bot: Spans) -> Path:
    both = np.column_stack([voice(*caller), voice(*bot)]) * 32767
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(both.astype("<i2").tobytes())
    return path


def _placed(*events: tuple[float, str]) -> Placed:
    result = CallResult("CA1", (), 0.0, ended_at=30.0, closed_by_bot_at=None, reason="")
    rows = tuple(row(100 + at, event) for at, event in events)
    return Placed(zero=100.0, begun=[103.0], result=result, log=Log(rows, ()))


def test_the_greeting_is_found_with_its_pauses() -> None:
    found = greeting_of(voice((0.1, 2), (2.2, 5), (8, 9)))
    assert (found.begin, found.end) == pytest.approx((0.1, 5.0))
    assert found.pause == pytest.approx(0.35)


@pytest.mark.parametrize(
    ("bot", "events", "stop", "cut"),
    [
        ([(0, 8)], [], None, False),
        ([(0, 3.2)], [(3.2, "ClearPlayback")], Stop(0.22, None), True),
        ([(0, 3.2), (4.2, 9)], [], Stop(0.22, 1.0), False),
        ([(0, 3.2), (4.2, 9)], [(1.0, "ClearPlayback")], Stop(0.22, 1.0), False),
    ],
    ids=["goes on", "drops it", "holds and resumes", "dropped something before"],
)
def test_what_a_sound_does_to_the_bot(
    tmp_path: Path, bot: Spans, events: list[tuple[float, str]], stop: Stop | None, cut: bool
) -> None:
    record = _record(tmp_path / "call.wav", [(3.0, 4.0)], bot)
    found = reaction_of("okay", _placed(*events), record, GREETING)
    assert found is not None
    assert (found.at, found.ended) == pytest.approx((2.98, 4.0))
    assert found.cut is cut
    assert (found.stop is None) == (stop is None)
    if found.stop and stop:
        assert found.stop.after == pytest.approx(stop.after)
        assert found.stop.silent == (stop.silent and pytest.approx(stop.silent))


def test_a_sound_that_was_never_made_is_left_out(tmp_path: Path) -> None:
    record = _record(tmp_path / "call.wav", [], [(0, 8)])
    assert reaction_of("okay", _placed(), record, GREETING) is None
    assert reaction_of("okay", Placed(refused="busy"), record, GREETING) is None


def test_interruptions_are_counted_by_how_fast_they_are_heeded() -> None:
    stops = [Stop(0.2, None), Stop(0.25, 1.0), Stop(0.6, None), None]
    reactions = [Reaction("x", 1.0, 4.0, stop, stop is not None) for stop in stops]
    resumed = Reaction("x", 1.0, 4.0, Stop(0.1, 0.5), cut=False)
    (line,) = barge_in.interruption_table([*reactions, resumed]).rows
    assert (line["interruptions"], line["stopped"], line["within 0.3 s"]) == (5, 3, 0.4)
    assert line["p50"] == 0.25


def test_a_bot_that_waits_for_the_callers_end_has_heeded_and_not_gone_on() -> None:
    held_for_good = Reaction("x", 1.0, 4.0, Stop(0.2, None), cut=False)
    answers_after = Reaction("x", 1.0, 4.0, Stop(0.2, 3.5), cut=False)
    goes_on = Reaction("x", 1.0, 4.0, None, cut=False)
    assert [reaction.heeded for reaction in (held_for_good, answers_after, goes_on)] == [True, True, False]
    assert [reaction.survived for reaction in (held_for_good, answers_after, goes_on)] == [False, True, True]


def test_a_bot_that_resumes_has_not_been_stopped() -> None:
    reactions = [
        Reaction("Okay", 1.0, 1.5, None, False),
        Reaction("Yeah", 1.0, 1.5, Stop(0.2, 0.8), False),
        Reaction("cough 1", 1.0, 1.5, Stop(0.2, None), True),
    ]
    rows = {line["sound"]: line for line in barge_in.backchannel_table(reactions).rows}
    assert (rows["words"]["not stopped"], rows["coughs"]["not stopped"]) == (1.0, 0.0)
    assert (rows["all"]["went on at once"], rows["all"]["held, then resumed"], rows["all"]["pause p50"]) == (1, 1, 0.8)


def test_noise_is_told_by_turns_stops_and_holds(tmp_path: Path) -> None:
    record = _record(tmp_path / "call.wav", [(3.0, 9.9)], [(0, 4), (5, 9)])
    call = _placed()
    assert call.log is not None
    call.log = Log((row(104.0, "Transcribed", text="you"), row(105.0, "Transcribed", text="")), ())
    found = disturbance("siren", call, record, GREETING)
    assert (found.turns, found.words, found.stops, found.holds) == (1, ("you",), 0, 1)
    assert found.seconds == pytest.approx(27.0)
    assert disturbance("siren", Placed(refused="busy"), record, GREETING).seconds == 0


def test_rates_are_per_hour_and_for_all_kinds_together() -> None:
    found = [Disturbance("siren", 36.0, 0, 1, 0, ()), Disturbance("hum", 36.0, 1, 0, 2, ("you", "thanks"))]
    rows = {line["noise"]: line for line in barge_in.noise_table(found).rows}
    assert rows["siren"]["stops/h"] == pytest.approx(100)
    assert rows["all"]["turns"] == 2
    assert rows["all"]["turns/h"] == pytest.approx(100)
    assert rows["all"]["minutes"] == pytest.approx(1.2)
    assert barge_in.noise_table([]).rows[0]["turns/h"] is None

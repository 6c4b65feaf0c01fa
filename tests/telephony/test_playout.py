"""The clock of what a caller hears, without waiting for it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.engines import Audio
from callbot.telephony.playout import FRAME, RATE, PlayOut


def tone(seconds: float) -> Audio:
    return np.full(round(seconds * RATE), 0.5, np.float32)


def silence(seconds: float) -> Audio:
    return np.zeros(round(seconds * RATE), np.float32)


def test_audio_is_played_one_after_the_other() -> None:
    out = PlayOut()
    out.receive(tone(1.0), 2.0)
    out.receive(tone(1.0), 2.1)
    assert out.until == 4.0
    (stretch,) = out.stretches
    assert (stretch.start, stretch.end) == pytest.approx((2.0, 4.0))


def test_pauses_divide_and_short_gaps_do_not() -> None:
    out = PlayOut()
    for part in (tone(0.5), silence(0.2), tone(0.5), silence(0.5), tone(0.5)):
        out.receive(part, 0.0)
    first, second = out.stretches
    assert (first.start, first.end) == pytest.approx((0.0, 1.2))
    assert (second.start, second.end) == pytest.approx((1.7, 2.2))


def test_line_noise_is_not_audible() -> None:
    out = PlayOut()
    out.receive(np.random.default_rng(0).normal(0, 2e-4, RATE).astype(np.float32), 0.0)
    assert out.audible_since(0.0) is None
    assert out.silent_since() == 0.0


def test_marks_are_due_when_heard() -> None:
    out = PlayOut()
    out.mark("at once", 0.0)
    out.receive(tone(1.0), 0.0)
    out.mark("a", 0.1)
    out.receive(tone(1.0), 0.2)
    out.mark("b", 0.3)
    assert out.due_marks(0.9) == ["at once"]
    assert out.due_marks(1.0) == ["a"]
    assert out.due_marks(5.0) == ["b"]
    assert out.due_marks(9.0) == []


def test_clear_stops_the_sound_and_echoes_all_marks() -> None:
    out = PlayOut()
    out.receive(tone(2.0), 0.0)
    out.mark("a", 0.0)
    out.clear(0.5)
    assert out.due_marks(0.5) == ["a"]
    assert out.speaking(0.4) is not None
    assert out.speaking(0.6) is None
    assert out.silent_since() == 0.5
    assert np.flatnonzero(out.heard(2.0))[-1] == 0.5 * RATE - 1


def test_what_follows_a_clear_is_a_new_answer() -> None:
    out = PlayOut()
    out.receive(tone(2.0), 0.0)
    out.clear(0.5)
    out.receive(tone(1.0), 0.6)
    assert out.audible_since(0.5) == 0.6


def test_answer_is_the_next_beginning_or_a_long_rest() -> None:
    out = PlayOut()
    out.receive(tone(1.0), 0.0)
    out.receive(tone(1.0), 2.0)
    assert out.audible_since(0.5) == 0.5  # still speaking: the bot did not wait
    assert out.audible_since(0.9) == 2.0  # the last breath of what it said before
    assert out.audible_since(2.9) is None


def test_heard_is_what_was_played_where_it_was_played() -> None:
    out = PlayOut()
    out.receive(tone(1.0), 0.5)
    assert np.flatnonzero(out.heard(3.0))[0] == 0.5 * RATE
    assert out.heard(3.0).sum() == pytest.approx(0.5 * RATE)
    assert out.heard(0.25).size == 0.25 * RATE
    assert out.heard(1.0).sum() == pytest.approx(0.25 * RATE)


STEPS = st.lists(st.tuples(st.sampled_from(["tone", "silence", "mark", "clear"]), st.floats(0, 2)), max_size=20)


@given(STEPS)
def test_order_of_things_holds_whatever_happens(steps: list[tuple[str, float]]) -> None:
    out, at, marks, echoed = PlayOut(), 0.0, 0, 0
    for what, seconds in steps:
        at += 0.3
        if what == "mark":
            out.mark(str(marks), at)
            marks += 1
        elif what == "clear":
            out.clear(at)
        else:
            out.receive(tone(seconds) if what == "tone" else silence(seconds), at)
        for name in out.due_marks(at):
            assert name == str(echoed)
            echoed += 1
        moments = [moment for s in out.stretches for moment in (s.start, s.end)]
        assert moments == sorted(moments)
        assert out.silent_since() <= max(out.until, at) + 1e-9
    assert len(out.due_marks(max(at, out.until))) == marks - echoed
    whole = out.heard(max(at, out.until) + 1)
    for first in range(-FRAME, whole.size, 7 * FRAME):
        expected = np.concatenate([np.zeros(max(0, -first), np.float32), whole[max(0, first) :]])[: 3 * FRAME]
        piece = out.piece(first, 3 * FRAME)
        assert np.array_equal(piece[: expected.size], expected)

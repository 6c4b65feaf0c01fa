"""What the simulated caller does, in a call without a clock."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from callbot.audio import to_float, ulaw_decode, write_wav
from callbot.engines import Audio
from callbot.errors import CallbotError
from callbot.telephony.playout import FRAME, RATE, PlayOut
from callbot.telephony.script import Prepared, Talker, Tick, Turn, TurnResult, line_noise, prepared

TICK = FRAME / RATE


def tone(seconds: float) -> Audio:
    return np.full(round(seconds * RATE), 0.5, np.float32)


def spoken(seconds: float, interrupt_after: float | None = None) -> Prepared:
    """A turn of sound from its first sample to its last."""
    frames = round(seconds / TICK)
    turn = Turn(audio=Path("said.wav"), interrupt_after=interrupt_after)
    return Prepared(turn, (b"\x00" * FRAME,) * frames, {}, 0, frames * FRAME - 1)


class Rehearsal:
    """Ticks through a call; the bot says `answers[i]` seconds of tone `delay` seconds after turn i, 0 = greeting."""

    def __init__(self, turns: list[Prepared], answers: list[float], delay: float = 0.5, patience: float = 3.0) -> None:
        self.heard = PlayOut()
        self.talker = Talker(turns, self.heard, patience)
        self.ticks: list[Tick] = []
        answers_due = [delay]
        while (tick := self.talker.tick(self.now)) is not None:
            if answers and answers_due and self.now >= answers_due[0]:
                self.heard.receive(tone(answers.pop(0)), answers_due.pop(0))
            self.ticks.append(tick)
            if tick.begun is not None:
                length = len(next(p for p in turns if p.turn is tick.begun).frames)
                answers_due.append(self.now + length * TICK + delay)

    @property
    def now(self) -> float:
        return len(getattr(self, "ticks", [])) * TICK

    @property
    def results(self) -> tuple[TurnResult, ...]:
        return self.talker.results()


def test_a_turn_is_exactly_one_thing() -> None:
    for audio, keys, silence in ((None, "", 0.0), (None, "1", 2.0), (Path("a.wav"), "1", 0.0), (None, "A", 0.0)):
        with pytest.raises(ValueError, match="keys"):
            Turn(audio, keys, silence)


def test_caller_waits_for_the_greeting_and_for_quiet() -> None:
    call = Rehearsal([spoken(1.0)], [2.0, 1.0])
    (result,) = call.results
    assert result.started == pytest.approx(0.5 + 2.0 + 0.8, abs=2 * TICK)
    assert result.ended == pytest.approx(result.started + 1.0)
    assert result.latency == pytest.approx(0.5, abs=3 * TICK)
    assert not result.interrupted
    assert result.bot_stopped is None


def test_turns_follow_one_another_and_nothing_is_repeated() -> None:
    call = Rehearsal([spoken(0.5), spoken(0.5)], [1.0, 1.0, 1.0])
    assert [r.latency for r in call.results] == [pytest.approx(0.5, abs=3 * TICK)] * 2
    assert sum(tick.frame == b"\x00" * FRAME for tick in call.ticks) == 50


def test_caller_hangs_up_on_a_silent_bot() -> None:
    call = Rehearsal([spoken(1.0)], [], patience=2.0)
    assert call.results == ()
    assert call.now == pytest.approx(2.0, abs=2 * TICK)


def test_patience_begins_after_the_callers_own_words() -> None:
    call = Rehearsal([spoken(5.0)], [0.5], patience=2.0)
    (result,) = call.results
    assert result.first_reply is None
    assert result.latency is None
    assert call.now == pytest.approx(result.ended + 2.0, abs=2 * TICK)


def test_interruption() -> None:
    call = Rehearsal([spoken(1.0, interrupt_after=0.3)], [4.0])
    (result,) = call.results
    assert result.started == pytest.approx(0.5 + 0.3, abs=2 * TICK)
    assert result.interrupted
    assert result.bot_stopped == pytest.approx(4.5, abs=2 * TICK)  # this bot never listens
    assert result.latency == 0.0


def test_keys_are_pressed_one_by_one() -> None:
    call = Rehearsal([prepared(Turn(keys="12#"))], [1.0, 1.0])
    assert [tick.key for tick in call.ticks if tick.key is not None] == ["1", "2", "#"]
    (result,) = call.results
    assert result.ended - result.started == pytest.approx(0.42)
    assert result.latency is not None


def test_silence_is_a_turn_and_its_answer_may_come_before_its_end() -> None:
    silent = prepared(Turn(silence=2.0))
    assert len(silent.frames) == 101
    call = Rehearsal([silent, spoken(0.5)], [1.0, 1.0, 1.0])
    first, second = call.results
    assert first.latency is None
    assert second.started > first.ended


def test_recording_is_cut_into_frames(tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    quiet = np.zeros(8000, np.float32)
    said = 0.5 * np.sin(2 * np.pi * 440 * np.arange(16_010) / 16_000).astype(np.float32)
    write_wav(path, np.concatenate([quiet, said, quiet]))
    speech = prepared(Turn(audio=path))
    assert {len(frame) for frame in speech.frames} == {FRAME}
    assert speech.first / RATE == pytest.approx(0.5, abs=0.01)
    assert speech.last / RATE == pytest.approx(1.5, abs=0.01)


def test_recording_without_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "quiet.wav"
    write_wav(path, np.zeros(1600, np.float32))
    with pytest.raises(ValueError, match="audible"):
        prepared(Turn(audio=path))
    with pytest.raises(CallbotError):
        prepared(Turn(audio=tmp_path / "missing.wav"))


def test_line_noise_is_faint_but_never_digital_silence() -> None:
    noise = line_noise()
    for frame in (next(noise) for _ in range(100)):
        samples = to_float(ulaw_decode(frame))
        assert len(set(frame)) > 1
        assert np.abs(samples).max() < 0.005

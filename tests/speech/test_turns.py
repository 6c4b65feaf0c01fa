"""Where turns begin and end, over tracks of voice activity made by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.nlu.completeness import Completeness
from callbot.schema import Ending, Timing
from callbot.speech.turns import FRAME, Endpointer, Signal

TIMING = Timing(
    silence=7,
    hold=25,
    filler=2,
    keys=2.5,
    pause=0.2,
    rest=0.6,
    end_of_finished=0.3,
    end_of_turn=0.4,
    end_of_doubtful=0.8,
    end_of_unfinished=1.2,
    barge_in=0.16,
    longest_turn=20,
    partial_every=0.7,
    partial_closely=0.3,
    longest_call=900,
)
ENDING = Ending(complete=0.5, likely=0.4, speech=0.5, quiet=0.35)
BEGAN, CONTINUED, PAUSED = Signal.BEGAN, Signal.CONTINUED, Signal.PAUSED
RESTED, RESUMED, ENDED = Signal.RESTED, Signal.RESUMED, Signal.ENDED


@pytest.fixture
def endpointer() -> Endpointer:
    return Endpointer(TIMING, ENDING)


def play(endpointer: Endpointer, probability: float, seconds: float) -> list[tuple[Signal, float]]:
    """The signals of so much audio, each with the seconds until it came."""
    found = []
    for frame in range(round(seconds / FRAME)):
        signal = endpointer.frame(probability)
        if signal is not None and signal is not RESTED:
            found.append((signal, (frame + 1) * FRAME))
    return found


def signals(endpointer: Endpointer, probability: float, seconds: float) -> list[Signal]:
    return [signal for signal, _ in play(endpointer, probability, seconds)]


def test_a_click_is_no_turn(endpointer: Endpointer) -> None:
    for _ in range(20):
        assert signals(endpointer, 0.95, 2 * FRAME) == []
        assert signals(endpointer, 0.0, 0.3) == []
    assert not endpointer.in_turn


def test_speech_begins_a_turn_at_once(endpointer: Endpointer) -> None:
    (began, after), (continued, later) = play(endpointer, 0.9, 1.0)
    assert (began, continued) == (BEGAN, CONTINUED)
    assert after < 0.15
    assert later == pytest.approx(TIMING.barge_in, abs=FRAME)


def test_what_stops_at_once_does_not_go_on(endpointer: Endpointer) -> None:
    assert signals(endpointer, 0.9, 4 * FRAME) == [BEGAN]
    assert CONTINUED not in signals(endpointer, 0.0, 2.0)


def test_a_stutter_at_the_beginning_still_begins_a_turn(endpointer: Endpointer) -> None:
    assert [endpointer.frame(p) for p in (0.9, 0.1, 0.9, 0.9)] == [None, None, None, BEGAN]


def test_a_turn_that_sounds_complete_ends_early(endpointer: Endpointer) -> None:
    play(endpointer, 0.9, 1.0)
    assert signals(endpointer, 0.0, 0.25) == [PAUSED]
    endpointer.judge(0.9)
    endpointer.read(Completeness.UNKNOWN)
    ((signal, after),) = play(endpointer, 0.0, 3.0)
    assert signal is ENDED
    assert 0.25 + after == pytest.approx(TIMING.end_of_turn, abs=2 * FRAME)
    assert endpointer.quiet == pytest.approx(TIMING.end_of_turn, abs=FRAME)


@pytest.mark.parametrize(
    ("judgement", "words", "limit"),
    [
        (0.1, Completeness.FINISHED, "end_of_finished"),
        (0.9, Completeness.UNKNOWN, "end_of_turn"),
        (0.1, Completeness.UNKNOWN, "end_of_doubtful"),
        (None, Completeness.UNKNOWN, "end_of_doubtful"),
        (0.9, Completeness.DOUBTFUL, "end_of_doubtful"),
        (0.9, Completeness.UNFINISHED, "end_of_unfinished"),
        (0.9, None, "end_of_unfinished"),
    ],
)
def test_voice_and_words_decide_together_how_long_to_wait(
    endpointer: Endpointer, judgement: float | None, words: Completeness | None, limit: str
) -> None:
    play(endpointer, 0.9, 1.0)
    play(endpointer, 0.0, 0.25)
    if judgement is not None:
        endpointer.judge(judgement)
    if words is not None:
        endpointer.read(words)
    ((signal, after),) = play(endpointer, 0.0, 3.0)
    assert signal is ENDED
    assert 0.25 + after == pytest.approx(getattr(TIMING, limit), abs=2 * FRAME)


def test_a_pause_that_lasts_is_told_once(endpointer: Endpointer) -> None:
    play(endpointer, 0.9, 1.0)
    told = [(frame + 1) * FRAME for frame in range(30) if endpointer.frame(0.0) is RESTED]
    assert told == [pytest.approx(TIMING.rest, abs=FRAME)]


def test_speech_after_a_pause_goes_on_with_the_turn(endpointer: Endpointer) -> None:
    play(endpointer, 0.9, 1.0)
    play(endpointer, 0.0, 0.25)
    endpointer.judge(0.9)
    endpointer.read(Completeness.FINISHED)
    assert signals(endpointer, 0.9, 0.5) == [RESUMED]
    assert endpointer.quiet == 0
    # The judgement was about the first half: the second one is asked about anew.
    assert signals(endpointer, 0.0, TIMING.end_of_unfinished - 0.1) == [PAUSED]


def test_a_judgement_that_comes_after_the_caller_went_on_is_dropped(endpointer: Endpointer) -> None:
    play(endpointer, 0.9, 1.0)
    play(endpointer, 0.0, 0.25)
    play(endpointer, 0.9, 0.5)
    endpointer.judge(0.9)
    endpointer.read(Completeness.FINISHED)
    assert ENDED not in signals(endpointer, 0.0, TIMING.end_of_unfinished - 0.1)


def test_a_short_gap_between_words_is_no_pause(endpointer: Endpointer) -> None:
    play(endpointer, 0.9, 1.0)
    assert signals(endpointer, 0.0, 0.15) == []
    assert signals(endpointer, 0.9, 0.5) == []


def test_doubtful_frames_neither_end_a_turn_nor_reset_the_silence(endpointer: Endpointer) -> None:
    play(endpointer, 0.9, 1.0)
    assert signals(endpointer, 0.42, 1.0) == []
    assert signals(endpointer, 0.0, 0.1) == []
    assert signals(endpointer, 0.42, 0.15) == [PAUSED]


def test_nobody_speaks_for_ever(endpointer: Endpointer) -> None:
    (began, _), _, (ended, after) = play(endpointer, 0.9, TIMING.longest_turn + 1)[:3]
    assert (began, ended) == (BEGAN, ENDED)
    assert after == pytest.approx(TIMING.longest_turn, abs=0.1)


def test_a_hum_that_is_neither_speech_nor_silence_ends_as_well(endpointer: Endpointer) -> None:
    play(endpointer, 0.9, 1.0)
    assert signals(endpointer, 0.42, TIMING.longest_turn) == [ENDED]


def test_the_next_turn_starts_afresh(endpointer: Endpointer) -> None:
    for _ in range(3):
        assert signals(endpointer, 0.9, 1.0) == [BEGAN, CONTINUED]
        assert signals(endpointer, 0.0, 2.0) == [PAUSED, ENDED]
        assert endpointer.length == pytest.approx(1.0 + TIMING.end_of_unfinished, abs=3 * FRAME)


_FRAMES = st.one_of(st.sampled_from([0.0, 0.35, 0.42, 0.5, 1.0]), st.floats(0, 1))
_JUDGEMENTS = st.none() | st.floats(0, 1) | st.sampled_from(Completeness)
_RUNS = st.lists(st.tuples(_FRAMES, st.integers(1, 60), _JUDGEMENTS), max_size=40)


@given(runs=_RUNS)
def test_whatever_is_heard_turns_begin_and_end_in_turn(
    runs: list[tuple[float, int, float | Completeness | None]],
) -> None:
    endpointer = Endpointer(TIMING, ENDING)
    in_turn = paused = continued = False
    for probability, frames, judgement in runs:
        for _ in range(frames):
            signal = endpointer.frame(probability)
            match signal:
                case Signal.BEGAN:
                    assert not in_turn
                    in_turn, paused, continued = True, False, False
                case Signal.CONTINUED:
                    assert in_turn
                    assert not continued
                    continued = True
                case Signal.ENDED:
                    assert in_turn
                    in_turn = False
                case Signal.PAUSED:
                    assert in_turn
                    assert not paused
                    paused = True
                case Signal.RESUMED:
                    assert in_turn
                    assert paused
                    paused = False
            assert endpointer.in_turn == in_turn
            assert endpointer.length <= TIMING.longest_turn + 2 * FRAME
        if isinstance(judgement, Completeness):
            endpointer.read(judgement)
        elif judgement is not None:
            endpointer.judge(judgement)

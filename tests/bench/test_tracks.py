"""Who is heard when."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from callbot.bench.tracks import Stop, audible_frames, longest_pause, onset, read_tracks, stop_after, stretches
from callbot.engines import Audio


def voice(*spans: tuple[float, float], seconds: float = 10.0) -> Audio:
    """A track at 8 kHz that is audible in these spans."""
    track = np.zeros(int(seconds * 8000), np.float32)
    for start, end in spans:
        track[round(start * 8000) : round(end * 8000)] = 0.2
    return track


def test_both_sides_of_a_recording_are_read(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(np.array([[1000, -2000]] * 400, "<i2").tobytes())
    tracks = read_tracks(path)
    assert tracks.caller == pytest.approx(1000 / 32768)
    assert tracks.bot == pytest.approx(-2000 / 32768)


def test_a_caller_has_begun_before_the_first_loud_frame_is_sent() -> None:
    assert onset(voice((2.0, 3.0))) == pytest.approx(1.98)
    assert onset(voice()) is None


def test_short_silences_are_inside_a_stretch() -> None:
    frames = audible_frames(voice((0, 2), (2.2, 4), (6, 7)))
    assert stretches(frames, 0.5) == [pytest.approx((0, 4)), pytest.approx((6, 7))]
    assert longest_pause(frames, 5.0) == pytest.approx(0.2)
    assert longest_pause(frames, 8.0) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("bot", "at", "found"),
    [
        ([(0, 9)], 3.0, None),
        ([(0, 3.2), (5.2, 6)], 3.0, Stop(0.2, 2.0)),
        ([(0, 3.2)], 3.0, Stop(0.2, None)),
        ([(0, 2.9), (3.1, 9)], 3.0, None),
        ([(0, 8.95)], 8.0, None),
    ],
    ids=["goes on", "stops and goes on later", "stops for good", "breathes", "had finished"],
)
def test_a_stop_is_a_silence_that_would_not_have_been(
    bot: list[tuple[float, float]], at: float, found: Stop | None
) -> None:
    stop = stop_after(audible_frames(voice(*bot)), at, pause=0.5, until=8.9)
    assert (stop and Stop(round(stop.after, 6), stop.silent and round(stop.silent, 6))) == found

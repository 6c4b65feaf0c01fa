"""What can be heard in the recording of a call: who speaks when, on the caller's end of the line."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from callbot.audio import to_float
from callbot.engines import Audio
from callbot.telephony.playout import AUDIBLE, FRAME, RATE

_TICK = FRAME / RATE

Frames = npt.NDArray[np.bool_]
"""One truth value for each 20 ms: is anything audible?"""


@dataclass(frozen=True, slots=True)
class Tracks:
    """Both sides of a call, 8 kHz."""

    caller: Audio
    bot: Audio


def read_tracks(path: Path) -> Tracks:
    """A recording of `telephony.simulator`: left the caller, right the bot."""
    with wave.open(str(path), "rb") as file:
        both = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    left, right = (to_float(np.ascontiguousarray(both[:, side]).astype(np.int16)) for side in (0, 1))
    return Tracks(left, right)


def audible_frames(track: Audio) -> Frames:
    """Which 20 ms of it can be heard."""
    frames = track[: track.size // FRAME * FRAME].reshape(-1, FRAME)
    return np.asarray(np.sqrt(np.mean(np.square(frames), axis=1)) > AUDIBLE)


def onset(track: Audio) -> float | None:
    """Second of the first audible frame of a caller; None if there is none."""
    heard = np.flatnonzero(audible_frames(track))
    # A frame carries the 20 ms before it was sent, and the track begins with the first one sent.
    return (int(heard[0]) - 1) * _TICK if heard.size else None


def stretches(frames: Frames, pause: float) -> list[tuple[float, float]]:
    """Begin and end of everything that is heard, in seconds; silences shorter than `pause` are inside."""
    found: list[tuple[float, float]] = []
    for index in np.flatnonzero(frames):
        start, end = int(index) * _TICK, (int(index) + 1) * _TICK
        if found and start - found[-1][1] < pause:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def longest_pause(frames: Frames, until: float) -> float:
    """The longest silence, in seconds, between the first sound and second `until`."""
    heard = stretches(frames[: round(until / _TICK)], _TICK)
    return max((after[0] - before[1] for before, after in pairwise(heard)), default=0.0)


@dataclass(frozen=True, slots=True)
class Stop:
    """The bot fell silent while somebody else made a sound."""

    after: float
    """Seconds from the beginning of that sound."""
    silent: float | None
    """Seconds until the bot was heard again; None if it never was."""


def stop_after(bot: Frames, at: float, pause: float, until: float) -> Stop | None:
    """How the bot reacted to a sound that began `at`; None if it went on speaking.

    A silence counts as a stop from `pause` seconds on, and if it begins before second `until`: later on the bot
    has finished anyway.
    """
    heard = stretches(bot, pause)
    for index, (start, end) in enumerate(heard):
        if start <= at + pause and end > at - pause:
            if end >= until:
                return None
            following = heard[index + 1][0] - end if index + 1 < len(heard) else None
            return Stop(max(0.0, end - at), following)
    return None

"""Where the time of an answer went: one turn's voice-to-voice, split by what the server wrote down. PURE.

Every boundary is a moment in the server's log or at the caller's ear, and the parts of a turn add up to what the
caller waited. An answer that did not wait for a station (a filler, an emergency) has nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

STATIONS = ("wait", "hear", "understand", "file", "speak", "transport")
"""wait: from the caller's last sound until the turn counts as over - hear: the rest of the recognition - understand -
file: the commit - speak: until the first sound goes out - transport: until it is heard."""

_ENDS = ("TurnEnded", "Transcribed", "Understood", "Saved")
"""The facts with which the first four stations end."""

Rows = Sequence[tuple[float, Mapping[str, Any]]]


def split(ended: float, reply: float, rows: Rows, sounds: Iterable[float]) -> dict[str, float] | None:
    """Seconds of each station for an answer that was heard at `reply` to words that ended at `ended`.

    All moments are on one clock. None if the server has not spoken in that time: the caller heard the rest of
    something older.
    """
    sound = max((at for at in sounds if ended < at <= reply), default=None)
    if sound is None:
        return None
    marks = [*_boundaries(ended, sound, rows), sound, reply]
    return {name: after - before for name, before, after in zip(STATIONS, [ended, *marks], marks, strict=False)}


def _boundaries(ended: float, sound: float, rows: Rows) -> list[float]:
    """The end of each of the first four stations, found backwards from the sound."""
    marks: list[float] = []
    latest = sound
    for name in reversed(_ENDS):
        moments = [at for at, row in rows if row["event"] == name and ended < at <= latest]
        # A station without a trace took no time: it ends when the next one does.
        latest = max(moments, default=latest) if name != "TurnEnded" else max(moments, default=ended)
        marks.append(latest)
    return marks[::-1]


def mean(splits: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The average of each station; {} without any."""
    if not splits:
        return {}
    return {name: sum(parts[name] for parts in splits) / len(splits) for name in STATIONS}

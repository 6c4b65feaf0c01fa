"""Calls as they might have gone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from callbot.bench.calls import Placed
from callbot.bench.serving import Log
from callbot.telephony.simulator import CallResult, Turn, TurnResult

TURN = Turn(audio=Path("words.wav"))


def row(at: float, event: str, **details: Any) -> tuple[float, dict[str, Any]]:
    """A line of the server's log."""
    return at, {"event": event, **details}


def log(ended: float, sound: float) -> Log:
    """One turn that was over at `ended` and answered at `sound`."""
    return Log((row(ended, "TurnEnded"),), (sound,))


def placed(turns: Sequence[tuple[float, float | None]], known: Log | None = None) -> Placed:
    """A call that was taken; `turns` are (last sound, first answer) on a clock that begins at 0."""
    results = [TurnResult(TURN, e - 1, e, r, None if r is None else r - e, False, None) for e, r in turns]
    result = CallResult("CA1", tuple(results), 0.02, 60.0, 60.0, "the bot closed the line")
    return Placed(0.0, [e - 1 for e, _ in turns], result, log=known or Log((), ()))

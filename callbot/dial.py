"""Calls a media socket as somebody who speaks recordings: what `callbot dial` does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import RootModel, ValidationError

from callbot.errors import ContentError
from callbot.schema import Strict
from callbot.telephony.simulator import CallResult, Simulator, Turn
from callbot.yaml_lines import parse


class ScriptTurn(Strict):
    """One line of a script; exactly one of the first three."""

    audio: Path | None = None
    """A recording, relative to the script."""
    keys: str = ""
    silence: float = 0.0
    interrupt_after: float | None = None
    """Seconds of the bot's answer after which the caller begins to speak over it."""


class Script(RootModel[tuple[ScriptTurn, ...]]):
    """What a scripted caller does, in order."""


def spoken(files: Sequence[Path]) -> list[Turn]:
    """One turn for each recording."""
    return [Turn(audio=path) for path in files]


def read_script(path: Path) -> list[Turn]:
    """The turns of a script, a YAML list like ``[{audio: hello.wav}, {keys: "1"}, {silence: 8}]``.

    Raises ContentError with file and line for every mistake.
    """
    document = parse(path, path.read_text(encoding="utf-8"))
    if document.mistakes:
        raise ContentError(list(document.mistakes))
    try:
        lines = Script.model_validate(document.data).root
    except ValidationError as error:
        raise ContentError([document.mistake(item["loc"], item["msg"]) for item in error.errors()]) from error
    turns: list[Turn] = []
    mistakes: list[str] = []
    for index, line in enumerate(lines):
        audio = path.parent / line.audio if line.audio else None
        if audio is not None and not audio.is_file():
            mistakes.append(document.mistake((index, "audio"), f"there is no recording {audio}"))
            continue
        try:
            turns.append(Turn(audio, line.keys, line.silence, line.interrupt_after))
        except ValueError as error:
            mistakes.append(document.mistake((index,), str(error)))
    if mistakes:
        raise ContentError(mistakes)
    return turns


async def dial_all(
    url: str, turns: Sequence[Turn], *, calls: int, caller: str, record: Path | None
) -> list[dict[str, Any]]:
    """Place `calls` calls at once; one row a call, and one for all of them together if there are several."""
    simulators = [Simulator(url, turns, caller=caller, record=record if index == 0 else None) for index in range(calls)]
    results = await asyncio.gather(*(simulator.run() for simulator in simulators), return_exceptions=True)
    rows = [_row(index, result) for index, result in enumerate(results, start=1)]
    if calls > 1:
        rows.append(_total(rows))
    return rows


def _row(index: int, result: CallResult | BaseException) -> dict[str, Any]:
    if isinstance(result, BaseException):
        return {"call": index, "failed": True, "latencies": [], "line": f"call {index}: {result}"}
    latencies = [turn.latency for turn in result.turns]
    shown = ", ".join("no answer" if seconds is None else f"{seconds:.2f} s" for seconds in latencies)
    return {
        "call": index,
        "failed": result.greeting_latency is None,
        "carrier_call_id": result.carrier_call_id,
        "greeting": result.greeting_latency,
        "latencies": latencies,
        "median": _median(latencies),
        "closed_by_bot_at": result.closed_by_bot_at,
        "seconds": result.ended_at,
        "reason": result.reason,
        "line": f"call {index}: greeting after {_shown(result.greeting_latency)}; answers after {shown}; "
        f"median {_shown(_median(latencies))}; ended after {result.ended_at:.1f} s: {result.reason}",
    }


def _total(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    latencies = [seconds for row in rows for seconds in row["latencies"]]
    failed = sum(bool(row["failed"]) for row in rows)
    middle = _median(latencies)
    return {
        "call": "all",
        "failed": failed == len(rows),
        "latencies": latencies,
        "median": middle,
        "line": f"{len(rows)} calls, {failed} failed, {len(latencies)} turns, median answer {_shown(middle)}",
    }


def _median(latencies: Sequence[float | None]) -> float | None:
    answered = [seconds for seconds in latencies if seconds is not None]
    return round(median(answered), 3) if answered else None


def _shown(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.2f} s"

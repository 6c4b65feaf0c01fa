"""Calls a media socket as somebody who speaks recordings: what `callbot dial` does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from callbot.telephony.simulator import CallResult, Simulator, Turn


async def dial_all(
    url: str, files: Sequence[Path], *, calls: int, caller: str, record: Path | None
) -> list[dict[str, Any]]:
    """Place `calls` calls at once; one row a call, and one for all of them together if there are several."""
    simulators = [
        Simulator(url, [Turn(audio=path) for path in files], caller=caller, record=record if index == 0 else None)
        for index in range(calls)
    ]
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

"""What happens to answers as more callers speak at once, and what it costs the machine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from callbot.bench.calls import Placed, place, scripts
from callbot.bench.host import Usage, cpu_share, machine, usage
from callbot.bench.latency import sample
from callbot.bench.part import Part, Plan, Table, Value
from callbot.bench.serving import Served, serving
from callbot.bench.stations import STATIONS, mean
from callbot.bench.stats import spread

_CALLS = 6
"""Calls that a level has at least, so that few callers at once give answers enough."""
_STAGGER = 0.7
"""Seconds from one caller's ring to the next one's: nobody's phone rings in the same instant."""


async def run(plan: Plan) -> Part:
    """Place more and more calls at once; the server is another process, so that its share can be told apart."""
    part = Part([Table("calls at once", [], f"turns lost: no answer within 8 s; stagger {_STAGGER} s")])
    async with serving(plan.settings) as served:
        for done, level in enumerate(plan.levels):
            plan.progress(done, len(plan.levels), f"capacity: {level} at once")
            before = usage(served.pid)
            placed = await _at_once(served, level, plan.most(_CALLS))
            part.tables[0].rows.append(row(level, placed, before, usage(served.pid)))
            part.samples += _samples(level, placed)
    plan.progress(len(plan.levels), len(plan.levels), "capacity")
    return part


async def _at_once(served: Served, level: int, least: int) -> list[Placed]:
    """Rounds of `level` callers, until there were `least` calls."""
    placed: list[Placed] = []
    while len(placed) < max(level, least):
        first = len(placed)
        placed += await asyncio.gather(*(_caller(served, first + i, i * _STAGGER) for i in range(level)))
    return placed


async def _caller(served: Served, number: int, after: float) -> Placed:
    await asyncio.sleep(after)
    return await place(served, scripts()[number % len(scripts())])


def row(level: int, placed: Sequence[Placed], before: Usage, after: Usage) -> dict[str, Value]:
    """One level of load."""
    answers = [answer for call in placed for answer in call.answers()]
    timely = [answer for answer in answers if not answer.early]
    waits = spread([answer.waited for answer in timely if answer.waited is not None])
    parts = mean([answer.parts for answer in timely if answer.parts])
    return {
        "at once": level,
        "calls": len(placed),
        "refused": sum(bool(call.refused) for call in placed),
        "turns": len(answers),
        "lost": sum(answer.lost for answer in answers),
        "early": sum(answer.early for answer in answers),
        "p50": waits.p50 if waits else None,
        "p95": waits.p95 if waits else None,
        "cpu": cpu_share(before, after, machine()["cores"]),
        "rss MB": round(after.rss_mb),
        **{name: parts.get(name) for name in STATIONS},
    }


def _samples(level: int, placed: Sequence[Placed]) -> list[dict[str, Any]]:
    answered = [{"at_once": level, **sample(call, answer)} for call in placed for answer in call.answers()]
    return answered + [{"at_once": level, "refused": call.refused} for call in placed if call.refused]

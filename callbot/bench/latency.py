"""How long a caller waits for an answer, one call at a time, and which station takes how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from callbot.bench.calls import Answer, Placed, place, scripts
from callbot.bench.part import Part, Plan, Table, Value
from callbot.bench.serving import serving
from callbot.bench.stations import STATIONS
from callbot.bench.stats import Spread, spread

_ROUNDS = 3


async def run(plan: Plan) -> Part:
    """Place each call of `calls.scripts`, several times, over the real media socket."""
    calls = (scripts() * _ROUNDS)[: plan.most(_ROUNDS * len(scripts()))]
    placed: list[Placed] = []
    async with serving(plan.settings) as served:
        for turns in calls:
            plan.progress(len(placed), len(calls), "latency")
            placed.append(await place(served, turns))
    plan.progress(len(calls), len(calls), "latency")
    return summary(placed)


def summary(placed: Sequence[Placed]) -> Part:
    """Tables of whole answers and of their stations."""
    answers = [answer for call in placed for answer in call.answers()]
    timely = [answer for answer in answers if not answer.early]
    waits = [answer.waited for answer in timely if answer.waited is not None]
    greetings = [call.result.greeting_latency for call in placed if call.result and call.result.greeting_latency]
    rows = [
        _row("greeting", greetings),
        _row("answer", waits),
        *(_row(f"  {name}", [a.parts[name] for a in timely if a.parts]) for name in STATIONS),
    ]
    note = (
        f"{len(placed)} calls, one at a time; {len(answers)} turns, {sum(a.lost for a in answers)} lost, "
        f"{sum(a.early for a in answers)} answered before the caller had finished (not counted above)"
    )
    table = Table("voice to voice, seconds from the caller's last sound to the bot's first", rows, note)
    return Part([table], [sample(call, answer) for call in placed for answer in call.answers()])


def _row(name: str, seconds: Sequence[float]) -> dict[str, Value]:
    found = spread(seconds) or Spread(0, *[float("nan")] * 4)
    numbers = {key: value if found.n else None for key, value in asdict(found).items()}
    return {"station": name, **numbers, "n": found.n}


def sample(call: Placed, answer: Answer) -> dict[str, Any]:
    """One answer for the file."""
    return {"call": call.result.carrier_call_id if call.result else None, **asdict(answer)}

"""How long it takes to understand some twenty words, everything in `understand` included."""

from __future__ import annotations

import time
from collections.abc import Sequence

from callbot.bench.part import Table, Value
from callbot.bench.stats import percentile
from callbot.evaluate.judged import WALL, Engine, Spoken
from callbot.evaluate.section import Section

WORDS = 20
_NEAR = 3
"""Utterances with so many words more or less count as long as that."""
_WARM_UP, _RUNS = 10, 200


def section(engine: Engine, lines: Sequence[Spoken]) -> Section:
    """Median and 95th percentile over 200 runs, one after the other, on the threads that the engine has."""
    texts = [line.text for line in lines if abs(len(line.said.words) - WORDS) <= _NEAR]
    if not texts:
        return Section({"runs": 0})
    spent = []
    for run in range(_WARM_UP + _RUNS):
        text = texts[run % len(texts)]
        began = time.perf_counter()
        engine.understand(text, "", WALL)
        spent.append(1000 * (time.perf_counter() - began))
    timed = spent[_WARM_UP:]
    p50, p95 = percentile(timed, 0.5), percentile(timed, 0.95)
    row: dict[str, Value] = {"ms p50": p50, "ms p95": p95, "runs": len(timed), "utterances": len(texts)}
    return Section({"p50_ms": p50, "p95_ms": p95, "runs": len(timed)}, (Table("understanding 20 words", [row]),))

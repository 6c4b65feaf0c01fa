"""Runs the parts one after the other: what `callbot bench` does."""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from callbot.bench import barge_in, capacity, emergency, host, latency, report, stt
from callbot.bench.part import Part, Plan
from callbot.errors import CallbotError, ConfigError

log = logging.getLogger("callbot.bench")

PARTS: dict[str, Callable[[Plan], Coroutine[Any, Any, Part]]] = {
    "stt": stt.run,
    "latency": latency.run,
    "capacity": capacity.run,
    "barge-in": barge_in.run,
    "emergency": emergency.run,
}


def chosen(names: Sequence[str]) -> list[str]:
    """The parts to run, in their order; all of them if none is named. Raises ConfigError for an unknown one."""
    unknown = sorted(set(names) - set(PARTS))
    if unknown:
        raise ConfigError(f"there is no part {unknown[0]!r}: name {', '.join(PARTS)}")
    return [name for name in PARTS if not names or name in names]


def run(names: Sequence[str], plan: Plan, out: Path, show: Callable[[str], None]) -> dict[str, Any]:
    """Measure, show each table as it is ready, and write bench.json and latency.svg into `out`.

    Returns the document; a part that failed has only `failed` in it, its reason. Raises ConfigError when `out` cannot
    be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{out} cannot be made: {error.strerror}") from error
    machine = host.machine()
    show("\n".join(host.lines(machine)) + "\n")
    found: dict[str, Part | str] = {}
    options = {"samples": plan.samples, "levels": list(plan.levels), "recordings": plan.recordings is not None}
    document: dict[str, Any] = {}
    for name in names:
        found[name] = _measured(name, plan)
        show(_shown(name, found[name]))
        # Written after each part: hours of measuring are not lost to what goes wrong later.
        document = report.document(machine, options, found)
        (out / "bench.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
        drawn = report.chart(found)
        if drawn is not None:
            (out / "latency.svg").write_text(drawn, encoding="utf-8")
    return document


def _measured(name: str, plan: Plan) -> Part | str:
    with tempfile.TemporaryDirectory(prefix="callbot-bench-") as folder:
        try:
            return asyncio.run(PARTS[name](replace(plan, folder=Path(folder))))
        except CallbotError as error:
            return str(error)
        except Exception as error:  # the other parts are still worth their time
            log.exception("part %s failed", name)
            return f"{type(error).__name__}: {error}"


def _shown(name: str, part: Part | str) -> str:
    if isinstance(part, str):
        return f"=== {name} FAILED: {part}\n"
    return "\n".join(report.text(table) for table in part.tables)

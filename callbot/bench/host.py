"""What a measurement ran on, and what a process takes of it. Linux only: it reads /proc."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

_LIBRARIES = ("callbot", "faster-whisper", "ctranslate2", "onnxruntime", "piper-tts", "torch", "numpy", "websockets")
_PROC = Path("/proc")


def machine() -> dict[str, Any]:
    """The machine, its load at this moment and the versions that matter."""
    return {
        "cpu": _field(_PROC / "cpuinfo", "model name") or platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "ram_gb": round(_kilobytes(_PROC / "meminfo", "MemTotal") / 1e6, 1),
        "load_before": [round(load, 2) for load in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has taken so far."""

    at: float
    """Monotonic seconds."""
    cpu: float
    """Seconds of processor time, all threads."""
    rss_mb: float


def usage(pid: int) -> Usage:
    """What a process of this machine has taken so far; raises OSError when there is none."""
    # The name in field 2 may hold blanks and brackets; what follows the last bracket is plain.
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    rss = _kilobytes(_PROC / str(pid) / "status", "VmRSS") / 1e3
    return Usage(time.monotonic(), ticks / os.sysconf("SC_CLK_TCK"), rss)


def cpu_share(before: Usage, after: Usage, cores: int) -> float:
    """Share of all cores (0 to 1) that was taken between two looks."""
    return (after.cpu - before.cpu) / max(after.at - before.at, 1e-9) / cores


def lines(found: dict[str, Any]) -> Sequence[str]:
    """The machine for a person to read."""
    libraries = ", ".join(f"{name} {number}" for name, number in found["libraries"].items())
    load = " ".join(f"{value:.2f}" for value in found["load_before"])
    return (
        f"{found['cpu']}, {found['cores']} cores, {found['ram_gb']:.1f} GB; load before the run: {load}",
        f"Python {found['python']}, {libraries}",
    )


def _kilobytes(path: Path, name: str) -> int:
    return int(_field(path, name).split()[0])


def _field(path: Path, name: str) -> str:
    """The value of the first `name: value` line; "" if there is none."""
    for line in path.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""

"""`callbot` as a user starts it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from callbot.config import STARTER_SITE

CALLERS = STARTER_SITE / "fixtures" / "audio" / "callers"


def run(*arguments: str, stdin: str = "", home: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`callbot ...` in a process of its own."""
    flags = ["--database", f"sqlite:///{home / 'cases.db'}"] if home else []
    return subprocess.run(
        [sys.executable, "-m", "callbot", *arguments, *flags], input=stdin, capture_output=True, text=True, timeout=300
    )


def rows(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """The JSON lines of a command that must have worked."""
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]

"""Plays a recorded call's facts through the conductor again. PURE.

The commands must be the same as they were: that is what makes a decision explainable after months, and a change
of the rules visible before it goes live.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callbot.call import Call
from callbot.events import Fact, from_json, to_json


def differences(call: Call, rows: Sequence[tuple[float, dict[str, Any]]]) -> list[str]:
    """Where the commands of a fresh `call` differ from the recorded ones; [] = the same.

    `rows` are (seconds, event) in the order of the recording: each fact followed by its commands.
    """
    found: list[str] = []
    expected: list[dict[str, Any]] = []
    recorded: list[dict[str, Any]] = []
    where = "before the first fact"
    for at, row in rows:
        event = from_json(row)
        if not isinstance(event, Fact):
            # Read and written again: a field that has come with a later version has its default.
            recorded.append(to_json(event))
            continue
        found += _compare(where, expected, recorded)
        where = f"after {row['event']} at {at:.2f} s"
        expected = [to_json(command) for command in call.receive(event, at)]
        recorded = []
    return found + _compare(where, expected, recorded)


def _compare(where: str, expected: list[dict[str, Any]], recorded: list[dict[str, Any]]) -> list[str]:
    if expected == recorded:
        return []
    now = ", ".join(row["event"] for row in expected) or "nothing"
    then = ", ".join(row["event"] for row in recorded) or "nothing"
    detail = "other details of the same commands" if now == then else f"now {now}; then {then}"
    return [f"{where}: {detail}"]

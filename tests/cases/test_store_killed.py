"""A process is killed in the middle of a call; the next one reads everything that had been committed."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from callbot.cases.store import Store

WRITER = """
import sys
from callbot.cases.store import Store
from tests.cases.samples import at, snapshot, started, turn

store = Store(sys.argv[1], service_codes={})
store.open_call(started())
index = 0
while True:
    index += 1
    slots = {"description": f"hole number {index}"}
    number = store.save_turn("c1", turn(index, f"words {index}"), snapshot(slots=slots), at(index))
    store.record("c1", [(float(index), {"event": "SpeechStarted"})])
    print(index, number, flush=True)
"""


def test_a_killed_process_leaves_a_readable_draft(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True, cwd=root) as writer:
        assert writer.stdout is not None
        answered = [writer.stdout.readline() for _ in range(20)]
        writer.kill()
        answered += writer.stdout.readlines()
    # The last line may have been cut off by the kill.
    last, number = next(line.split() for line in reversed(answered) if line.endswith("\n"))

    store = Store(url, service_codes={})
    (case,) = store.cases()
    assert case["number"] == number
    assert case["status"] == "draft"
    call = store.call("c1")
    assert call is not None
    assert call["ended_at"] is None
    # What was answered is there; one turn more may have been committed without the answer getting out.
    heard = [turn["heard"] for turn in call["turns"]]
    assert heard in ([f"words {i}" for i in range(1, int(last) + 1)], [f"words {i}" for i in range(1, int(last) + 2)])
    # Turn, case and history are of the same moment.
    assert case["slots"] == {"description": f"hole number {len(heard)}"}
    assert call["events"][-1]["new"] == f"hole number {len(heard)}"
    assert len(store.replayable("c1")) >= int(last)
    # And work goes on.
    store.end_call("c1", None, "the process was killed", last_saved(case))
    store.close()
    with sqlite3.connect(tmp_path / "cases.db") as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    file.close()


def last_saved(case: dict[str, Any]) -> datetime:
    """When the case was last saved."""
    return datetime.fromisoformat(case["updated_at"])

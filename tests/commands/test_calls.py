"""`callbot chat`, `callbot replay` and `callbot dial`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commandline import CALLERS, rows, run


@pytest.mark.model
def test_chat_prints_one_object_a_turn_and_ends_with_a_closed_case(tmp_path: Path) -> None:
    script = "there is a huge pothole on Chapel Street near College\nno name\nno\nyes\nno\n"
    turns = rows(run("chat", "--json", stdin=script, home=tmp_path))
    assert [turn["turn"] for turn in turns] == [0, 1, 2, 3, 4, 5]
    assert set(turns[0]) == {"turn", "heard", "say", "state", "asked", "intent", "case", "outcome", "summary"}
    assert turns[-1]["case"]["status"] == "closed"
    assert turns[-1]["case"]["slots"]["location"]["matched"] == "Chapel Street"


@pytest.mark.model
def test_chat_takes_keys_and_silences(tmp_path: Path) -> None:
    turns = rows(run("chat", "--json", stdin="\n#0\n", home=tmp_path))
    assert "still there" in " ".join(turns[1]["say"])
    assert turns[-1]["outcome"] == "human"


@pytest.mark.model
def test_replay_confirms_a_recorded_call_and_refuses_an_unknown_one(tmp_path: Path) -> None:
    turns = rows(run("chat", "--json", stdin="can I talk to a person\n", home=tmp_path))
    assert turns[-1]["outcome"] == "human"
    done = run("replay", "no-such-call", home=tmp_path)
    assert done.returncode == 1
    assert "no recorded call" in done.stderr


def test_dial_without_a_server_says_so() -> None:
    done = run("dial", str(CALLERS / "noise_03.wav"), "--to", "ws://127.0.0.1:9/twilio")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr

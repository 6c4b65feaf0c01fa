"""The command line as a user meets it: results on stdout, one clear sentence on stderr, honest exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture
def site_copy(tmp_path: Path) -> Path:
    for folder in ("intents", "dialogs", "telephony"):
        shutil.copytree(STARTER_SITE / folder, tmp_path / folder, ignore=shutil.ignore_patterns("adapter"))
    return tmp_path


def test_check_is_content_with_the_shipped_site() -> None:
    done = run("check")
    assert done.returncode == 0, done.stderr
    assert "no mistakes" in done.stdout


def test_check_names_every_mistake_with_file_and_line(site_copy: Path) -> None:
    flow = site_copy / "dialogs" / "flow.yaml"
    flow.write_text(flow.read_text().replace("affirm: {to: filing}", "affirm: {to: fileing}", 1))
    done = run("check", "--site", str(site_copy))
    assert done.returncode == 2
    line = next(i for i, text in enumerate(flow.read_text().splitlines(), 1) if "fileing" in text)
    assert f"dialogs/flow.yaml:{line}: there is no state 'fileing'" in done.stderr


def test_a_wrong_flag_and_a_missing_file_are_wrong_usage() -> None:
    assert run("serve", "--no-such-flag").returncode == 2
    done = run("transcribe", "no-such.wav")
    assert done.returncode == 2
    assert "no-such.wav: there is no such file" in done.stderr


def test_a_site_without_files_is_explained(tmp_path: Path) -> None:
    done = run("check", "--site", str(tmp_path))
    assert done.returncode == 2
    assert "intents/catalogue.yaml:1: this file is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_models_list_tells_name_place_and_licence() -> None:
    listed = rows(run("models", "list", "--json"))
    assert {"whisper-base", "piper-joe", "smart-turn", "silero-vad", "minilm-l6"} <= {row["name"] for row in listed}
    assert set(listed[0]) == {"name", "purpose", "path", "present", "bytes", "licence", "origin"}


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


@pytest.mark.model
def test_understand_answers_line_by_line() -> None:
    found = rows(run("understand", "--json", stdin="loud party at 88 Howe Street\nhe is not breathing\n"))
    assert found[0]["intent"] == "noise_complaint"
    assert found[0]["slots"]["location"]["number"] == "88"
    assert not found[0]["emergency"]["is"]
    assert found[1]["emergency"] == {"is": True, "kind": "medical", "score": 1.0, "evidence": "not breathing"}
    keys = {"text", "intent", "confidence", "intents", "alternatives", "slots", "emergency", "out_of_scope", "ms"}
    assert set(found[0]) == keys
    assert [one["intents"] for one in found] == [["noise_complaint"], ["emergency"]]


@pytest.mark.model
def test_transcribe_hears_a_recording_as_a_call_would() -> None:
    (heard,) = rows(run("transcribe", str(CALLERS / "noise_03.wav"), "--json"))
    assert set(heard) == {"path", "text", "seconds", "compute_seconds", "finalize_ms", "partials"}
    assert "daniel" in heard["text"].lower()
    assert heard["compute_seconds"] > 0
    (full,) = rows(run("transcribe", str(CALLERS / "noise_03.wav"), "--json", "--full"))
    assert "daniel" in full["text"].lower()
    assert full["partials"] == []


def test_dial_without_a_server_says_so() -> None:
    done = run("dial", str(CALLERS / "noise_03.wav"), "--to", "ws://127.0.0.1:9/twilio")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_evaluate_refuses_what_it_does_not_know() -> None:
    done = run("evaluate", "speed")
    assert done.returncode == 2
    assert "there is no part 'speed'" in done.stderr
    done = run("evaluate", "--benchmark", "snips=/no/such/folder")
    assert done.returncode == 2
    assert "there is no folder '/no/such/folder'" in done.stderr


def test_versions_are_listed_and_only_known_ones_serve(site_copy: Path) -> None:
    adapters = site_copy / "intents" / "adapter"
    for name in ("2030-01-01-aaaa", "2030-01-02-bbbb"):
        (adapters / name).mkdir(parents=True)
        (adapters / name / "settings.json").write_text("{}")
    (adapters / "current").write_text("2030-01-01-aaaa\n")
    listed = rows(run("models", "versions", "--json", "--site", str(site_copy)))
    assert listed == [
        {"version": "2030-01-01-aaaa", "current": True},
        {"version": "2030-01-02-bbbb", "current": False},
    ]
    done = run("models", "promote", "other", "--site", str(site_copy))
    assert done.returncode == 1
    assert "no version 'other'" in done.stderr


def test_one_command_leads_back_whatever_is_wrong_with_the_site(tmp_path: Path) -> None:
    adapters = tmp_path / "intents" / "adapter"
    for name in ("2030-01-01-aaaa", "2030-01-02-bbbb"):
        (adapters / name).mkdir(parents=True)
        (adapters / name / "settings.json").write_text("{}")
    (adapters / "current").write_text("2030-01-02-bbbb\n")
    step = {"at": "2030-01-02T12:00:00Z", "did": "promote", "version": "2030-01-02-bbbb", "before": "2030-01-01-aaaa"}
    (adapters / "history.jsonl").write_text(json.dumps(step) + "\n")
    done = run("models", "rollback", "--site", str(tmp_path))
    assert done.stdout == "version 2030-01-01-aaaa serves again from the next start on\n"
    assert (adapters / "current").read_text() == "2030-01-01-aaaa\n"
    done = run("models", "rollback", "--site", str(tmp_path))
    assert done.returncode == 1
    assert "no version to go back to" in done.stderr

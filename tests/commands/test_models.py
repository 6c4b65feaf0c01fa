"""`callbot models`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commandline import rows, run


def test_models_list_tells_name_place_and_licence() -> None:
    listed = rows(run("models", "list", "--json"))
    assert {"whisper-base", "piper-joe", "smart-turn", "silero-vad", "minilm-l6"} <= {row["name"] for row in listed}
    assert set(listed[0]) == {"name", "purpose", "path", "present", "bytes", "licence", "origin"}


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

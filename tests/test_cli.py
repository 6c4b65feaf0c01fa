"""The command line as a user meets it: results on stdout, one clear sentence on stderr, honest exit codes."""

from __future__ import annotations

from pathlib import Path

from tests.commandline import run


def test_a_wrong_flag_is_wrong_usage() -> None:
    assert run("serve", "--no-such-flag").returncode == 2


def test_a_site_without_files_is_explained(tmp_path: Path) -> None:
    done = run("check", "--site", str(tmp_path))
    assert done.returncode == 2
    assert "intents/catalogue.yaml:1: this file is missing" in done.stderr
    assert "Traceback" not in done.stderr

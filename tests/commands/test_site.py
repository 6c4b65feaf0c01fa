"""`callbot check`."""

from __future__ import annotations

from pathlib import Path

from tests.commandline import run


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

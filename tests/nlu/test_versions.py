"""Trained adapters lie side by side, and one of them serves."""

from pathlib import Path

import pytest

from callbot.errors import ModelError
from callbot.nlu.versions import current, promote, versions


def made(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).mkdir()
        (folder / name / "settings.json").write_text("{}", encoding="utf-8")


def test_one_version_serves(tmp_path: Path) -> None:
    made(tmp_path, "2026-12-01-b", "2026-11-30-a", ".new")
    (tmp_path / "notes").mkdir()
    assert versions(tmp_path) == ["2026-11-30-a", "2026-12-01-b"]
    promote(tmp_path, "2026-12-01-b")
    assert current(tmp_path) == tmp_path / "2026-12-01-b"
    promote(tmp_path, "2026-11-30-a")
    assert current(tmp_path) == tmp_path / "2026-11-30-a"
    assert (tmp_path / "current").read_text(encoding="utf-8") == "2026-11-30-a\n"


def test_without_a_pointer_nothing_serves(tmp_path: Path) -> None:
    made(tmp_path, "a")
    with pytest.raises(ModelError, match="run `callbot train`"):
        current(tmp_path)


@pytest.mark.parametrize("name", ["b", "", "../a", "."])
def test_a_pointer_to_nowhere_is_named(name: str, tmp_path: Path) -> None:
    made(tmp_path, "a")
    (tmp_path / "current").write_text(name, encoding="utf-8")
    with pytest.raises(ModelError, match="not there"):
        current(tmp_path)
    with pytest.raises(ModelError, match="no version"):
        promote(tmp_path, name)

"""How far long work is."""

from __future__ import annotations

import io

import pytest
from tqdm import tqdm

from callbot.commands.progress import progress_bar, show_progress


def test_the_bar_follows_the_work() -> None:
    with tqdm(file=io.StringIO()) as bar:
        show_progress(bar, 3, 10, "hearing")
        show_progress(bar, 4, 12, "hearing")
        assert (bar.n, bar.total) == (4, 12)


def test_nothing_is_shown_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("bench") as bar:
        show_progress(bar, 3, 10, "hearing")
    assert capsys.readouterr().err == ""

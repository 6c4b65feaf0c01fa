"""Words and compute in tables, and the conditions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callbot import config
from callbot.audio import read_wav
from callbot.bench import stt
from callbot.bench.material import corpus
from callbot.bench.part import Plan
from callbot.bench.scoring import score
from callbot.bench.stt import Heard, conditions, error_table
from callbot.content import Site


def _heard(mode: str, said: str, heard: str, seconds: float = 2.0, compute: float = 1.0, corpus: str = "an4") -> Heard:
    return Heard(corpus, "clean", mode, "x.wav", said, heard, seconds, compute, 2 * compute, score(said, heard))


def test_both_ways_of_hearing_stand_side_by_side() -> None:
    found = [
        _heard("streaming", "four twelve", "four eleven", compute=0.5),
        _heard("full", "four twelve", "412", compute=2.0),
        _heard("streaming", "a long one", "a long one", seconds=20.0, corpus="callers"),
        _heard("full", "a long one", "a long", seconds=20.0, corpus="callers"),
    ]
    (row,) = error_table(found, "all").rows
    assert (row["n"], row["words"]) == (2, 6)
    assert row["streaming"] == row["full"] == pytest.approx(1 / 6)
    assert row["compute to 8 s / full"] == row["cpu to 8 s / full"] == pytest.approx(0.25)
    (row,) = error_table(found, "an4").rows
    assert row["streaming"] == pytest.approx(1 / 3)
    assert (row["full"], row["compute"], row["cpu"]) == (0.0, 0.25, 0.5)


def test_each_condition_changes_the_sound_in_its_way() -> None:
    clean = read_wav(corpus("callers")[0].path)
    changed = {name: change(clean, 1) for name, change in conditions().items()}
    assert list(changed) == [
        *("clean", "noise 20 dB", "noise 10 dB", "noise 5 dB", "2 % lost, 20 ms", "2 % lost, 100 ms")
    ]
    assert {len(audio) for audio in changed.values()} == {len(clean)}
    assert np.array_equal(changed["clean"], clean)
    for name in list(changed)[1:]:
        assert not np.array_equal(changed[name], clean), name


def test_every_recording_is_heard_in_every_condition(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rows(files: Sequence[Path]) -> Iterator[dict[str, Any]]:
        for file in files:
            assert file.is_file()
            yield {"text": "zero", "seconds": 1.0, "compute_seconds": 0.1}

    monkeypatch.setattr(stt, "hear_as_call", lambda _settings, _policy, files: rows(files))
    monkeypatch.setattr(stt, "hear_offline", lambda _settings, files: rows(files))
    told: list[tuple[int, int, str]] = []
    plan = Plan(config.load(), site, lambda *args: told.append(args), samples=1, folder=tmp_path)
    part = asyncio.run(stt.run(plan))
    assert [len(table.rows) for table in part.tables] == [6] * 5
    assert len(part.samples) == 4 * 6 * 2
    assert told[-1][:2] == (48, 48)
    assert not list(tmp_path.iterdir()), "what was made on the way is gone"

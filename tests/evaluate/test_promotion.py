"""A version serves only if it is not worse, and one command leads back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callbot.errors import ModelError
from callbot.evaluate.judged import Judged
from callbot.evaluate.promotion import HISTORY, TOLERANCES, compared, figures, history, promote, rollback, serving
from callbot.nlu import versions
from tests.evaluate.samples import judged

AT = datetime(2030, 1, 2, tzinfo=UTC)
GOOD = [
    *[judged("pothole", "pothole", named={"plate": "AB1"}, hits={"plate": "AB1"})] * 90,
    *[judged("emergency", "emergency", alarms=frozenset({"head"}))] * 5,
    *[judged(None, "pothole")] * 5,
    *[judged("out_of_scope", "out_of_scope", rejected=True)] * 5,
]
MISSES = [judged("emergency", "emergency", alarms=frozenset({"phrases"})), *GOOD[:94], *GOOD[95:]]
NO_WORSE = [judged("pothole", "theft", named={"plate": "AB1"}, hits={"plate": "AB1"}), *GOOD[1:]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "settings.json").write_text("{}")
    versions.promote(tmp_path, "a")
    return tmp_path


def judges(**rows: Sequence[Judged]):  # type: ignore[no-untyped-def]
    def judged_by(adapter: Path) -> Sequence[Judged]:
        if adapter.name not in rows:
            raise ModelError(f"{adapter} is damaged")
        return rows[adapter.name]

    return judged_by


def test_figures_are_shares_of_which_more_is_better() -> None:
    assert figures(GOOD) == dict.fromkeys(TOLERANCES, 1.0)
    assert figures(MISSES)["emergencies found"] == 0.8, "the phrases are no merit of the model"
    assert figures([judged("pothole", "pothole")])["emergencies found"] == 1.0


def test_a_small_fall_is_tolerated_and_an_emergency_is_not_small() -> None:
    old = dict.fromkeys(TOLERANCES, 0.9)
    assert not any(row.fell for row in compared(old, {**old, "intents right": 0.89}))
    assert [row.name for row in compared(old, {**old, "intents right": 0.88}) if row.fell] == ["intents right"]
    assert any(row.fell for row in compared(old, {**old, "emergencies found": 0.899}))


def test_a_version_that_is_no_worse_serves_and_can_be_taken_back(folder: Path) -> None:
    rows, done = promote(folder, "b", judges(a=GOOD, b=NO_WORSE), AT)
    assert done
    assert serving(folder) == "b"
    assert {row.name for row in rows} == set(TOLERANCES)
    assert promote(folder, "c", judges(b=NO_WORSE, c=GOOD), AT)[1]
    assert rollback(folder, AT) == "b"
    assert rollback(folder, AT) == "a"
    with pytest.raises(ModelError, match="no version to go back to"):
        rollback(folder, AT)
    assert serving(folder) == "a"
    assert [(step.did, step.version, step.before) for step in history(folder)] == [
        *(("promote", "b", "a"), ("promote", "c", "b")),
        *(("rollback", "b", "c"), ("rollback", "a", "b")),
    ]
    assert history(folder)[0].figures["intents right"] == pytest.approx(99 / 100)


def test_a_worse_version_changes_nothing(folder: Path) -> None:
    rows, done = promote(folder, "b", judges(a=GOOD, b=MISSES), AT)
    assert not done
    assert [row.name for row in rows if row.fell] == ["emergencies found"]
    assert serving(folder) == "a"
    assert history(folder) == []


def test_without_a_present_one_any_is_better(folder: Path) -> None:
    assert promote(folder, "b", judges(b=MISSES), AT)[1], "the present one is damaged"
    (folder / versions.CURRENT).unlink()
    assert promote(folder, "c", judges(c=MISSES), AT)[1]
    with pytest.raises(ModelError, match="no version to go back to"):
        rollback(folder, AT)


def test_what_cannot_be_promoted(folder: Path) -> None:
    with pytest.raises(ModelError, match="no version 'x'"):
        promote(folder, "x", judges(), AT)
    with pytest.raises(ModelError, match="serves already"):
        promote(folder, "a", judges(a=GOOD), AT)
    with pytest.raises(ModelError, match="damaged"):
        promote(folder, "b", judges(a=GOOD), AT)
    (folder / HISTORY).write_text('{"did": "dance"}\n')
    with pytest.raises(ModelError, match=r"history\.jsonl:1: this is no step"):
        rollback(folder, AT)

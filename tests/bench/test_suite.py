"""All parts together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callbot import config
from callbot.bench import suite
from callbot.bench.part import Part, Plan, Table
from callbot.content import Site
from callbot.errors import CallbotError, ConfigError
from tests.commandline import rows, run


@pytest.fixture
def plan(site: Site) -> Plan:
    return Plan(config.load(), site, lambda *_: None)


def test_parts_run_in_their_order() -> None:
    assert suite.chosen([]) == ["stt", "latency", "capacity", "barge-in", "emergency"]
    assert suite.chosen(["emergency", "stt"]) == ["stt", "emergency"]
    with pytest.raises(ConfigError, match="no part 'speed'"):
        suite.chosen(["speed"])


async def _works(plan: Plan) -> Part:
    assert plan.folder.is_dir()
    return Part([Table("it works", [{"x": 1}])])


async def _fails(_plan: Plan) -> Part:
    raise CallbotError("no such luck")


async def _breaks(_plan: Plan) -> Part:
    raise ZeroDivisionError("oh")


def test_a_part_that_fails_does_not_stop_the_others(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "PARTS", {"one": _fails, "two": _breaks, "three": _works})
    told: list[str] = []
    document = suite.run(["one", "two", "three"], plan, tmp_path / "new" / "out", told.append)
    assert document["parts"]["one"] == {"failed": "no such luck"}
    assert document["parts"]["two"] == {"failed": "ZeroDivisionError: oh"}
    assert document["parts"]["three"]["tables"][0]["rows"] == [{"x": 1}]
    assert json.loads((tmp_path / "new" / "out" / "bench.json").read_text()) == document
    assert "load before the run" in told[0]
    assert "=== one FAILED: no such luck" in told[1]
    assert "=== it works" in told[3]


def test_a_folder_that_cannot_be_made_is_wrong_usage(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be made"):
        suite.run([], plan, tmp_path / "file", lambda _: None)


def test_wrong_options_are_explained() -> None:
    done = run("bench", "speed")
    assert (done.returncode, "no part 'speed'" in done.stderr) == (2, True)
    done = run("bench", "capacity", "--calls", "1,x")
    assert (done.returncode, "--calls 1,x" in done.stderr) == (2, True)


@pytest.mark.model
@pytest.mark.e2e
def test_the_time_to_an_emergencys_transfer_is_measured(tmp_path: Path) -> None:
    (document,) = rows(run("bench", "emergency", "--samples", "1", "--json", "--out", str(tmp_path)))
    (line,) = document["parts"]["emergency"]["tables"][0]["rows"]
    assert line["sentences"] == line["transferred"] == 2
    assert document["machine"]["cores"] >= 1
    assert json.loads((tmp_path / "bench.json").read_text()) == document

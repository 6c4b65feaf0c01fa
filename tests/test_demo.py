"""The main job, with real models, real sockets and real time."""

from __future__ import annotations

from pathlib import Path

import pytest

from callbot.demo import FIXTURES, DemoCall, _case_faults, _read_plan
from callbot.errors import ContentError
from tests.commandline import run


@pytest.mark.model
@pytest.mark.e2e
def test_the_demo_ends_well() -> None:
    done = run("demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("as it should be") == 3
    assert "=== operators' queue" in done.stdout
    assert "median of" in done.stdout


def test_the_verdict_can_fail() -> None:
    plan = DemoCall(name="x", turns=(), outcome="close", intent="pothole", slots={"location.number": "215"})
    wrong = {"intent": "noise_complaint", "slots": {"location": {"number": "216"}}}
    assert _case_faults(plan, wrong) == [
        "the intent is noise_complaint, not pothole",
        "location.number is '216', not '215'",
    ]
    assert _case_faults(plan, {"intent": "pothole", "slots": {"location": {"number": "215"}}}) == []


def test_a_broken_script_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "demo.yaml"
    path.write_text((FIXTURES / "demo.yaml").read_text().replace("outcome: human", "outcome: humans"))
    with pytest.raises(ContentError, match=r"demo\.yaml:\d+: .*human"):
        _read_plan(path)

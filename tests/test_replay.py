"""A recorded call, played again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from callbot.call import Call
from callbot.content import Site
from callbot.events import CallEnded, CaseStatus, TimerFired
from callbot.replay import differences
from callbot.schema import Playbook
from tests.fakes import ORANGE, Driver, meaning

Rows = list[tuple[float, dict[str, Any]]]
NOISE = "loud music at 215 orange street"
MEANINGS = {NOISE: meaning("noise_complaint", location=ORANGE), "yes": meaning("affirm"), "no": meaning("deny")}


@pytest.fixture
def rows(site: Site) -> Rows:
    """A whole call, as the store gives it back."""
    driver = Driver(site, MEANINGS)
    driver.start()
    for words in (NOISE, "yes", "no", "no", "yes"):
        driver.say(words)
    driver.feed(TimerFired("silence"))
    driver.feed(CallEnded("hung up"))
    back: Rows = json.loads(json.dumps(driver.rows))
    return back


def fresh(site: Site, **changes: Any) -> Call:
    book: Playbook = site.playbook.model_copy(update=changes)
    return Call(book, site.emergency, site.lines.lines["main"])


def test_the_same_rules_give_the_same_commands(site: Site, rows: Rows) -> None:
    assert any(row["event"] == "SaveCase" for _, row in rows)
    assert differences(fresh(site), rows) == []


def test_a_changed_prompt_shows_where_it_was_said(site: Site, rows: Rows) -> None:
    changed = {**site.playbook.prompts, "ask_is_ongoing": ("Can you still hear it?",)}
    found = differences(fresh(site, prompts=changed), rows)
    # Once when it is saved as said, once when it is spoken.
    assert [difference.split(" at ")[0] for difference in found] == ["after Understood", "after Saved"]
    assert all("other details of the same commands" in difference for difference in found)


def test_a_changed_rule_shows_what_is_done_now_and_what_was_done_then(site: Site, rows: Rows) -> None:
    thresholds = site.playbook.policy.thresholds.model_copy(update={"emergency": 0.0})
    policy = site.playbook.policy.model_copy(update={"thresholds": thresholds})
    row = next(row for _, row in rows if row["event"] == "Understood")
    row["meaning"]["intents"] = [{"name": "emergency", "confidence": 0.1}]
    then = differences(fresh(site), rows)
    now = differences(fresh(site, policy=policy), rows)
    assert then != now
    assert any("Transfer" in difference.split("; then ")[0] for difference in now)


def test_a_command_that_was_lost_or_added_is_found(site: Site, rows: Rows) -> None:
    index = next(i for i, (_, row) in enumerate(rows) if row["event"] == "Transcribe")
    at, _ = rows.pop(index)
    (lost,) = differences(fresh(site), rows)
    assert "now Transcribe" in lost
    assert lost.startswith(f"after TurnEnded at {at:.2f} s")
    rows.append((99.0, {"event": "ClearPlayback"}))
    assert "now nothing; then ClearPlayback" in differences(fresh(site), rows)[-1]


def test_an_empty_recording_is_no_difference(site: Site) -> None:
    assert differences(fresh(site), []) == []


def test_what_the_store_answered_is_played_again(site: Site) -> None:
    words = "what became of 26-00014-3"
    status = CaseStatus("26-00014-3", "pothole", "queued", False, datetime(2026, 5, 5, 12, tzinfo=UTC), None)
    known = {words: meaning("case_status", case_number=status.number), "no": meaning("deny")}
    driver = Driver(site, known, statuses={status.number: status})
    driver.start()
    for said in (words, "no"):
        driver.say(said)
    back: Rows = json.loads(json.dumps(driver.rows))
    assert any(row["event"] == "LookedUp" for _, row in back)
    assert differences(fresh(site), back) == []


def test_a_field_that_came_later_makes_no_difference(site: Site, rows: Rows) -> None:
    for _, row in rows:
        if row["event"] == "SaveTurn":
            del row["record"]["words"]
    assert differences(fresh(site), rows) == []

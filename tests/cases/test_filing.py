"""Which case a snapshot belongs to."""

from __future__ import annotations

from typing import get_args

import pytest

from callbot.cases.filing import belongs, follows_to_a_person, next_status
from callbot.cases.lifecycle import Status
from tests.cases.samples import snapshot

STATUSES: tuple[Status, ...] = get_args(Status)
FILED = [status for status in STATUSES if status not in ("draft", "escalated")]


@pytest.mark.parametrize("status", ["draft", "escalated"])
@pytest.mark.parametrize("intent", ["pothole", "noise_complaint"])
def test_a_draft_and_a_case_that_waits_for_a_person_take_everything(status: Status, intent: str) -> None:
    assert belongs(snapshot(), intent, status)
    assert belongs(snapshot(status="escalated"), intent, status)
    assert follows_to_a_person(None, intent, status)


@pytest.mark.parametrize("status", FILED)
def test_after_filing_a_draft_is_another_case(status: Status) -> None:
    assert not belongs(snapshot(), "pothole", status)
    assert belongs(snapshot(status="closed"), "pothole", status)
    assert not belongs(snapshot(status="closed"), "noise_complaint", status)


@pytest.mark.parametrize("status", FILED)
def test_a_filed_case_goes_along_only_when_it_is_meant_and_may(status: Status) -> None:
    meant = snapshot(status="queued")
    assert not follows_to_a_person(None, "pothole", status)
    assert not follows_to_a_person(snapshot(), "pothole", status)
    assert follows_to_a_person(meant, "pothole", status) == (status in ("open", "queued", "assigned", "reopened"))


def test_a_draft_takes_no_case_back() -> None:
    assert next_status(snapshot(), "escalated") == "escalated"
    assert next_status(snapshot(status="closed"), "draft") == "closed"


def test_a_repeat_stays_one() -> None:
    assert next_status(snapshot(status="closed"), "linked") == "linked"

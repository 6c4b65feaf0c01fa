"""The lines of a case's history and its search text."""

from __future__ import annotations

from callbot.cases.changes import FIELDS, Change, changes, search_text
from tests.cases.samples import HOWE, located, snapshot

EMPTY = dict.fromkeys(FIELDS)


def fields(**values: str) -> dict[str, str | None]:
    """A case's fields as `snapshot` makes them."""
    return {**EMPTY, "intent": "pothole", "priority": "low", **values}


def test_nothing_new_is_no_change() -> None:
    assert list(changes(fields(), {"location": HOWE}, located())) == []


def test_fields_and_slots_tell_old_and_new() -> None:
    new = located(priority="high", note="injuries")
    assert list(changes(fields(), {"plate": "AB1"}, new)) == [
        Change("priority", None, "low", "high", "injuries"),
        Change("slot", "plate", "AB1", None, ""),
        Change("slot", "location", None, HOWE, 'turn 2: "88 Howe Street, apartment three"'),
    ]


def test_search_looks_at_what_people_see() -> None:
    text = search_text("26-00014-3", located(caller_name="Ann LEE", callback_number="+12035550123"))
    for wanted in ("26-00014-3", "26000143", "pothole", "ann lee", "+12035550123", "88 howe street, apartment three"):
        assert wanted in text
    assert "none" not in search_text("26-00014-3", snapshot())

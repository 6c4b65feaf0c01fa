"""How the console calls things."""

from __future__ import annotations

from callbot.console.wording import Wording
from callbot.schema import Catalogue
from tests.cases.samples import HOWE


def test_names_come_from_the_catalogue(catalogue: Catalogue) -> None:
    wording = Wording(catalogue)
    assert wording.title("pothole") == "a pothole"
    assert wording.title("old_kind") == "old kind"
    assert wording.details({"location": dict(HOWE), "plate": None, "old_slot": "x"}) == [
        ("Where", "88 Howe Street, apartment 3"),
        ("old slot", "x"),
    ]


def test_moments_are_on_the_agencys_clock(catalogue: Catalogue) -> None:
    assert Wording(catalogue).moment("2026-05-04T02:05:00+00:00") == "3 May, 22:05"

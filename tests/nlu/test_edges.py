"""Spans that end a word too early."""

import pytest

from callbot.nlu.edges import whole


@pytest.mark.parametrize(
    ("slot", "text", "span", "expected"),
    [
        ("plate", "plate is AF 3 3 1 0 9, a Ford", "3 3 1", "AF 3 3 1 0 9"),
        ("plate", "I saw BK 55019 there", "55019", "BK 55019"),
        ("case_number", "number N H 3 1 1 0 9 please", "1 1 0 9", "N H 3 1 1 0 9"),
        ("location", "on the Boulevard at Columbus", "Boulevard at Columbus", "the Boulevard at Columbus"),
        ("person_name", "Mr. Harold Stein, on Norton", "Mr", "Mr. Harold Stein"),
        ("report_number", "number is C as in cat, 900412 I think", "900412", "C as in cat, 900412"),
        ("occurred_at", "the bass has been going since nine o'clock and", "nine", "since nine o'clock"),
        ("occurred_at", "every day at noon", "every", "every day"),
        ("person_name", "thanks to Officer Reyes", "Reyes", "Officer Reyes"),
        ("person_name", "call Ann Stein", "Ann", "Ann"),
        ("description", "the hole", "hole", "hole"),
    ],
)
def test_what_belongs_to_a_value(slot: str, text: str, span: str, expected: str) -> None:
    first = text.index(span)
    assert text[slice(*whole(slot, text, first, first + len(span)))] == expected

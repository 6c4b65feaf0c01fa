"""Calendar words."""

from datetime import date

import pytest

from callbot.nlu.days import Days, easter, find_days

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("said", "first", "last", "part"),
    [
        ("yesterday morning", date(2026, 11, 21), date(2026, 11, 21), "morning"),
        ("last night", date(2026, 11, 21), date(2026, 11, 21), "night"),
        ("the night before last", date(2026, 11, 20), date(2026, 11, 20), "night"),
        ("monday", date(2026, 11, 16), date(2026, 11, 16), None),
        ("sunday", date(2026, 11, 15), date(2026, 11, 15), None),
        ("this sunday", SUNDAY, SUNDAY, None),
        ("tuesday of last week", date(2026, 11, 10), date(2026, 11, 10), None),
        ("on the 15th", date(2026, 11, 15), date(2026, 11, 15), None),
        ("on the 30th", date(2026, 10, 30), date(2026, 10, 30), None),
        ("june 22nd", date(2026, 6, 22), date(2026, 6, 22), None),
        ("december 3", date(2025, 12, 3), date(2025, 12, 3), None),
        ("february 29th", date(2024, 2, 29), date(2024, 2, 29), None),
        ("4th of july", date(2026, 7, 4), date(2026, 7, 4), None),
        ("thanksgiving", date(2025, 11, 27), date(2025, 11, 27), None),
        ("memorial day", date(2026, 5, 25), date(2026, 5, 25), None),
        ("labor day", date(2026, 9, 7), date(2026, 9, 7), None),
        ("christmas eve", date(2025, 12, 24), date(2025, 12, 24), None),
        ("last month", date(2026, 10, 1), date(2026, 10, 31), None),
        ("last week", date(2026, 11, 9), date(2026, 11, 15), None),
        ("last weekend", date(2026, 11, 14), date(2026, 11, 15), None),
        ("last winter", date(2025, 12, 1), date(2026, 2, 28), None),
        ("back in 96", date(1996, 1, 1), date(1996, 12, 31), None),
        ("in may", date(2026, 5, 1), date(2026, 5, 31), None),
    ],
)
def test_days(said: str, first: date, last: date, part: str | None) -> None:
    found = find_days(said, SUNDAY, 22)
    assert found is not None
    days, (start, stop) = found
    assert (days.first, days.last, days.part) == (first, last, part)
    assert 0 <= start < stop <= len(said)


def test_tonight_after_midnight_is_the_night_that_began_yesterday() -> None:
    found = find_days("tonight", SUNDAY, 2)
    assert found is not None
    assert found[0] == Days(date(2026, 11, 21), date(2026, 11, 21), "night")


@pytest.mark.parametrize("said", ["", "hello", "it may rain", "may i ask"])
def test_no_days(said: str) -> None:
    assert find_days(said, SUNDAY, 12) is None


def test_easter() -> None:
    assert [easter(year) for year in (2024, 2025, 2026)] == [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5)]

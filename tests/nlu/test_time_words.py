"""Times in one spelling."""

import pytest

from callbot.nlu.time_words import plain


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Last night, around ten-thirty p.m.", "last night around 1030 pm"),
        ("at 10:30 P M", "at 1030 pm"),
        ("June twenty second, twenty fourteen", "june 22nd 2014"),
        ("June five", "june 5"),
        ("a second ago", "a second ago"),
        ("the second", "the 2nd"),
        ("a couple of days", "a 2 days"),
        ("half an hour ago", "30 minutes ago"),
        ("around suppertime", "around 6 pm"),
        ("Tues. Jan. 5", "tuesday january 5"),
    ],
)
def test_plain(said: str, expected: str) -> None:
    assert plain(said) == expected

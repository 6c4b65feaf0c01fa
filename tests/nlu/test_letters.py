"""Letters said one by one."""

import pytest

from callbot.nlu.letters import letter_at


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("b as in boy four", ("B", 4)),
        ("b for boy", ("B", 3)),
        ("b for dog", ("B", 1)),
        ("alpha", ("A", 1)),
        ("x ray", ("X", 2)),
        ("double u", ("W", 2)),
        ("double a six", ("AA", 2)),
        ("double five", None),
        ("zee", ("Z", 1)),
        ("four", None),
        ("", None),
    ],
)
def test_letters(said: str, expected: tuple[str, int] | None) -> None:
    assert letter_at(said.split(), 0) == expected

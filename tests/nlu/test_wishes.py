"""Where a second wish begins."""

import pytest

from callbot.nlu.wishes import halves


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a noise complaint on chapel and also an abandoned car", ("a noise complaint on chapel", "an abandoned car")),
        ("the light is out and there's a pothole here", ("the light is out", "there's a pothole here")),
        ("my bin was missed plus the dog next door barks", ("my bin was missed", "the dog next door barks")),
    ],
)
def test_two_wishes_are_parted(text: str, expected: tuple[str, str]) -> None:
    found = halves(text.split())
    assert found is not None
    assert tuple(" ".join(half) for half in found) == expected


@pytest.mark.parametrize(
    "text", ["a hole at chapel and howe street", "also a dog", "it is broken and also", "", "loud music and shouting"]
)
def test_one_wish_stays_whole(text: str) -> None:
    assert halves(text.split()) is None

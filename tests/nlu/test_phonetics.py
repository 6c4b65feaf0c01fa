"""Names that sound alike share a code, others do not."""

import pytest

from callbot.nlu.phonetics import consonants, sound


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Whalley", "Wally"),
        ("Howe", "Hough"),
        ("Winthrop", "Winn Throp"),
        ("Chapel", "Chappell"),
        ("Dixwell", "dicks well"),
        ("Sherman", "sure man"),
        ("Derby", "Durby"),
    ],
)
def test_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Howe", "Hall"), ("Whalley", "Willow"), ("Elm", "Elmer"), ("Day", "Daisy")]
)
def test_different(one: str, other: str) -> None:
    assert sound(one) != sound(other)


def test_consonants_forgive_a_misheard_vowel() -> None:
    assert consonants(sound("Nicoll")) == consonants(sound("nickel"))


@pytest.mark.parametrize("text", ["", "215", "\u00e9\u00e8", "e", "the"])
def test_any_text_has_a_code(text: str) -> None:
    assert sound(text) == sound(text.upper())

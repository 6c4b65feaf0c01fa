"""House numbers, and the numbers that are none."""

import pytest

from callbot.nlu.house_numbers import answered_number, number_behind, settled
from callbot.nlu.tokens import tokenize


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("sixty, six zero", "sixty"),
        ("four twelve, that's four one two", "four twelve"),
        ("eighty, not eighteen", "eighty"),
        ("not eighteen, eighty", "eighty"),
        ("sixty, six one", "sixty six one"),
        ("not far from Norton", "not far from norton"),
    ],
)
def test_what_repeats_or_denies_a_number_is_left_out(said: str, kept: str) -> None:
    assert " ".join(token.text for token in settled(tokenize(said))) == kept


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("215", "215"),
        ("I think it's around 300", "300"),
        ("yes, 215b please", "215B"),
        ("60 or 62", "60"),
        ("sixty, six zero", "60"),
        ("no one", None),
        ("two cars", None),
        ("203 555 0142", None),
        ("215 Orange Street", None),
    ],
)
def test_an_answer_is_a_house_number_if_it_is_nothing_else(said: str, number: str | None) -> None:
    assert answered_number(said) == number


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Canner Street, eighty eight, please", ("88", "Canner Street, eighty eight")),
        ("Canner Street number 88", ("88", "Canner Street number 88")),
        ("Canner Street at ten last night", None),
        ("Canner Street, 3 bags", None),
        ("Canner Street, 11/20", None),
    ],
)
def test_a_number_behind_a_street_is_its_house_unless_it_tells_a_time_or_counts(
    said: str, found: tuple[str, str] | None
) -> None:
    behind = number_behind(said, len("Canner Street"))
    assert (behind and (behind[0], said[: behind[1]])) == found

"""Places in the caller's own words."""

import pytest

from callbot.nlu.landmarks import landmark, named_place


@pytest.mark.parametrize(
    ("said", "beside"),
    [
        ("right across from the gas station", "the gas station"),
        ("it's next to the bank.", "the bank"),
        ("in the middle of the block", "the middle of the block"),
        ("the yellow house", "the yellow house"),
        ("at the moment", None),
        ("around noon", None),
        ("I don't know", None),
    ],
)
def test_an_answer_may_name_what_stands_beside_the_place(said: str, beside: str | None) -> None:
    assert landmark(said) == beside


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("It's in Trowbridge Square.", "Trowbridge Square"),
        ("the bus stop", "the bus stop"),
        ("by the bus stop", None),
        ("on Park Street", None),
    ],
)
def test_a_place_that_is_in_no_list_is_known_by_its_looks(said: str, place: str | None) -> None:
    assert named_place(said) == place

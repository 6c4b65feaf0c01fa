"""Numbers as they are said and written."""

from random import Random

import pytest

from callbot.nlu.spoken import counted, grouped, letters_joined, number_runs, spelled


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("two fifteen orange street", ["215"]),
        ("sixteen oh one ella t grasso", ["1601"]),
        ("six hundred and four pine unit twelve", ["604", "12"]),
        ("two oh three triple five oh one double four", ["2035550144"]),
        ("three thousand five hundred dollars", ["3500"]),
        ("215 orange", ["215"]),
        ("on chapel and state", []),
    ],
)
def test_numbers_are_found_where_they_stand(said: str, digits: list[str]) -> None:
    words = said.split()
    runs = number_runs(words)
    assert [run[2] for run in runs] == digits
    assert not set(words) & {"one", "two", "three", "fifteen", "215"} - {w for a, b, _ in runs for w in words[a:b]}


def test_a_number_is_found_again_after_it_was_said() -> None:
    for number in (7, 88, 105, 215, 1200, 1601, 3500):
        for joint in (True, False):
            assert number_runs(counted(number, joint)) == [(0, len(counted(number, joint)), str(number))]
    assert number_runs(spelled("2035550144", "oh"))[0][2] == "2035550144"


def test_groups_keep_all_digits() -> None:
    written = {" ".join(grouped("2035550144", Random(seed))) for seed in range(30)}
    assert len(written) == 4
    assert {text.replace(" ", "").replace("-", "") for text in written} == {"2035550144"}


def test_plates_are_put_together() -> None:
    assert letters_joined(["plate", "b", "k", "1179", "from", "connecticut"]) == [
        "plate",
        "bk1179",
        "from",
        "connecticut",
    ]

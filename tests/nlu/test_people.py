"""Names of people."""

import pytest

from callbot.nlu.people import UNRESOLVED, parse_name


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("My name is Daniel Ortiz.", "Daniel", "Ortiz"),
        ("this is patricia green", "Patricia", "Green"),
        ("I'm his niece, Patricia Green.", "Patricia", "Green"),
        ("yes, it's Daniel", "Daniel", None),
        ("O R T I Z", "Ortiz", None),
        ("Ortiz with a z", "Ortiz", None),
        ("Daniel Ortis, O R T I Z", "Daniel", "Ortiz"),
        ("Reuben Katz, with a K", "Reuben", "Katz"),
        ("Mrs. Green", None, "Green"),
        ("Mrs. Philomena Coppola", "Philomena", "Coppola"),
        ("Maria de la Cruz", "Maria", "de la Cruz"),
        ("Frank DeLucia", "Frank", "DeLucia"),
        ("SEAN O'MALLEY", "Sean", "O'Malley"),
        ("Martin King Junior", "Martin", "King"),
        ("Hyun Woo Park", "Hyun Woo", "Park"),
    ],
)
def test_names(said: str, first: str | None, last: str | None) -> None:
    value, score = parse_name(said)
    assert (value["text"], value["first"], value["last"]) == (said, first, last)
    assert score >= 0.6


@pytest.mark.parametrize("said", ["", "I'd rather not give my name", "no", "why do you want to know that from me"])
def test_no_name(said: str) -> None:
    assert parse_name(said) == ({"text": said, "first": None, "last": None}, UNRESOLVED)

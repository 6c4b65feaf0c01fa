"""Facts stated in clear words."""

import pytest

from callbot.nlu.flags import FLAG_SLOTS, flag, stated


@pytest.mark.parametrize(
    ("slot", "said", "value"),
    [
        ("is_ongoing", "Um, it's still going on right now, yes.", True),
        ("is_ongoing", "it hasn\u2019t stopped", True),
        ("is_ongoing", "no, it stopped an hour ago", False),
        ("is_ongoing", "they left", False),
        ("is_ongoing", "not anymore", False),
        ("is_ongoing", "loud music", None),
        ("is_blocking", "Somebody's parked across my driveway and I can't get out to go to work.", True),
        ("is_blocking", "it's blocking the hydrant", True),
        ("is_blocking", "it's not blocking anything", False),
        ("is_blocking", "you can still get around it", False),
        ("is_blocking", "there's a car", None),
        ("injuries", "my neck hurts", True),
        ("injuries", "he got hurt", True),
        ("injuries", "nobody was hurt", False),
        ("injuries", "no injuries", False),
        ("injuries", "everybody's fine", False),
        ("injuries", "No.", False),
        ("injuries", "yes", True),
        ("injuries", "the fence is down", None),
    ],
)
def test_flags(slot: str, said: str, value: bool | None) -> None:
    assert flag(slot, said) is value


@pytest.mark.parametrize(
    ("slot", "said", "value"),
    [
        ("is_ongoing", "yes and it's still going on", True),
        ("injuries", "no, nobody was hurt", False),
        ("injuries", "no it is on Chapel Street", None),
        ("is_blocking", "yes, that's right", None),
    ],
)
def test_unasked_a_yes_or_no_says_nothing(slot: str, said: str, value: bool | None) -> None:
    assert stated(slot, said) is value


def test_other_slots_are_refused() -> None:
    assert "location" not in FLAG_SLOTS
    with pytest.raises(KeyError):
        flag("location", "yes")

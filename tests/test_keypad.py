"""Numbers typed on the keypad."""

from __future__ import annotations

import pytest

from callbot.content import Site
from callbot.dialog.state import Dialog
from callbot.keypad import Keypad, takes_number


@pytest.mark.parametrize(
    ("keys", "asked", "typed"),
    [
        ("2035550142", "callback_number", "2035550142"),
        ("12#", "location", "12"),
        ("1*2#", "location", "12"),
        ("26000143", "case_number", "26000143"),
    ],
)
def test_a_number_is_complete_with_its_last_key(keys: str, asked: str, typed: str) -> None:
    pad = Keypad()
    assert [pad.press(key, asked) for key in keys] == [False] * (len(keys) - 1) + [True]
    assert pad.typed == typed


def test_a_hash_alone_completes_nothing() -> None:
    pad = Keypad()
    assert not pad.press("#", "callback_number")
    pad.press("2", "callback_number")
    pad.clear()
    assert not pad.press("#", "callback_number")


def test_keys_are_digits_where_a_number_is_asked_for(site: Site) -> None:
    asks_slot = next(name for name, state in site.playbook.flow.states.items() if state.asks == "slot")
    asked = Dialog(state=asks_slot, asked="callback_number")
    assert takes_number(site.playbook, asked)
    assert not takes_number(site.playbook, Dialog(state=asks_slot, asked="location"))
    assert not takes_number(site.playbook, Dialog(state=site.playbook.flow.start, asked="callback_number"))

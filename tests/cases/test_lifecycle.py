"""The table of moves."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from callbot.cases.lifecycle import FIRST, MOVES, IllegalMove, Status, may_move, move
from callbot.errors import StoreError

STATUSES: tuple[Status, ...] = get_args(Status)


def test_every_status_has_a_row_and_every_row_leads_to_known_ones() -> None:
    assert set(MOVES) == set(STATUSES)
    assert all(targets <= set(STATUSES) for targets in MOVES.values())


@pytest.mark.parametrize(("old", "new"), list(product(STATUSES, STATUSES)))
def test_move_agrees_with_the_table(old: Status, new: Status) -> None:
    if new in MOVES[old]:
        assert may_move(old, new)
        assert move(old, new) == new
    else:
        assert not may_move(old, new)
        with pytest.raises(IllegalMove, match=f"{old} cannot become {new}; it can become"):
            move(old, new)


def test_nothing_becomes_a_draft_or_stays() -> None:
    assert all(FIRST not in targets for targets in MOVES.values())
    assert all(status not in targets for status, targets in MOVES.items())


def test_every_status_can_be_reached_and_left() -> None:
    reached = {FIRST}
    while new := {target for status in reached for target in MOVES[status]} - reached:
        reached |= new
    assert reached == set(STATUSES)
    assert all(MOVES.values())


def test_an_illegal_move_is_a_store_error() -> None:
    assert issubclass(IllegalMove, StoreError)

"""Counting changes nothing, and what fails is not counted."""

from __future__ import annotations

from datetime import datetime

import pytest

from callbot.errors import EngineError
from callbot.events import Understanding
from callbot.nlu.drift import Turn
from callbot.nlu.watched import Watched
from tests.fakes import WALL, meaning


class Engine:
    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:
        assert (asked, wall) == ("reason", WALL)
        if not text:
            raise EngineError("nothing to understand")
        return meaning("pothole", 0.8, text=text)


def test_turns_are_counted_and_passed_on() -> None:
    told: list[Turn] = []
    watched = Watched(Engine(), frozenset({"a", "hole"}), told.append)
    assert watched.understand("a deep hole", "reason", WALL) == meaning("pothole", 0.8, text="a deep hole")
    assert told == [Turn(0.8, False, 3, 1)]
    with pytest.raises(EngineError):
        watched.understand("", "reason", WALL)
    assert len(told) == 1

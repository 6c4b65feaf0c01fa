"""Questions come with their page, everything else as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from callbot.events import Understanding
from callbot.nlu.informed import Informed
from tests.fakes import WALL, meaning


class Engine:
    """Takes what begins with "when" for a question."""

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:
        assert wall == WALL
        assert isinstance(asked, str)
        return meaning("info_question" if text.startswith("when") else "pothole", 0.7, text=text)


PAGES = {"when is trash day": "trash_days", "is it trash day": "trash_days", "trash day": "trash_days"}


@pytest.mark.parametrize(
    ("text", "asked", "page"),
    [
        ("when is trash day", "", "trash_days"),
        ("when is doomsday", "", ""),
        ("trash day", "", ""),
        ("trash day", "question", "trash_days"),
        ("is it trash day", "location", "trash_days"),
    ],
)
def test_what_is_asked_is_looked_up(text: str, asked: str, page: str) -> None:
    informed = Informed(
        Engine(), frozenset({"info_question"}), "question", lambda words: words.startswith("is"), PAGES.get
    )
    found = informed.understand(text, asked, WALL)
    assert found.page == page
    assert replace(found, page="") == Engine().understand(text, asked, WALL)

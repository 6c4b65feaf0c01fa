"""The lines that callers ring."""

from __future__ import annotations

from callbot.check import telephony
from callbot.content import Site
from callbot.schema import Prompts


def test_a_number_belongs_to_one_line_and_the_default_exists(site: Site, texts: Prompts) -> None:
    shipped = site.lines
    assert list(telephony.lines(shipped, texts)) == []
    twice = shipped.model_copy(
        update={"default": "night", "lines": {**shipped.lines, "other": shipped.lines[shipped.default]}}
    )
    positions = {position for position, _ in telephony.lines(twice, texts)}
    assert {("default",), ("lines", "other", "numbers", 0)} <= positions

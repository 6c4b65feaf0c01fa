"""The small model with the agency's pages at hand: what a caller asks comes with the page that answers it. PURE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from callbot.engines import Understander
from callbot.events import Understanding

_MAYBE = 0.2
"""Probability of a question from which on the pages are searched: the dialog decides whether it is one."""


@dataclass(frozen=True)
class Informed:
    """Implements `engines.Understander`: what another one understands, and the page for it."""

    engine: Understander
    questions: frozenset[str]
    """Intents that a page may answer."""
    slot: str
    """The slot that holds a question: what answers it is looked up whatever it sounds like."""
    asks: Callable[[str], bool]
    """The words sound like a question."""
    find: Callable[[str], str | None]
    """A question to the name of its page. May be called from many threads at a time."""

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:
        """See `engines.Understander`."""
        meaning = self.engine.understand(text, asked, wall)
        maybe = any(guess.name in self.questions and guess.confidence >= _MAYBE for guess in meaning.intents)
        if not (maybe or asked == self.slot or self.asks(text)):
            return meaning
        return replace(meaning, page=self.find(text) or "")

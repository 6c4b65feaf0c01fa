"""The small model with somebody who counts what it understands, for `drift`. PURE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from callbot.engines import Understander
from callbot.events import Understanding
from callbot.nlu.drift import Turn, turn


@dataclass(frozen=True)
class Watched:
    """Implements `engines.Understander`: what it is told by another one, which it counts on the way."""

    engine: Understander
    known: frozenset[str]
    """Words of the training material, see `drift.vocabulary`."""
    tell: Callable[[Turn], None]
    """May be called from many threads at a time."""

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:
        """See `engines.Understander`."""
        meaning = self.engine.understand(text, asked, wall)
        self.tell(turn(text, meaning.confidence, meaning.out_of_scope, self.known))
        return meaning

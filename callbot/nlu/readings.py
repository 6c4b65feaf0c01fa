"""Picks among the recogniser's readings of an answer the one that can be true. PURE.

Numbers and names are where every recogniser fails, but the right reading is often among the next ones: of 42 spelled
names, addresses and numbers of telephone callers 25 were right at once and 33 among five. A telephone number has ten
digits and a street is on the list; what neither fits nor is known gives way to a reading that does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

SLOT_OF = {"location": "location", "phone": "callback_number", "plate": "plate"}
"""Kind of answer -> a slot of that kind, for the kinds in which a list or a form can tell right from wrong."""

_GOOD = 0.7
"""Score from which the likeliest reading stays, whatever else fits."""
_BETTER = 0.2
"""What another reading must have ahead of it."""


def pick(text: str, others: Iterable[str], score: Callable[[str], float]) -> str:
    """The likeliest reading whose value makes sense; `text` unless one of `others` clearly fits better.

    `score` says how well a reading fits, 0 to 1. `others` come best first, and equals keep that order.
    """
    first = score(text)
    if first >= _GOOD:
        return text
    best = max(others, key=score, default=text)
    return best if score(best) >= max(_GOOD, first + _BETTER) else text

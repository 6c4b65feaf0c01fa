"""The life of a case as one table, so that what may happen to a case can be read in one place.

Pure. A case begins as a draft while the caller still speaks. The call files it (open, queued, escalated or
closed), staff do the rest. Nothing is ever deleted, and nothing becomes a draft again.
"""

from __future__ import annotations

from typing import Final, Literal

from callbot.errors import StoreError

Status = Literal["draft", "open", "queued", "escalated", "assigned", "closed", "reopened", "linked"]
"""draft: the call is running, or it broke off before the case was filed. open: filed, nobody's yet.
queued: staff will call back. escalated: a person has to take the call over. assigned: somebody works on it.
linked: a repeat of another case, which is worked on instead."""

FIRST: Final[Status] = "draft"
"""What every case begins as."""

MOVES: Final[dict[Status, frozenset[Status]]] = {
    "draft": frozenset({"open", "queued", "escalated", "closed", "linked"}),
    "open": frozenset({"queued", "escalated", "assigned", "closed", "linked"}),
    "queued": frozenset({"escalated", "assigned", "closed", "linked"}),
    "escalated": frozenset({"queued", "assigned", "closed", "linked"}),
    "assigned": frozenset({"queued", "escalated", "closed", "linked"}),
    "closed": frozenset({"reopened", "linked"}),
    "reopened": frozenset({"queued", "escalated", "assigned", "closed", "linked"}),
    "linked": frozenset({"reopened"}),
}


class IllegalMove(StoreError):
    """A case cannot go from the status that it has to the one that was asked for."""


def may_move(old: Status, new: Status) -> bool:
    """Whether a case may go from `old` to `new`. Staying is no move.

    >>> may_move("draft", "closed"), may_move("closed", "draft")
    (True, False)
    """
    return new in MOVES[old]


def move(old: Status, new: Status) -> Status:
    """`new`, if a case may go there from `old`.

    Raises IllegalMove otherwise.
    """
    if not may_move(old, new):
        raise IllegalMove(f"a case that is {old} cannot become {new}; it can become {', '.join(sorted(MOVES[old]))}")
    return new

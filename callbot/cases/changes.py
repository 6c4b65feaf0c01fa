"""What a new snapshot changes in a case: the lines of its history, and the words it can be found by.

Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from callbot.cases.summary import display
from callbot.events import CaseSnapshot, Evidence

FIELDS = ("intent", "priority", "disposition", "caller_name", "callback_number")
"""What a snapshot can change, apart from the slots and the status, which have rules of their own."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a case's history."""

    what: str
    """created, status, slot, or the name of the field."""
    name: str | None
    """The slot's name."""
    old: Any
    new: Any
    why: str
    """For a slot the caller's words, for a field the names of the policy rules."""


def changes(fields: Mapping[str, Any], slots: Mapping[str, Any], snapshot: CaseSnapshot) -> Iterator[Change]:
    """Differences between a case, given as its `FIELDS` and its slots, and `snapshot`."""
    for field in FIELDS:
        old, new = fields[field], getattr(snapshot, field)
        if old != new:
            yield Change(field, None, old, new, snapshot.note)
    for slot in dict.fromkeys([*slots, *snapshot.slots]):
        old, new = slots.get(slot), snapshot.slots.get(slot)
        if old != new:
            yield Change("slot", slot, old, new, _words(snapshot.evidence.get(slot)))


def search_text(number: str, snapshot: CaseSnapshot) -> str:
    """Everything that a search looks at, in folded case: number, caller, slots as shown, words quoted as evidence."""
    parts = [number, number.replace("-", ""), snapshot.intent, snapshot.caller_name, snapshot.callback_number]
    parts += (display(value) for value in snapshot.slots.values())
    parts += (evidence.text for evidence in snapshot.evidence.values())
    return "\n".join(part for part in parts if part).casefold()


def _words(evidence: Evidence | None) -> str:
    return f'turn {evidence.turn}: "{evidence.text}"' if evidence else ""

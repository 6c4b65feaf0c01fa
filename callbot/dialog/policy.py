"""What becomes of a case: closed, queued for staff, or handed to a person. PURE.

A rule can raise a disposition, never lower it (close < queue < human). Every decision names the rules that
made it, so that a supervisor can read why.
"""

from __future__ import annotations

from dataclasses import dataclass

from callbot.dialog.form import Draft, location_score, missing, required
from callbot.events import Outcome
from callbot.schema import Playbook

_ORDER: tuple[Outcome, ...] = ("answer", "close", "queue", "human", "emergency")


@dataclass(frozen=True, slots=True)
class Decision:
    """A disposition with its reasons."""

    outcome: Outcome
    confidence: float
    """Of the whole case: its weakest part, 0 to 1."""
    reasons: tuple[str, ...]
    """Names of the rules that fired, the strongest last; empty = the catalogue's default."""


def decide(book: Playbook, draft: Draft, *, hearing: float, confirmed: bool) -> Decision:
    """Disposition of a case.

    `hearing` is the worst recognition confidence among the caller's turns that filled the form, 0 to 1.
    `confirmed` = the caller said yes to the read-back. Whether the caller hung up before that changes only
    the threshold: an unconfirmed case must be surer to be closed without a person.
    """
    spec = book.catalogue.intents[draft.intent]
    limits = book.policy.thresholds
    confidence = _confidence(book, draft, hearing)
    raised: list[tuple[Outcome, str]] = [(spec.disposition, "")]
    if confidence < (book.policy.stations["decide"].confidence if confirmed else limits.close_unconfirmed):
        raised.append(("queue", "low_confidence"))
    where = draft.filled.get("location")
    if "location" in spec.required and where is not None and location_score(where) < limits.location:
        raised.append(("human", "location_not_found"))
    raised.extend(("human", f"missing_{slot}") for slot in missing(book, draft))
    outcome = max((o for o, _ in raised), key=_ORDER.index)
    reasons = tuple(reason for _, reason in sorted(raised, key=lambda r: _ORDER.index(r[0])) if reason)
    return Decision(outcome, confidence, reasons)


def _confidence(book: Playbook, draft: Draft, hearing: float) -> float:
    """The weakest of intent, required slots and hearing; what the caller confirmed is no longer in doubt."""
    parts = [draft.confidence]
    for slot in required(book, draft):
        filled = draft.filled.get(slot)
        if filled is None:
            parts.append(0.0)
        elif not filled.confirmed:
            parts += [filled.confidence, hearing]
    return round(min(parts), 4)

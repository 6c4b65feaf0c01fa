"""What becomes of a case: closed, queued for staff, or handed to a person. PURE.

A rule can raise a disposition, never lower it (answer < close < queue < human). Three kinds of rules do: a row of
`raises` in policy.yaml whose fact is there, something required that is missing or a place that is in no list, and
doubt about the case as a whole.

The confidence of a case is the chance that everything it needs is right: its kind, each required value and what was
heard, multiplied, as if they failed independently of each other. What the caller has confirmed is no longer in doubt.
A decision holds all that went into it, so that a supervisor can read why.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Literal

from callbot.dialog import raising
from callbot.dialog.form import Draft, location_score, missing, required
from callbot.dialog.raising import Sign
from callbot.events import DecisionInputs, Outcome, Spoken
from callbot.schema import Playbook, Raise

_ORDER: tuple[Outcome, ...] = ("answer", "close", "queue", "human", "emergency")


@dataclass(frozen=True, slots=True)
class Decision:
    """A disposition with its reasons."""

    outcome: Outcome
    confidence: float
    """Of the whole case, 0 to 1."""
    reasons: tuple[str, ...]
    """Names of the rules that fired, the strongest last; empty = the catalogue's default."""
    parts: tuple[tuple[str, float], ...] = ()
    """What the confidence is the product of: "intent", the required slots that are not confirmed, "hearing"."""
    signs: tuple[Sign, ...] = ()
    """The caller's words behind the rows of `raises` that fired."""
    inputs: DecisionInputs | None = None
    """The same with all limits, as the store keeps it."""

    @property
    def explained(self) -> str:
        """All that went into the decision, in one line for the case's history."""
        product = " x ".join(f"{name} {share:.2f}" for name, share in self.parts)
        said = (f'{sign.reason} (turn {sign.turn}: "{sign.words}")' for sign in self.signs)
        return "; ".join([*said, f"confidence {self.confidence:.2f} = {product}"])


def decide(book: Playbook, draft: Draft, *, hearing: float, confirmed: bool) -> Decision:
    """Disposition of a case.

    `hearing` is the worst recognition confidence among the caller's turns that filled the form, 0 to 1.
    `confirmed` = the caller said yes to the read-back. Whether the caller hung up before that changes only
    the threshold: an unconfirmed case must be surer to be closed without a person.
    """
    spec = book.catalogue.intents[draft.intent]
    limits = book.policy.thresholds
    threshold = book.policy.stations["decide"].confidence if confirmed else limits.close_unconfirmed
    parts = _parts(book, draft, hearing)
    confidence = round(prod(share for _, share in parts), 4)
    rows = raising.fired(book, draft.intent, draft.signs, draft.filled)
    raised: list[tuple[Outcome, str]] = [(spec.disposition, "")]
    if confidence < threshold and spec.disposition != "answer":
        raised.append((book.policy.unsure_case, "low_confidence"))
    where = draft.filled.get("location")
    if "location" in spec.required and where is not None and location_score(where) < limits.location:
        raised.append(("human", "location_not_found"))
    raised.extend(("human", f"missing_{slot}") for slot in missing(book, draft))
    raised.extend((row.to, row.reason) for row, _ in rows)
    outcome = max((o for o, _ in raised), key=_ORDER.index)
    reasons = tuple(reason for _, reason in sorted(raised, key=lambda r: _ORDER.index(r[0])) if reason)
    signs = tuple(sign for _, sign in rows)
    inputs = DecisionInputs(
        outcome=outcome,
        default=spec.disposition,
        rules=reasons,
        signs=tuple(Spoken(sign.reason, sign.turn, sign.words) for sign in signs),
        missing=missing(book, draft),
        confidence=confidence,
        parts={name: round(share, 4) for name, share in parts},
        threshold=threshold,
        hearing=round(hearing, 4),
        location=location_score(where) if where is not None and "location" in spec.required else None,
        location_threshold=limits.location,
        confirmed=confirmed,
    )
    return Decision(outcome, confidence, reasons, parts, signs, inputs)


def repeat_within(book: Playbook, intent: str, decision: Decision) -> float | None:
    """Days within which such a case is a repeat of an earlier one; None = never.

    What a rule has raised is seen by somebody for that rule's sake: it is not closed as somebody else's report.
    """
    is_raised_case = decision.outcome != book.catalogue.intents[intent].disposition
    return None if is_raised_case else book.policy.repeats.get(intent)


def follow_up(book: Playbook, status: Literal["queued", "closed"]) -> float | None:
    """Hours within which somebody has to follow up on a case that is filed so."""
    return book.policy.promises.queued if status == "queued" else None


def highest(*outcomes: Outcome | None) -> Outcome:
    """What a call with several cases comes to."""
    return max((outcome for outcome in outcomes if outcome is not None), key=_ORDER.index)


def raised_by(book: Playbook, draft: Draft) -> Raise | None:
    """The first row of `raises` that brings a person to this case."""
    rows = raising.fired(book, draft.intent, draft.signs, draft.filled)
    return next((row for row, _ in rows if row.to == "human"), None)


def is_raised(book: Playbook, draft: Draft, *, at_once: bool = False) -> bool:
    """A row brings a person to this case; `at_once`: a row that leaves no time for questions."""
    rows = raising.fired(book, draft.intent, draft.signs, draft.filled)
    return any(row.to == "human" and (row.at_once or not at_once) for row, _ in rows)


def _parts(book: Playbook, draft: Draft, hearing: float) -> tuple[tuple[str, float], ...]:
    """What may be wrong with the case, each with the chance that it is right."""
    parts = [("intent", draft.confidence)]
    is_heard_only = False
    for slot in required(book, draft):
        filled = draft.filled.get(slot)
        if filled is None:
            parts.append((slot, 0.0))
        elif not filled.confirmed:
            parts.append((slot, filled.confidence))
            is_heard_only = True
    # How well the words were heard says nothing about a value that the caller has confirmed.
    return (*parts, ("hearing", hearing)) if is_heard_only else tuple(parts)

"""What the dialog remembers between two turns. PURE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from callbot.dialog.form import Draft
from callbot.events import CaseStatus, IntentGuess, Outcome, SlotHit, Station, Understanding


@dataclass(frozen=True, slots=True)
class Heard:
    """One turn of the caller, whatever it was made of."""

    meaning: Understanding | None = None
    """None: silence, keys, or a station failed."""
    keys: str = ""
    hearing: float = 1.0
    """Recognition confidence, 0 to 1."""
    question_heard: bool = True
    """The caller had heard most of the question before answering."""
    silent: bool = False
    failed: Station | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A matter that is taken up after the present one."""

    intent: str
    confidence: float
    turn: int
    text: str
    """The words in which it was named."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """The state of one dialog; never changed, only replaced."""

    state: str
    asked: str = "reason"
    """The open question: a slot name, or what a state of the flow asks."""
    prompt: str = ""
    """The prompt of the open slot question."""
    question: tuple[str, ...] = ()
    """The open question as it was spoken, for "could you repeat that?"."""
    draft: Draft | None = None
    guess: IntentGuess | None = None
    """The intent that the caller is being asked about."""
    others: tuple[IntentGuess, ...] = ()
    """What the caller is asked about next if it is not that one."""
    suspect: Understanding | None = None
    """Words that may mean an emergency, while the caller is being asked."""
    before_alarm: tuple[str, str] = ("", "")
    """The state in which they were said, and its open question."""
    alarm_denied: bool = False
    """The caller has said that it is no emergency; the small model alone does not ask again."""
    held: tuple[tuple[int, SlotHit], ...] = ()
    """Values named before the intent was known, with their turns."""
    opening: tuple[tuple[int, str], ...] = ()
    """The caller's words before the form began, with their turns."""
    left: tuple[str, str] = ("", "")
    """The state that a digression has left, and its open question."""
    page: str = ""
    """The knowledge page that answers the caller's question; "" = none does."""
    aside: str = ""
    """The prompt that answers what the caller has said beside the matter."""
    is_anonymous: bool = False
    """The caller does not want to give a name."""
    waiting: tuple[Waiting, ...] = ()
    """Further matters that the caller has named, to be taken up after this one."""
    filed: tuple[Draft, ...] = ()
    case_number: str = ""
    """Of the case that was filed or looked up last."""
    linked_to: str = ""
    """The older case that it repeats."""
    looked_up: CaseStatus | None = None
    """What the store has just told about an earlier case."""
    outcome: Outcome | None = None
    caller_known: bool = False
    """The line has told the caller's number."""
    caller_id_refused: bool = False
    """The caller wants to be reached elsewhere."""
    hearing: float = 1.0
    """The worst recognition confidence of turns that filled the form."""
    turns: int = 0
    troubles: Mapping[str, int] = field(default_factory=dict)
    """Kinds of trouble in a row."""
    trouble: str = ""
    """The trouble that exhausted our patience."""
    told: Mapping[str, int] = field(default_factory=dict)
    """Prompt -> times said."""

    @property
    def may_use_caller_id(self) -> bool:
        """The caller may be asked "can we reach you at this number?"."""
        return self.caller_known and not self.caller_id_refused

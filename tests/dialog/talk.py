"""A caller's side of the dialog, for tests: says meanings, keeps the answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from callbot.dialog import machine
from callbot.dialog.form import Draft
from callbot.dialog.machine import Reply
from callbot.dialog.state import Dialog, Heard
from callbot.events import Scalar, SlotValue
from callbot.schema import Playbook
from tests.fakes import meaning

CASE_NUMBER = "26-00001-4"
ANN: dict[str, Scalar] = {"text": "Ann Lee", "first": "Ann", "last": "Lee"}
UNCLE: dict[str, Scalar] = {"text": "my uncle Bob Ray", "first": "Bob", "last": "Ray"}
CAR: dict[str, Scalar] = {"text": "a red Honda", "color": "red", "year": None, "make": "Honda", "model": None}
NIGHT: dict[str, Scalar] = {"text": "last night", "from": "2026-11-19T22:00", "to": "2026-11-20T04:00"}


def place(street: str | None = "Elm Street", number: str | None = "12", score: float = 1.0) -> dict[str, Scalar]:
    """A location as the normaliser makes it; one that is in no list has a low score."""
    return {
        "text": f"{number or ''} {street or 'over there'}".strip(),
        "street": street,
        "number": number,
        "cross_street": None,
        "place": None,
        "unit": None,
        "matched": street if score >= 0.8 else None,
        "score": score,
    }


@dataclass
class Talk:
    """One call; the store answers at once."""

    book: Playbook
    caller_known: bool = True
    replies: list[Reply] = field(default_factory=list)

    def __post_init__(self) -> None:
        greeting = ("greeting", "how_can_i_help")
        self.replies.append(machine.start(self.book, greeting, caller_known=self.caller_known))

    @property
    def dialog(self) -> Dialog:
        return self.replies[-1].dialog

    @property
    def draft(self) -> Draft:
        assert self.dialog.draft is not None
        return self.dialog.draft

    @property
    def asked(self) -> str:
        """The open question: a slot, or what the state asks."""
        kind = self.book.flow.states[self.dialog.state].asks or ""
        return self.dialog.asked if kind == "slot" else kind

    @property
    def said(self) -> str:
        """The last answer."""
        return " ".join(self.replies[-1].say)

    def value(self, slot: str) -> SlotValue:
        """What the form holds."""
        filled = self.draft.filled.get(slot)
        return filled.value if filled else None

    def say(self, intent: str, confidence: float = 0.97, *, text: str = "words", **slots: SlotValue) -> Reply:
        return self.hear(Heard(meaning=meaning(intent, confidence, text=text, **slots)))

    def silence(self) -> Reply:
        return self.hear(Heard(silent=True))

    def press(self, key: str) -> Reply:
        return self.hear(Heard(keys=key))

    def hear(self, heard: Heard) -> Reply:
        """One turn; a case that is to be filed is filed at once."""
        reply = machine.step(self.book, self.dialog, heard)
        self.replies.append(reply)
        if reply.file is not None:
            self.replies.append(machine.saved(self.book, reply.dialog, CASE_NUMBER))
        return self.replies[-1]

"""Numbers that a caller types on the keypad, key by key. PURE."""

from __future__ import annotations

from dataclasses import dataclass

from callbot.cases.numbers import parse_case_number
from callbot.dialog.state import Dialog
from callbot.schema import Playbook

PERSON_KEY = "0"
"""Brings a person, unless a number is being typed."""

_PHONE_DIGITS = 10
"""A number typed on the keypad is complete with area code and subscriber number."""


@dataclass(slots=True)
class Keypad:
    """What has been typed since the bot last answered."""

    typed: str = ""

    def press(self, key: str, asked: str) -> bool:
        """Take a key of the answer to the question `asked`; True once the number is complete."""
        if key not in "*#":
            self.typed += key
        return bool(self.typed) and (key == "#" or _is_complete(self.typed, asked))

    def clear(self) -> None:
        self.typed = ""


def takes_number(book: Playbook, dialog: Dialog) -> bool:
    """The open question is answered with a number, so that keys are its digits and nothing else."""
    slot = book.catalogue.slots.get(dialog.asked)
    is_form = book.flow.states[dialog.state].asks == "slot"
    if not is_form or slot is None or slot.kind not in ("phone", "number", "plate"):
        return False
    return not (slot.kind == "phone" and dialog.may_use_caller_id)


def _is_complete(keys: str, asked: str) -> bool:
    """Nothing can be added to a telephone number with its area code, or to a case number with its check digit."""
    if asked == "case_number":
        return parse_case_number(keys) is not None
    return len(keys) == _PHONE_DIGITS

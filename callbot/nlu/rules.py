"""Understanding by keywords, for when the small model is out of order. PURE but for rapidfuzz in the gazetteer.

It knows what must always work: a wish for a person, yes and no, the catalogue's keywords, addresses and numbers.
Its confidence is low on purpose: what it understands is confirmed or seen by a person before a case is closed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from callbot.events import IntentGuess, Understanding
from callbot.nlu.slots import SlotReader
from callbot.schema import Catalogue

_ACTS: Mapping[str, re.Pattern[str]] = {
    "speak_to_person": re.compile(
        r"\b(operator|agent|representative|human|real person|(talk|speak) (to|with) (a |an |some)?(person|one|body))\b"
    ),
    "repeat": re.compile(r"\b(say (that|it) again|repeat|pardon|what did you say|didn'?t (hear|catch))\b"),
    "hold_on": re.compile(r"\b(hold on|one (second|moment|minute)|wait a (second|minute)|just a (second|minute))\b"),
    "dont_know": re.compile(r"\b(don'?t know|no idea|not sure|can'?t remember)\b"),
    "goodbye": re.compile(r"^(good ?bye|bye( bye)?)\b"),
    "deny": re.compile(r"^(no|nope|nah|not really|that'?s (wrong|not right)|i'?d rather not)\b"),
    "affirm": re.compile(r"^(yes|yeah|yep|yup|correct|right|sure|that'?s (right|correct)|uh[- ]huh)\b"),
}
_ACT_CONFIDENCE = 0.75
_INTENT_CONFIDENCE = 0.6
"""Enough to be taken, too little for a case to be closed without a person."""


@dataclass(frozen=True)
class RulesUnderstander:
    """Implements `engines.Understander`."""

    catalogue: Catalogue
    slots: SlotReader

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:
        """See `engines.Understander`."""
        said = " ".join(text.lower().split())
        act = self._act(said)
        guess = act or self._intent(said) or IntentGuess("inform", 0.5)
        slots = self.slots.read(text, asked, (), wall, is_answer=act is None)
        return Understanding(text, (guess,), slots, out_of_scope=False)

    def _act(self, said: str) -> IntentGuess | None:
        for name, pattern in _ACTS.items():
            if pattern.search(said):
                return IntentGuess(name, _ACT_CONFIDENCE)
        return None

    def _intent(self, said: str) -> IntentGuess | None:
        """The intent with most words of its keywords in the text: "stop sign" says more than "sign"."""
        found = {
            name: sum(len(word.split()) for word in intent.keywords if _says(word.lower(), said))
            for name, intent in self.catalogue.intents.items()
        }
        best = max(found, key=lambda name: found[name], default="")
        return IntentGuess(best, _INTENT_CONFIDENCE) if best and found[best] else None


def _says(keyword: str, said: str) -> bool:
    return _pattern(keyword).search(said) is not None


@cache
def _pattern(keyword: str) -> re.Pattern[str]:
    """The keyword as whole words, also with an ending: "plow" in "plowed", but no "sign" in "signal"."""
    return re.compile(rf"\b{re.escape(keyword)}(?:s|es|ed|d|ing|ning|er|ers|'s)?(?!\w)")

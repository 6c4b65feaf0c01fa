"""The small model with the agency's pages at hand: what a caller asks comes with the page that answers it. PURE.

At an opening the pages also help to tell a question from a report. The small model knows questions mostly by what they
are about, and takes "where do I take paint thinner?" for the report of a dumper: a question that a page answers, in
words that ask for nothing to be done and name no place, is one. And a question about anything else under the sun is
still a question, to which "I don't know" is the answer, not a list of what can be reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from callbot.engines import Understander
from callbot.events import IntentGuess, SlotHit, Understanding

_MAYBE = 0.2
"""Probability of a question from which on the pages are searched: the dialog decides whether it is one."""
_SURE = 0.9
"""Probability of a question that is one by its words and by the pages."""
_OPENINGS = ("", "more")
"""What is open when a caller may begin anything."""
_NOT_TAKEN = ("emergency", "speak_to_person", "case_status")
"""Wishes that no page answers, whatever the words sound like."""
_ALARMING = 0.1
"""Probability of an emergency from which on nothing is taken for a question."""
_TIMES = ("occurred_at", "is_ongoing")
"""Values that a question may hold. Who tells a place, a plate or a number has a matter of their own there: "is it you
or the power company, there's a light out on Mountain Road"."""
_WORDS = 4
"""Words of the shortest question that is not answered with "I don't know": "what?" asks for something else."""

_INSIDE = re.compile(
    r"(?:[,.;!?]|\b(?:and|but|so|or))\s+(?:"
    r"(?:what|when|where|who|which|how)(?:'s|'re|'ll|'d)\b"
    r"|(?:what|when|where|who|which|how)\b(?:\s+\w+){0,3}?\s+(?:do|does|did|is|are|am|can|could|should|would|will|to)\b"
    r"|(?:what|which|who)\s+(?:\w+\s+){0,2}(?:handles|takes|has|gives|signs|decides|fixes|pays|checks)\b"
    r"|(?:do|does|did|is|are|am|isn't|aren't|can|can't|could|may|must|should|would|will)\s+"
    r"(?:i|we|it|that|this|there|they|he|she|my|our|the|a|an|those|these|some|anybody|somebody)\b)",
    re.I,
)
"""A question behind a story: "I've got six cans of paint, where do I take them"."""
_SERVICE = re.compile(
    r"^\W*when(?:ever)? (?:i|we|they|he|she|it|you|the|my)\b|\b(?:why|how come)\b|"
    r"\bplease\b.*\b(?:send|come|fix|clean|remove|pick)|"
    r"\bwhen (?:is|are|will) (?:the|this|your) (?:damn |goddamn )?(?:city|town)\b|"
    r"\bwhen (?:is|are|will) (?:you|they|this|that|it|somebody|someone|anybody|anyone)\b"
    r"(?: \w+){0,3} (?:fix|fixed|fixing|do|doing|clean|cleaned|come|coming|pick|repair|repaired|remove|removed)\b|"
    r"\b(?:can|could|will|would|won't|can't) (?:you|y'all|you guys|somebody|someone|anybody|anyone|they|the city)\b"
    r"(?! (?:\w+ )?(?:tell|explain|say|look|find out|give|recommend|help me find))",
    re.I,
)
"""Words that ask for something to be done, complain that it is not, or tell a story: "when they took my cart ..."."""


@dataclass(frozen=True)
class Informed:
    """Implements `engines.Understander`: what another one understands, and the page for it."""

    engine: Understander
    questions: frozenset[str]
    """Intents that a page may answer."""
    slot: str
    """The slot that holds a question: what answers it is looked up whatever it sounds like."""
    asks: Callable[[str], bool]
    """The words sound like a question."""
    find: Callable[[str], str | None]
    """A question to the name of its page. May be called from many threads at a time."""

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:
        """See `engines.Understander`."""
        meaning = self.engine.understand(text, asked, wall)
        asks = self.asks(text) or (asked in _OPENINGS and _asks_inside(text))
        maybe = any(guess.name in self.questions and guess.confidence >= _MAYBE for guess in meaning.intents)
        if not (maybe or asked == self.slot or asks):
            return meaning
        meaning = replace(meaning, page=self.find(text) or "")
        if asks and asked in _OPENINGS and self._is_question(meaning):
            return self._as_question(meaning)
        return meaning

    def _is_question(self, meaning: Understanding) -> bool:
        """The words only want to know something, although the small model may take them for another matter."""
        if meaning.intent in _NOT_TAKEN or _SERVICE.search(meaning.text):
            return False
        if any(guess.name == "emergency" and guess.confidence >= _ALARMING for guess in meaning.intents):
            return False
        if meaning.page:
            return all(hit.name in _TIMES for hit in meaning.slots)
        strange = meaning.intent == "out_of_scope" or meaning.intent in self.questions
        return strange and len(meaning.text.split()) >= _WORDS

    def _as_question(self, meaning: Understanding) -> Understanding:
        """The meaning with a question as its surest intent, and nothing else wanted."""
        name = min(self.questions, default="")
        for guess in meaning.intents:
            if guess.name in self.questions:
                name = guess.name
                break
        if not name:
            return meaning
        others = [guess for guess in meaning.intents if guess.name != name]
        own = next((guess.confidence for guess in meaning.intents if guess.name == name), 0.0)
        sure = max(own, _SURE)
        rest = sum(guess.confidence for guess in others if guess.name != "emergency")
        share = (1 - sure) / rest if rest > 0 else 0.0
        calm = (
            guess if guess.name == "emergency" else IntentGuess(guess.name, guess.confidence * min(1.0, share))
            for guess in others
        )
        intents = (IntentGuess(name, sure), *sorted(calm, key=lambda guess: -guess.confidence))
        hit = SlotHit(self.slot, meaning.text, meaning.text, sure)
        return replace(meaning, intents=intents, slots=(*meaning.slots, hit), out_of_scope=False, wanted=())


def _asks_inside(text: str) -> bool:
    """The words hold a question behind something else."""
    return _INSIDE.search(text) is not None

"""Brings the ways of finding a slot's words together and turns them into values.

Words come from the small model's spans, from rule-based finders (numbers, plates, addresses that the gazetteer
knows) and, for a short answer to the open question, from the whole utterance. The surest reading of a slot wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from callbot.events import SlotHit
from callbot.nlu.finders import find_slots
from callbot.nlu.flags import FLAG_SLOTS, flag, stated
from callbot.nlu.gazetteer import Gazetteer
from callbot.nlu.normalize import normalize
from callbot.nlu.vehicles import VehicleLists

FoundSpan = tuple[str, int, int, float]
"""Slot, first character, character after the last, confidence of the finder."""

_RULE_CONFIDENCE = 0.9
"""The finders are built to be precise."""
_WHOLE_ANSWER = 0.8
"""A whole utterance taken as the answer to the open question, before its value is resolved."""
_WHOLE_WORDS = 14
"""Longer utterances are not taken whole."""
_FLAG_CONFIDENCE = 0.9
_NOTHING = 0.15
"""Scores below this say that nothing of the words was resolved."""
_UNSOLICITED_FLAGS = 4
"""An unasked flag is read from sentences of at least this many words."""


@dataclass(frozen=True)
class SlotReader:
    """Reads the slots of an utterance."""

    gazetteer: Gazetteer
    vehicles: VehicleLists
    names: frozenset[str]
    """First and last names that are known, lower case: what makes a bare answer a name."""
    timezone: str
    area_code: str

    def read(
        self, text: str, asked: str, spans: Iterable[FoundSpan], wall: datetime, *, is_answer: bool
    ) -> tuple[SlotHit, ...]:
        """Every slot that `text` names, each once, with its surest value.

        `is_answer`: the utterance may be, as a whole, the value that was asked for ("I don't know" is not).
        """
        best: dict[str, SlotHit] = {}
        for slot, first, end, sure in (*spans, *self._by_rules(text)):
            self._keep(best, self._hit(slot, text[first:end], sure, wall))
        if is_answer and asked in _RESOLVABLE and asked not in best and len(text.split()) <= _WHOLE_WORDS:
            self._keep(best, self._whole(asked, text, wall))
        for hit in self._flags(text, asked):
            best[hit.name] = hit
        return tuple(best.values())

    def _by_rules(self, text: str) -> list[FoundSpan]:
        return [(slot, first, end, _RULE_CONFIDENCE) for slot, first, end in find_slots(text, gazetteer=self.gazetteer)]

    def _hit(self, slot: str, words: str, sure: float, wall: datetime) -> SlotHit:
        value, score = normalize(
            slot,
            words,
            gazetteer=self.gazetteer,
            wall=wall,
            timezone=self.timezone,
            vehicles=self.vehicles,
            area_code=self.area_code,
        )
        return SlotHit(slot, words, value, round(sure * _weight(slot, score), 4))

    def _whole(self, asked: str, text: str, wall: datetime) -> SlotHit | None:
        """The utterance as the asked slot's value, if it resolves to one."""
        hit = self._hit(asked, text, _WHOLE_ANSWER, wall)
        if asked in _NAMES and not self.names.intersection(re.findall(r"[a-z]+", text.lower())):
            return None
        return hit if hit.confidence >= _RESOLVABLE[asked] else None

    def _flags(self, text: str, asked: str) -> Iterable[SlotHit]:
        for slot in FLAG_SLOTS:
            if slot != asked and len(text.split()) < _UNSOLICITED_FLAGS:
                continue
            value = flag(slot, text) if slot == asked else stated(slot, text)
            if value is not None:
                yield SlotHit(slot, text, value, _FLAG_CONFIDENCE)

    @staticmethod
    def _keep(best: dict[str, SlotHit], hit: SlotHit | None) -> None:
        if hit is not None and (hit.name not in best or hit.confidence > best[hit.name].confidence):
            best[hit.name] = hit


_NAMES = ("caller_name", "person_name")

_RESOLVABLE: Mapping[str, float] = {
    "location": 0.35,
    "occurred_at": 0.5,
    "vehicle": 0.5,
    "plate": 0.5,
    "callback_number": 0.4,
    "caller_name": 0.4,
    "person_name": 0.4,
    "item_value": 0.5,
}
"""Slots that a bare answer can fill, with the least confidence at which it does."""


def _weight(slot: str, score: float) -> float:
    """How much an unresolved value takes from the finder's confidence.

    A street that the gazetteer does not know, or a time that is vague, is still worth having; words that name no
    place and no time at all are not.
    """
    if slot not in ("location", "occurred_at", "vehicle"):
        return score
    return 0.0 if score < _NOTHING else 0.5 + 0.5 * score

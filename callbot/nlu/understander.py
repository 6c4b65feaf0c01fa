"""Words to meaning: the small model's intents and spans, with every slot resolved to its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from callbot.events import IntentGuess, SlotHit, Suspicion, Understanding
from callbot.nlu.flags import FLAG_SLOTS
from callbot.nlu.model import EMERGENCY, Guess, Prediction, SmallModel
from callbot.nlu.slots import SlotReader
from callbot.schema import DIALOG_ACTS

_ALTERNATIVES = 4
"""Intents that are worth reporting."""
_LIKELY = 0.1
"""From this probability on an intent may be meant."""
_FAINT = 0.1
"""From this score on an emergency is reported even where it is not among them: a site may set its threshold low."""
_NO_VALUE = frozenset({*DIALOG_ACTS, "speak_to_person"} - {"inform", "correct"})
"""Utterances of these hold no value as a whole."""


@dataclass(frozen=True)
class ModelUnderstander:
    """Implements `engines.Understander`."""

    model: SmallModel
    slots: SlotReader
    forms: Mapping[str, frozenset[str]]
    """Slots of each case intent."""

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:
        """See `engines.Understander`."""
        found = self.model.predict(text, asked)
        spans = [(span.slot, span.start, span.end, span.confidence) for span in found.spans]
        alarm = found.alarm
        return Understanding(
            text,
            tuple(IntentGuess(guess.name, round(guess.probability, 4)) for guess in _reported(found)),
            self._fitting(self.slots.read(text, asked, spans, wall, is_answer=not _is_act(found)), asked, found),
            found.out_of_scope,
            found.wanted,
            Suspicion(alarm.kind, round(alarm.score, 4), text) if found.intents else None,
        )

    def _fitting(self, hits: tuple[SlotHit, ...], asked: str, found: Prediction) -> tuple[SlotHit, ...]:
        """The hits without facts that no likely case has: "block party" blocks nothing."""
        likely = {*found.wanted, *(guess.name for guess in found.intents if guess.probability >= _LIKELY)}
        forms = [self.forms[name] for name in likely if name in self.forms]
        if not forms:
            return hits
        own = frozenset().union(*forms, {asked})
        return tuple(hit for hit in hits if hit.name not in FLAG_SLOTS or hit.name in own)


def _reported(found: Prediction) -> list[Guess]:
    """The best guesses, every wanted one and a suspected emergency among them."""
    first = found.intents[:_ALTERNATIVES]
    others = [
        guess
        for guess in found.intents[_ALTERNATIVES:]
        if guess.name in found.wanted or (guess.name == EMERGENCY and guess.probability >= _FAINT)
    ]
    return [*first, *others]


def _is_act(found: Prediction) -> bool:
    return bool(found.intents) and found.intents[0].name in _NO_VALUE

"""The recogniser, with the one of its readings picked that can be true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from callbot.engines import Audio, Transcriber, Transcript
from callbot.nlu.readings import SLOT_OF, pick

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""Numbers and places mean the same at all times."""


@dataclass(frozen=True)
class Picking:
    """Implements `engines.Transcriber`: what another one hears, read so that it fits the question."""

    engine: Transcriber
    fit: Callable[[str, str, datetime], float]
    """How well a text fits as the answer to a question for a slot, see `SlotReader.fit`."""

    def transcribe(self, audio: Audio, *, final: bool, kind: str = "", full: bool = False) -> Transcript:
        """See `engines.Transcriber`. Words have times only if the likeliest reading was taken."""
        heard = self.engine.transcribe(audio, final=final, kind=kind, full=full)
        slot = SLOT_OF.get(kind)
        if slot is None or not heard.alternatives:
            return heard
        text = pick(heard.text, heard.alternatives, lambda reading: self.fit(reading, slot, _ANY_TIME))
        return heard if text == heard.text else replace(heard, text=text, words=())

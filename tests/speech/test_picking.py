"""The recogniser's readings against what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from callbot.engines import Audio, Transcript
from callbot.events import Word
from callbot.speech.picking import Picking

AUDIO = np.zeros(16000, np.float32)
WORDS = (Word("203", 0, 1, 0.5),)


@dataclass
class Engine:
    """Has two readings of everything."""

    def transcribe(self, audio: Audio, *, final: bool, kind: str = "", full: bool = False) -> Transcript:
        assert final
        assert not full
        others = ("203 555 0142",) if kind in ("phone", "name") else ()
        return Transcript("203 555 014", WORDS if len(audio) else (), 0.6, 0.1, others)


def fit(text: str, slot: str, _wall: datetime) -> float:
    return float(slot == "callback_number" and len(text.replace(" ", "")) == 10)


def test_a_whole_number_is_taken_where_a_number_was_asked() -> None:
    heard = Picking(Engine(), fit).transcribe(AUDIO, final=True, kind="phone")
    assert (heard.text, heard.words) == ("203 555 0142", ())


def test_elsewhere_the_likeliest_reading_stays() -> None:
    for kind in ("", "name", "location"):
        heard = Picking(Engine(), fit).transcribe(AUDIO, final=True, kind=kind)
        assert (heard.text, heard.words) == ("203 555 014", WORDS)

"""Recordings through the ear of a call, without a call: what `callbot transcribe` shows and benchmarks measure.

Audio is fed frame by frame, and every engine gets to finish before the next frame: the times of partials are
those of the audio, the compute is what the engines really took, and no result depends on how busy the machine is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from callbot.audio import as_telephone, read_wav
from callbot.config import Settings
from callbot.ear import Ear
from callbot.engines import SAMPLE_RATE, Audio, Transcriber, Transcript, TurnDetector
from callbot.events import Fact, PartialHeard, TurnEnded
from callbot.models import ModelStore
from callbot.pool import Pool
from callbot.room import VAD, load_transcriber, workers
from callbot.schema import Policy
from callbot.speech.smart_turn import SmartTurn
from callbot.speech.vad import SileroVad

_FRAME = int(0.02 * SAMPLE_RATE)
_TRAILING = 2.0
"""Seconds of line silence after a recording, in which the last turn ends."""


@dataclass
class _Timed:
    """An engine with a stop-watch."""

    transcriber: Transcriber
    detector: TurnDetector
    spent: float = 0.0
    last_final: float = 0.0

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        kind: str = "",
        full: bool = False,
    ) -> Transcript:
        began = time.perf_counter()
        result = self.transcriber.transcribe(audio, final=final, kind=kind, full=full)
        took = time.perf_counter() - began
        self.spent += took
        if final:
            self.last_final = took
        return result

    def complete(self, audio: Audio) -> float:
        began = time.perf_counter()
        result = self.detector.complete(audio)
        self.spent += time.perf_counter() - began
        return result


@dataclass
class _Listener:
    """Collects what an ear reports."""

    at: float = 0.0
    partials: list[tuple[float, str]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)

    def post(self, fact: Fact) -> None:
        match fact:
            case PartialHeard():
                self.partials.append((round(self.at, 2), fact.text))
            case TurnEnded():
                self.ended.append(fact.turn)


def hear_as_call(settings: Settings, policy: Policy, files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """Each file as one caller heard over the telephone.

    Raises ModelError when an engine is missing, CallbotError when a file cannot be read.
    """
    models = ModelStore(settings.models)
    transcriber = load_transcriber(settings)
    detector = SmartTurn(models.resolve(settings.turn_detector))
    vad = models.resolve(VAD)
    for path in files:
        timed = _Timed(transcriber, detector)
        yield asyncio.run(_hear(path, as_telephone(read_wav(path)), timed, SileroVad(vad), policy))


def hear_offline(settings: Settings, files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """Each file decoded at once with the recogniser's full window."""
    transcriber = load_transcriber(settings)
    for path in files:
        audio = as_telephone(read_wav(path))
        began = time.perf_counter()
        text = transcriber.transcribe(audio, final=True, full=True).text
        spent = time.perf_counter() - began
        yield _row(path, text, audio, spent, spent, [])


async def _hear(path: Path, audio: Audio, timed: _Timed, vad: SileroVad, policy: Policy) -> dict[str, Any]:
    listener = _Listener()
    texts: list[str] = []
    late = 0.0
    with Pool(workers()) as pool:
        ear = Ear(policy, pool, vad, timed, timed, listener.post, lambda: None)
        line = np.concatenate([audio, np.zeros(int(_TRAILING * SAMPLE_RATE), np.float32)])
        for start in range(0, len(line), _FRAME):
            listener.at = start / SAMPLE_RATE
            ear.hear(line[start : start + _FRAME])
            await pool.idle()
            while listener.ended:
                texts.append((await ear.transcribe(listener.ended.pop(0))).text)
                # The final pass has run since the pause began; only the rest of it is waited for.
                late = max(0.0, timed.last_final - (ear.quiet - policy.timing.pause))
        ear.close()
    text = " ".join(filter(None, texts))
    return _row(path, text, audio, timed.spent, late, [list(partial) for partial in listener.partials])


def _row(path: Path, text: str, audio: Audio, spent: float, late: float, partials: list[list[Any]]) -> dict[str, Any]:
    return {
        "path": str(path),
        "text": text,
        "seconds": round(len(audio) / SAMPLE_RATE, 3),
        "compute_seconds": round(spent, 3),
        "finalize_ms": round(late * 1000, 1),
        "partials": partials,
    }

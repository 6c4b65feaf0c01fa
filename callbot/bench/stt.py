"""How many words are heard wrong, and what hearing costs: as a call hears them, and at leisure (`--full`).

Every recording goes through the telephone (8 kHz, μ-law) in six conditions; both ways of hearing get the same sound.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from callbot.audio import read_wav, write_wav
from callbot.bench.material import Recording, backgrounds, from_folder, shipped, thinned
from callbot.bench.noise import mixed, with_losses
from callbot.bench.part import Part, Plan, Table, Value
from callbot.bench.scoring import Score, score
from callbot.bench.stats import ratio_interval
from callbot.engines import Audio
from callbot.hearing import hear_as_call, hear_offline

_SNRS = (20, 10, 5)
_LOST = 0.02
_LOSSES = {"2 % lost, 20 ms": 1, "2 % lost, 100 ms": 5}
"""Name -> lost frames in a row."""
_BACKGROUND_SECONDS = 20.0
SHORT = 8.0
"""Seconds up to which an utterance counts as short."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One recording in one condition, heard in one way."""

    corpus: str
    condition: str
    mode: str
    file: str
    said: str
    heard: str
    seconds: float
    compute: float
    """Seconds of computing, as `callbot transcribe` counts them: by the clock."""
    cpu: float
    """Seconds of processor time, which other programs on the machine don't change."""
    score: Score


async def run(plan: Plan) -> Part:
    """Hear every recording in every condition in both ways."""
    return await asyncio.to_thread(_run, plan)


def _run(plan: Plan) -> Part:
    extra = from_folder(plan.recordings) if plan.recordings else []
    recordings = thinned([*shipped(), *extra], plan.samples)
    found: list[Heard] = []
    changes = conditions()
    total = 2 * len(changes) * len(recordings)
    for name, change in changes.items():
        files = [_changed(plan.folder, name, index, rec, change) for index, rec in enumerate(recordings)]
        for mode, rows in _modes(plan, files):
            for recording, (row, cpu) in zip(recordings, _timed(rows), strict=True):
                found.append(_heard(recording, name, mode, row, cpu))
                plan.progress(len(found), total, f"stt: {name}")
        for file in files:
            file.unlink()
    tables = [error_table(found, "all"), *(error_table(found, c) for c in dict.fromkeys(h.corpus for h in found))]
    return Part(tables, [asdict(heard) for heard in found])


def _modes(plan: Plan, files: Sequence[Path]) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    # The first recording is heard twice: with its first hearing the models are loaded.
    again = [*files[:1], *files]
    yield "streaming", hear_as_call(plan.settings, plan.site.playbook.policy, again)
    yield "full", hear_offline(plan.settings, again)


def _timed(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], float]]:
    """All rows but the first, each with the processor time that it took."""
    next(rows)
    before = time.process_time()
    for row in rows:
        yield row, time.process_time() - before
        before = time.process_time()


Change = Callable[[Audio, int], Audio]
"""Makes a condition of clean audio (16 kHz); the number tells recordings apart."""


def conditions() -> dict[str, Change]:
    """What can be wrong with a line, by name."""
    behind = list(backgrounds(_BACKGROUND_SECONDS).values())
    found: dict[str, Change] = {"clean": lambda audio, _: audio}
    for snr in _SNRS:
        found[f"noise {snr} dB"] = _noisy(behind, snr)
    for name, frames in _LOSSES.items():
        found[name] = _lossy(frames)
    return found


def _noisy(behind: Sequence[Audio], snr: float) -> Change:
    return lambda audio, index: mixed(audio, behind[index % len(behind)], snr)


def _lossy(frames: int) -> Change:
    return lambda audio, index: with_losses(audio, _LOST, frames, seed=index)


def _changed(folder: Path, name: str, index: int, recording: Recording, change: Change) -> Path:
    path = folder / f"{name.replace(' ', '_').replace('%', '')}_{index}.wav"
    write_wav(path, change(read_wav(recording.path), index))
    return path


def _heard(recording: Recording, condition: str, mode: str, row: dict[str, Any], cpu: float) -> Heard:
    return Heard(
        corpus=recording.corpus,
        condition=condition,
        mode=mode,
        file=recording.path.name,
        said=recording.words,
        heard=row["text"],
        seconds=row["seconds"],
        compute=row["compute_seconds"],
        cpu=cpu,
        score=score(recording.words, row["text"]),
    )


def error_table(found: Sequence[Heard], corpus: str) -> Table:
    """Errors and compute of one corpus ("all" = of all of them), streaming beside full."""
    chosen = [heard for heard in found if corpus in ("all", heard.corpus)]
    names = list(dict.fromkeys(heard.condition for heard in chosen))
    rows = [_row(name, [heard for heard in chosen if heard.condition == name]) for name in names]
    note = "errors per word (a digit is a word) and per letter; compute (by the clock) and cpu: per second of audio"
    return Table(f"speech to text, {corpus}", rows, note)


def _row(condition: str, found: Sequence[Heard]) -> dict[str, Value]:
    streaming = [heard for heard in found if heard.mode == "streaming"]
    full = [heard for heard in found if heard.mode == "full"]
    low, high = ratio_interval([(h.score.word_errors, h.score.words) for h in streaming])
    return {
        "condition": condition,
        "n": len(streaming),
        "words": sum(heard.score.words for heard in streaming),
        "streaming": _errors(streaming),
        "95 %": f"{low:.3f}-{high:.3f}",
        "full": _errors(full),
        "letters": _letters(streaming),
        "letters full": _letters(full),
        "compute": _compute(streaming),
        "compute full": _compute(full),
        "cpu": _cpu(streaming),
        "cpu full": _cpu(full),
        f"compute to {SHORT:g} s / full": _ratio(_compute(streaming, SHORT), _compute(full, SHORT)),
        f"cpu to {SHORT:g} s / full": _ratio(_cpu(streaming, SHORT), _cpu(full, SHORT)),
    }


def _errors(found: Sequence[Heard]) -> float | None:
    words = sum(heard.score.words for heard in found)
    return sum(heard.score.word_errors for heard in found) / words if words else None


def _letters(found: Sequence[Heard]) -> float | None:
    letters = sum(heard.score.letters for heard in found)
    return sum(heard.score.letter_errors for heard in found) / letters if letters else None


def _compute(found: Sequence[Heard], longest: float = float("inf")) -> float | None:
    return _rate([(heard.compute, heard.seconds) for heard in found if heard.seconds <= longest])


def _cpu(found: Sequence[Heard], longest: float = float("inf")) -> float | None:
    return _rate([(heard.cpu, heard.seconds) for heard in found if heard.seconds <= longest])


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one is not None and other else None


def _rate(parts: Sequence[tuple[float, float]]) -> float | None:
    seconds = sum(of for _, of in parts)
    return sum(spent for spent, _ in parts) / seconds if seconds else None

"""Calls a media socket as somebody who speaks recordings or a script: what `callbot dial` does."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from pydantic import RootModel, ValidationError

from callbot.audio import write_wav
from callbot.conversations import Line, read_conversations
from callbot.engines import Synthesizer
from callbot.errors import ContentError
from callbot.speech.spoken import speakable
from callbot.telephony.simulator import CallResult, Simulator, Turn
from callbot.yaml_lines import Document, parse


@dataclass(frozen=True, slots=True)
class Scripted:
    """One call of a script."""

    name: str
    caller: str | None
    """The number that the line tells; None: withheld."""
    lines: tuple[Line, ...]


class Lines(RootModel[tuple[Line, ...]]):
    """A script that is one call and nothing but what the caller does."""


def spoken(files: Sequence[Path]) -> list[Turn]:
    """One turn for each recording."""
    return [Turn(audio=path) for path in files]


def read_script(path: Path, caller: str) -> list[Scripted]:
    """The calls of a script: a list of conversations, as in fixtures/conversations, or the lines of a single call.

    `caller` calls where the script does not say who does. Raises ContentError with file and line for every mistake.
    """
    document = parse(path, path.read_text(encoding="utf-8"))
    if document.mistakes:
        raise ContentError(list(document.mistakes))
    places: list[tuple[tuple[str | int, ...], Line]]
    first = document.data[0] if isinstance(document.data, list) and document.data else None
    if isinstance(first, dict) and "lines" in first:
        found = [Scripted(c.name, c.caller, c.lines) for c in read_conversations(path)]
        places = [((call, "lines", at), line) for call, one in enumerate(found) for at, line in enumerate(one.lines)]
    else:
        found = [Scripted(path.stem, caller, _lines(document))]
        places = [((at,), line) for at, line in enumerate(found[0].lines)]
    missing = [(place, line.audio) for place, line in places if line.audio and not (path.parent / line.audio).is_file()]
    if missing:
        mistakes = [document.mistake((*at, "audio"), f"there is no recording {audio}") for at, audio in missing]
        raise ContentError(mistakes)
    return found


def _lines(document: Document) -> tuple[Line, ...]:
    try:
        return Lines.model_validate(document.data).root
    except ValidationError as error:
        raise ContentError([document.mistake(item["loc"], item["msg"]) for item in error.errors()]) from error


def turns_of(lines: Iterable[Line], folder: Path, speak: Callable[[str], Path]) -> Iterator[Turn]:
    """What a simulated caller does for each line, up to the end of the call.

    Recordings lie in `folder`; `speak` makes one of words that have none.
    """
    for line in lines:
        if line.hangs_up:
            return
        audio = folder / line.audio if line.audio else speak(line.say) if line.say else None
        yield Turn(audio, line.keys or "", line.silence or 0.0, line.interrupt_after)


def speaker(voice: Synthesizer, folder: Path) -> Callable[[str], Path]:
    """Has a voice speak words into recordings in `folder`, each words once."""

    def speak(words: str) -> Path:
        path = folder / f"{hashlib.sha256(words.encode()).hexdigest()[:16]}.wav"
        if not path.is_file():
            write_wav(path, np.concatenate(list(voice.synthesize(speakable(words)))))
        return path

    return speak


async def dial_all(
    url: str, turns: Sequence[Turn], *, calls: int, caller: str, record: Path | None
) -> list[dict[str, Any]]:
    """Place `calls` calls at once; one row a call, and one for all of them together if there are several."""
    simulators = [Simulator(url, turns, caller=caller, record=record if index == 0 else None) for index in range(calls)]
    results = await asyncio.gather(*(simulator.run() for simulator in simulators), return_exceptions=True)
    rows = [_row(index, result) for index, result in enumerate(results, start=1)]
    if calls > 1:
        rows.append(_total(rows))
    return rows


def _row(index: int, result: CallResult | BaseException) -> dict[str, Any]:
    if isinstance(result, BaseException):
        return {"call": index, "failed": True, "latencies": [], "line": f"call {index}: {result}"}
    latencies = [turn.latency for turn in result.turns]
    shown = ", ".join("no answer" if seconds is None else f"{seconds:.2f} s" for seconds in latencies)
    return {
        "call": index,
        "failed": result.greeting_latency is None,
        "carrier_call_id": result.carrier_call_id,
        "greeting": result.greeting_latency,
        "latencies": latencies,
        "median": _median(latencies),
        "closed_by_bot_at": result.closed_by_bot_at,
        "seconds": result.ended_at,
        "reason": result.reason,
        "line": f"call {index}: greeting after {_shown(result.greeting_latency)}; answers after {shown}; "
        f"median {_shown(_median(latencies))}; ended after {result.ended_at:.1f} s: {result.reason}",
    }


def _total(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    latencies = [seconds for row in rows for seconds in row["latencies"]]
    failed = sum(bool(row["failed"]) for row in rows)
    middle = _median(latencies)
    return {
        "call": "all",
        "failed": failed == len(rows),
        "latencies": latencies,
        "median": middle,
        "line": f"{len(rows)} calls, {failed} failed, {len(latencies)} turns, median answer {_shown(middle)}",
    }


def _median(latencies: Sequence[float | None]) -> float | None:
    answered = [seconds for seconds in latencies if seconds is not None]
    return round(median(answered), 3) if answered else None


def _shown(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.2f} s"

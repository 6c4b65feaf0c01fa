"""How long after the words of an emergency, in the middle of a sentence, the transfer is ordered.

The caller goes on speaking for seconds. Where the phrase ends in the sound is known: it is synthesised apart from
what follows, or, in a recording, it is where the words heard so far first are an emergency.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from callbot.audio import read_wav, write_wav
from callbot.bench.calls import Placed, place
from callbot.bench.material import CALLERS, audible, joined
from callbot.bench.part import Part, Plan, Table, Value
from callbot.bench.serving import Served, serving
from callbot.bench.stats import share_interval, spread
from callbot.engines import SAMPLE_RATE, Audio, Synthesizer
from callbot.events import Word
from callbot.nlu.emergency import EmergencyRules
from callbot.room import load_transcriber, load_voice
from callbot.telephony.simulator import Turn

SENTENCES = (
    ("I was calling about the noise next door but", "my husband is not breathing"),
    ("We are at 215 Orange Street and", "the kitchen is on fire"),
    ("I wanted to report a parked car,", "someone just got hit by a car"),
    ("Yes, hello, I think", "there is a man with a knife"),
    ("It is about my neighbor, he says", "he wants to kill himself"),
    ("I have been waiting for ten minutes and", "my mother is having a heart attack"),
    ("There was an argument outside and", "he has a gun"),
    ("We were just having dinner and", "my son is choking"),
    ("I came home and", "I smell gas"),
    ("The pothole is one thing, but", "she is unconscious"),
    ("I am on the corner of Chapel Street and", "a man has been stabbed"),
    ("My uncle was painting the porch and", "he is bleeding"),
)
"""What comes before, and the phrase, which is an emergency only with its last word."""

CONTINUATIONS = (
    "and I do not know what to do, we have been here since this morning and nobody has come by to look at it",
    "so please tell me what I should do, the address is the yellow house on the corner, next to the big church",
    "and it is the second floor on the left side, the door is open and somebody will be standing in the street",
)

RECORDED = (
    ("misc_11.wav", "abandoned_00.wav"),
    ("misc_12.wav", "misc_14.wav"),
    ("emergency_00.wav", "misc_10.wav"),
)
"""Recorded emergencies, each with what the caller goes on with."""

_GAPS = (0.0, 0.04, 0.08)
"""Seconds between the phrase and what follows, as people leave them in a sentence."""
_PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Cry:
    """A sentence with an emergency in its middle."""

    name: str
    file: Path
    phrase_ends: float
    """Second of the sound at which the last word of the phrase ends."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Rescue:
    """What became of it."""

    name: str
    after: float | None
    """Seconds from the phrase's end to the order to transfer; None if there was none."""
    while_speaking: bool
    """The caller had not finished."""


async def run(plan: Plan) -> Part:
    """One call for each sentence."""
    cries = await asyncio.to_thread(_cries, plan)
    found: list[Rescue] = []
    async with serving(plan.settings) as served:
        for done, cry in enumerate(cries):
            plan.progress(done, len(cries), "emergency")
            found.append(await _cry(served, cry))
    return Part([table(found)], [asdict(rescue) for rescue in found])


def _cries(plan: Plan) -> list[Cry]:
    voice = load_voice(plan.settings, next(iter(plan.site.lines.lines.values())).voice)
    spoken = [spoken_cry(voice, index, plan.folder) for index in range(plan.most(len(SENTENCES)))]
    transcriber = load_transcriber(plan.settings)
    recorded: list[Cry] = []
    for name, after in RECORDED[: plan.most(len(RECORDED))]:
        audio = read_wav(CALLERS / name)
        words = transcriber.transcribe(audio, final=True, full=True).words
        ends = phrase_end(plan.site.emergency, words)
        if ends is not None:
            whole = joined([audible(audio), audible(read_wav(CALLERS / after))], _GAPS[-1])
            skipped = int(np.argmax(np.abs(audio) > 0.01 * np.abs(audio).max())) / SAMPLE_RATE
            recorded.append(_written(plan.folder / f"cry_{name}", name, whole, ends - skipped))
    return [*spoken, *recorded]


def spoken_cry(voice: Synthesizer, index: int, folder: Path) -> Cry:
    """One of `SENTENCES`, synthesised in three pieces."""
    before, phrase = SENTENCES[index]
    pieces = [_said(voice, words) for words in (before, phrase, CONTINUATIONS[index % len(CONTINUATIONS)])]
    gap = _GAPS[index % len(_GAPS)]
    ends = (len(pieces[0]) + len(pieces[1])) / SAMPLE_RATE + gap
    return _written(folder / f"cry_{index}.wav", phrase, joined(pieces, gap), ends)


def _said(voice: Synthesizer, words: str) -> Audio:
    return audible(np.concatenate(list(voice.synthesize(words))))


def _written(path: Path, name: str, audio: Audio, ends: float) -> Cry:
    write_wav(path, audio)
    return Cry(name, path, ends, len(audio) / SAMPLE_RATE)


def phrase_end(rules: EmergencyRules, words: Sequence[Word]) -> float | None:
    """When the last word has been said with which the words so far are an emergency; None if they never are."""
    for count in range(1, len(words) + 1):
        if rules.find(" ".join(word.text.strip() for word in words[:count])) is not None:
            return words[count - 1].end
    return None


async def _cry(served: Served, cry: Cry) -> Rescue:
    placed = await place(served, [Turn(audio=cry.file)], patience=_PATIENCE)
    return rescue_of(cry, placed)


def rescue_of(cry: Cry, placed: Placed) -> Rescue:
    """What the server's log tells about the call."""
    if placed.log is None or not placed.begun:
        return Rescue(cry.name, None, while_speaking=False)
    began = placed.begun[0]
    orders = (at for at, row in placed.log.rows if row["event"] == "Transfer" and row["reason"] == "emergency")
    ordered = next(orders, None)
    if ordered is None:
        return Rescue(cry.name, None, while_speaking=False)
    return Rescue(cry.name, ordered - began - cry.phrase_ends, while_speaking=ordered < began + cry.seconds)


def table(found: Sequence[Rescue]) -> Table:
    """How fast, and how many at all."""
    times = [rescue.after for rescue in found if rescue.after is not None]
    low, high = share_interval(len(times), len(found))
    seconds = spread(times)
    row: dict[str, Value] = {
        "sentences": len(found),
        "transferred": len(times),
        "95 %": f"{low:.2f}-{high:.2f}",
        "while speaking": sum(rescue.while_speaking for rescue in found),
        "p50": seconds.p50 if seconds else None,
        "p95": seconds.p95 if seconds else None,
        "worst": seconds.worst if seconds else None,
    }
    return Table("emergency: seconds from the end of the phrase, in mid-sentence, to the order to transfer", [row])

"""Held-out utterances as they come over a telephone: spoken, in noise, recognised by the project's own ear.

The voice is the one that callbot answers with, at another pace, liveliness and pitch for each utterance. The same
utterances are heard at every distance of the noise, so that what differs between two conditions is the noise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Protocol

import numpy as np

from callbot.audio import as_telephone, resample
from callbot.bench.material import backgrounds
from callbot.bench.noise import mixed
from callbot.engines import SAMPLE_RATE, Audio, Transcriber
from callbot.evaluate.judged import Spoken

SNRS = (20, 10, 5)
"""How far the noise is below the voice, in dB."""
NOISES = ("traffic", "crowd", "office", "pink")
"""Of `callbot.bench.material.backgrounds`, one after the other."""
_PAUSE = 0.3
"""Seconds of noise before and after the voice."""
_LOOP = 20.0
"""Seconds of noise that are made."""


class Voice(Protocol):
    """Speaks in various manners (see `callbot.speech.tts.PiperSynthesizer`)."""

    def varied(self, sentence: str, *, pace: float, variety: float) -> Iterator[Audio]:
        """The sentence, its sounds `pace` times as long as usual."""


def chosen(lines: Sequence[Spoken], count: int, seed: int) -> list[Spoken]:
    """The utterances to speak: `count` of all intents in turn, and beside them half as many emergencies and a
    quarter as many look-alikes, of which the turn would bring only one or two."""
    groups: dict[str, list[Spoken]] = defaultdict(list)
    for line in lines:
        groups[str(line.said.intent)].append(line)
    rng = Random(seed)
    shuffled = {name: rng.sample(group, len(group)) for name, group in sorted(groups.items())}
    apart = [*shuffled.pop("emergency", [])[: count // 2], *shuffled.pop("None", [])[: count // 4]]
    longest = max((len(group) for group in shuffled.values()), default=0)
    turns = [group[at] for at in range(longest) for group in shuffled.values() if at < len(group)]
    return [*turns[:count], *apart]


def heard(
    lines: Sequence[Spoken], voice: Voice, transcriber: Transcriber, seed: int, progress: Callable[[int, int], None]
) -> dict[int, list[Spoken]]:
    """The lines as they are recognised with noise at each of `SNRS`, in their order.

    `progress` is told how many are done, of how many. Raises EngineError when an engine fails.
    """
    noises = backgrounds(_LOOP)
    found: dict[int, list[Spoken]] = {snr: [] for snr in SNRS}
    for at, line in enumerate(lines):
        audio = spoken(line.text, voice, Random(f"{seed} {line.text}"))
        for snr in SNRS:
            noisy = as_telephone(mixed(audio, noises[NOISES[at % len(NOISES)]], snr))
            words = transcriber.transcribe(noisy, final=True).text
            found[snr].append(Spoken(line.said, words, heard=True))
        progress(at + 1, len(lines))
    return found


def spoken(text: str, voice: Voice, rng: Random) -> Audio:
    """The text by a voice of a pace, liveliness and pitch of its own, with a pause at either end."""
    pace, variety, pitch = rng.uniform(0.85, 1.2), rng.uniform(0.5, 0.9), rng.uniform(0.93, 1.07)
    stretches = list(voice.varied(text, pace=pace, variety=variety))
    quiet = np.zeros(int(_PAUSE * SAMPLE_RATE), np.float32)
    voiced = resample(np.concatenate([quiet[:0], *stretches]), SAMPLE_RATE, round(SAMPLE_RATE * pitch))
    return np.concatenate([quiet, voiced, quiet])

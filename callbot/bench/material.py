"""The recordings that are measured with: those in fixtures/audio, and any folder with a manifest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from callbot.audio import read_wav
from callbot.bench.noise import babble, dtmf, hum, looped, pink, siren
from callbot.config import STARTER_SITE
from callbot.engines import SAMPLE_RATE, Audio
from callbot.errors import ConfigError
from callbot.events import Word
from callbot.nlu.numbers import NUMBER_WORDS
from callbot.yaml_lines import parse

AUDIO = STARTER_SITE / "fixtures" / "audio"
CALLERS = AUDIO / "callers"

_SETS = ("callers", "an4", "librispeech", "fsdd")
_LINE = 2e-4
"""RMS of a quiet line: a pause on the telephone is never digitally silent."""
_SEARCH = 0.08
"""Seconds around a word's end in which the quietest place is looked for."""
_STEP = int(0.005 * SAMPLE_RATE)


@dataclass(frozen=True, slots=True)
class Recording:
    """One thing that one person says."""

    path: Path
    words: str
    speaker: str
    corpus: str


def shipped() -> list[Recording]:
    """Everything that comes with callbot: synthetic callers and real people."""
    return [recording for name in _SETS for recording in corpus(name)]


def corpus(name: str) -> list[Recording]:
    """The recordings of one folder of fixtures/audio."""
    path = AUDIO / name / "recordings.yaml"
    rows = parse(path, path.read_text(encoding="utf-8")).data
    return [Recording(path.parent / file, row["words"], row["speaker"], name) for file, row in rows.items()]


def from_folder(folder: Path) -> list[Recording]:
    """The recordings of `folder`/manifest.jsonl: one object a line with `path` and `text_norm` or `text`.

    `set` and `speaker` are taken where they are given; lines without words or without a file are left out.
    Raises ConfigError when there is no manifest, a line is no such object, or nothing is left.
    """
    manifest = folder / "manifest.jsonl"
    try:
        lines = manifest.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"{manifest} cannot be read: {error.strerror}") from error
    found: list[Recording] = []
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            path, words = folder / row["path"], row.get("text_norm") or row.get("text") or ""
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"{manifest}:{number}: no object with a path and a text") from error
        if words and path.is_file():
            found.append(Recording(path, words, str(row.get("speaker", "")), str(row.get("set", folder.name))))
    if not found:
        raise ConfigError(f"{manifest} names no recording that is there")
    return found


def thinned(recordings: Sequence[Recording], most: int | None) -> list[Recording]:
    """At most so many recordings of each corpus, spread over all of it; all of them if `most` is None."""
    if most is None:
        return list(recordings)
    groups: dict[str, list[Recording]] = {}
    for recording in recordings:
        groups.setdefault(recording.corpus, []).append(recording)
    return [rec for group in groups.values() for rec in evenly(group, most)]


def evenly(items: Sequence[Recording], most: int) -> list[Recording]:
    """At most so many of the items, evenly spread over them."""
    if len(items) <= most:
        return list(items)
    return [items[i * len(items) // most] for i in range(most)]


# ---------------------------------------------------------------- noise


def noises(seconds: float) -> dict[str, Audio]:
    """What can be on a line on which nobody speaks to us, besides silence; 16 kHz, each that long."""
    voices = [read_wav(recording.path) for recording in corpus("callers")]
    return {
        "traffic": looped(read_wav(AUDIO / "noise" / "traffic.wav"), seconds),
        "hold music": looped(read_wav(AUDIO / "noise" / "hold_music.wav"), seconds),
        "babble": babble(voices, seconds),
        "keys": dtmf(seconds),
        "machine": hum(seconds),
        "siren": siren(seconds),
    }


def backgrounds(seconds: float) -> dict[str, Audio]:
    """What callers speak over; 16 kHz, each that long."""
    shipped_noise = ("traffic", "crowd", "office", "keyboard", "hold_music")
    found = {name: looped(read_wav(AUDIO / "noise" / f"{name}.wav"), seconds) for name in shipped_noise}
    return {**found, "pink": pink(seconds), "hum": hum(seconds), "babble": noises(seconds)["babble"]}


def line_noise(seconds: float, seed: int = 0) -> Audio:
    """A line on which nobody speaks."""
    size = round(seconds * SAMPLE_RATE)
    return np.random.default_rng(seed).normal(0, _LINE, size).astype(np.float32)


# ---------------------------------------------------------------- pauses


def with_pause(audio: Audio, at: float, seconds: float) -> tuple[Audio, float]:
    """The recording with a pause put in near second `at`, where it is quietest; and where the pause begins."""
    place = _quietest(audio, at)
    return np.concatenate([audio[:place], line_noise(seconds), audio[place:]]), place / SAMPLE_RATE


def _quietest(audio: Audio, at: float) -> int:
    first = max(0, round((at - _SEARCH) * SAMPLE_RATE))
    last = min(len(audio) - _STEP, round((at + _SEARCH) * SAMPLE_RATE))
    starts = range(first, last, _STEP)
    best = min(starts, key=lambda i: float(np.square(audio[i : i + _STEP]).sum()), default=first)
    return best + _STEP // 2


def gaps_in_numbers(words: Sequence[Word]) -> list[float]:
    """Where in a recording somebody may stop to think in the middle of an address or a number, in seconds.

    That is between two words of which at least one is a number or a letter: "four | twelve | Winthrop", "C | A".
    """
    pairs = pairwise(words)
    return [(one.end + other.start) / 2 for one, other in pairs if _is_piece(one.text) or _is_piece(other.text)]


def _is_piece(word: str) -> bool:
    plain = word.strip(" .,?!-").lower()
    return plain in NUMBER_WORDS or any(c.isdigit() for c in plain) or (len(plain) == 1 and plain not in "ai")


def audible(audio: Audio) -> Audio:
    """The audio without the silence at its ends (40 dB below the peak)."""
    loud = np.flatnonzero(np.abs(audio) > 0.01 * np.abs(audio).max(initial=0.0))
    return audio[loud[0] : loud[-1] + 1] if loud.size else audio[:0]


def joined(parts: Sequence[Audio], gap: float) -> Audio:
    """Parts one after the other with `gap` seconds of a quiet line between them."""
    between = line_noise(gap)
    return np.concatenate([piece for part in parts for piece in (part, between)][:-1])

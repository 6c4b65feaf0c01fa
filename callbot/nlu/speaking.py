"""Speaks a site's utterances and writes down what the recogniser hears: real recognition errors to train on.

The voices change their pace, their liveliness and their pitch from utterance to utterance, and between them and the
recogniser lie noise and a telephone line. This is run once in a while (`callbot train --speak`) and its result is kept
as a file of the site, because each core needs about a second for an utterance, and because no voice is the same twice:
`callbot train` reads the file, and can be repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple, Protocol

import numpy as np

from callbot.audio import as_telephone, resample, rms_dbfs, scaled_to
from callbot.engines import SAMPLE_RATE, Audio, Transcriber
from callbot.nlu.heard import FOLDER, Heard, carried, source_of
from callbot.nlu.utterances import Example, UtteranceFile, examples, unmarked

SHARES = {"emergency": 1000, "inform": 300, "out_of_scope": 300, "info_question": 250}
"""Utterances spoken of intents that need more or fewer than `SHARE`."""
SHARE = 130
OWN_VOICE = 0.5
"""Share of the utterances that the first voice says, where there are more."""
LEAST_WORDS = 3
"""Shorter utterances are mostly yes and no: the recogniser either gets them or hears nothing."""

_PAUSE = 0.3
"""Seconds of line noise before and after."""


class Voice(Protocol):
    """Speaks in various manners (`callbot.speech.tts.PiperSynthesizer`, `callbot.speech.flite.FliteVoice`)."""

    def varied(self, sentence: str, *, pace: float, variety: float) -> Iterator[Audio]:
        """The sentence, its sounds `pace` times as long as usual."""


class Spoken(NamedTuple):
    """An utterance to be spoken."""

    text: str
    """As written, with its punctuation: it makes the melody."""
    example: Example


def chosen(files: Sequence[UtteranceFile]) -> list[Spoken]:
    """The utterances to speak: of each intent those whose hash comes first, so that a new line moves few others.

    In the order of the hashes, so that a run that is broken off has a bit of everything.
    """
    by_intent: dict[str, list[Spoken]] = {}
    for file in files:
        for utterance, example in zip(file.utterances, examples(file), strict=True):
            if len(example.words) >= LEAST_WORDS:
                row = by_intent.setdefault(str(example.intent), [])
                row.append(Spoken(unmarked(utterance.say), example))
    ranked = {intent: sorted(row, key=_rank)[: SHARES.get(intent, SHARE)] for intent, row in by_intent.items()}
    return sorted((spoken for row in ranked.values() for spoken in row), key=_rank)


def _rank(spoken: Spoken) -> str:
    return source_of(spoken.example)


def speak(
    wanted: Sequence[Spoken],
    voices: Sequence[Voice],
    transcriber: Transcriber,
    folder: Path,
    *,
    seed: int,
    at_once: int = 1,
    progress: Callable[[int], None],
) -> Path:
    """Speak and hear what of `wanted` is not yet in `folder`/en_heard; returns the file.

    So many utterances as `at_once` says are in work at the same time: the engines are to allow it. Each is written as
    soon as those before it have been heard, so a run can be broken off and taken up again. `progress` is told how many
    were done. Raises EngineError when an engine fails.
    """
    path = folder / FOLDER / "spoken.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    known = {Heard.model_validate_json(line).source for line in lines}
    new = [spoken for spoken in wanted if source_of(spoken.example) not in known]
    progress(len(wanted) - len(new))
    hear = partial(_hear, voices=voices, transcriber=transcriber, seed=seed)
    with path.open("a", encoding="utf-8") as file, ThreadPoolExecutor(at_once) as crew:
        for done, heard in enumerate(crew.map(hear, new), len(wanted) - len(new) + 1):
            if heard is not None:
                file.write(heard.model_dump_json(exclude_defaults=True) + "\n")
                file.flush()
            progress(done)
    return path


def _hear(spoken: Spoken, voices: Sequence[Voice], transcriber: Transcriber, seed: int) -> Heard | None:
    example = spoken.example
    rng = Random(f"{seed} {source_of(example)}")
    others = voices[1:] if rng.random() >= OWN_VOICE else ()
    voice = rng.choice(others or voices[:1])
    audio = np.concatenate(list(voice.varied(spoken.text, pace=rng.uniform(0.8, 1.2), variety=rng.uniform(0.5, 0.9))))
    heard = transcriber.transcribe(on_the_line(audio, rng), final=True).text
    say = carried(example, re.sub(r"[\[\]()]", " ", heard))
    if say is None:
        return None
    source = source_of(example)
    return Heard(say=say, intent=str(example.intent), asked=example.asked, kind=example.kind, source=source)


def on_the_line(audio: Audio, rng: Random) -> Audio:
    """A voice at another pitch, in noise 5 to 20 dB below it (three in four; the rest 30 dB), over a telephone."""
    pitched = resample(audio, SAMPLE_RATE, round(SAMPLE_RATE * rng.uniform(0.92, 1.08)))
    voice = scaled_to(pitched, rng.uniform(-27, -17))
    quiet = np.zeros(int(_PAUSE * SAMPLE_RATE), np.float32)
    padded = np.concatenate([quiet, voice, quiet])
    below = rng.uniform(5, 20) if rng.random() < 0.75 else 30.0
    return as_telephone(padded + scaled_to(_noise(len(padded), rng), rms_dbfs(voice) - below))


def _noise(length: int, rng: Random) -> Audio:
    """Noise between a hiss (white) and a rumble (its power falls with the frequency), as cars and rooms make it."""
    hiss = np.random.default_rng(rng.getrandbits(32)).standard_normal(length)
    spectrum = np.fft.rfft(hiss)
    spectrum /= np.maximum(1.0, np.arange(len(spectrum))) ** rng.choice((0.0, 0.5, 0.8))
    return np.fft.irfft(spectrum, length).astype(np.float32)

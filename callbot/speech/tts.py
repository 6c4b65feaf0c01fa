"""Text to speech: Piper, with the site's fixed prompts made beforehand.

A voice that runs on a telephone line must begin at once and sound even: the silence before the first sound is cut
off, every stretch has the same level, and its ends fade so that nothing clicks where stretches meet.
Only fixed prompts are kept on disk. Any other sentence may hold what a caller said and is made anew each time.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
from piper import PiperVoice
from piper.config import PiperConfig, SynthesisConfig
from tqdm import tqdm

from callbot.audio import read_wav, resample, scaled_to, write_wav
from callbot.engines import SAMPLE_RATE, Audio
from callbot.errors import ModelError
from callbot.speech.onnx_session import onnx_file, open_session

LEVEL = -20.0
"""RMS of every stretch in dB full scale: as loud as people on a telephone line, with room for the peaks."""

_AUDIBLE = 0.01
"""Share of the peak from which on sound counts as begun (-40 dB)."""
_LEAD = int(0.01 * SAMPLE_RATE)
"""Samples kept before the first sound: soft consonants begin below the threshold."""
_FADE = int(0.005 * SAMPLE_RATE)

_MAKING = "1"
"""Raised when the sound made from the same text and voice changes, so that old prompts are not used."""


class PromptCache:
    """Fixed prompts on disk, one wav file each, and in memory once they were used."""

    def __init__(self, folder: Path) -> None:
        """`folder` need not exist yet."""
        self.folder = folder
        self._used: dict[str, Audio] = {}

    def get(self, voice: str, sentence: str) -> Audio | None:
        """The prompt as spoken by the voice with that fingerprint; None when it has not been made."""
        key = _key(voice, sentence)
        path = self._path(key)
        if key not in self._used and path.exists():
            self._used[key] = read_wav(path)
        return self._used.get(key)

    def has(self, voice: str, sentence: str) -> bool:
        """Whether the prompt has been made."""
        return self._path(_key(voice, sentence)).exists()

    def put(self, voice: str, sentence: str, audio: Audio) -> None:
        """Keep a prompt. Safe to interrupt: the file appears whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self.folder, suffix=".tmp", delete=False) as file:
            making = Path(file.name)
        try:
            write_wav(making, audio)
            os.replace(making, self._path(_key(voice, sentence)))
        finally:
            making.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.wav"


class PiperSynthesizer:
    """Implements `engines.Synthesizer`; one object serves all calls."""

    def __init__(self, model: Path, cache: PromptCache | None = None, *, threads: int = 1) -> None:
        """Loads a Piper voice: an .onnx file, or the folder of one, with its .onnx.json beside it.

        Raises ModelError when it cannot be loaded.
        """
        path = onnx_file(model)
        settings = path.with_name(path.name + ".json")
        try:
            config = settings.read_bytes()
            # Piper's own loader would take every core for each sentence.
            self._voice = PiperVoice(open_session(path, threads), PiperConfig.from_dict(json.loads(config)))
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"{settings} is no description of a Piper voice ({error!r})") from error
        with path.open("rb") as file:
            weights = hashlib.file_digest(file, "sha256").digest()
        self.fingerprint = hashlib.sha256(_MAKING.encode() + weights + config).hexdigest()
        """Tells this voice from every other one; part of the keys in the cache."""
        self._cache = cache

    def synthesize(self, sentence: str) -> Iterator[Audio]:
        """The sentence as one stretch of audio for each sentence that Piper finds in it; a fixed prompt as one."""
        ready = self._cache.get(self.fingerprint, sentence) if self._cache else None
        if ready is None:
            yield from self._made(sentence)
        else:
            yield ready

    def warm(self, sentences: Iterable[str], progress: bool) -> int:
        """Make the fixed prompts that the cache does not have yet; returns how many were made.

        `progress` shows a bar on stderr, or one plain line where stderr is no terminal.
        """
        cache = self._cache
        if cache is None:
            return 0
        missing = [sentence for sentence in dict.fromkeys(sentences) if not cache.has(self.fingerprint, sentence)]
        shown = progress and sys.stderr.isatty()
        if missing and progress and not shown:
            print(f"making {len(missing)} prompts", file=sys.stderr)
        for sentence in tqdm(missing, desc="prompts", unit="prompt", file=sys.stderr, disable=not shown):
            stretches = list(self._made(sentence))
            if stretches:
                cache.put(self.fingerprint, sentence, np.concatenate(stretches))
        return len(missing)

    def varied(self, sentence: str, *, pace: float, variety: float) -> Iterator[Audio]:
        """The sentence as somebody else might say it: sounds `pace` times as long as usual, their lengths and colour
        varied by `variety` (0 = monotonous, 0.67 = as the voice was made). Never from the cache."""
        yield from self._made(sentence, SynthesisConfig(length_scale=pace, noise_scale=variety, noise_w_scale=variety))

    def _made(self, sentence: str, manner: SynthesisConfig | None = None) -> Iterator[Audio]:
        for chunk in self._voice.synthesize(sentence, manner):
            yield _finished(resample(chunk.audio_float_array, chunk.sample_rate, SAMPLE_RATE))


def _key(voice: str, sentence: str) -> str:
    return hashlib.sha256(f"{voice}\n{sentence}".encode()).hexdigest()


def _finished(audio: Audio) -> Audio:
    """Cut off the silence at the head, bring to the level, fade both ends."""
    size = np.abs(audio)
    first = int(np.argmax(size > _AUDIBLE * size.max())) if size.any() else 0
    kept = scaled_to(audio[max(0, first - _LEAD) :], LEVEL)
    fade = min(_FADE, len(kept) // 2)
    ramp = np.ones(len(kept), np.float32)
    ramp[:fade] = np.linspace(0, 1, fade, endpoint=False)
    ramp[len(kept) - fade :] = np.linspace(1, 0, fade)
    return kept * ramp

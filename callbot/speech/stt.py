"""Speech to text: Whisper, in windows as short as the sound allows.

Whisper pads everything to 30 s, and the encoder's work on the padding is most of its cost. A turn on the telephone
lasts a few seconds, so it is decoded in a 15 s window at a third of that cost; shorter windows lose words. What
does not fit goes through full windows, cut at quiet places. faster-whisper's own `transcribe` always encodes 30 s
whatever its chunk_length says, therefore its parts are called here one by one.
"""

from __future__ import annotations

import logging
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import merge_punctuations

from callbot.engines import NOTHING_EXPECTED, SAMPLE_RATE, Audio, Expected, Transcript
from callbot.errors import ModelError
from callbot.events import Word

log = logging.getLogger(__name__)

FRAMES_PER_SECOND = 100
SHORT_WINDOW, FULL_WINDOW = 15, 30
"""Seconds that the encoder sees."""

_SHORT_ENOUGH = 14.0
"""Seconds of sound that still go into the short window, with room for the silence that Whisper expects at the end."""
_LONGEST_PIECE = 29.0
_EARLIEST_CUT = 20.0
_SHORTEST = 0.1
"""Seconds below which nothing can have been said."""

_FINAL_BEAMS, _PARTIAL_BEAMS = 5, 1
# Fast speech has about 5 tokens a second; the margin is for spelling, the limit stops endless loops on noise.
_TOKENS_AT_LEAST, _TOKENS_PER_SECOND = 8, 12

# (no_speech above, mean log probability below): text for which one row holds is noise that Whisper took for words.
# Measured with telephone speech, clean and under noise as loud as the voice: no_speech stays below 0.5, and the log
# probability above -1.2 wherever no_speech passes 0.3; sirens, traffic, babble, music and tones mostly pass both.
_NOISE = ((0.6, -0.7), (0.3, -1.2), (0.0, -1.6))
_REPETITIVE = 2.4
"""Compression ratio above which text is a loop (the threshold of OpenAI's own decoder)."""

# What Whisper learned from captions of films and says into noise.
_PHANTOMS = re.compile(
    r"(thanks?( you)?( so much)? for (watching|listening)|please subscribe|subscribe( to (my|our|the) channel)?"
    r"|subtitles? by .*|transcribed by .*|captions? by .*|see you (in the )?next (time|video)|music|applause)",
    re.IGNORECASE,
)
_PREPENDED, _APPENDED = "\"'“([{-", "\"'.,!?:”)]}"

_SLOW_WORD = 0.7
"""Seconds that an ordinary word takes at most."""

_NOTHING = Transcript(text="", words=(), confidence=0.0, no_speech=1.0)


@dataclass(frozen=True, slots=True)
class _Decoded:
    """What the decoder made of one window."""

    text: str
    tokens: list[int]
    log_probability: float
    """Mean over the tokens."""
    no_speech: float
    encoded: Any
    """The encoder's output, for the alignment."""
    frames: int
    """Feature frames that hold sound, not padding."""

    @property
    def phantom(self) -> str:
        """Why nobody can have said this, "" if somebody can."""
        if _compression(self.text) > _REPETITIVE:
            return "loop"
        if any(self.no_speech > silent and self.log_probability < unsure for silent, unsure in _NOISE):
            return "noise"
        return "phrase" if _PHANTOMS.fullmatch(self.text.strip(" .!,[]()*♪")) else ""


class WhisperTranscriber:
    """Implements `engines.Transcriber`; one object serves all calls."""

    def __init__(self, model: Path, *, cpu_threads: int, workers: int = 1) -> None:
        """Loads a folder with a CTranslate2 Whisper model, computing in int8.

        `workers` calls can decode at the same time, each with `cpu_threads` threads (0 = as many as there are cores).
        Raises ModelError when the folder holds no such model.
        """
        if not (model / "model.bin").is_file():
            raise ModelError(f"{model} has no model.bin: name a folder with a Whisper model converted to CTranslate2")
        try:
            self._whisper = WhisperModel(
                str(model), device="cpu", compute_type="int8", cpu_threads=cpu_threads, num_workers=workers
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(f"{model} is no Whisper model that can be loaded ({error})") from error
        multilingual = self._whisper.model.is_multilingual
        self._tokenizer = Tokenizer(self._whisper.hf_tokenizer, multilingual, task="transcribe", language="en")
        self.refused: Counter[str] = Counter()
        """How many windows' texts were dropped because nobody had said them, by reason: noise, loop, phrase."""

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        expected: Expected = NOTHING_EXPECTED,
        agreed: str = "",
        full: bool = False,
    ) -> Transcript:
        """English words in `audio`.

        `final=False` decodes greedily and gives no words; `final=True` searches with five beams, and each word has
        its time and its probability from aligning the text with the sound. `hint` is a list of likely names,
        "Orange Street, Chapel Street": it goes before the text as if it had been said. `full=True` decodes with the
        30 s window. Text that noise makes Whisper invent is dropped and counted in `refused`.
        """
        window = FULL_WINDOW if full or len(audio) > _SHORT_ENOUGH * SAMPLE_RATE else SHORT_WINDOW
        pieces = [
            self._piece(audio[start:end], start / SAMPLE_RATE, window, final, expected.hint)
            for start, end in _pieces(audio)
        ]
        return _joined([piece for piece in pieces if piece.text], max((p.no_speech for p in pieces), default=1.0))

    def _piece(self, audio: Audio, offset: float, window: int, final: bool, hint: str) -> Transcript:
        if len(audio) < _SHORTEST * SAMPLE_RATE:
            return _NOTHING
        heard = self._decode(audio, window, final, hint)
        if heard.phantom == "loop" and window < FULL_WINDOW:
            # The usual retry with sampling would hear the same call differently every time; the full window breaks
            # most loops and does not.
            heard = self._decode(audio, FULL_WINDOW, final, hint)
        if not heard.text:
            return replace(_NOTHING, no_speech=heard.no_speech)
        if heard.phantom:
            self.refused[heard.phantom] += 1
            log.info("dropped text that nobody said: %s", heard.phantom)
            return replace(_NOTHING, no_speech=heard.no_speech)
        words = self._words(heard, offset) if final else ()
        sure = float(np.mean([word.probability for word in words])) if words else math.exp(heard.log_probability)
        return Transcript(text=heard.text, words=words, confidence=sure, no_speech=heard.no_speech)

    def _decode(self, audio: Audio, window: int, final: bool, hint: str) -> _Decoded:
        features = self._whisper.feature_extractor(audio)[:, : window * FRAMES_PER_SECOND]
        frames = features.shape[1]
        padded = np.pad(features, ((0, 0), (0, window * FRAMES_PER_SECOND - frames)))
        encoded = self._whisper.encode(padded)
        prompt = self._whisper.get_prompt(self._tokenizer, [], without_timestamps=True, hotwords=hint or None)
        room = _TOKENS_AT_LEAST + int(_TOKENS_PER_SECOND * len(audio) / SAMPLE_RATE)
        (result,) = self._whisper.model.generate(
            encoded,
            [prompt],
            beam_size=_FINAL_BEAMS if final else _PARTIAL_BEAMS,
            max_length=min(len(prompt) + room, self._whisper.max_length),
            return_scores=True,
            return_no_speech_prob=True,
        )
        tokens = result.sequences_ids[0]
        return _Decoded(
            text=self._tokenizer.decode(tokens).strip(),
            tokens=[token for token in tokens if token < self._tokenizer.eot],
            # The score is the mean over the tokens without the end mark, which was scored too.
            log_probability=result.scores[0] * len(tokens) / (len(tokens) + 1),
            no_speech=result.no_speech_prob,
            encoded=encoded,
            frames=frames,
        )

    def _words(self, heard: _Decoded, offset: float) -> tuple[Word, ...]:
        (found,) = self._whisper.find_alignment(self._tokenizer, [heard.tokens], heard.encoded, heard.frames)
        merge_punctuations(found, _PREPENDED, _APPENDED)
        words = [
            Word(word["word"].strip(), float(word["start"]), float(word["end"]), float(word["probability"]))
            for word in found
            if word["word"].strip()
        ]
        return tuple(replace(word, start=offset + word.start, end=offset + word.end) for word in _late_start(words))


def _late_start(words: list[Word]) -> list[Word]:
    """The alignment gives the silence before the first word to that word: leave it twice the usual length."""
    if not words:
        return words
    usual = min(_SLOW_WORD, float(np.median([word.end - word.start for word in words])))
    return [replace(words[0], start=max(words[0].start, words[0].end - 2 * usual)), *words[1:]]


def _pieces(audio: Audio) -> Iterator[tuple[int, int]]:
    """Stretches (first sample, sample after the last) that fit into a full window, cut where it is quietest."""
    start, longest = 0, int(_LONGEST_PIECE * SAMPLE_RATE)
    while len(audio) - start > longest:
        end = start + _quietest(audio[start : start + longest])
        yield start, end
        start = end
    yield start, len(audio)


def _quietest(audio: Audio) -> int:
    """The middle of the quietest 0.2 s after the earliest cut."""
    step = SAMPLE_RATE // 5
    first = int(_EARLIEST_CUT * SAMPLE_RATE)
    count = (len(audio) - first) // step
    levels = np.square(audio[first : first + count * step]).reshape(count, step).sum(axis=1)
    return first + int(levels.argmin()) * step + step // 2


def _joined(pieces: list[Transcript], no_speech: float) -> Transcript:
    if not pieces:
        return replace(_NOTHING, no_speech=no_speech)
    sizes = [len(piece.text) for piece in pieces]
    return Transcript(
        text=" ".join(piece.text for piece in pieces),
        words=tuple(word for piece in pieces for word in piece.words),
        confidence=float(np.average([piece.confidence for piece in pieces], weights=sizes)),
        no_speech=min(piece.no_speech for piece in pieces),
    )


def _compression(text: str) -> float:
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0

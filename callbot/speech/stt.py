"""Speech to text: Whisper, working on little more than the sound there is.

A turn on the telephone lasts a few seconds, and Whisper's 30 s window is mostly padding; `windows` says how it is cut
down. What does not fit goes through full windows, cut at quiet places. While a caller still speaks, a smaller model
makes the partial transcripts, whose words are watched for and never filed. faster-whisper's own `transcribe` always
encodes 30 s whatever its chunk_length says, therefore its parts are called one by one (see `whisper`).
"""

from __future__ import annotations

import logging
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from callbot.engines import SAMPLE_RATE, Audio, Transcript
from callbot.events import Word
from callbot.speech.whisper import Decoded, Whisper
from callbot.speech.windows import WHOLE, Window, window

log = logging.getLogger(__name__)

_LONGEST_PIECE = 29.0
_EARLIEST_CUT = 20.0
_SHORTEST = 0.1
"""Seconds below which nothing can have been said."""

_FINAL_BEAMS = 5
"""In 100 recordings 17.6 % of the words are wrong with five beams (0.22 s of decoding), 18.8 % with one (0.18 s).
Asking the small model first, and believing it where it is sure, saved nothing with other speakers."""
_SPELLED = frozenset({"location", "phone", "plate", "name", "number"})
"""Kinds of answers for which other readings are given: the list of streets or the form of a number may pick one. Of 42
spelled names, numbers and dates 25 were right at once, and 33 had the right one among five readings."""

_Rows = tuple[tuple[float, float], ...]
"""(no_speech above, mean log probability below): text for which one row holds is noise that Whisper took for words."""

# Measured with telephone speech and with 74 sounds that are none: sirens, traffic, crowds, machines, tones, silence.
# Silence behind the sound makes Whisper doubt short answers: "five" has a no_speech of 0.73 in a cut window, 0.45 in a
# full one, and a log probability of -0.74; noise that passes 0.6 stays below -0.8 (but a laugh), tones and silence pass
# 0.78.
_NOISE_IN_CUT: _Rows = ((0.9, -0.5), (0.78, -0.75), (0.6, -0.8), (0.4, -1.1), (0.0, -1.6))
# Clean and under noise as loud as the voice: no_speech stays below 0.5, and the log probability above -1.2 wherever
# no_speech passes 0.3.
_NOISE_IN_WHOLE: _Rows = ((0.6, -0.7), (0.3, -1.2), (0.0, -1.6))
# A partial that is missed is followed by another, one that nobody said stops the bot.
_NOISE_IN_PARTIAL: _Rows = ((0.9, -0.6), *_NOISE_IN_WHOLE)
_REPETITIVE = 2.4
"""Compression ratio above which text is a loop (the threshold of OpenAI's own decoder)."""

# What Whisper learned from captions of films and says into noise.
_PHANTOMS = re.compile(
    r"(thanks?( you)?( so much)? for (watching|listening)|please subscribe|subscribe( to (my|our|the) channel)?"
    r"|subtitles? by .*|transcribed by .*|captions? by .*|see you (in the )?next (time|video)|music|applause|you"
    r"|(ha\W*)+)",
    re.IGNORECASE,
)

_NOTHING = Transcript(text="", words=(), confidence=0.0, no_speech=1.0)


class WhisperTranscriber:
    """Implements `engines.Transcriber`; one object serves all calls."""

    def __init__(self, model: Path, *, cpu_threads: int, workers: int = 1, small_model: Path | None = None) -> None:
        """Loads folders with CTranslate2 Whisper models; without `small_model` the one model does it all.

        The small one makes partials: Whisper tiny.en hears as many of the words that matter as the multilingual base
        (93 and 92 % of 168 in callers' turns) in half the time (0.12 and 0.26 s a file).

        `workers` calls can decode at the same time, each with `cpu_threads` threads (0 = as many as there are cores).
        Raises ModelError when a folder holds no such model.
        """
        self._large = self._small = Whisper(model, cpu_threads=cpu_threads, workers=workers)
        if small_model is not None and small_model != model:
            self._small = Whisper(small_model, cpu_threads=cpu_threads, workers=workers)
        self.refused: Counter[str] = Counter()
        """How many windows' texts were dropped because nobody had said them, by reason: noise, loop, phrase."""

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        kind: str = "",
        full: bool = False,
    ) -> Transcript:
        """English words in `audio`.

        `final=False` is the small model's quick text without words; with `final=True` each word has its time and its
        probability from aligning the text with the sound, and where names and numbers are asked there are other
        readings. `full=True` decodes in the 30 s window. Text that noise makes Whisper invent is dropped and counted in
        `refused`.

        What earlier partials agree on is not given to the decoder: CTranslate2 steps through a given beginning token
        by token, as it does through a text of its own (29 tokens take 0.36 s either way), and a mistake in it would
        stay. Nor are likely street names: with five beams they won nothing.
        """
        pieces = [
            self._piece(audio[start:end], start / SAMPLE_RATE, final, kind, full) for start, end in _pieces(audio)
        ]
        return _joined([piece for piece in pieces if piece.text], max((p.no_speech for p in pieces), default=1.0))

    def _piece(self, audio: Audio, offset: float, final: bool, kind: str, full: bool) -> Transcript:
        seconds = len(audio) / SAMPLE_RATE
        if seconds < _SHORTEST:
            return _NOTHING
        if final:
            heard, why = self._finally(audio, None if full else window(seconds, final=True), kind)
        else:
            heard = self._small.decode(audio, window(seconds, final=False), beams=1)
            why = phantom(heard, _NOISE_IN_PARTIAL)
        if why:
            self.refused[why] += 1
            log.info("dropped text that nobody said: %s", why)
        if why or not heard.text:
            return replace(_NOTHING, no_speech=heard.no_speech)
        words = _moved(self._large.words(heard), offset) if final else ()
        sure = float(np.mean([word.probability for word in words])) if words else math.exp(heard.log_probability)
        return Transcript(heard.text, words, sure, heard.no_speech, heard.others)

    def _finally(self, audio: Audio, seen: Window | None, kind: str) -> tuple[Decoded, str]:
        """What was said, and why nobody can have said it."""
        texts = _FINAL_BEAMS if kind in _SPELLED else 1
        heard = self._large.decode(audio, seen, beams=_FINAL_BEAMS, texts=texts)
        why = phantom(heard, _NOISE_IN_WHOLE if seen in (None, WHOLE) else _NOISE_IN_CUT)
        if why != "loop" or seen in (None, WHOLE):
            return heard, why
        # The usual retry with sampling would hear the same call differently every time; the full window breaks most
        # loops and does not.
        return self._finally(audio, WHOLE, kind)


def phantom(heard: Decoded, noise: _Rows) -> str:
    """Why nobody can have said this, "" if somebody can; `noise` belongs to the window."""
    if _compression(heard.text) > _REPETITIVE:
        return "loop"
    if any(heard.no_speech > silent and heard.log_probability < unsure for silent, unsure in noise):
        return "noise"
    return "phrase" if _PHANTOMS.fullmatch(heard.text.strip(" .!,[]()*♪")) else ""


def _moved(words: list[Word], offset: float) -> tuple[Word, ...]:
    return tuple(replace(word, start=offset + word.start, end=offset + word.end) for word in words)


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
        alternatives=pieces[0].alternatives if len(pieces) == 1 else (),
    )


def _compression(text: str) -> float:
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0

"""One Whisper model: sound in, text with its probability out; no judgement of whether anybody said it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_ctranslate2_storage, merge_punctuations

from callbot.engines import SAMPLE_RATE, Audio
from callbot.errors import ModelError
from callbot.events import Word
from callbot.speech.windows import FRAMES_PER_SECOND, WHOLE, Window

Features = npt.NDArray[np.float32]
"""Log-mel features, shape (80, frames of 10 ms)."""

# Fast speech has about 5 tokens a second; the margin is for spelling, the limit stops endless loops on noise.
_TOKENS_AT_LEAST, _TOKENS_PER_SECOND = 8, 12

_PREPENDED, _APPENDED = "\"'“([{-", "\"'.,!?:”)]}"

_SLOW_WORD = 0.7
"""Seconds that an ordinary word takes at most."""


@dataclass(frozen=True, slots=True)
class Decoded:
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
    others: tuple[str, ...] = ()
    """Less likely texts, best first."""


class Whisper:
    """A CTranslate2 Whisper model that computes in int8; threads may share it."""

    def __init__(self, model: Path, *, cpu_threads: int, workers: int) -> None:
        """`workers` windows can be decoded at the same time, each with `cpu_threads` threads (0 = one a core).

        Raises ModelError when the folder holds no such model.
        """
        if not (model / "model.bin").is_file():
            raise ModelError(f"{model} has no model.bin: name a folder with a Whisper model converted to CTranslate2")
        try:
            self._model = WhisperModel(
                str(model), device="cpu", compute_type="int8", cpu_threads=cpu_threads, num_workers=workers
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(f"{model} is no Whisper model that can be loaded ({error})") from error
        multilingual = self._model.model.is_multilingual
        self._tokenizer = Tokenizer(self._model.hf_tokenizer, multilingual, task="transcribe", language="en")
        self._silence = np.asarray(self._model.encode(self._features(np.zeros(0, np.float32), WHOLE.encoded)))
        """What the encoder makes of 30 s of silence, shape (1, 1500, size of the model)."""

    def decode(self, audio: Audio, window: Window | None, *, beams: int, texts: int = 1) -> Decoded:
        """The likeliest text of at most 30 s of sound, and up to `texts` - 1 others.

        `window=None` is Whisper's own window, as faster-whisper fills it.
        """
        encoded = self._whole(audio) if window is None else self._encode(audio, window)
        prompt = self._model.get_prompt(self._tokenizer, [], without_timestamps=True)
        room = _TOKENS_AT_LEAST + int(_TOKENS_PER_SECOND * len(audio) / SAMPLE_RATE)
        (result,) = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=beams,
            num_hypotheses=texts,
            max_length=min(len(prompt) + room, self._model.max_length),
            return_scores=True,
            return_no_speech_prob=True,
        )
        tokens = result.sequences_ids[0]
        found = dict.fromkeys(self._tokenizer.decode(sequence).strip() for sequence in result.sequences_ids)
        text, *others = found
        return Decoded(
            text=text,
            tokens=[token for token in tokens if token < self._tokenizer.eot],
            # The score is the mean over the tokens without the end mark, which was scored too.
            log_probability=result.scores[0] * len(tokens) / (len(tokens) + 1),
            no_speech=result.no_speech_prob,
            encoded=encoded,
            frames=min(WHOLE.encoded, len(audio) * FRAMES_PER_SECOND // SAMPLE_RATE + 1),
            others=tuple(filter(None, others)),
        )

    def words(self, heard: Decoded) -> list[Word]:
        """The words with their times (seconds from the window's start) and probabilities."""
        (found,) = self._model.find_alignment(self._tokenizer, [heard.tokens], heard.encoded, heard.frames)
        merge_punctuations(found, _PREPENDED, _APPENDED)
        words = [
            Word(word["word"].strip(), float(word["start"]), float(word["end"]), float(word["probability"]))
            for word in found
            if word["word"].strip()
        ]
        return _late_start(words)

    def _encode(self, audio: Audio, window: Window) -> Any:
        encoded = self._model.encode(self._features(audio, window.encoded))
        if window.seen == window.encoded:
            return encoded
        # The encoder halves the number of frames.
        silence = self._silence[:, window.encoded // 2 : window.seen // 2]
        return get_ctranslate2_storage(np.concatenate([np.asarray(encoded), silence], axis=1))

    def _features(self, audio: Audio, frames: int) -> Features:
        """Features of the sound with silence behind it, shape (80, frames).

        The silence is added to the sound: zeros among the features, which faster-whisper adds, are a noise of middling
        loudness in every band. In a 15 s window they cost 3 points of word errors (21.0 instead of 17.6 %, 104 files).
        """
        samples = frames * SAMPLE_RATE // FRAMES_PER_SECOND
        sound = np.pad(audio[:samples], (0, max(0, samples - len(audio))))
        return np.asarray(self._model.feature_extractor(sound)[:, :frames], np.float32)

    def _whole(self, audio: Audio) -> Any:
        """Encoded as faster-whisper does it."""
        features = self._model.feature_extractor(audio)[:, : WHOLE.encoded]
        return self._model.encode(np.pad(features, ((0, 0), (0, WHOLE.encoded - features.shape[1]))))


def _late_start(words: list[Word]) -> list[Word]:
    """The alignment gives the silence before the first word to that word: leave it twice the usual length."""
    if not words:
        return words
    usual = min(_SLOW_WORD, float(np.median([word.end - word.start for word in words])))
    first = words[0]
    return [Word(first.text, max(first.start, first.end - 2 * usual), first.end, first.probability), *words[1:]]

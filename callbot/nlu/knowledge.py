"""Questions answered from the agency's pages, or not at all.

Nothing here writes an answer: a question is matched with a page, and what is spoken is that page's own text. So the
worst that can happen is the wrong page, and "not in my pages" has to be a value. Meaning decides: the sentence
encoder before its adapter, mean of the states, unit length. The adapter is made to tell intents apart, and all
questions are one intent: among 191 answerable questions of fixtures/knowledge/calibration.yaml the right page came
first for 89 % without it and for 48 % with it. The words count too: among the 227 that it holds now, a rare word that
the caller and a page share lifts this from 88 % to 91 %.

How sure a page is comes of three measures: how near it is, how far it leads over the next page, and how near the
question is to one of the questions in unanswered.yaml. Without the last, the wrong pages can't be told from the right
ones as well: area under the curve 0.87 instead of 0.94, and where one question in twenty gets a wrong page, 58 % of
the answerable ones get the right one instead of 77 %. The words' share of the page, words that no page holds, the
small model's intents, the clauses by themselves and each sentence of an answer by itself were tried and add nothing;
the number of words seems to add something, but the questions without a page are the shorter ones in that file.
"""

from __future__ import annotations

import hashlib
import logging
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

import numpy as np
from tokenizers import Tokenizer

from callbot.errors import ModelError
from callbot.nlu.calibrate import Floats, sigmoid
from callbot.nlu.model import MAX_TOKENS, TOKENIZER, Encode
from callbot.nlu.utterances import tokenise
from callbot.schema import Page

log = logging.getLogger(__name__)

Embed = Callable[[str], Floats]
"""A sentence to a vector of length 1, (hidden,)."""

NEAREST = 2
"""A page is as near as the mean of this many of its nearest sentences: with one, a single odd question on a page
draws callers to it, and the wrong pages are told less well: area under the curve 0.93 instead of 0.94."""
WORDS = 0.4
"""Weight of the shared words beside the cosine: from 0.2 to 0.6 it makes no difference, without them the right page
comes first for 88 % instead of 91 %."""

_MAKING = "1"
"""Raised when the matrix made from the same pages changes, so that old ones are not used."""
_PROBE = "how late is the office open on a holiday"
"""What the encoder makes of this tells encoders apart, also the same one in another runtime: a quantised graph turns
each sentence by 15 degrees, which must not happen to the questions alone."""


class Weights(NamedTuple):
    """Log-odds that the best page answers the question."""

    constant: float
    near: float
    """By its likeness, -1 to 1."""
    lead: float
    """By how far its rank score is above the next page's."""
    stranger: float
    """By the likeness of the nearest question that no page answers."""

    def confidence(self, near: float, lead: float, stranger: float) -> float:
        """Chance that the page answers, 0 to 1."""
        return sigmoid(self.constant + self.near * near + self.lead * lead + self.stranger * stranger)


TRUST = Weights(-2.32, 15.19, 3.15, -12.87)
"""Fitted to fixtures/knowledge/calibration.yaml by tests/nlu/test_knowledge.py, which fails when it no longer fits."""


class Answer(NamedTuple):
    """A page that may answer a question."""

    page: str
    """Its file name without ending."""
    score: float
    """Calibrated chance that it is a right page, 0 to 1."""


class Measures(NamedTuple):
    """What speaks for the best page."""

    page: str
    near: float
    lead: float
    stranger: float


class Sentences:
    """Embeds sentences with an encoder. May be called from many threads at a time."""

    def __init__(self, encode: Encode, encoder: Path) -> None:
        """`encode` computes the states, `encoder` is the folder with its tokenizer.

        Raises ModelError when that is missing or damaged.
        """
        path = encoder / TOKENIZER
        try:
            self._tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:
            # The library raises nothing narrower.
            raise ModelError(f"{path} is no tokenizer: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._encode = encode

    def __call__(self, sentence: str) -> Floats:
        """The sentence's embedding; case and punctuation make no difference."""
        ids = self._tokenizer.encode(" ".join(token.word for token in tokenise(sentence))).ids
        mean = self._encode(ids, [0] * len(ids)).mean(axis=0)
        unit: Floats = mean / np.linalg.norm(mean)
        return unit


class KnowledgeBase:
    """The pages, ready to be searched. Loaded once; `find` may be called from many threads at a time."""

    def __init__(
        self,
        pages: Mapping[str, Page],
        unanswered: Sequence[str],
        embed: Embed,
        threshold: float,
        cache: Path | None = None,
    ) -> None:
        """`unanswered` are questions that no page answers, `threshold` the least score of an answer.

        What the encoder makes of the pages is kept in the folder `cache` (None: nowhere) and made anew when pages or
        encoder change: some 10 s for 100 pages.
        """
        self._embed = embed
        self._threshold = threshold
        self._names = tuple(pages)
        sentences = {name: (*page.questions, page.title, page.answer) for name, page in pages.items()}
        flat = [sentence for group in sentences.values() for sentence in group]
        matrix = embedded([*flat, *unanswered], embed, cache)
        self._sentences, self._strangers = matrix[: len(flat)], matrix[len(flat) :]
        self._rows = _rows([len(group) for group in sentences.values()])
        found = {name: {word for sentence in group for word in _words(sentence)} for name, group in sentences.items()}
        self._holds = _holders([found[name] for name in self._names])

    def find(self, question: str) -> Answer | None:
        """The page that answers `question`; None if no page does for all that can be told."""
        best = self.best(question)
        return best if best is not None and best.score >= self._threshold else None

    def best(self, question: str) -> Answer | None:
        """The nearest page, however far; None for a question without words, and where there are no pages."""
        found = self.measure(question)
        return Answer(found.page, TRUST.confidence(found.near, found.lead, found.stranger)) if found else None

    def measure(self, question: str) -> Measures | None:
        """The nearest page with what its score is made of; None as for `best`."""
        words = set(_words(question))
        if not words or not self._names:
            return None
        embedding = self._embed(question)
        # The last place stands for the rows that shorter pages do not have.
        likeness = np.append(_likeness(self._sentences, embedding), np.float32(-1))
        near = np.sort(likeness[self._rows], axis=1)[:, -NEAREST:].mean(axis=1)
        rank = near + WORDS * self._shared(words)
        order = np.argsort(-rank)
        lead = rank[order[0]] - rank[order[1]] if len(order) > 1 else 1.0
        stranger = _likeness(self._strangers, embedding).max(initial=0.0)
        return Measures(self._names[order[0]], float(near[order[0]]), float(lead), float(stranger))

    def _shared(self, words: Iterable[str]) -> Floats:
        """Share of the question's words that each page holds, by weight: a word on few pages weighs more, and one
        on none the most."""
        shared, total = np.zeros(len(self._names), np.float32), 0.0
        for word in words:
            holders = self._holds.get(word)
            weight = math.log((len(self._names) + 1) / ((0 if holders is None else len(holders)) + 0.5))
            total += weight
            if holders is not None:
                shared[holders] += weight
        return shared / np.float32(total)


def _likeness(matrix: Floats, embedding: Floats) -> Floats:
    """Cosines (rows,) of the matrix' rows with the embedding."""
    # Not "@": that wakes a second thread, for which the first one waits 20 ms where the cores are busy.
    cosines: Floats = np.einsum("ij,j->i", matrix, embedding)
    return cosines


def embedded(sentences: Sequence[str], embed: Embed, cache: Path | None) -> Floats:
    """Embeddings (sentences, hidden), read from the folder `cache` if they were made before.

    A cache that cannot be read or written costs time and nothing else.
    """
    probe = embed(_PROBE)
    key = hashlib.sha256(_MAKING.encode() + probe.tobytes() + "\0".join(sentences).encode()).hexdigest()
    path = None if cache is None else cache / f"{key}.npy"
    if path is not None and path.is_file():
        try:
            kept: Floats = np.load(path, allow_pickle=False)
            if kept.shape == (len(sentences), len(probe)):
                return kept
        except (OSError, ValueError, EOFError) as error:
            log.warning("%s is damaged and made anew: %s", path, error)
    made = np.stack([embed(sentence) for sentence in sentences]) if sentences else np.zeros((0, len(probe)), np.float32)
    if path is not None:
        try:
            _keep(path, made)
        except OSError as error:
            log.warning("what the encoder makes of the pages cannot be kept: %s", error)
    return made


def _keep(path: Path, matrix: Floats) -> None:
    """Safe to interrupt: the file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
        making = Path(file.name)
        try:
            np.save(file, matrix)
            file.close()
            os.replace(making, path)
        finally:
            making.unlink(missing_ok=True)


def _rows(sizes: Sequence[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """Which rows of the matrix belong to each page, (pages, most rows); -1 where a page has fewer."""
    rows = np.full((len(sizes), max(sizes, default=0)), -1, np.intp)
    start = 0
    for page, size in enumerate(sizes):
        rows[page, :size] = range(start, start + size)
        start += size
    return rows


def _holders(words: Sequence[set[str]]) -> dict[str, list[int]]:
    """Word to the places of the pages that hold it."""
    holders: dict[str, list[int]] = {}
    for page, found in enumerate(words):
        for word in found:
            holders.setdefault(word, []).append(page)
    return holders


def _words(sentence: str) -> list[str]:
    """The words without the s of a plural."""
    return [token.word.rstrip("s") if len(token.word) > 3 else token.word for token in tokenise(sentence)]

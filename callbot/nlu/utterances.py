"""What an example utterance is, and how its words are cut.

Examples are written by people who do not program, so a value is marked where it stands in the sentence:
``there's a pothole on [Chapel Street](location)``. The recogniser writes no such neat text: its case and
punctuation are guesses. A model that saw them in training leans on them and fails on the phone, so the words
are cut by one function, `tokenise`, both when the model is trained and when it serves. It remembers where every
word stood, so that a found value can be handed back exactly as the caller's words were written.

This module reads no files: the site's loader does, and reports the line of a `MarkupError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, field_validator

OUTSIDE = "O"
"""The tag of a word that belongs to no slot's value."""

# A letter and its combining mark belong together: "e" + accent is one letter to a reader.
_LETTER = r"(?:[^\W_][\u0300-\u036f]*)"
_WORD = re.compile(
    r"(?<![^\W_])[AaPp]\.[Mm]\b\.?"  # "a.m." is one word: the recogniser writes it with and without full stops
    rf"|\$?{_LETTER}+"
    rf"(?:['\u2019]{_LETTER}+|(?<=\d)[.,:/-](?=\d){_LETTER}+)*"  # they're, 10:30, 1,200, 555-0199
    r"(?:(?<=\d)%)?"
)
_MARK = re.compile(r"\[([^\[\]]*)\]\(([a-z][a-z_]*)\)")
_BROKEN = re.compile(r"[\[\]]|\((?=[a-z_]+\))")


class MarkupError(ValueError):
    """The marks of one utterance are broken.

    `index` is the utterance's place in its file, counted from 0.
    """

    def __init__(self, index: int, message: str) -> None:
        self.index = index
        super().__init__(message)


class Utterance(BaseModel):
    """One example with its circumstances."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: str = Field(min_length=1)
    """The caller's words, values marked as ``[words](slot)``."""
    asked: str = ""
    """The question that was open: a slot name, "reason", "confirm" or "more"; "" = none."""
    intent: str | None = None
    """What this one caller wants, in a file of various intents only."""
    kind: str | None = None
    """Emergency kind, in the emergency file only."""


class UtteranceFile(BaseModel):
    """One file of example utterances: those of one intent, or of various ones that sound alike."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    intent: str | None
    """None: the callers want various things, and every utterance names its own intent. In held-out files it may leave
    that open: it is no emergency, whatever else it is."""
    utterances: tuple[Utterance, ...] = Field(min_length=1)

    @field_validator("utterances", mode="before")
    @classmethod
    def _bare_text_is_an_utterance(cls, value: object) -> object:
        if not isinstance(value, (list, tuple)):
            return value
        return [{"say": item} if isinstance(item, str) else item for item in value]


@dataclass(frozen=True, slots=True)
class Token:
    """One normalised word with its place in the original text."""

    word: str
    start: int
    """Index of its first character."""
    end: int
    """Index after its last character."""


@dataclass(frozen=True, slots=True)
class Example:
    """One utterance as the small model sees it."""

    intent: str | None
    asked: str
    words: tuple[str, ...]
    """Normalised, see `tokenise`."""
    tags: tuple[str, ...]
    """One a word: "B-slot" begins a value, "I-slot" goes on, "O" is outside."""
    kind: str | None = None
    """Emergency kind."""

    @property
    def text(self) -> str:
        """The words as one string."""
        return " ".join(self.words)


def tokenise(text: str) -> list[Token]:
    """Cut `text` into lower case words without punctuation.

    Marks inside numbers and words stay (10:30, 555-0199, $1,200, they're); hyphens between letters part words.

    >>> [t.word for t in tokenise("It's $1,200, since 10:30 p.m. - a break-in!")]
    ["it's", '$1,200', 'since', '10:30', 'pm', 'a', 'break', 'in']
    """
    return [Token(_plain(found.group()), found.start(), found.end()) for found in _WORD.finditer(text)]


def normalise_text(text: str) -> str:
    """The words of `tokenise`, one blank between them."""
    return " ".join(token.word for token in tokenise(text))


def _plain(word: str) -> str:
    lower = word.lower().replace("\u2019", "'")
    return f"{lower[0]}m" if lower.rstrip(".") in ("a.m", "p.m") else lower


def examples(file: UtteranceFile) -> list[Example]:
    """The file's utterances as words and tags, in order.

    Raises MarkupError, naming the utterance's index, where brackets do not pair up, a marked value has no word
    in it, or a mark parts a word.
    """
    return [_example(file.intent, index, utterance) for index, utterance in enumerate(file.utterances)]


def unmarked(say: str) -> str:
    """An utterance's words as written, without its marks.

    >>> unmarked("a pothole on [Chapel Street](location), please")
    'a pothole on Chapel Street, please'
    """
    return _MARK.sub(r"\1", say)


def _example(intent: str | None, index: int, utterance: Utterance) -> Example:
    text, marks = _strip_marks(index, utterance.say)
    tokens = tokenise(text)
    if not tokens:
        raise MarkupError(index, f"no words in {utterance.say!r}")
    tags = [OUTSIDE] * len(tokens)
    for start, end, slot in marks:
        inside = [i for i, token in enumerate(tokens) if token.start < end and token.end > start]
        if not inside:
            raise MarkupError(index, f"no word is marked as {slot} in {utterance.say!r}")
        if any(tags[i] != OUTSIDE for i in inside):
            raise MarkupError(index, f"two marks share a word in {utterance.say!r}")
        tags[inside[0]] = f"B-{slot}"
        for i in inside[1:]:
            tags[i] = f"I-{slot}"
    wanted = utterance.intent if intent is None else intent
    return Example(wanted, utterance.asked, tuple(t.word for t in tokens), tuple(tags), utterance.kind)


def _strip_marks(index: int, say: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The text without marks, and (start, end, slot) of each marked value in it."""
    text, marks, done = "", [], 0
    for found in _MARK.finditer(say):
        text += say[done : found.start()]
        marks.append((len(text), len(text) + len(found.group(1)), found.group(2)))
        text += found.group(1)
        done = found.end()
    text += say[done:]
    if broken := _BROKEN.search(text):
        raise MarkupError(index, f"{broken.group()!r} belongs to no complete [words](slot) in {say!r}")
    return text, marks


def spans(tags: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    """The values in a row of tags as (slot, first word, word after the last).

    >>> list(spans(["O", "B-location", "I-location", "B-plate"]))
    [('location', 1, 3), ('plate', 3, 4)]
    """
    slot, first = "", 0
    for index, tag in enumerate((*tags, OUTSIDE)):
        if slot and not (tag.startswith("I-") and tag[2:] == slot):
            yield slot, first, index
            slot = ""
        if tag != OUTSIDE and not slot:
            slot, first = tag[2:], index

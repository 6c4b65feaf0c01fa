"""What a recogniser made of spoken utterances, as training material.

A model that has only seen what people write stumbles over what a recogniser hears: "Dixwell" comes as "Dix well",
"two fifteen" as "215", endings are lost in noise. So utterances are spoken and heard once (see `speaking`), and kept
as lines of intents/en_heard with their marks carried over: `carried` follows the words of each value through an
alignment of what was said with what was heard.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from callbot.errors import ContentError
from callbot.nlu.numbers import NUMBER_WORDS
from callbot.nlu.utterances import Example, Token, UtteranceFile, examples, spans, tokenise

FOLDER = "en_heard"
"""Folder beside intents/en."""

WORST = 0.6
"""An utterance of which a larger share was heard wrong teaches nothing."""

_STEPS = ((1, 1), (1, 0), (0, 1), (1, 2), (2, 1), (1, 3), (3, 1))
"""How many words said go with how many heard: "Dixwell" is heard as "Dix well"."""
_LONGEST_NUMBER = 14
"""Words of a number that is written in one: a telephone number with its country code, "two oh three ..."."""
_COUNTED = frozenset(NUMBER_WORDS) | {"double", "triple", "dollars", "and", "am", "pm"}
_JOINT = 0.15
"""Extra cost of a word that does not go with exactly one other."""


class Heard(BaseModel):
    """One line of a file of heard utterances."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: str = Field(min_length=1)
    """What was heard, values marked as in the site's utterances."""
    intent: str
    asked: str = ""
    kind: str | None = None
    source: str = Field(pattern=r"^[0-9a-f]{16}$")
    """`source_of` the utterance that was spoken: both are trained on, or neither."""


class HeardExample(NamedTuple):
    """A heard utterance as the small model sees it."""

    source: str
    example: Example


def source_of(example: Example) -> str:
    """What tells an utterance from all others: its words. 16 hexadecimal digits."""
    return hashlib.sha256(example.text.encode()).hexdigest()[:16]


def read_heard(folder: Path) -> list[HeardExample]:
    """All heard utterances of `folder`, in the order of its files; none where it does not exist.

    Raises ContentError, naming file and line, for a line that is none.
    """
    found: list[HeardExample] = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                heard = Heard.model_validate_json(line)
                found.append(HeardExample(heard.source, _as_example(heard)))
            except (ValidationError, ValueError) as error:
                raise ContentError([f"{path}:{number}: this is no heard utterance: {error}"]) from error
    return found


def _as_example(heard: Heard) -> Example:
    row = {"say": heard.say, "asked": heard.asked, "kind": heard.kind}
    return examples(UtteranceFile.model_validate({"intent": heard.intent, "utterances": [row]}))[0]


def carried(said: Example, heard: str) -> str | None:
    """The text `heard` with the marks of what was `said`; None if too much of it was misheard.

    A value of which nothing was heard loses its mark.
    """
    tokens = tokenise(heard)
    if not tokens:
        return None
    pairs, cost = alignment(said.words, [token.word for token in tokens])
    if cost > WORST * len(said.words):
        return None
    marks = [
        (min(there), max(there) + 1, slot)
        for slot, first, end in spans(said.tags)
        if (there := [at for word, at in pairs if first <= word < end])
    ]
    return _marked(heard, tokens, marks)


def _marked(text: str, tokens: Sequence[Token], marks: Iterable[tuple[int, int, str]]) -> str:
    result, done, taken = "", 0, 0
    for first, end, slot in sorted(marks):
        # Where two values were heard as one word, it goes to the first.
        first = max(first, taken)
        if first < end:
            start, stop, taken = tokens[first].start, tokens[end - 1].end, end
            result += f"{text[done:start]}[{text[start:stop]}]({slot})"
            done = stop
    return result + text[done:]


def alignment(said: Sequence[str], heard: Sequence[str]) -> tuple[list[tuple[int, int]], float]:
    """Which word said (index) became which word heard (index), and the cost of it all in words.

    >>> alignment(["on", "dixwell", "two", "fifteen"], ["on", "dix", "well", "215"])[0]
    [(0, 0), (1, 1), (1, 2), (2, 3), (3, 3)]
    """
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(said) + 1):
        for j in range(len(heard) + 1):
            ways = [
                (best[i - di, j - dj][0] + _cost(said[i - di : i], heard[j - dj : j]), (di, dj))
                for di, dj in _STEPS
                if i >= di and j >= dj
            ]
            if j and heard[j - 1].strip("$")[:1].isdigit():
                ways += [
                    (best[i - di, j - 1][0] + _JOINT * di, (di, 1)) for di in range(1, _number_before(said, i) + 1)
                ]
            if ways:
                best[i, j] = min(ways)
    pairs: list[tuple[int, int]] = []
    i, j = len(said), len(heard)
    while (i, j) != (0, 0):
        di, dj = best[i, j][1]
        pairs += [(i - 1 - a, j - 1 - b) for a in range(di) for b in range(dj)]
        i, j = i - di, j - dj
    return sorted(pairs), best[len(said), len(heard)][0]


def _number_before(said: Sequence[str], end: int) -> int:
    """How many words before `end` may be parts of one number, at most `_LONGEST_NUMBER`."""
    count = 0
    while count < min(end, _LONGEST_NUMBER) and said[end - count - 1] in _COUNTED:
        count += 1
    return count


def _cost(said: Sequence[str], heard: Sequence[str]) -> float:
    if not said or not heard:
        return 1.0
    one, other = "".join(said), "".join(heard)
    most = max(len(said), len(heard))
    return most * _edits(one, other) / max(len(one), len(other)) + _JOINT * (most - 1)


@cache
def _edits(one: str, other: str) -> int:
    """Letters to add, drop or change (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        corner, row[0] = row[0], i
        for j, against in enumerate(other, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (letter != against))
    return row[-1]

"""Finds words in what the caller said: as they were said, in which turn, at what second of the call. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from callbot.events import TurnRecord
from callbot.nlu.phrases import normalise

_LONGER = 4
"""A phrase may have been said in so many words more than it is compared in: hesitations, stutters."""


def flat(text: str) -> str:
    """One line without double quotes: nothing in a quotation may look like its end, or like a new statement."""
    return " ".join(text.replace('"', "'").split())


def says(turn: TurnRecord, words: str) -> bool:
    """The words are in what the caller said in this turn, letter by letter but for their case."""
    wanted = flat(words).casefold()
    return bool(wanted) and wanted in flat(turn.heard or "").casefold()


def as_said(heard: str, words: str) -> str | None:
    """The caller's own words for a phrase that was found in them; None if they do not hold it.

    `words` are compared as the phrase rules compare words: "it is" stands for "it's".

    >>> as_said("Um, he's got a- a gun!", "he 's got a gun")
    "he's got a- a gun!"
    """
    # What the rules found has its "'s" apart already.
    wanted = normalise(words.replace(" 's", "'s")).split()
    said = heard.split()
    if not wanted:
        return None
    for length in range(1, min(len(said), len(wanted) + _LONGER) + 1):
        for first in range(len(said) - length + 1):
            window = " ".join(said[first : first + length])
            if _holds(normalise(window).split(), wanted):
                return flat(window)
    return None


def second_of(turn: TurnRecord, words: str) -> float | None:
    """When in the call the words began; None where nobody measured it."""
    wanted = _letters(words)
    letters = [_letters(word.text) for word in turn.words]
    for first, word in enumerate(turn.words):
        if wanted and "".join(letters[first:]).startswith(wanted):
            return word.start
    return turn.words[0].start if turn.words else None


def clock(seconds: float) -> str:
    """Minutes and seconds.

    >>> clock(75.4)
    '1:15'
    """
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _holds(said: Sequence[str], wanted: Sequence[str]) -> bool:
    last = len(said) - len(wanted)
    return any(list(said[first : first + len(wanted)]) == list(wanted) for first in range(last + 1))


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())

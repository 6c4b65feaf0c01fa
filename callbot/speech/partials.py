"""What successive partial transcripts agree on: the words that will not change any more. PURE.

Local agreement (Liu et al. 2020, used by whisper_streaming): a word counts as settled once two partials in a row
have it in the same place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LETTERS = re.compile(r"[^a-z0-9']")


@dataclass(slots=True)
class Agreement:
    """The stable beginning of one stretch of speech."""

    committed: str = ""
    """As the newest partial writes it; "" while nothing is settled."""
    _last: tuple[str, ...] = ()

    def add(self, text: str) -> str:
        """Take the next partial; gives the words that it shares with the one before, from the beginning."""
        words = tuple(text.split())
        same = _shared(self._last, words)
        self._last = words
        self.committed = " ".join(words[:same])
        return self.committed


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Number of equal words at the beginning; case and punctuation are the recogniser's guesses."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if _LETTERS.sub("", left.lower()) != _LETTERS.sub("", right.lower()):
            break
        count += 1
    return count

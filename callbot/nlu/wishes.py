"""Where a caller comes to a second wish: "... and also an abandoned car on Elm Street". PURE.

The small model has been taught single wishes by thousands of examples and pairs of them only by joined ones, so each
half of such an utterance is better understood by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

_LEAST = 3
"""Words of a wish."""
_ADDING = (
    *(("and", "also"), ("also",), ("and", "another", "thing"), ("another", "thing"), ("and", "then"), ("plus",)),
    *(("as", "well", "as"), ("and", "a", "second"), ("oh", "and"), ("on", "top", "of", "that"), ("besides",)),
)
_NEW = frozenset({"there's", "there", "there're", "my", "someone", "somebody", "i", "i'd", "i've", "they", "the", "we"})
"""Words that begin a new thought after a mere "and"; "Chapel and Howe" is a corner."""


def halves(words: Sequence[str]) -> tuple[Sequence[str], Sequence[str]] | None:
    """The words before and after the first place where a second wish may begin; None if there is none.

    >>> halves("graffiti on my wall and also a dead raccoon".split())
    (['graffiti', 'on', 'my', 'wall'], ['a', 'dead', 'raccoon'])
    >>> halves("a car on the corner of chapel and howe".split())
    """
    for at in range(_LEAST, len(words) - _LEAST):
        width = max((len(link) for link in _ADDING if tuple(words[at : at + len(link)]) == link), default=0)
        if not width and words[at] == "and" and words[at + 1] in _NEW:
            width = 1
        if width and len(words) - at - width >= _LEAST:
            return words[:at], words[at + width :]
    return None

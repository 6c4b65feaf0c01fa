"""Number plates as callers say them: "A X four one nine two", "B as in boy, K, double four one"."""

from __future__ import annotations

from collections.abc import Sequence

from callbot.nlu.letters import letter_at
from callbot.nlu.numbers import digits_at
from callbot.nlu.tokens import tokenize

UNRESOLVED = 0.1
"""Score of words that hold no plate."""
LONGEST = 8
"""Characters on a plate of the United States, at most."""

_FILLERS = frozenset(
    {"uh", "um", "and", "then", "dash", "hyphen", "space", "dot", "number", "is", "it's", "the", "letter"}
)
_ARTICLES = frozenset({"a", "i", "o"})


def plate_at(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """The plate's characters from position `at` on, and the position after the last; None if there are none."""
    found, here, last = "", at, at
    while here < len(words) and len(found) <= LONGEST:
        item = _item(words, here)
        if item is not None and len(found) + len(item[0]) <= LONGEST:
            found, here = found + item[0], item[1]
            last = here
        elif item is None and words[here] in _FILLERS:
            here += 1
        else:
            break
    return (found, last) if found else None


def _item(words: Sequence[str], at: int) -> tuple[str, int] | None:
    if words[at] == "o":
        return "O", at + 1  # "oh" is the digit, the letter is said with its name
    return digits_at(words, at) or letter_at(words, at) or _spelled_out(words[at], at)


def _spelled_out(word: str, at: int) -> tuple[str, int] | None:
    """A recogniser writes "AX" or "KLM" for letters said quickly: up to three letters without a vowel between."""
    consonants = len(word) <= 3 and word.isascii() and word.isalpha() and not set(word[1:]) & set("aeiou")
    return (
        (word.upper(), at + 1)
        if consonants and word not in {"my", "by", "mr", "it", "is", "in", "on", "an", "ct"}
        else None
    )


def parse_plate(text: str) -> tuple[str, float]:
    """The plate in `text`, upper-case letters and digits without spaces, and how sure it is.

    The longest stretch of letters and digits counts; the text itself if there is none.
    """
    words = [token.text for token in tokenize(text)]
    best, at = "", 0
    while at < len(words):
        found = plate_at(words, at)
        # "a gray Honda" and "I think" begin with a word, not with a letter.
        alone = found is not None and found[1] == at + 1 and words[at] in _ARTICLES
        if found is not None and not alone and len(found[0]) > len(best):
            best = found[0]
        at = found[1] if found is not None else at + 1
    return (best, _score(best)) if best else (text.strip(), UNRESOLVED)


def _score(plate: str) -> float:
    usual = 5 <= len(plate) <= 7
    mixed = any(c.isdigit() for c in plate)
    return 0.95 if usual and mixed else 0.7 if usual else 0.6 if len(plate) in {4, 8} else 0.3

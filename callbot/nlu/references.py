"""Case and report numbers: "two six dash zero zero zero one four dash seven" is 26-00014-7."""

from __future__ import annotations

import re

from callbot.nlu.letters import letter_at
from callbot.nlu.numbers import digits_at
from callbot.nlu.tokens import tokenize

UNRESOLVED = 0.2
"""Score of words without any digit."""

_WRITTEN = re.compile(r"(?<![\w-])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+(?![\w-])")
_FEWEST_DIGITS = 3
_DASHES = frozenset({"dash", "hyphen", "minus"})
_AGENCY_FORM = re.compile(r"(\d{2})(\d{5})(\d)")


def parse_reference(text: str) -> tuple[str, float]:
    """The number in `text` as the agency writes it, and how sure it is; the text itself if there is none.

    A number that is written with dashes is kept. Spoken digits and letters are put together, with a dash where
    "dash" was said. Eight plain digits get the dashes of a case number.
    """
    written = next((w for w in _WRITTEN.findall(text) if _digits(w) >= _FEWEST_DIGITS), None)
    if written is not None:
        return written.upper(), 0.95
    words = [token.text for token in tokenize(text)]
    found = max((_run(words, at)[0] for at in range(len(words))), key=len, default="")
    digits = _digits(found)
    if digits < _FEWEST_DIGITS:
        return text.strip(), UNRESOLVED
    if match := _AGENCY_FORM.fullmatch(found):
        return "-".join(match.groups()), 0.9
    return found, 0.85 if digits >= 5 else 0.6


def written_at(text: str, at: int) -> int | None:
    """Where a number written with dashes ends that begins at this character."""
    match = _WRITTEN.match(text, at)
    return match.end() if match and _digits(match[0]) >= _FEWEST_DIGITS else None


def reference_at(words: list[str], at: int) -> int | None:
    """Where the number that begins at `at` ends; None if there is none that a case or report could have."""
    run, stop = _run(words, at)
    return stop if _digits(run) >= _FEWEST_DIGITS else None


def _digits(text: str) -> int:
    return sum(c.isdigit() for c in text)


def _run(words: list[str], at: int) -> tuple[str, int]:
    """Digits, letters and dashes said one after another from position `at` on, and where they end."""
    run = ""
    while at < len(words):
        if words[at] in _DASHES and run:
            run, at = run + "-", at + 1
            continue
        single = at + 1 < len(words) or bool(run)
        item = digits_at(words, at) or (letter_at(words, at) if single and words[at] not in {"a", "i"} else None)
        if item is None:
            break
        run, at = run + item[0], item[1]
    return run.strip("-"), at

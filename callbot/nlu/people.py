"""Names of people: "my name is Daniel Ortiz", "O R T I Z", "Reuben Katz, with a K"."""

from __future__ import annotations

import re

from callbot.events import Scalar
from callbot.nlu.letters import letter_at
from callbot.nlu.tokens import said, tokenize

UNRESOLVED = 0.1
"""Score of words that hold no name."""

_LEAD_IN = re.compile(
    r"^\W*(?:(?:yes|yeah|yep|sure|okay|ok|hi|hello|um|uh|oh|well|so|of course"
    r"|it's|it is|this is|that's|that is|i am|i'm|he's|she's"
    r"|(?:my|his|her|their|the) (?:full |first |last )?name(?:'s| is| was)?|name(?:'s| is)|first name|last name"
    r"|(?:my|his|her|their) (?!name)[a-z]+(?: in law)?(?=,| named| is)"
    r"|put down|(?:you can |folks |people )?call me|everybody says|named|called|is)\b[\s,.:]*)+",
    re.I,
)
_TAIL = re.compile(
    r"[\s,.]*\b(?:with (?:a|an|one|two)\b.*|that's (?:spelled )?[a-z](?:\W|$).*|spelled\b.*"
    r"|please|speaking|here|calling|thank you|thanks|and i\b.*|i live\b.*)$",
    re.I,
)
_TITLES = frozenset(
    {
        *("mr", "mrs", "ms", "miss", "mister", "missus", "doctor", "dr", "sister", "father", "reverend"),
        *("officer", "detective", "sergeant"),
    }
)
_SUFFIXES = frozenset({"junior", "jr", "senior", "sr", "ii", "iii"})
_PARTICLES = frozenset({"de", "da", "di", "del", "la", "van", "von", "der", "el", "al", "st", "saint", "o", "mac"})
_NO_NAME = frozenset(
    {
        *("no", "not", "rather", "anonymous", "don't", "want", "give", "why", "nobody", "none", "nope"),
        *("prefer", "won't"),
        *("know", "unknown", "private", "question", "calling", "the", "and", "but", "can't", "is", "was"),
    }
)


def parse_name(text: str) -> tuple[dict[str, Scalar], float]:
    """{"text", "first", "last"} of the person named in `text`, and how sure it is.

    A single name is the first name, after a title the last one; None where nothing was said. Letters said one
    by one are put together, and replace the name that they spell.
    """
    words, spelled = _split_spelled(_TAIL.sub("", _LEAD_IN.sub("", text.strip())))
    titled = bool(words) and words[0].lower().strip(".") in _TITLES
    words = [word for word in words if word.lower().strip(".") not in _TITLES]
    if spelled:
        words = _with_spelling(words, spelled)
    names = [_cased(word) for word in words]
    if not names or len(names) > 5 or any(name.lower() in _NO_NAME for name in names):
        return {"text": text.strip(), "first": None, "last": None}, UNRESOLVED
    first, last = _first_last(names, titled)
    score = 0.95 if first and last else 0.8
    return {"text": text.strip(), "first": first, "last": last}, score if len(names) <= 3 else 0.6


def _split_spelled(text: str) -> tuple[list[str], str]:
    """The plain words as written, and the letters of the first spelled stretch of two or more."""
    tokens = tokenize(text)
    lower = [token.text for token in tokens]
    words: list[str] = []
    spelled, at = "", 0
    while at < len(lower):
        run, here = "", at
        while here < len(lower) and (item := letter_at(lower, here)) is not None and (run or len(lower[here]) == 1):
            run, here = run + item[0], item[1]
        if len(run) >= 2:
            spelled, at = spelled or run, here
            continue
        if lower[at].isalpha() or "'" in lower[at]:
            words.append(said(text, tokens[at : at + 1]))
        at += 1
    return words, spelled


def _with_spelling(words: list[str], spelled: str) -> list[str]:
    """The spelled name in place of the word that it spells, else after the words."""
    for index, word in enumerate(words):
        if word[:1].lower() == spelled[:1].lower() and abs(len(word) - len(spelled)) <= 2:
            return [*words[:index], spelled, *words[index + 1 :]]
    return [*words, spelled]


def _cased(word: str) -> str:
    """Mixed case is kept ("McDonald"), all capitals and all small letters become a name."""
    if word.lower() in _PARTICLES and len(word) > 1:
        return word.lower()
    mixed = any(c.islower() for c in word) and any(c.isupper() for c in word)
    return word if mixed else "'".join(part[:1].upper() + part[1:].lower() for part in word.split("'"))


def _first_last(names: list[str], titled: bool) -> tuple[str | None, str | None]:
    core = [name for name in names if name.lower() not in _SUFFIXES] or names
    if len(core) == 1:
        return (None, core[0]) if titled else (core[0], None)
    start = len(core) - 1
    while start > 1 and core[start - 1].lower() in _PARTICLES:
        start -= 1
    first, last = " ".join(core[:start]), " ".join(core[start:])
    return first, last[0].upper() + last[1:] if start == len(core) - 1 else last

"""Yes-or-no facts that a caller states in clear words: is it going on, is it in the way, is anybody hurt."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Words that state a fact, and words that deny it although they may contain the former."""

    denied: re.Pattern[str]
    stated: re.Pattern[str]


def _phrases(denied: str, stated: str) -> _Phrases:
    return _Phrases(*(re.compile(rf"\b(?:{pattern})\b") for pattern in (denied, stated)))


_NOBODY = r"(?:nobody|no one|none of us|neither of us)"
_THEY = r"(?:they|he|she|it)(?:'ve|'s| have| has)?"
_CAN = r"(?:can't|cannot|can not|couldn't|can hardly|can barely|nobody can|no one can)"
_WAY = r"(?:out|in|by|past|around|through)"
_FLAGS = {
    "is_ongoing": _phrases(
        r"(?<!n't )(?<!not )(?<!never )stopped(?! at)|(?:it's|it is|they're|that's) (?:all )?over"
        r"|not (?:any ?more|now|right now)|no longer|isn't going on"
        rf"|{_THEY} (?:just |already )?(?:left|gone|ended|finished)|quiet now|gone now|done now",
        r"still|ongoing|going on|right now|as we speak|at this moment|currently|happening now|non ?-?stop"
        r"|(?:won't|hasn't|haven't|not|never|doesn't|don't) stop(?:ped|s|ping)?|keeps? (?:going|on|doing)",
    ),
    "is_blocking": _phrases(
        r"(?:not|isn't|aren't|wasn't) (?:really )?(?:blocking|blocked|in the way)"
        rf"|(?:can|could) (?:still )?(?:get|squeeze|drive|go) {_WAY}",
        rf"block(?:ing|ed|s)?|{_CAN} (?:even )?(?:get|pull|back|drive|go|squeeze|fit)(?: \w+)? {_WAY}|in the way"
        r"|boxed (?:me |us )?in|parked (?:me|us) in"
        r"|across (?:my|the|our|a|his|her|their) (?:driveway|road|street|sidewalk|lane|garage)",
    ),
    "injuries": _phrases(
        rf"{_NOBODY}(?:'s| is| was| got| were)? (?:\w+ )?(?:hurt|injured)"
        r"|(?:no|without|without any) (?:\w+ )?injur(?:y|ies)"
        r"|(?:not|wasn't|weren't|isn't|aren't|don't think anyone (?:was|is)) (?:\w+ )?(?:hurt|injured)"
        r"|(?:everyone|everybody|we|i)(?:'s|'re|'m| is| are| am| was| were) (?:all )?"
        r"(?:fine|okay|ok|alright|all right)",
        r"(?:got|was|is|are|were|am|been|i'm|he's|she's|they're) (?:\w+ )?(?:hurt|injured|bleeding)|injur(?:y|ies)"
        r"|(?:neck|head|back|arm|leg|knee|wrist|chest) (?:hurts|is sore|pain)|bleeding|needs? an ambulance",
    ),
}
FLAG_SLOTS = frozenset(_FLAGS)
"""Slots that `flag` knows."""

_YES = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|uh huh|mm-?hmm|correct|it is|it does|they are|he is|she is|that's right|right)\b"
)
_NO = re.compile(r"^\W*(?:no|nope|nah|not really|it isn't|it's not|they aren't|uh-?uh)\b")
_APOSTROPHES = str.maketrans({"\u2019": "'"})


def flag(slot: str, text: str) -> bool | None:
    """What `text`, as an answer, says about a flag: True, False, or None if it says nothing.

    A bare yes or no counts, because the caller may be answering the question; other words go first. Raises
    KeyError for a slot that is not in `FLAG_SLOTS`.
    """
    said = _plain(text)
    value = stated(slot, said)
    if value is not None:
        return value
    if _YES.match(said):
        return True
    return False if _NO.match(said) else None


def stated(slot: str, text: str) -> bool | None:
    """What `text` says about a flag without being asked: yes and no are answers to something else."""
    said = _plain(text)
    phrases = _FLAGS[slot]
    if phrases.denied.search(said):
        return False
    return True if phrases.stated.search(said) else None


def _plain(text: str) -> str:
    return text.lower().translate(_APOSTROPHES)

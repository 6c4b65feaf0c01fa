"""Many callers out of one example: other values, other hesitations, other spellings of numbers.

Some eighty lines an intent teach the intent, but not what a street, a plate or a name looks like. Each time an
example is drawn for training, its marked values are swapped for others of the same shape, its numbers are written
as another recogniser would, and it is said with the hesitations, false starts and openings of the telephone.
All chance comes from one seeded generator, so a training can be repeated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from callbot.nlu.swaps import AugmentLists, Part, Values, Words, parts
from callbot.nlu.utterances import OUTSIDE, Example, spans

ACTS = frozenset({"affirm", "deny", "correct", "repeat", "dont_know", "hold_on", "goodbye", "thanks", "greet"})
"""Intents that only make sense within a conversation; they are never introduced by "I'd like to report"."""
ANY_TIME = frozenset({"emergency", "speak_to_person", "out_of_scope", "repeat", "hold_on", "goodbye"})
"""Intents that callers come out with whatever was asked."""
QUESTIONS = (
    *("location", "occurred_at", "vehicle", "plate", "callback_number", "caller_name", "person_name", "relationship"),
    *("item_description", "item_value", "description", "is_ongoing", "is_blocking", "confirm", "more", "reason"),
)

_FILLERS = ("uh", "um", "uh", "um", "er", "like", "you know", "i mean", "well", "so", "let's see", "ah")
_SMALL_WORDS = frozenset({"the", "a", "an", "is", "of", "to", "and", "it", "that", "i", "my", "there's", "it's", "on"})
_SOUND_ALIKES = {
    **{"their": "there", "there": "their", "they're": "there", "you're": "your", "your": "you're", "it's": "its"},
    **{"two": "to", "to": "too", "for": "four", "hear": "here", "here": "hear", "by": "buy", "who's": "whose"},
    **{"gonna": "going to", "gotta": "got to", "wanna": "want to", "cause": "because", "y'all": "you all"},
}
_GREETINGS = frozenset({"hi", "hello", "hey", "yes", "yeah", "good", "um", "uh", "so", "okay", "ok", "well", "no"})
_OPENINGS = (
    *("hi", "hello", "hey", "yeah hi", "yes hello", "good morning", "good evening", "hi there", "um hi", "okay so"),
    *("hi how are you", "yeah hello", "excuse me", "listen", "yes good afternoon", "hello can you hear me", "alright"),
)
_REPORTS = (
    *("i'd like to report", "yeah hello i'd like to report", "i want to report", "hi i need to report", "um yeah"),
    *("i'm calling to report", "hi i'm calling because", "i'm calling about", "hi i'm calling to tell you", "yeah so"),
)
_CLOSINGS = ("please", "thank you", "thanks", "okay", "can you send someone", "can somebody come out", "that's it")
_ANSWERS = ("um", "uh", "yeah", "okay", "so", "oh", "well", "sure", "okay so", "yeah um", "let me see", "ok uh")

_LEADS = {
    "location": ("on", "at", "over on", "it's on", "it's at", "", "", "the address is", "here at", "by", "down by"),
    "occurred_at": ("it was", "", "this was", "i think"),
    "vehicle": ("it's a", "", "a", "the car is a"),
    "plate": ("plate", "the plate is", "license plate", "plate number"),
    "callback_number": ("my number is", "call me at", "you can reach me at", "phone number"),
    "caller_name": ("my name is", "this is", "i'm"),
}
"""What people say before a value that they add to a report, by slot."""


def joined(example: Example, pieces: Sequence[Part]) -> Example:
    """`example` with the words and tags of `pieces`."""
    words = [word for piece in pieces for word in piece.words]
    tags = [tag for piece in pieces for tag in _tags(piece)]
    return replace(example, words=tuple(words), tags=tuple(tags))


def _tags(piece: Part) -> list[str]:
    if not piece.slot:
        return [OUTSIDE] * len(piece.words)
    return [f"B-{piece.slot}", *[f"I-{piece.slot}"] * (len(piece.words) - 1)]


class Augmenter:
    """Varies examples. `known` are the examples whose own values may be swapped among each other: those of the
    training split, never those that measure it."""

    def __init__(self, lists: AugmentLists, known: Sequence[Example], rng: Random) -> None:
        self._rng = rng
        self._values = Values(lists, known, rng)
        self._knows_callers = any("B-caller_name" in example.tags for example in known)
        self._slots: dict[str | None, set[str]] = defaultdict(set)
        for example in known:
            self._slots[example.intent].update(slot for slot, _, _ in spans(example.tags) if slot in _LEADS)
        self._plain_words = [
            word for example in known for piece in parts(example) if not piece.slot for word in piece.words
        ]

    def begin(self, seed: str) -> None:
        """From now on vary as after every other `begin` with this seed."""
        self._rng.seed(seed)

    def vary(self, example: Example) -> Example:
        """Another caller who wants the same."""
        rng = self._rng
        varied = replace(example, asked=self._question(example))
        if rng.random() < 0.1:
            return varied
        pieces = self._extended(varied, self._swapped(parts(varied)))
        if rng.random() < 0.5:
            pieces = [self._values.written(piece) for piece in pieces]
        pieces = self._opened(varied, pieces)
        return self._misheard(self._hesitant(joined(varied, pieces)))

    def _question(self, example: Example) -> str:
        """The open question: as given, or one under which the same may well be said."""
        rng, asked, intent = self._rng, example.asked, example.intent
        if asked and rng.random() > (0.3 if intent in ANY_TIME else 0.05):
            return asked
        if intent in ANY_TIME and rng.random() < 0.4:
            return rng.choice(QUESTIONS)
        if asked and intent in ACTS | {"inform"}:
            return asked if rng.random() < 0.5 else ""
        return rng.choice(("", "", "reason", "reason", "reason", "more"))

    def _swapped(self, pieces: list[Part]) -> list[Part]:
        result: list[Part] = []
        for at, piece in enumerate(pieces):
            after = pieces[at + 1].words if at + 1 < len(pieces) else ()
            if piece.slot and not _spells(after):
                words = self._values.another(piece, alone=len(pieces) == 1)
                if result and words != piece.words:
                    result[-1] = _article_fixed(result[-1], words[0])
                piece = Part(words, piece.slot)
            result.append(piece)
        return result

    def _extended(self, example: Example, pieces: list[Part]) -> list[Part]:
        """With one more value of a kind that callers with this intent give, before or after the rest.

        Without punctuation only practice tells where "a crater munson street" parts.
        """
        rng = self._rng
        missing = sorted(self._slots[example.intent] - {piece.slot for piece in pieces})
        if example.intent in ACTS | {"inform"} or not missing or rng.random() > 0.3:
            return pieces
        slot = rng.choice(missing)
        value = self._values.fresh(slot)
        words = tuple(rng.choice(_LEADS[slot]).split())
        lead = [_article_fixed(Part(words, ""), value[0])] if words else []
        added = [*lead, Part(value, slot)]
        return [*added, *pieces] if rng.random() < 0.25 and not pieces[0].slot else [*pieces, *added]

    def _opened(self, example: Example, pieces: list[Part]) -> list[Part]:
        """With an opening or a closing, as people say them on the telephone."""
        rng, first = self._rng, pieces[0].words[0]
        intent = example.intent or ""
        if intent == "inform":
            if rng.random() < 0.25:
                opening = rng.choice(("it's", "that's", "it's at")) if pieces[0].slot == "location" else "it's"
                choices = (*_ANSWERS, opening) if pieces[0].slot else _ANSWERS
                return [Part(tuple(rng.choice(choices).split()), ""), *pieces]
            return pieces
        if intent in ACTS:
            return [Part((rng.choice(("um", "uh", "oh", "well")),), ""), *pieces] if rng.random() < 0.12 else pieces
        if first not in _GREETINGS and rng.random() < 0.3:
            report = intent not in ("out_of_scope", "speak_to_person", "emergency") and rng.random() < 0.6
            pieces = [
                *self._introduction(),
                Part(tuple(rng.choice(_REPORTS if report else _OPENINGS).split()), ""),
                *pieces,
            ]
        if rng.random() < 0.12:
            pieces = [*pieces, Part(tuple(rng.choice(_CLOSINGS).split()), "")]
        return pieces

    def _introduction(self) -> list[Part]:
        if not self._knows_callers or self._rng.random() > 0.12:
            return []
        opening = self._rng.choice(("hi this is", "my name is", "hello my name's", "yes this is"))
        return [Part(tuple(opening.split()), ""), Part(self._values.name(2), "caller_name")]

    def _hesitant(self, example: Example) -> Example:
        """With fillers, repeated words, a false start, or without its first words."""
        rng = self._rng
        words, tags = list(example.words), list(example.tags)
        if len(words) > 7 and rng.random() < 0.12 and example.intent not in ACTS:
            cut = rng.choice((1, 1, 2))
            if set(tags[:cut]) == {OUTSIDE}:
                words, tags = words[cut:], tags[cut:]
        if len(words) > 5 and rng.random() < 0.08 and set(tags[:3]) == {OUTSIDE}:
            again = rng.choice((1, 2, 3))
            words, tags = words[:again] + words, tags[:again] + tags
        for _ in range(rng.choice((0, 0, 0, 0, 0, 1, 1, 2)) if len(words) > 3 else rng.choice((0, 0, 0, 0, 0, 1))):
            at = rng.randrange(len(words))
            inside = tags[at].startswith("I-")
            said = [rng.choice(("uh", "um"))] if inside else rng.choice(_FILLERS).split()
            words[at:at], tags[at:at] = said, [tags[at] if inside else OUTSIDE] * len(said)
        if rng.random() < 0.1:
            at = rng.randrange(len(words))
            if words[at] in _SMALL_WORDS:
                words.insert(at, words[at])
                tags.insert(at + 1, tags[at].replace("B-", "I-"))
        return replace(example, words=tuple(words), tags=tuple(tags))

    def _misheard(self, example: Example) -> Example:
        """With a small word lost, an apostrophe lost, or a word heard as another."""
        rng = self._rng
        words, tags = list(example.words), list(example.tags)
        for at in range(len(words) - 1, -1, -1):
            if len(words) > 4 and tags[at] == OUTSIDE and words[at] in _SMALL_WORDS and rng.random() < 0.03:
                del words[at], tags[at]
            elif words[at] in _SOUND_ALIKES and tags[at] == OUTSIDE and rng.random() < 0.06:
                heard = _SOUND_ALIKES[words[at]].split()
                words[at : at + 1], tags[at : at + 1] = heard, [OUTSIDE] * len(heard)
            elif "'" in words[at] and rng.random() < 0.06:
                words[at] = words[at].replace("'", "")
            elif len(words) > 5 and tags[at] == OUTSIDE and rng.random() < 0.03:
                words[at] = rng.choice(self._plain_words)
        return replace(example, words=tuple(words), tags=tuple(tags))


def _spells(words: Words) -> bool:
    """Do these words spell the value before them? Then it cannot be another."""
    return any(all(len(word) == 1 for word in words[at : at + 3]) for at in range(len(words) - 2))


def _article_fixed(piece: Part, following: str) -> Part:
    """`piece` with the "a" or "an" at its end as `following` wants it."""
    if piece.slot or piece.words[-1] not in ("a", "an"):
        return piece
    return Part((*piece.words[:-1], "an" if following[0] in "aeio" else "a"), "")

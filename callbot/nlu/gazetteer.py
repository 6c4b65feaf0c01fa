"""The streets and places that the agency knows, and which of them a caller's words mean.

A name is compared by its letters and by its sound, without its type, so that "Whaley", "Wally Avenue" and
"Winn Throp" find their street. The score says how sure that is:

    1.0         the full name, or another name of the same street
    0.98        the same letters, otherwise cut into words ("Edge Wood Avenue")
    0.96, 0.9   the name without its type, when one street, or several, bear it
    0.88        the name with another type ("Orange Road")
    up to 0.95  a name that looks and sounds alike, the less the more it differs

`MATCH` is where a caller can be asked "did you say ...?" rather than "which street?".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from callbot.nlu.phonetics import consonants, sound
from callbot.nlu.street_names import plain_words, split_type

MATCH = 0.8
"""Default threshold of a score: below it the name is not in the list, as far as anybody can tell."""

Array = npt.NDArray[np.float32]

_DRAGGED = re.compile(r"([a-z])\1{2,}")
"""A key held too long: "Willlow"."""
_REMEMBERED = 4096
"""Names of which the matches are kept."""
_SHOWN = 0.5
"""Candidates below this are noise and are not returned."""
_USUAL = ("street", "avenue")
"""Types that go without saying, in this order: "Norton" is Norton Street, not Norton Parkway."""
_FAR_LONGER = 3.0
"""By so many times the length, the longer of two streets of one name is meant whatever their types: "Townsend" is
Townsend Avenue, of 1.2 miles, not the Street, of 0.04."""
_NO_WORD_OF_A_NAME = frozenset(
    {
        *("a", "an", "and", "at", "by", "for", "from", "here", "i", "in", "is", "it", "its", "my", "near"),
        *("no", "of", "off"),
        *("okay", "on", "or", "our", "out", "right", "that", "the", "there", "they", "this", "to", "was", "we"),
        *("with", "yes"),
        *("you", "your"),
    }
)
"""Words that no name holds unless the list says so: "in front of my house" is not Front Street."""


@dataclass(frozen=True, slots=True)
class Street:
    """One street of the list."""

    name: str
    """In full: "Whalley Avenue"."""
    also: tuple[str, ...] = ()
    """Other names."""
    miles: float = 0.0
    """Length; it tells which of the streets that fit equally well is rather meant."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that callers name instead of an address."""

    name: str
    street: str | None = None
    """Name of the street that it is on, None if it has several sites."""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StreetMatch:
    """A street that the words may mean."""

    name: str
    score: float
    """0 to 1, see the module's docstring."""


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A place that the words may mean."""

    name: str
    street: str | None
    score: float
    """0 to 1: 1 for the name itself or another name of the place."""


class _Names:
    """Bare names, prepared once for fast comparison of one query with all of them."""

    def __init__(self, names: Sequence[Sequence[str]]) -> None:
        self._vocabulary = frozenset(word for name in names for word in name)
        self._letters = ["".join(name) for name in names]
        self._sounds = [sound(letters) for letters in self._letters]
        self._consonants = [consonants(code) for code in self._sounds]
        self._places: dict[str, list[int]] = {}
        for index, letters in enumerate(self._letters):
            self._places.setdefault(letters, []).append(index)
        self._starts = np.array([code[:1] for code in self._sounds])
        # Ordinals sound like nothing to `sound`, and "4th" is not nearly "5th": they match exactly or not at all.
        self._fuzzy = np.array([letters.isalpha() for letters in self._letters], dtype=np.float32)
        self._lengths = np.array([len(letters) for letters in self._letters], dtype=np.float32)

    def alike(self, words: Sequence[str], least: float) -> list[tuple[int, float]]:
        """Indexes of the names that are alike to `words` by `least` or more, 0 to 1; 1 only for the same letters."""
        query = _DRAGGED.sub(r"\1\1", "".join(words))
        if not query or not self._letters:
            return []
        found = self._compare(query)
        found *= 0.6 ** sum(word in _NO_WORD_OF_A_NAME and word not in self._vocabulary for word in words)
        found[self._places.get(query, [])] = 1.0
        return [(int(index), float(found[index])) for index in np.nonzero(found >= least)[0]]

    def _compare(self, query: str) -> Array:
        code = sound(query)
        looks = _ratios(query, self._letters)
        same_sound = _ratios(code, self._sounds)
        same_consonants = _ratios(consonants(code), self._consonants)
        alike = 0.4 * looks + 0.3 * same_sound + 0.3 * same_consonants
        # In a short name one letter makes another name ("Day", "May"), in a long one it does not; and
        # recognisers mistake vowels and endings, seldom the first sound.
        alike -= 0.5 * (1 - alike) * np.clip((7 - np.minimum(self._lengths, len(query))) / 4, 0, 1)
        alike -= 0.08 * (self._starts != code[:1])
        alike = np.maximum(alike, np.where(same_sound == 1.0, 0.8 + 0.16 * looks, 0.0))
        return np.asarray(np.clip(alike, 0, 0.99) * self._fuzzy, dtype=np.float32)


def _ratios(query: str, choices: Sequence[str]) -> Array:
    row: Array = cdist([query], choices, scorer=Indel.normalized_similarity)[0]
    return row


def _unusual(name: str) -> int:
    """How little a street's type goes without saying."""
    kind = split_type(plain_words(name))[1]
    return _USUAL.index(kind) if kind in _USUAL else len(_USUAL)


class Gazetteer:
    """Streets and places, prepared for matching; does not change after it is built, so calls share it."""

    def __init__(self, streets: Iterable[Street | str], places: Iterable[Place] = ()) -> None:
        self.streets = tuple(s if isinstance(s, Street) else Street(s) for s in streets)
        self.places = tuple(places)
        self._miles = {street.name: street.miles for street in self.streets}
        self._full: dict[tuple[str, ...], list[str]] = {}
        self._entries: list[tuple[str, list[str], str]] = []
        for street in self.streets:
            for name in (street.name, *street.also):
                words = plain_words(name)
                self._full.setdefault(tuple(words), []).append(street.name)
                self._entries.append((street.name, *split_type(words)))
        self._bases = _Names([base for _, base, _ in self._entries])
        self._place_entries = [
            (place, plain_words(name)) for place in self.places for name in (place.name, *place.also)
        ]
        self._place_names = _Names([words for _, words in self._place_entries])
        self._place_spellings = frozenset("".join(words) for _, words in self._place_entries)
        self.longest = max((len(words) for words in self._full), default=0)
        """Words of the longest street name."""
        self.longest_place = max((len(words) for _, words in self._place_entries), default=0)
        """Words of the longest place name."""
        others = [name for street in self.streets for name in street.also]
        others += [name for place in self.places for name in place.also]
        self.after_the = frozenset(
            plain_words(name)[0] for name in others if name.lower().startswith("the ") and len(plain_words(name)) == 1
        )
        """Words that are a name only after "the": "the Boulevard", "the Green"."""
        # A sentence is read several times over, and callers name the same streets again and again.
        self._matched_street = lru_cache(_REMEMBERED)(self._match_street)
        self._matched_place = lru_cache(_REMEMBERED)(self._match_place)
        self._base_counts: dict[str, set[str]] = {}
        for name, base, _ in self._entries:
            self._base_counts.setdefault("".join(base), set()).add(name)

    def knows_street(self, words: Sequence[str]) -> bool:
        """True if `words`, with or without a type, are spelled like a street's name: a quick test before matching."""
        plain = plain_words(words)
        return tuple(plain) in self._full or "".join(split_type(plain)[0]) in self._base_counts

    def knows_place(self, words: Sequence[str]) -> bool:
        """True if `words` are spelled like a place's name."""
        return "".join(plain_words(words)) in self._place_spellings

    def match_street(self, words: str, limit: int = 5) -> list[StreetMatch]:
        """Streets that `words` may mean, best first, at most `limit`; empty if nothing is alike.

        `words` are the street's name alone, in any case and with or without its type. Equally good candidates
        are all returned: a Street before an Avenue before any other type, then the longest first; but a lane that
        is far shorter than another of the name comes after it.
        """
        return list(self._matched_street(tuple(plain_words(words)))[:limit])

    def _match_street(self, plain: tuple[str, ...]) -> tuple[StreetMatch, ...]:
        if exact := self._full.get(plain):
            return tuple(StreetMatch(name, 1.0) for name in exact)
        base, kind = split_type(plain)
        best: dict[str, float] = {}
        for index, alike in self._bases.alike(base, _SHOWN):
            name, entry_base, entry_kind = self._entries[index]
            score = self._score("".join(entry_base), alike, kind, entry_kind)
            best[name] = max(score, best.get(name, 0.0))
        longest: dict[float, float] = {}
        for name, score in best.items():
            longest[score] = max(longest.get(score, 0.0), self._miles[name])

        def rank(item: tuple[str, float]) -> tuple[float, bool, int, float]:
            name, score = item
            miles = self._miles[name]
            return -score, 0.0 < longest[score] >= _FAR_LONGER * miles, _unusual(name), -miles

        ranked = sorted(best.items(), key=rank)
        return tuple(StreetMatch(name, round(score, 3)) for name, score in ranked if score >= _SHOWN)

    def _score(self, base: str, alike: float, kind: str, entry_kind: str) -> float:
        if alike == 1.0:
            if kind and kind == entry_kind:
                return 0.98  # the same letters, otherwise cut into words: "Edge Wood Avenue"
            return 0.88 if kind else 0.96 if len(self._base_counts[base]) == 1 else 0.9
        penalty = 0.0 if kind == entry_kind else 0.05 if kind else 0.02
        return alike * 0.96 - penalty

    def match_place(self, words: str, limit: int = 3) -> list[PlaceMatch]:
        """Places that `words` may mean, best first, at most `limit`; empty if nothing is alike."""
        return list(self._matched_place(tuple(plain_words(words)))[:limit])

    def _match_place(self, plain: tuple[str, ...]) -> tuple[PlaceMatch, ...]:
        best: dict[Place, float] = {}
        for index, alike in self._place_names.alike(plain, _SHOWN):
            place = self._place_entries[index][0]
            best[place] = max(alike if alike == 1.0 else alike * 0.96, best.get(place, 0.0))
        ranked = sorted(best.items(), key=lambda item: -item[1])
        return tuple(PlaceMatch(place.name, place.street, round(score, 3)) for place, score in ranked)

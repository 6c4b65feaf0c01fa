"""Other values of the same shape: another street, name, car, plate, number or time.

A model that has seen one street in a sentence learns the street; one that has seen a hundred in its place learns
the sentence. Values come from the site's lists, are made up (plates, telephone numbers), or are taken from other
examples where no list exists.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from random import Random
from typing import NamedTuple

from callbot.nlu.numbers import NUMBER_WORDS, say_house_number, say_number
from callbot.nlu.spoken import counted, grouped, letters_joined, number_runs, spelled
from callbot.nlu.utterances import Example, normalise_text, spans

Words = tuple[str, ...]

_STREET_TYPES = frozenset({"street", "avenue", "road", "place", "drive", "terrace", "lane", "court", "parkway"})
_SHORT_TYPES = {"street": "st", "avenue": "ave", "road": "rd", "place": "pl", "drive": "dr", "boulevard": "blvd"}
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mister", "doctor", "dr", "sister", "father", "officer", "pastor"})
_BODIES = (
    *("car", "van", "sedan", "pickup", "pickup truck", "truck", "suv", "minivan", "motorcycle", "dirt bike", "moped"),
    *("camper", "trailer", "box truck", "station wagon", "hatchback", "convertible", "motor home", "scooter", "jeep"),
)
_LOOKS = ("old", "rusty", "big", "small", "beat up", "newer", "little", "older")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_DAY_PARTS = ("morning", "afternoon", "evening", "night")
_TELEPHONE_LETTERS = (
    *("apple", "boy", "charlie", "david", "edward", "frank", "george", "henry", "ida", "john", "king", "lincoln"),
    *("mary", "nancy", "ocean", "peter", "queen", "robert", "sam", "tom", "union", "victor", "william", "xray"),
    *("young", "zebra"),
)


class Part(NamedTuple):
    """A stretch of words that belong to one value, or to none."""

    words: Words
    slot: str
    """"" = outside every value."""


@dataclass(frozen=True)
class AugmentLists:
    """Values to swap in, spelled as in the site's lists (case and punctuation do not matter)."""

    streets: tuple[str, ...]
    """In full: "Whalley Avenue"."""
    places: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    vehicle_makes: tuple[str, ...]
    vehicle_models: tuple[str, ...]
    """With their make: "Honda Civic"."""
    colors: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            if not getattr(self, name):
                raise ValueError(f"the list {name} is empty")


def parts(example: Example) -> list[Part]:
    """The example's words cut where values begin and end."""
    found, done = [], 0
    for slot, first, end in spans(example.tags):
        if first > done:
            found.append(Part(example.words[done:first], ""))
        found.append(Part(example.words[first:end], slot))
        done = end
    if done < len(example.words):
        found.append(Part(example.words[done:], ""))
    return found


class Values:
    """Other values of the same shape as a given one."""

    def __init__(self, lists: AugmentLists, known: Sequence[Example], rng: Random) -> None:
        self._rng = rng
        self._streets = [tuple(normalise_text(name).split()) for name in lists.streets]
        self._types = {name: name[:-1] for name in self._streets if name[-1] in _STREET_TYPES and len(name) > 1}
        self._bare = sorted({bare for bare in self._types.values() if len(bare[0]) > 3})
        self._places = [tuple(normalise_text(name).split()) for name in lists.places]
        self._first = [normalise_text(name) for name in lists.first_names]
        self._last = [normalise_text(name) for name in lists.last_names]
        self._makes = [normalise_text(name) for name in lists.vehicle_makes]
        self._models = [normalise_text(name) for name in lists.vehicle_models]
        self._colors = [normalise_text(name) for name in lists.colors]
        self._vehicle_words = {word for name in (*self._makes, *self._models, *_BODIES) for word in name.split()}
        self._color_words = {word for name in self._colors for word in name.split()}
        self._street_names = frozenset((*self._streets, *self._bare))
        self._pool = _pool(known)
        self._moments = [
            ("last", "night"),
            *(value for shape in self._pool for value in self._pool[shape] if _dates(shape)),
        ]
        self._makers: Mapping[str, Callable[[Words, bool], Words]] = {
            "location": self._location,
            "caller_name": lambda words, _: self._named(words),
            "person_name": lambda words, _: self._named(words),
            "vehicle": lambda words, _: self._vehicle(words),
            "plate": lambda *_: self._plate(),
            "callback_number": lambda *_: self._telephone(),
            "occurred_at": lambda words, _: self._time(words),
            "item_value": lambda words, _: self._money(words),
            "amount": lambda words, _: self._money(words),
        }
        self._share = {"plate": 0.8, "callback_number": 0.85, "caller_name": 0.75, "person_name": 0.75}

    def another(self, piece: Part, *, alone: bool) -> Words:
        """Another value for `piece`, or the same; `alone` = it is the whole utterance, so no grammar binds it."""
        if self._rng.random() > self._share.get(piece.slot, 0.65):
            return piece.words
        maker = self._makers.get(piece.slot)
        return maker(piece.words, alone) if maker else self._rng.choice(self._pool[_shape(piece)] or [piece.words])

    def fresh(self, slot: str) -> Words:
        """A value out of nothing, for the slots that a caller may add to any report. Raises KeyError for others."""
        rng = self._rng
        makers: Mapping[str, Callable[[], Words]] = {
            "location": rng.choice((self._address, self._street, self._street, self._crossing, self._place)),
            "caller_name": lambda: self.name(rng.choice((1, 2, 2))),
            "vehicle": lambda: self._vehicle(("car",)),
            "plate": self._plate,
            "callback_number": self._telephone,
            "occurred_at": lambda: self._time(rng.choice(self._moments)),
        }
        return makers[slot]()

    def written(self, piece: Part) -> Part:
        """`piece` with its numbers as a recogniser writes them."""
        if piece.slot in ("", "description", "item_description") and self._rng.random() > 0.2:
            return piece
        words = list(piece.words)
        for first, end, digits in reversed(list(number_runs(piece.words))):
            if piece.slot or (len(digits) > 1 and digits[0] != "0"):
                words[first:end] = self._digits(piece.slot, digits, words[end : end + 1])
        if piece.slot == "plate" and self._rng.random() < 0.6:
            words = letters_joined(words)
        return Part(tuple(words), piece.slot)

    def name(self, length: int) -> Words:
        """A person's name of one or two words or more."""
        first, last = self._rng.choice(self._first), self._rng.choice(self._last)
        if length == 1:
            return tuple((first if self._rng.random() < 0.75 else last).split())
        middle = [self._rng.choice(self._first)] if length > 2 else []
        return tuple(" ".join((first, *middle, last)).split())

    def _digits(self, slot: str, digits: str, after: list[str]) -> list[str]:
        rng = self._rng
        if slot == "occurred_at" and len(digits) in (3, 4) and int(digits[:-2]) <= 12 and int(digits[-2:]) < 60:
            return [f"{digits[:-2]}:{digits[-2:]}"]
        if slot == "callback_number" and len(digits) in (7, 10):
            return grouped(digits, rng)
        if slot in ("item_value", "amount"):
            comma = f"{int(digits):,}" if rng.random() < 0.5 else digits
            return [f"${comma}" if after not in (["dollars"], ["bucks"]) and rng.random() < 0.7 else comma]
        return list(digits) if slot == "plate" and rng.random() < 0.3 else [digits]

    # ------------------------------------------------------------ where

    def _location(self, words: Words, alone: bool) -> Words:
        rng = self._rng
        if alone and rng.random() < 0.5:
            return rng.choice((self._address, self._address, self._street, self._crossing, self._place))()
        if words[0] in NUMBER_WORDS or words[0].isdigit():
            return self._address() if rng.random() < 0.6 else self._relocated(words)
        if words in self._street_names:
            return self._street(words in self._types or words in self._streets)
        if "and" in words and rng.random() < 0.4:
            return self._crossing(words[0] == "the")
        if not any(words[at : at + n] in self._street_names for at in range(len(words)) for n in (1, 2)):
            place = self._place() if rng.random() < 0.6 else rng.choice(self._pool[_shape(Part(words, "location"))])
            return ("the", *place) if words[0] == "the" and place[0] != "the" else place
        return self._relocated(words)

    def _relocated(self, words: Words) -> Words:
        """The same structure with other streets and numbers."""
        result: list[str] = []
        at = 0
        while at < len(words):
            length = next(
                (n for n in (4, 3, 2, 1) if words[at : at + n] in self._street_names and at + n <= len(words)), 0
            )
            if length:
                result += self._street(words[at + length - 1] in _STREET_TYPES)
                at += length
            elif words[at].isdigit():
                result.append(str(self._house()))
                at += 1
            elif run := next((run for run in number_runs(words[at:]) if run[0] == 0), None):
                result += self._said(self._house() if run[1] > 1 else self._rng.randint(1, 20))
                at += run[1]
            else:
                result.append(words[at])
                at += 1
        return tuple(result)

    def _house(self) -> int:
        return self._rng.choice((self._rng.randint(1, 99), self._rng.randint(100, 999), self._rng.randint(100, 2200)))

    def _said(self, number: int) -> list[str]:
        rng = self._rng
        if number > 99 and rng.random() < 0.2:
            return spelled(str(number), rng.choice(("oh", "zero")))
        if number % 1000 == 0 or rng.random() < 0.25:
            return counted(number, rng.random() < 0.5)
        return say_house_number(number).split()

    def _street(self, full: bool | None = None) -> Words:
        rng = self._rng
        if full is False or (full is None and rng.random() < 0.3):
            return rng.choice(self._bare)
        name = rng.choice(self._streets)
        if name[-1] in _SHORT_TYPES and rng.random() < 0.08:
            return (*name[:-1], _SHORT_TYPES[name[-1]])
        return name

    def _address(self) -> Words:
        rng = self._rng
        number = self._said(self._house())
        street = self._street()
        unit: Words = ()
        if rng.random() < 0.18:
            door = rng.choice((say_number(rng.randint(1, 30)).split(), [rng.choice("abcdef")]))
            floor = ("second floor", "third floor", "first floor", "rear", "basement")
            unit = rng.choice(((rng.choice(("apartment", "unit", "apt")), *door), tuple(rng.choice(floor).split())))
        if rng.random() < 0.06:
            return (*street, *(("number",) if rng.random() < 0.6 else ()), *number)
        return (*number, *street, *unit)

    def _crossing(self, article: bool | None = None) -> Words:
        rng = self._rng
        full = rng.random() < 0.4
        one, other = self._street(full), self._street(full or rng.random() < 0.3)
        if article or (article is None and rng.random() < 0.3):
            return ("the", rng.choice(("corner", "corner", "intersection")), "of", *one, "and", *other)
        if rng.random() < 0.1:
            return (*one, "between", *other, "and", *self._street(full))
        return (*one, rng.choice(("and", "and", "and", "at", "near", "by", "off")), *other)

    def _place(self) -> Words:
        place = self._rng.choice(self._places)
        return place if self._rng.random() < 0.7 else (*place, "on", *self._street())

    # ------------------------------------------------------------ who and what

    def _named(self, words: Words) -> Words:
        rng = self._rng
        if words[0] in _TITLES:
            return (words[0], *(self.name(2) if len(words) > 2 else (rng.choice(self._last),)))
        if rng.random() < 0.2:
            return rng.choice(self._pool[_shape(Part(words, "person_name"))] or [words])
        return self.name(len(words))

    def _vehicle(self, words: Words) -> Words:
        rng = self._rng
        if all(word in self._color_words for word in words):
            return tuple(rng.choice(self._colors).split())
        if not any(word in self._vehicle_words for word in words):
            return words
        looks = [rng.choice(_LOOKS)] if rng.random() < 0.12 else []
        color = [rng.choice(self._colors)] if rng.random() < 0.55 else []
        kind = rng.choice((self._makes, self._models, self._models, _BODIES))
        body = [rng.choice(_BODIES)] if kind is self._makes and rng.random() < 0.25 else []
        year = self._year() if kind is not _BODIES and rng.random() < 0.15 else []
        name = rng.choice(kind)
        if kind is self._models and rng.random() < 0.25:
            name = name.split(maxsplit=1)[-1]
        return tuple(" ".join((*looks, *color, *year, name, *body)).split())

    def _year(self) -> list[str]:
        rng = self._rng
        year = rng.randint(1988, 2026)
        if rng.random() < 0.5:
            return [str(year)]
        return (
            ["two", "thousand", *say_number(year - 2000).split()]
            if 2000 < year < 2010
            else say_house_number(year).split()
        )

    def _plate(self) -> Words:
        rng = self._rng
        letters = [rng.choice("abcdefghjklmnpqrstuvwxyz") for _ in range(rng.randint(2, 3))]
        digits = spelled(
            "".join(rng.choice("0123456789") for _ in range(rng.randint(3, 5))), rng.choice(("oh", "zero"))
        )
        if rng.random() < 0.12:
            letters = [word for letter in letters for word in (letter, "as", "in", self._telephone_word(letter))]
        groups = [letters, digits] if rng.random() < 0.7 else [digits, letters]
        if rng.random() < 0.15:
            groups = [digits[:1], letters, digits[1:]]
        return tuple(word for group in groups for word in group)

    def _telephone_word(self, letter: str) -> str:
        return next((word for word in _TELEPHONE_LETTERS if word[0] == letter), letter)

    def _telephone(self) -> Words:
        rng = self._rng
        area = rng.choice(("203", "203", "475", "860", "914", "917", "646", str(rng.randint(201, 989))))
        digits = f"{area if rng.random() < 0.85 else ''}{rng.randint(200, 999)}{rng.randint(0, 9999):04}"
        return tuple(spelled(digits, rng.choice(("oh", "oh", "zero"))))

    def _money(self, words: Words) -> Words:
        """The same words around another amount."""
        rng = self._rng
        amount = rng.choice((rng.randint(1, 19) * 5, rng.randint(1, 30) * 50, rng.randint(1, 50) * 100))
        said = (
            say_house_number(amount).split()
            if 1000 < amount < 10000 and amount % 1000 and amount % 100 == 0
            else counted(amount, rng.random() < 0.3)
        )
        for first, end, _ in number_runs(words):
            return (*words[:first], *said, *words[end:])
        return words

    def _time(self, words: Words) -> Words:
        """The same structure with other days, months and numbers, or another value of the same shape."""
        rng = self._rng
        if rng.random() < 0.25:
            return rng.choice(self._pool[_shape(Part(words, "occurred_at"))] or [words])
        swapped = [self._calendar(word) for word in words]
        for first, end, digits in reversed(list(number_runs(swapped))):
            if len(digits) in (3, 4) and end - first > 1:
                minute = rng.choice((15, 30, 45, 10, 20, 40, 50, rng.randint(10, 59)))
                swapped[first:end] = say_number(rng.randint(1, 12)).split() + say_number(minute).split()
            elif len(digits) == 1:
                swapped[first:end] = say_number(rng.randint(1 if digits == "1" else 2, 12)).split()
        return tuple(swapped)

    def _calendar(self, word: str) -> str:
        rng = self._rng
        for names in (_DAYS, _MONTHS, _DAY_PARTS[:3]):
            if word in names:
                return rng.choice(names)
        return f"{rng.randint(1, 12)}{word[-2:]}" if re.fullmatch(r"\d{1,2}[ap]m", word) else word


def _pool(known: Sequence[Example]) -> dict[tuple[str, str, str], list[Words]]:
    """The known values by shape; every value is in the pool of its own shape."""
    pool: dict[tuple[str, str, str], list[Words]] = defaultdict(list)
    for example in known:
        for piece in parts(example):
            if piece.slot:
                pool[_shape(piece)].append(piece.words)
    return pool


def _shape(piece: Part) -> tuple[str, str, str]:
    """What a value must share with another to stand in its place: slot, kind of first word, kind of last word."""
    if piece.slot in ("occurred_at", "location"):
        return piece.slot, _kind(piece.words[0]), _kind(piece.words[-1]) if piece.slot == "occurred_at" else ""
    plural = "s" if piece.words[-1].endswith("s") else ""
    return ("person_name", "", str(len(piece.words))) if piece.slot.endswith("_name") else (piece.slot, plural, "")


def _dates(shape: tuple[str, str, str]) -> bool:
    """Do values of this shape tell a moment without a preposition before them?"""
    return shape[0] == "occurred_at" and shape[1] in (
        "last",
        "this",
        "yesterday",
        "tonight",
        "about",
        "around",
        "since",
    )


def _kind(word: str) -> str:
    if word in NUMBER_WORDS or word[0].isdigit():
        return "number"
    if word in _DAYS or word in _MONTHS:
        return "day"
    return "part" if word in _DAY_PARTS else word

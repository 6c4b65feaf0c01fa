"""A vehicle from a caller's words: "a gray Honda Civic", "2004 Dodge Caravan", "pickup, blue Ford"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from callbot.events import Scalar
from callbot.nlu.numbers import joined_at
from callbot.nlu.phonetics import sound
from callbot.nlu.tokens import tokenize

UNRESOLVED = 0.2
"""Score of words of which nothing is in the lists."""

_ALSO = {
    **{"chevy": "chevrolet", "vw": "volkswagen", "beemer": "bmw", "bimmer": "bmw", "benz": "mercedesbenz"},
    **{"mercedes": "mercedesbenz", "caddy": "cadillac", "subie": "subaru", "grey": "gray", "burgandy": "burgundy"},
}
"""What callers say for a name of the lists, both without spaces."""
_BODIES = (
    *("minivan", "van", "box truck", "food truck", "tow truck", "pickup truck", "pickup", "suv", "sedan", "coupe"),
    *("hatchback", "station wagon", "wagon", "convertible", "motorcycle", "moped", "scooter", "dirt bike", "trailer"),
    *(
        "camper",
        "rv",
        "motor home",
        "bus",
        "taxi",
        "jeep",
        "tractor trailer",
        "truck",
        "semi",
        "semi truck",
        "crossover",
    ),
    *(
        "atv",
        "quad",
        "four wheeler",
        "golf cart",
        "school bus",
        "dump truck",
        "cargo van",
        "work van",
        "u-haul",
        "hearse",
    ),
    *("ambulance", "limousine", "limo", "go kart", "hatch back", "roadster", "e bike"),
)
_SHADES = frozenset({"dark", "light", "bright", "lime", "navy", "pale", "deep"})
_LONGEST = 4
"""Words of a name in the lists, at most."""
_SOUND_LETTERS = 5
"""A shorter word is not matched by its sound."""


@dataclass(frozen=True, slots=True)
class VehicleLists:
    """The names that are known, spelled as they shall appear in a case.

    A model may be written with its make ("Honda Civic"): then naming the model names the make.
    """

    makes: tuple[str, ...]
    models: tuple[str, ...]
    colors: tuple[str, ...]
    _makes: dict[str, str] = field(init=False, repr=False, compare=False)
    _colors: dict[str, str] = field(init=False, repr=False, compare=False)
    _sounds: dict[str, str] = field(init=False, repr=False, compare=False)
    _models: dict[str, dict[str | None, str]] = field(init=False, repr=False, compare=False)
    """Squeezed model to its makes, each with the model's spelling."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_makes", {_squeezed(name): name for name in self.makes})
        object.__setattr__(self, "_colors", {_squeezed(name): name for name in self.colors})
        object.__setattr__(self, "_sounds", {sound(name): name for name in self.makes if len(name) >= _SOUND_LETTERS})
        models: dict[str, dict[str | None, str]] = {}
        for entry in self.models:
            make = max((name for name in self.makes if entry.startswith(f"{name} ")), key=len, default=None)
            model = entry.removeprefix(f"{make} ") if make else entry
            models.setdefault(_squeezed(model), {})[make] = model
        object.__setattr__(self, "_models", models)


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    first: int
    stop: int


def parse_vehicle(text: str, lists: VehicleLists) -> tuple[dict[str, Scalar], float]:
    """{"text", "color", "make", "model", "year"} of the vehicle in `text`, and how surely it is resolved.

    Where no model of the lists is named, "model" is the kind of vehicle ("van"). "year" is a number with four
    digits. None where nothing was said.
    """
    words = [token.text.removesuffix("'s") for token in tokenize(text)]
    make = _find(words, lists._makes)
    misheard = make is None
    if make is None:
        make = _sounds_like(words, lists._sounds)
    color = _color(words, lists)
    taken = {index for found in (make, color) if found for index in range(found.first, found.stop)}
    model, its_make = _model(words, lists, make, taken) or (None, None)
    year = _year(words, {*taken, *(range(model.first, model.stop) if model else ())})
    value: dict[str, Scalar] = {
        "text": text.strip(),
        "color": color.name if color else None,
        "make": make.name if make else its_make,
        "model": model.name if model else _body(words, make.name if make else ""),
        "year": year,
    }
    named = sum(value[key] is not None for key in ("color", "make", "model"))
    score = (UNRESOLVED, 0.7, 0.9, 0.95)[named]
    return value, min(score, 0.75) if make and misheard else score


def _squeezed(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _find(words: Sequence[str], known: dict[str, str], start: int = 0) -> _Found | None:
    """The first and longest stretch of `words` that is a known name."""
    for first in range(start, len(words)):
        for size in range(min(_LONGEST, len(words) - first), 0, -1):
            key = _squeezed("".join(words[first : first + size]))
            name = known.get(_ALSO.get(key, key)) or known.get(key)
            if name is not None:
                return _Found(name, first, first + size)
    return None


def _sounds_like(words: Sequence[str], sounds: dict[str, str]) -> _Found | None:
    for index, word in enumerate(words):
        if len(word) >= _SOUND_LETTERS and (name := sounds.get(sound(word))) is not None:
            return _Found(name, index, index + 1)
    return None


def _color(words: Sequence[str], lists: VehicleLists) -> _Found | None:
    found = _find(words, lists._colors)
    if found is not None and found.first > 0 and words[found.first - 1] in _SHADES:
        return _Found(f"{words[found.first - 1]} {found.name}", found.first - 1, found.stop)
    return found


def _model(
    words: Sequence[str], lists: VehicleLists, make: _Found | None, taken: set[int]
) -> tuple[_Found, str | None] | None:
    """The model and its make, looked for first right after the make.

    A model of another make than the named one does not count. A number ("the 300") or a single letter is a
    model only right after the make.
    """
    after = make.stop if make else len(words)
    for first in [*range(after, len(words)), *range(after)]:
        for size in range(min(_LONGEST, len(words) - first), 0, -1):
            if not taken.isdisjoint(range(first, first + size)):
                continue
            key = _digits_joined(words[first : first + size])
            makes = lists._models.get(key, {})
            name = makes.get(make.name, makes.get(None)) if make else next(iter(makes.values()), None)
            weak = len(key) < 2 or key.isdecimal()
            if name is not None and (first == after or not weak):
                return _Found(name, first, first + size), next(iter(makes)) if len(makes) == 1 else None
    return None


def _digits_joined(words: Sequence[str]) -> str:
    """ "f one fifty" as "f150"."""
    key, at = "", 0
    while at < len(words):
        number = joined_at(words, at)
        key, at = (key + number[0], number[1]) if number else (key + _squeezed(words[at]), at + 1)
    return key


def _body(words: Sequence[str], make: str) -> str | None:
    """The kind of vehicle; a "Jeep" is one by its make."""
    said = f" {' '.join(words)} ".replace("pick up", "pickup").replace("u haul", "u-haul")
    fitting = [body for body in _BODIES if body != make.lower() and (f" {body} " in said or f" {body}s " in said)]
    return max(fitting, key=len, default=None)


def _year(words: Sequence[str], taken: set[int]) -> int | None:
    """A year of four digits, or of two before other words of a vehicle ("an oh four Caravan", "ninety eight")."""
    for at in range(len(words)):
        if at in taken:
            continue
        short_zero = words[at] in {"oh", "zero"}
        number = joined_at(words, at + short_zero)
        if number is None:
            continue
        digits = ("0" if short_zero else "") + number[0]
        if len(digits) == 4 and 1900 <= int(digits) <= 2099:
            return int(digits)
        if len(digits) == 2 and (number[1] in taken or number[1] == len(words)):
            return int(digits) + (1900 if int(digits) >= 50 else 2000)
    return None

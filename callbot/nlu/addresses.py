"""A caller's words about a place as a location record: number, street, corner, place, apartment. PURE.

Callers give an address in any order: "apartment two C at eighty Howe Street", "Dwight Street, number one fifteen".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from callbot.events import Scalar
from callbot.nlu.gazetteer import Gazetteer
from callbot.nlu.house_numbers import (
    NUMBER_MARKS,
    lone_number,
    number_after,
    number_before,
    numbers_of_streets,
    settled,
)
from callbot.nlu.letters import is_letter
from callbot.nlu.mention import FOLLOWERS, Mention, is_number
from callbot.nlu.mentions import find_mentions
from callbot.nlu.numbers import joined_at, ordinal_at
from callbot.nlu.tokens import Token, tokenize

NUMBER_ONLY = 0.5
"""Score of a house number without a street: half an address."""
NOT_LISTED = 0.3
"""Score of a street that the gazetteer does not know."""
NOTHING = 0.1
"""Score of words that name no place."""
_RIVAL = 0.1
"""Taken off the score when another street fits about as well."""

_UNITS = frozenset({"apartment", "apt", "unit", "suite", "ste", "room", "rm"})


def parse_location(text: str, gazetteer: Gazetteer) -> dict[str, Scalar]:
    """The location that `text` names, all keys always there, None where nothing was said.

    "street" is the gazetteer's name, or the caller's words if the street is not in the list; "matched" is the
    gazetteer's name or None. A place brings its street along. "score" is 0 to 1.
    """
    tokens = settled(tokenize(text))
    unit, rest = _take_unit(tokens)
    mentions = find_mentions(rest, gazetteer, strict=False)
    streets = [m for m in mentions if m.kind != "place"]
    place = next((m for m in mentions if m.kind == "place"), None)
    numbers = numbers_of_streets(rest, streets)
    main_index = next((index for index in numbers if numbers[index]), 0)
    main = streets[main_index] if streets else None
    cross = next((m for m in streets if main is not None and m.name != main.name and m.kind == "street"), None)
    number = numbers.get(main_index) or lone_number(rest, bool(mentions))
    if main is not None and place is not None and place.street in main.rivals:
        main = replace(main, name=place.street, rivals=())
    street = main.name if main else place.street if place else None
    return {
        "text": text.strip(),
        "street": street,
        "number": number,
        "cross_street": cross.name if cross else None,
        "place": place.name if place else None,
        "unit": unit,
        "matched": street if main is None or main.kind == "street" else None,
        "score": _score(main, place, number),
    }


def address_span(tokens: Sequence[Token], mention: Mention) -> tuple[int, int]:
    """First and after-last token of `mention` together with its house number and the apartment after it."""
    before, after = number_before(tokens, mention.first), number_after(tokens, mention.stop)
    first, stop = before[1] if before else mention.first, after[1] if after and not before else mention.stop
    if before and first > 1 and tokens[first - 1].text == "not" and is_number(tokens[first - 2]):
        first = next((i + 1 for i in range(first - 2, -1, -1) if not is_number(tokens[i])), 0)
    if stop < len(tokens) and tokens[stop].text in _UNITS:
        unit = _unit_value(tokens, [token.text for token in tokens], stop + 1)
        stop = unit[1] if unit else stop
    return first, stop


def _score(main: Mention | None, place: Mention | None, number: str | None) -> float:
    if main is not None and main.kind == "street":
        return round(main.score - (_RIVAL if main.rivals and main.score < 0.9 else 0.0), 3)
    if place is not None:
        return round(0.95 * place.score, 3)
    if main is not None:
        return NOT_LISTED
    return NUMBER_ONLY if number else NOTHING


def _take_unit(tokens: Sequence[Token]) -> tuple[str | None, list[Token]]:
    """The apartment or floor ("3", "2C", "floor 2"), and the tokens without it."""
    words = [token.text for token in tokens]
    for index, word in enumerate(words):
        if word in _UNITS and (found := _unit_value(tokens, words, index + 1)):
            return found[0], [*tokens[:index], *tokens[found[1] :]]
        if word == "floor":
            ordinal = next((o for back in (2, 1) if index >= back and (o := ordinal_at(words, index - back))), None)
            if ordinal is not None and ordinal[1] == index:
                first = index - (2 if index >= 2 and ordinal_at(words, index - 2) == (ordinal[0], index) else 1)
                return f"floor {ordinal[0]}", [*tokens[:first], *tokens[index + 1 :]]
            if number := joined_at(words, index + 1, index + 2):
                return f"floor {number[0]}", [*tokens[:index], *tokens[number[1] :]]
    return None, list(tokens)


def _unit_value(tokens: Sequence[Token], words: Sequence[str], at: int) -> tuple[str, int] | None:
    """A number with or without a letter, or a letter with or without a number."""
    if at < len(words) and words[at] in NUMBER_MARKS:
        at += 1
    stop = next((i for i in range(at + 1, len(tokens)) if tokens[i].after_break), len(tokens))
    letter_first = at < stop and is_letter(words[at])
    number = joined_at(words, at + letter_first, stop)
    if letter_first:
        return (words[at].upper() + (number[0] if number else ""), number[1] if number else at + 1)
    if number is None:
        return None
    # "apartment 3 a ..." is 3A only if nothing or a new thought follows the letter.
    after = number[1]
    ends = after + 1 >= len(words) or (after < stop and (tokens[after].glued or words[after + 1] in {*FOLLOWERS, "as"}))
    if after < stop and is_letter(words[after]) and (ends or after + 1 == stop):
        return number[0] + words[after].upper(), after + 1
    return number

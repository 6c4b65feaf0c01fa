"""A caller's words about a place as a location record: number, street, corner, place, apartment.

Callers give an address in any order ("apartment two C at eighty Howe Street", "Dwight Street, number one
fifteen") and often in two turns ("Edgewood Avenue" ... "in front of number three thirty"): `merge_location`
puts the turns together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from callbot.events import Scalar
from callbot.nlu.gazetteer import Gazetteer
from callbot.nlu.mention import FOLLOWERS, Mention, is_number
from callbot.nlu.mentions import find_mentions
from callbot.nlu.numbers import cardinal_at, joined_at, ordinal_at, single_digits_at
from callbot.nlu.ordinary import is_ordinary
from callbot.nlu.street_names import plain_words, split_type
from callbot.nlu.tokens import Token, phrase_at, tokenize

NUMBER_ONLY = 0.5
"""Score of a house number without a street: half an address."""
NOT_LISTED = 0.3
"""Score of a street that the gazetteer does not know."""
NOTHING = 0.1
"""Score of words that name no place."""
_RIVAL = 0.1
"""Taken off the score when another street fits about as well."""

_UNITS = frozenset({"apartment", "apt", "unit", "suite", "ste", "room", "rm"})
_NUMBER_MARKS = frozenset({"number", "#", "no"})
_BEFORE_A_HOUSE = (
    *("number", "#", "no", "house", "building", "house number", "address", "the number is", "the house number is"),
    *("and the number is", "and the house number is", "and it's number", "and number", "the house is number"),
    *("the address is", "it's", "it is", "that's", "i think", "i think it's", "i believe", "i'd say", "maybe"),
    *("probably", "near", "near number", "at", "at number", "at about", "around", "about", "approximately", "roughly"),
    *("like", "by", "in front of", "across from", "outside", "outside of", "close to", "next to", "right by"),
    *("right in front of", "right outside", "right across from", "across the street from", "out front of"),
    *("right at", "right near", "somewhere around", "somewhere near", "opposite", "behind", "just past", "just before"),
)
"""Words between a street and the number of a house on it."""
_SPEEDS = frozenset(
    {
        *("speeding", "speed", "speeds", "doing", "going", "go", "goes", "drive", "drives", "driving", "fly", "flies"),
        *("flying", "race", "races", "racing", "weaving", "swerving"),
    }
)
"""Words about how fast somebody is: "they go down Whalley Avenue at 70"."""
_OTHER_NUMBERS = frozenset(
    {
        *("case", "ticket", "report", "reference", "confirmation", "incident", "plate", "license", "tag", "phone"),
        *("cell", "telephone", "callback", "badge", "bus", "route", "account", "permit", "tracking", "request", "my"),
    }
)
"""Words before "number" that make it no house number."""
_OF_TIMES = frozenset({"at", "around", "about", "approximately", "roughly", "like", "by", "before", "past"})
"""Those of them that stand before a time of day, too."""
_BEHIND_A_NUMBER = frozenset(
    {
        *("please", "near", "between", "apartment", "apt", "unit", "suite", "by", "across", "next", "outside", "i"),
        *("it's", "right", "just"),
    }
)
"""Words after a house number that stands apart from its street."""
_IN_OTHER_WORDS = (
    *("that's", "that is", "it's", "so", "so that's", "as in", "again", "i repeat", "repeat", "meaning", "or"),
    *("digits", "so it's", "i mean", "yes", "yeah", "like", "spelled"),
)
"""Words before a number that is said once more."""
_LEAD_INS = frozenset(
    {"um", "uh", "it's", "its", "is", "at", "in", "front", "of", "the", "house", "that's", "just", "and"}
)
_NEAR = re.compile(
    r"\W*(?:(?:it's|its|um|uh|right|just|that's) )*(?:near|by|close to|next to|between|off|past)\b", re.I
)
_CORRECTS = re.compile(r"\b(?:no|not|wait|sorry|meant|mean|actually|correction|instead|wrong)\b", re.I)
_NO_CORRECTION = re.compile(
    r"\b(?:no|not)\b(?: \w+){0,3}? (?:number|numbers|sure|far|know|certain)\b|\bnot really\b|\bno idea\b", re.I
)
"""Words that deny something else than the place: "there is no number", "not far from"."""
_BETWEEN = re.compile(r"\b(?:between|near|close to|next to|cross streets?)\b", re.I)
_BEFORE_NUMBER = frozenset(
    {
        *(*_LEAD_INS, *_NUMBER_MARKS, "around", "about", "approximately", "roughly", "maybe", "probably", "near", "by"),
        *(
            "i",
            "i'd",
            "i'm",
            "think",
            "believe",
            "guess",
            "say",
            "said",
            "mean",
            "meant",
            "would",
            "be",
            "like",
            "right",
            "outside",
            "next",
            "to",
        ),
        *("across", "from", "address", "well", "so", "oh", "okay", "ok", "yes", "yeah", "sure", "on", "my", "close"),
        *("it", "was", "somewhere", "they're", "there", "actually", "wait", "sorry", "no", "not"),
    }
)
_AFTER_NUMBER = frozenset({"please", "i", "think", "guess", "believe", "or", "so", "maybe", "probably", "something"})
_LONGEST_NUMBER = 5
_IT_IS = r"\W*(?:(?:um|uh|well|oh|so|yeah|yes|okay|ok|like|just|right|directly|maybe|probably|over|down|up|kind of"
_IT_IS += r"|sort of|i think|i guess|i believe|it's|its|it is|it was|that's|there's|they're|he's|she's)\b\W*)*"
_BESIDE = re.compile(
    _IT_IS + r"(?:near|nearby|by|beside|close to|next to|next door to|across from|across the street from|opposite"
    r"|in front of|in back of|behind|outside(?: of)?|past|before|after|under|at|around|between)\s+(?P<what>\S.*)",
    re.I,
)
_WITHIN = re.compile(
    _IT_IS
    + r"(?:in|on)\s+(?P<what>the (?:\w+ )?(?:middle|left|right|corner|end|side|front|back|parking|lot|block|bridge"
    r"|curve|hill|intersection|driveway|sidewalk)\b.*)",
    re.I,
)
_BARE_LANDMARK = re.compile(
    _IT_IS
    + r"(?P<what>(?:the|a|an|my|our) (?:[\w'-]+ ){0,3}(?:house|building|store|shop|station|church|school|bank|park|lot"
    r"|restaurant|deli|market|hospital|library|bridge|light|lights|corner|stop|pharmacy|garage|apartments|cemetery"
    r"|temple|mosque|synagogue|playground|gym|bar|cafe|hotel|block)\b(?! (?:is|was|has)\b).*)",
    re.I,
)
_PLACE_NOUNS = (
    "park|square|field|fields|school|library|plaza|playground|cemetery|bridge|station|apartments|church|hospital|green"
    "|beach|pier|pond|stadium|museum|mall|hotel|gym|lot|garage"
)
_NAMED_PLACE = re.compile(rf"(?<![.\w])(?:[A-Z][\w'-]+ ){{1,3}}(?=[A-Z])(?i:{_PLACE_NOUNS})\b(?! (?:[A-Z]|[Ss]treet))")
_SOME_PLACE = re.compile(
    rf"(?:the|a|an|my|our) (?:[\w'-]+ ){{0,3}}(?:{_PLACE_NOUNS}|building|store|shop|deli|market|stop|bank|river)",
    re.I,
)
_NO_LANDMARK = re.compile(
    r"\b(?:know|moment|minute|time|morning|night|noon|o'clock|phone|idea|hurry|sure|it|me|you)\b", re.I
)
_LONGEST_BARE = 2
_LONGEST_LANDMARK = 9


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
    numbers = _house_numbers(rest, streets)
    main_index = next((index for index in numbers if numbers[index]), 0)
    main = streets[main_index] if streets else None
    cross = next((m for m in streets if main is not None and m.name != main.name and m.kind == "street"), None)
    number = numbers.get(main_index) or _lone_number(rest, bool(mentions))
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
    before, after = _number_before(tokens, mention.first), _number_after(tokens, mention.stop)
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


# ---------------------------------------------------------------- numbers


def settled(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without what only repeats or denies a number: "sixty, six zero", "eighty, not eighteen"."""
    kept = _without_denied(list(tokens))
    at = 0
    while at < len(kept):
        if is_number(kept[at]) and (again := _said_again(kept, at)) is not None:
            kept = [*kept[: again[0]], *kept[again[1] :]]
        at += 1
    return kept


def _without_denied(tokens: list[Token]) -> list[Token]:
    words = [token.text for token in tokens]
    for at, word in enumerate(words):
        if word != "not":
            continue
        first = at + 1 + phrase_at(words, at + 1, "number", "at", "house number")
        stop = next((i for i in range(first + 1, len(tokens)) if tokens[i].after_break), len(tokens))
        found = joined_at(words, first, stop)
        rest = [*tokens[:at], *tokens[found[1] :]] if found is not None else tokens
        if found is not None and any(map(is_number, rest)):
            return _without_denied(rest)
    return tokens


def _said_again(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """From where to where the number at `at` is said once more: in other words after a pause or "that's", or, right
    behind it, digit by digit."""
    words = [token.text for token in tokens]
    if at and is_number(tokens[at - 1]) and not tokens[at].after_break:
        return None
    stop = at + 1
    while stop < len(tokens) and is_number(tokens[stop]):
        stop += 1
    for end in range(at + 1, stop + 1):
        first = joined_at(words, at, end)
        if first is None or first[1] != end:
            continue
        size = phrase_at(words, end, *_IN_OTHER_WORDS)
        again = end + size
        apart = size > 0 or (end < len(tokens) and tokens[end].after_break)
        digits = single_digits_at(words, again)
        plain = single_digits_at(words, at, end) in (None, (words[at], at + 1))
        by_digit = digits is not None and len(digits[0]) > 1 and digits[0] == first[0] and (apart or plain)
        full = (joined_at(words, again), cardinal_at(words, again)) if apart else ()
        readings = [digits] if by_digit else [(str(value), after) for value, after in filter(None, full)]
        for value, after in filter(None, readings):
            if value == first[0] and not (after < len(tokens) and is_number(tokens[after])):
                return end, after
    return None


def _house_numbers(tokens: Sequence[Token], streets: Sequence[Mention]) -> dict[int, str | None]:
    """The house number of each street; one that stands before a street is no other street's."""
    before = {index: _number_before(tokens, street.first) for index, street in enumerate(streets)}
    taken = {found[1] for found in before.values() if found}
    taken |= {street.first for street in streets}
    numbers: dict[int, str | None] = {}
    for index, street in enumerate(streets):
        found = before[index]
        if found is None and (after := _number_after(tokens, street.stop)) is not None:
            found = None if taken.intersection(range(street.stop, after[1])) else after
        numbers[index] = found[0] if found else None
    return numbers


def _number_before(tokens: Sequence[Token], stop: int) -> tuple[str, int] | None:
    """The number that ends right before token `stop`, and the index of its first token."""
    end, letter = stop, ""
    if end >= 2 and tokens[end - 1].glued and len(tokens[end - 1].text) == 1 and is_number(tokens[end - 2]):
        end, letter = end - 1, tokens[end - 1].text.upper()
    start = end
    while start > 0 and (is_number(tokens[start - 1]) or (start < end and tokens[start - 1].text == "and")):
        start -= 1
        if tokens[start].after_break:
            break
    words = [token.text for token in tokens]
    if 0 < start < end and tokens[start].glued and tokens[start - 1].text.isalpha():
        return None  # "I95 South"
    if (lower := _range_start(tokens[max(start, end - 2) : end])) is not None:
        return lower, end - 2
    for first in range(start, end):
        if (found := joined_at(words, first, end)) is not None and found[1] == end:
            return found[0] + letter, first
    return None


def _range_start(tokens: Sequence[Token]) -> str | None:
    """The first number of a range of two, "154-160": the pieces of a number said in pieces are shorter."""
    if len(tokens) != 2 or not all(token.text.isdecimal() for token in tokens):
        return None
    low, high = (token.text for token in tokens)
    pieces = min(len(low), len(high)) < 3 and not (tokens[1].dashed and len(low) == len(high) > 1)
    return low if int(low) < int(high) and not pieces else None


def _number_after(tokens: Sequence[Token], at: int) -> tuple[str, int] | None:
    """The number that follows a street's name, and the index after it: "Chapel Street twelve sixty", "Fountain
    Street, near 500", "Canner, number eighty eight".

    After a pause, or words that may speak of a time, it must be no clock time and not count anything.
    """
    words = [token.text for token in tokens]
    first, hint = at, ""
    while size := phrase_at(words, first, *_BEFORE_A_HOUSE):
        hint = " ".join(words[first : first + size])
        first += size
    if first >= len(tokens) or words[first].startswith("0") or any(t.after_stop for t in tokens[at + 1 : first + 1]):
        return None
    marked = words[first - 1] in _NUMBER_MARKS and first > at
    found = _number_at(tokens, first, marked=marked)
    if found is None or len(found[0]) > _LONGEST_NUMBER + 1 or _counts(tokens, found[1]):
        return None
    if marked or (first == at and not tokens[at].after_break):
        return found
    goes_on = found[1] < len(tokens) and not tokens[found[1]].after_break and not phrase_at(words, found[1], "or so")
    if goes_on and words[found[1]] not in _BEHIND_A_NUMBER:
        return None
    if any(token.dashed and token.text.isdecimal() for token in tokens[first + 1 : found[1]]):
        return None  # a date, "11/20"
    if not _SPEEDS.isdisjoint(words[:at]):
        return None
    timed = any(word in _OF_TIMES for word in words[at:first])
    if hint == "building" and len(found[0]) < 2:
        return None  # one of several on a lot
    if not hint and not 1 < len(found[0]) < _LONGEST_NUMBER:
        return None  # a case number, a zip code, so many of something
    return None if timed and _is_clock(found[0]) else found


def _counts(tokens: Sequence[Token], at: int) -> bool:
    """More digits follow, as in a telephone number, a date or a time."""
    return at < len(tokens) and (is_number(tokens[at]) or tokens[at].dashed)


def _is_clock(digits: str) -> bool:
    """It may be a time of day: "at ten", "around ten thirty"; hardly "at 77" or "around 300"."""
    if not digits.isdecimal():
        return False
    hour, minute = (int(digits), 30) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
    return 1 <= hour <= 12 and len(digits) <= 4 and minute % 5 == 0 and 0 < minute < 60


def number_behind(text: str, end: int) -> tuple[str, int] | None:
    """The house number that follows right behind the street named by the first `end` characters, and where it ends.

    >>> number_behind("Fountain Street, near 500", 15), number_behind("Lombard Street at ten last night", 14)
    (('500', 25), None)
    """
    tokens = tokenize(text)
    at = next((index for index, token in enumerate(tokens) if token.start >= end), len(tokens))
    found = _number_after(settled(tokens), at)
    return (found[0], settled(tokens)[found[1] - 1].end) if found else None


def _number_at(tokens: Sequence[Token], first: int, *, marked: bool = False) -> tuple[str, int] | None:
    """A number that is a house number by what follows it, not "two cars"; or because it is `marked` as one."""
    words = [token.text for token in tokens]
    stop = next((i for i in range(first + 1, len(tokens)) if tokens[i].after_break), len(tokens))
    if any(token.dashed for token in tokens[first + 2 : first + 3]):
        return None  # a date, "6/18/12"
    if (found := joined_at(words, first, stop)) is None:
        return None
    digits, after = found
    if after < len(tokens) and tokens[after].glued and len(words[after]) == 1:
        digits, after = digits + words[after].upper(), after + 1
    if not marked and after < len(tokens) and not tokens[after].after_break and words[after] not in FOLLOWERS:
        return None
    return digits, after


def _lone_number(tokens: Sequence[Token], street_known: bool) -> str | None:
    """A house number that stands apart from any street: after "number", or as the first thing said."""
    for index, token in enumerate(tokens):
        if (
            token.text in _NUMBER_MARKS
            and (index == 0 or tokens[index - 1].text not in _OTHER_NUMBERS)
            and not _is_figure(tokens, index + 1)
            and (found := _number_at(tokens, index + 1)) is not None
        ):
            return found[0]
    start = next((i for i, token in enumerate(tokens) if token.text not in _LEAD_INS), len(tokens))
    found = _number_at(tokens, start)
    if found is None or _is_figure(tokens, start):
        return None
    ends = found[1] >= len(tokens)
    return found[0] if ends or (street_known and tokens[found[1]].after_break) else None


def _is_figure(tokens: Sequence[Token], at: int) -> bool:
    """A last word "one" is seldom a house: "no one", "just one"."""
    marked = at > 0 and tokens[at - 1].text in {"number", "#"}
    return not marked and [token.text for token in tokens[at:]] == ["one"]


def answered_number(text: str) -> str | None:
    """The house number that `text` consists of as the answer to "which number?": "215", "I think it's around 300".

    None if anything else is said, or if the number may be a figure of speech ("no one", "just one").
    """
    tokens = settled(tokenize(text))
    words = [token.text for token in tokens]
    first = next((i for i, word in enumerate(words) if word not in _BEFORE_NUMBER), len(words))
    if (found := joined_at(words, first)) is None:
        return None
    digits, after = found
    if len(digits) > _LONGEST_NUMBER or _is_figure(tokens, first):
        return None
    if after < len(tokens) and tokens[after].glued and _is_letter(words[after]):
        digits, after = digits + words[after].upper(), after + 1
    if words[after : after + 1] == ["or"] and (other := joined_at(words, after + 1)) is not None:
        after = other[1]
    return digits if all(word in _AFTER_NUMBER for word in words[after:]) else None


def named_place(text: str) -> str | None:
    """A place that is not in the list by its looks, "Trowbridge Square"; "the bus stop" only if `text` is just that.

    >>> [named_place(text) for text in ("It's in Trowbridge Square.", "the bus stop", "by the bus stop")]
    ['Trowbridge Square', 'the bus stop', None]
    """
    if _SOME_PLACE.fullmatch(text.strip(" ,.")):
        return text.strip(" ,.")
    found = _NAMED_PLACE.search(text)
    return found[0] if found else None


def is_ordinary_street(words: str) -> bool:
    """`words` are the bare name of a street that is called like an ordinary word, and nothing else."""
    return is_bare_street(words) and is_ordinary(plain_words(words))


def is_bare_street(words: str) -> bool:
    """`words` are one name without a type or a number."""
    plain = plain_words(words)
    return len(plain) <= _LONGEST_BARE and not split_type(plain)[1] and all(word.isalpha() for word in plain)


def landmark(text: str) -> str | None:
    """What an answer sets the place beside: "the gas station" of "right across from the gas station"."""
    found = _BESIDE.match(text) or _WITHIN.match(text) or _BARE_LANDMARK.match(text)
    if found is None or _NO_LANDMARK.search(found["what"]):
        return None
    what = found["what"].strip(" .,;!?")
    words = what.split()
    return what if words and len(words) <= _LONGEST_LANDMARK and any(len(word) > 2 for word in words) else None


# ---------------------------------------------------------------- apartments


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
    if at < len(words) and words[at] in _NUMBER_MARKS:
        at += 1
    stop = next((i for i in range(at + 1, len(tokens)) if tokens[i].after_break), len(tokens))
    letter_first = at < stop and _is_letter(words[at])
    number = joined_at(words, at + letter_first, stop)
    if letter_first:
        return (words[at].upper() + (number[0] if number else ""), number[1] if number else at + 1)
    if number is None:
        return None
    # "apartment 3 a ..." is 3A only if nothing or a new thought follows the letter.
    after = number[1]
    ends = after + 1 >= len(words) or (after < stop and (tokens[after].glued or words[after + 1] in {*FOLLOWERS, "as"}))
    if after < stop and _is_letter(words[after]) and (ends or after + 1 == stop):
        return number[0] + words[after].upper(), after + 1
    return number


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha() and word.isascii()


# ---------------------------------------------------------------- two turns


def is_landmark(location: Mapping[str, Scalar]) -> bool:
    """It holds only words about a known street ("the gas station"): without that street it names no place."""
    score = location.get("score")
    named = any(location.get(key) for key in ("street", "number", "cross_street", "unit"))
    return not named and isinstance(score, (int, float)) and score <= NOTHING


def merge_location(
    old: dict[str, Scalar],
    new: dict[str, Scalar],
    *,
    answers: bool = False,
    corrects: bool = False,
    in_passing: bool = False,
) -> dict[str, Scalar]:
    """An earlier location completed or corrected by a later one; both as `parse_location` makes them.

    A new street replaces the old one with its number and corner, except where the new words only place the old
    street ("near Court Street": a corner) or correct it ("no, Winthrop": the number stays). Everything else of
    the new one wins where it was said; "text" joins both.

    `answers`: the caller was asked for the number or the nearest corner of the old street, so that a further street
    is its corner. The "text" of the new one is then the whole utterance. `corrects`: the caller takes something back.
    `in_passing`: the bot had asked for something else; a bare street is then a corner of the known one, too.
    """
    if is_landmark(new) and old.get("place"):
        new = {**new, "place": None}
    if not old.get("street") or not new.get("street") or old["street"] == new["street"]:
        return _completed(old, new)
    said = str(new.get("text") or "")
    corrects = corrects or bool(_CORRECTS.search(_NO_CORRECTION.sub(" ", said)))
    if answers and not corrects and (corner := _corner(old, new, said)) is not None:
        return _completed(old, corner)
    beside = _NEAR.match(said) or (in_passing and not corrects and old.get("matched"))
    if not new.get("number") and not new.get("place") and beside:
        return _completed(old, {**new, "street": None, "matched": None, "cross_street": new["street"]})
    if new.get("number") or not corrects:
        return dict(new)
    return _completed({**old, "street": None, "matched": None, "cross_street": None, "place": None}, new)


def _corner(old: Mapping[str, Scalar], new: dict[str, Scalar], said: str) -> dict[str, Scalar] | None:
    """What an answer adds to a known street; None for another address, such as a full one or another corner."""
    if not old.get("matched") or old.get("number") or new.get("number"):
        return None
    street, cross = new["street"], new.get("cross_street")
    added = {**new, "street": None, "matched": None}
    if new.get("place"):
        # "By Edgewood Park" does not move the pothole to the park's street; "the Walmart on Foxon" is elsewhere.
        rest = said.lower().replace(str(new["place"]).lower(), " ")
        return added if str(street).split()[0].lower() not in rest else None
    if cross is None or cross == old["street"] or _BETWEEN.search(said):
        return {**added, "cross_street": street}
    return None


def _completed(old: dict[str, Scalar], new: dict[str, Scalar]) -> dict[str, Scalar]:
    source = new if new.get("street") else old
    texts = [str(part["text"]) for part in (old, new) if part.get("text")]
    merged = {key: new[key] if new.get(key) is not None else old.get(key) for key in (*old, *new)}
    score = source.get("score") if source.get("street") else max(_number(old), _number(new))
    matched = source.get("matched")
    return {**merged, "text": ", ".join(dict.fromkeys(texts)), "matched": matched, "score": score}


def _number(location: dict[str, Scalar]) -> float:
    score = location.get("score")
    return float(score) if isinstance(score, (int, float)) else 0.0

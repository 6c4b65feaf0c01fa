"""House numbers: which number in a caller's words is a street's, and which is a time, a date or so many cars. PURE.

It stands before the street ("eighty Howe Street") or behind it ("Canner, number eighty eight"), and the answer to
"which number?" is nothing else. Callers say it twice to be sure, "sixty, six zero", or tell it from another one,
"eighty, not eighteen".
"""

from __future__ import annotations

from collections.abc import Sequence

from callbot.nlu.letters import is_letter
from callbot.nlu.mention import FOLLOWERS, Mention, is_number
from callbot.nlu.numbers import cardinal_at, joined_at, single_digits_at
from callbot.nlu.tokens import Token, phrase_at, tokenize

NUMBER_MARKS = frozenset({"number", "#", "no"})
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
_OF_TIMES = frozenset({"at", "around", "about", "approximately", "roughly", "like", "by", "before", "past"})
"""Those of them that stand before a time of day, too."""
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
_BEFORE_NUMBER = frozenset(
    {
        *(*_LEAD_INS, *NUMBER_MARKS, "around", "about", "approximately", "roughly", "maybe", "probably", "near", "by"),
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


def numbers_of_streets(tokens: Sequence[Token], streets: Sequence[Mention]) -> dict[int, str | None]:
    """The house number of each street; one that stands before a street is no other street's."""
    before = {index: number_before(tokens, street.first) for index, street in enumerate(streets)}
    taken = {found[1] for found in before.values() if found}
    taken |= {street.first for street in streets}
    numbers: dict[int, str | None] = {}
    for index, street in enumerate(streets):
        found = before[index]
        if found is None and (after := number_after(tokens, street.stop)) is not None:
            found = None if taken.intersection(range(street.stop, after[1])) else after
        numbers[index] = found[0] if found else None
    return numbers


def number_before(tokens: Sequence[Token], stop: int) -> tuple[str, int] | None:
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


def number_after(tokens: Sequence[Token], at: int) -> tuple[str, int] | None:
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
    marked = words[first - 1] in NUMBER_MARKS and first > at
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
    tokens = settled(tokens)
    found = number_after(tokens, at)
    return (found[0], tokens[found[1] - 1].end) if found else None


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


def lone_number(tokens: Sequence[Token], street_known: bool) -> str | None:
    """A house number that stands apart from any street: after "number", or as the first thing said."""
    for index, token in enumerate(tokens):
        if (
            token.text in NUMBER_MARKS
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
    if after < len(tokens) and tokens[after].glued and is_letter(words[after]):
        digits, after = digits + words[after].upper(), after + 1
    if words[after : after + 1] == ["or"] and (other := joined_at(words, after + 1)) is not None:
        after = other[1]
    return digits if all(word in _AFTER_NUMBER for word in words[after:]) else None

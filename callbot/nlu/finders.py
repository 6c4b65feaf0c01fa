"""Slots found by rules alone, for when the small model is missing or has overlooked one.

Precise rather than greedy: only what its own words give away, such as ten digits, "plate", "dollars", or a
house number before a street that the gazetteer knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from callbot.nlu.addresses import address_span
from callbot.nlu.gazetteer import Gazetteer
from callbot.nlu.mention import POINTERS, Mention, is_number
from callbot.nlu.mentions import find_mentions
from callbot.nlu.money import CURRENCY, amount_at
from callbot.nlu.phones import digit_runs
from callbot.nlu.plates import plate_at
from callbot.nlu.references import reference_at, written_at
from callbot.nlu.street_names import street_type
from callbot.nlu.tokens import Token, tokenize

Found = tuple[str, int, int]
"""Slot name, offset of the first character, offset after the last."""

_CALL_WORDS = frozenset({"call", "number", "cell", "phone", "reach", "callback", "at", "text"})
_PLATE_WORDS = frozenset({"plate", "plates", "tag", "tags", "license"})
_BETWEEN_PLATE = frozenset(
    {"number", "numbers", "plate", "is", "it's", "reads", "says", "was", "tag", "the", "connecticut", "no", "#"}
)
_CASE_WORDS = frozenset({"case", "ticket", "reference", "confirmation", "tracking", "request", "issue"})
_ALWAYS_NUMBERED = frozenset({"reference", "confirmation", "tracking"})
"""What stands before a number even where it is not called one: "reference N H 3 1 1 0 9"."""
_REPORT_WORDS = frozenset({"report", "incident"})
_NUMBER_WORDS = frozenset({"number", "numbers", "no", "id", "#"})
_BETWEEN_REFERENCE = frozenset({*_NUMBER_WORDS, "is", "it's", "was", "the"})
_HOUSE_GRAND = 100_000
"""From this amount on "grand" is rather a street's name."""
_SOMEWHERE = frozenset({*POINTERS, "in", "outside", "inside", "around", "beside", "opposite", "across"} - {"of", "not"})
_TOGETHER = 4
_TO_CORNER = 8
"""Tokens that may stand between the names of one address, and when "corner" is one of them: "215 Orange Street,
the yellow house near the corner of Court Street"."""


def find_slots(text: str, *, gazetteer: Gazetteer, amount_slot: str = "item_value", asked: str = "") -> list[Found]:
    """Slots in a whole utterance with their places, in order, without overlap.

    Finds "caller_name" and "person_name" where they are called names, "callback_number", "plate", "case_number",
    "report_number", money (as `amount_slot`) and "location". Where "location" is `asked` only "$" and "dollars" make
    money: "300 Grand" is an address.
    """
    tokens = tokenize(text)
    taken: set[int] = set()
    found: list[Found] = []
    # Telephone numbers and plates first: their digits must not become house numbers.
    for slot, spans in (
        ("plate", _plates(tokens)),
        ("callback_number", _phones(tokens)),
        ("case_number", _references(text, tokens, _CASE_WORDS)),
        ("report_number", _references(text, tokens, _REPORT_WORDS)),
        (amount_slot, _amounts(tokens, gazetteer, plainly=asked == "location")),
        ("location", _addresses(tokens, gazetteer)),
    ):
        for first, stop in spans:
            if taken.isdisjoint(range(first, stop)):
                taken.update(range(first, stop))
                found.append((slot, tokens[first].start, tokens[stop - 1].end))
    return sorted([*found, *_names(text)], key=lambda item: item[1])


_NAMED = re.compile(
    r"\b(my|his|her|their) (?:full |first |last )?name(?:'s| is) "
    r"((?:(?!(?:and|he|she|they|i|i'm|but|the|not|none|no|on|in|at|is|of|by|with|for|from|to|so|call|please)\b)[a-z][a-z'-]*\s?){1,3})",
    re.IGNORECASE,
)


def _names(text: str) -> Iterator[Found]:
    """ "My name is Daniel Ortiz", "his name is Walter Green and he lives ..."."""
    for match in _NAMED.finditer(text):
        slot = "caller_name" if match[1].lower() == "my" else "person_name"
        yield slot, match.start(2), match.start(2) + len(match[2].rstrip())


def _phones(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    for run in digit_runs(tokens):
        full = len(run.digits) == 10 or (len(run.digits) == 11 and run.digits[0] == "1")
        before = {token.text for token in tokens[max(0, run.first - 4) : run.first]}
        local = len(run.digits) == 7 and before & _CALL_WORDS and not before & (_CASE_WORDS | _REPORT_WORDS)
        if full or local:
            yield run.first, run.stop


def _plates(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    words = [token.text for token in tokens]
    for index, word in enumerate(words):
        if word.removesuffix("'s") not in _PLATE_WORDS:
            continue
        first = index + 1
        while first < len(words) and words[first] in _BETWEEN_PLATE:
            first += 1
        found = plate_at(words, first)
        # Without a digit it may be "tag on a car".
        if found is not None and 4 <= len(found[0]) <= 8 and any(c.isdigit() for c in found[0]):
            yield first, found[1]


def _references(text: str, tokens: Sequence[Token], names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Numbers after "case number" or "report number", and written ones after "ticket": "in case 120 Elm" is none."""
    words = [token.text for token in tokens]
    for index, word in enumerate(words):
        if word not in names:
            continue
        first = index + 1
        while first < len(words) and words[first] in _BETWEEN_REFERENCE:
            first += 1
        if first == len(words):
            continue
        end = written_at(text, tokens[first].start)
        if end is not None:
            yield first, next(at for at in range(first, len(tokens)) if tokens[at].end >= end) + 1
            continue
        called = word in _ALWAYS_NUMBERED or _NUMBER_WORDS.intersection(words[index + 1 : first])
        if called and (stop := reference_at(words, first)) is not None:
            yield first, stop


def _amounts(tokens: Sequence[Token], gazetteer: Gazetteer, *, plainly: bool = False) -> Iterator[tuple[int, int]]:
    """Money; "512 Grand" is none where a street is called so, "two grand" is."""
    at = 0
    grand_is_street = gazetteer.knows_street(["grand"])
    while at < len(tokens):
        amount = amount_at(tokens, at)
        if amount is not None and amount[2]:
            named = any(token.text in {*CURRENCY, "$"} for token in tokens[at : amount[1]])
            house = grand_is_street and not named and amount[0] >= _HOUSE_GRAND
            if house:
                at = amount[1]
                continue
            if named or not plainly:
                yield at, amount[1]
        at = amount[1] if amount is not None else at + 1


def _addresses(tokens: Sequence[Token], gazetteer: Gazetteer) -> Iterator[tuple[int, int]]:
    """Names with their house numbers; names close together ("X and Y") make one address.

    Where a listed street is named, other streets and places are not looked at: they only say where it is.
    """
    groups: list[tuple[int, int, bool]] = []
    for mention in find_mentions(tokens, gazetteer, strict=True):
        if mention.kind == "unknown" and not _is_address(tokens, mention):
            continue
        first, stop = address_span(tokens, mention)
        listed = mention.kind == "street"
        if groups and _together(tokens, groups[-1][1], first):
            before = groups.pop()
            first, listed = before[0], listed or before[2]
        groups.append((first, stop, listed))
    any_listed = any(listed for _, _, listed in groups)
    for first, stop, listed in groups:
        if listed or (not any_listed and _is_somewhere(tokens, first)):
            yield first, stop


def _is_somewhere(tokens: Sequence[Token], first: int) -> bool:
    """A place or number is where something is: not in "the hours of City Hall", "can I pay for it"."""
    at = first - 1 if first and tokens[first - 1].text == "the" else first
    return at == 0 or tokens[at].after_break or tokens[at - 1].text in _SOMEWHERE


def _is_address(tokens: Sequence[Token], mention: Mention) -> bool:
    """A house number before an unknown "... Street" makes an address even so; other types may be anything."""
    return (
        street_type(tokens[mention.stop - 1].text) in {"street", "avenue", "road"}
        and mention.first > 0
        and is_number(tokens[mention.first - 1])
    )


def _together(tokens: Sequence[Token], stop: int, first: int) -> bool:
    if any(token.after_stop for token in tokens[stop : first + 1]):
        return False
    between = [token.text for token in tokens[stop:first]]
    return len(between) <= (_TO_CORNER if "corner" in between else _TOGETHER) and any(
        word in POINTERS for word in between
    )

"""Text as the voice shall read it.

A synthesizer reads "215 Orange St" as "two hundred fifteen Orange street" at best and a telephone number as
billions. Here everything with digits or abbreviations becomes the words that a dispatcher would say.
"""

from __future__ import annotations

import re
from datetime import date

from callbot.nlu.days import MONTHS
from callbot.nlu.numbers import say_digits, say_house_number, say_number, say_ordinal
from callbot.nlu.street_names import STREET_TYPES

_WORDS = frozenset({*STREET_TYPES.values(), "streets", "avenues", "roads"})
_SHORT_TYPES = {short: full.capitalize() for short, full in STREET_TYPES.items() if short not in _WORDS}
_TYPE = "|".join(sorted({*_SHORT_TYPES, *STREET_TYPES.values()}, key=len, reverse=True))
_NAME = r"(?:[A-Z][\w']*\.?|\d{1,3}(?:st|nd|rd|th))"

_PHONE = re.compile(r"(?<![\w-])(?:\+?1[-. ]?)?\(?(\d{3})\)?[-. ]?(\d{3})[-. ]?(\d{4})(?![\w-]|\.\d)")
_SHORT_PHONE = re.compile(r"(?<![\w-])(\d{3})-(\d{4})(?![\w-])")
_REFERENCE = re.compile(r"(?<![\w-])(?=[A-Z0-9-]*\d)[A-Z0-9]+(?:-[A-Z0-9]+)+(?![\w-])")
_MONEY = re.compile(r"\$ ?(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d\d))?(?!\d)")
_ISO_DATE = re.compile(r"(?<![\w-])(\d{4})-(\d\d)-(\d\d)(?![\w-])")
_TIME = re.compile(r"(?<![\w:])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])(?: ?([ap])\.?m\b\.?)?", re.I)
_HOUR = re.compile(r"(?<![\w:.])(1[0-2]|0?[1-9]) ?([ap])\.?m\b\.?", re.I)
_ADDRESS = re.compile(
    r"(?<![\w$.,-])(\d{1,6})([A-Za-z]?)"
    rf"(?= (?:(?:[NSEW]\.? )?{_NAME} ){{1,4}}(?i:{_TYPE})\b| Broadway\b)"
)
_NUMBER = re.compile(r"\b([Nn]umber) (\d{1,6})([A-Za-z]?)\b")
_UNIT = re.compile(r"\b(?i:(apartment|apt\.?|unit|suite|ste\.?)) ?#? ?(\d{1,4})?-?([A-Za-z])?(?![\w-])")
_SAINT = re.compile(r"\bSt\.? (?=[A-Z])")
_SHORT = "|".join(sorted(_SHORT_TYPES, key=len, reverse=True))
_STREET = re.compile(rf"\b({_NAME}) (?i:({_SHORT}))\b(\.(?=$|\s+[A-Z]))?\.?")
_DIRECTION = re.compile(rf"\b([NSEW])\.? (?={_NAME})")
_ORDINAL = re.compile(r"(?<![\w.,])(\d{1,4})(?:st|nd|rd|th)\b")
_PLATE = re.compile(r"(?<![\w-])(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*\d)[A-Z0-9]{3,8}(?![\w-])")
_PLATE_WORD = re.compile(r"\b([Pp]late(?: number)?(?: is)?) ([A-Z]{4,8})\b")
_SERVICE = re.compile(r"(?<![\w.,$-])([2-9]11)(?![\w-]|[.,]\d)")
_PERCENT = re.compile(r"(?<=\w) ?%")
_YEAR = re.compile(r"(?<![\w.,$-])(19|20)(\d\d)(?![\w-]|[.,]\d)")
_INTEGER = re.compile(r"(?<![\w.,-])(\d{1,3}(?:,\d{3})+|\d+)(?![\w-]|[.,]\d)")
_DIRECTIONS = {"N": "North", "S": "South", "E": "East", "W": "West"}
_UNITS = {"apt": "apartment", "ste": "suite"}
_LONGEST_NUMBER = 6
"""Longer integers are read digit by digit."""


def speakable(text: str) -> str:
    """`text` with numbers, abbreviations, plates and the like written out in words; everything else unchanged.

    >>> speakable("215 Orange St, apt 3B")
    'two fifteen Orange Street, apartment three B'
    >>> speakable("Case 26-00014-7, call 203-555-0142.")
    'Case two six, zero zero zero one four, seven, call two zero three, five five five, zero one four two.'
    """
    for pattern, say in _RULES:
        text = pattern.sub(say, text)
    return text


def _groups(match: re.Match[str]) -> str:
    return ", ".join(say_digits(group) for group in match.groups())


def _reference(match: re.Match[str]) -> str:
    return ", ".join(_characters(part, " ") for part in match.group().split("-"))


def _characters(text: str, between: str = ", ") -> str:
    return between.join(say_digits(c) if c.isdecimal() else c for c in text)


def _money(match: re.Match[str]) -> str:
    dollars, cents = int(match[1].replace(",", "")), int(match[2] or 0)
    said = [f"{say_number(dollars)} dollar{'s' * (dollars != 1)}"] if dollars or not cents else []
    if cents:
        said.append(f"{say_number(cents)} cent{'s' * (cents != 1)}")
    return " and ".join(said)


def _date(match: re.Match[str]) -> str:
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return match.group()  # not a date, though it looks like one
    return f"{MONTHS[day.month - 1].capitalize()} {say_ordinal(day.day)}"


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    half = match[3].upper() if match[3] else "" if hour in range(1, 13) else "P" if hour > 12 else "A"
    said = say_number(hour % 12 or 12)
    if minute:
        said += f" {'oh ' if minute < 10 else ''}{say_number(minute)}"
    elif not half:
        said += " o'clock"
    return f"{said} {half} M" if half else said


def _hour(match: re.Match[str]) -> str:
    return f"{say_number(int(match[1]))} {match[2].upper()} M"


def _house(digits: str, letter: str) -> str:
    # "007" is no house number: it is read as it is written.
    number = say_digits(digits) if digits.startswith("0") else say_house_number(int(digits))
    return f"{number} {letter.upper()}".strip()


def _unit(match: re.Match[str]) -> str:
    if not match[2] and (not match[3] or match[3].islower()):
        return match.group()  # "the apartment a floor up"
    word = match[1].rstrip(".")
    number = say_number(int(match[2])) if match[2] and len(match[2]) < 3 else _house(match[2] or "0", "")
    parts = [_UNITS.get(word.lower(), word), number if match[2] else "", (match[3] or "").upper()]
    return " ".join(part for part in parts if part)


def _street(match: re.Match[str]) -> str:
    # The full stop of an abbreviation goes, unless it may end the sentence.
    return f"{match[1]} {_SHORT_TYPES[match[2].lower()]}{match[3] or ''}"


def _year(match: re.Match[str]) -> str:
    year = int(match.group())
    if 2000 <= year < 2010:
        return say_number(year)
    return say_house_number(year)


def _integer(match: re.Match[str]) -> str:
    digits = match.group().replace(",", "")
    if len(digits) > _LONGEST_NUMBER or (len(digits) > 1 and digits.startswith("0")):
        return say_digits(digits)
    return say_number(int(digits))


# Order matters: the most special form first, what is left is a plain number.
_RULES = (
    (_MONEY, _money),
    (_ISO_DATE, _date),
    (_PHONE, _groups),
    (_SHORT_PHONE, _groups),
    (_REFERENCE, _reference),
    (_TIME, _time),
    (_HOUR, _hour),
    (_ADDRESS, lambda m: _house(m[1], m[2])),
    (_NUMBER, lambda m: f"{m[1]} {_house(m[2], m[3])}"),
    (_UNIT, _unit),
    (_STREET, _street),
    (_SAINT, lambda _: "Saint "),
    (_DIRECTION, lambda m: f"{_DIRECTIONS[m[1]]} "),
    (_ORDINAL, lambda m: say_ordinal(int(m[1]))),
    (_PLATE_WORD, lambda m: f"{m[1]} {_characters(m[2])}"),
    (_PLATE, lambda m: _characters(m.group())),
    (_SERVICE, _groups),
    (_YEAR, _year),
    (_INTEGER, _integer),
    (_PERCENT, lambda _: " percent"),
)

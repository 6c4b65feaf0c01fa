"""The day that words name: "yesterday", "last Tuesday", "the fourth of July", "last month".

All reckoning is in calendar days of the agency's zone, without a clock: `Days` is a stretch of local days with
the part of the day that was said. Days are never in the future: a bare "June" or "the fifteenth" is the last one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = timedelta(days=1)
_PART = r"(?: (?:in the |at )?(?P<part>morning|afternoon|evening|night))?"
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "fall": (9, 11), "autumn": (9, 11), "winter": (12, 14)}
"""First and last month; 13 and 14 are January and February of the next year."""

_OTHER = 7
"""Days within which "the other day" was."""


@dataclass(frozen=True, slots=True)
class Days:
    """A stretch of local days."""

    first: date
    last: date
    part: str | None = None
    """"morning", "afternoon", "evening", "night" or "overnight"; a night belongs to the day on which it begins."""
    score: float = 0.9
    """0 to 1: how exactly the words name these days."""


_Build = Callable[[re.Match[str], date, int], Days | None]


def find_days(text: str, today: date, hour: int) -> tuple[Days, tuple[int, int]] | None:
    """The first day words in `text` and their place in it; None if there are none.

    `text` is as `time_words.plain` makes it; `hour` is the local hour now, for "tonight" said after midnight.
    """
    for pattern, build in _RULES:
        for match in pattern.finditer(text):
            days = build(match, today, hour)
            if days is not None and days.first <= today:
                return days, match.span()
    return None


def _one(day: date, part: str | None = None, score: float = 0.9) -> Days:
    return Days(day, day, part, score)


def _days_ago(back: int, part: str | None = None) -> _Build:
    def build(match: re.Match[str], today: date, _hour: int) -> Days:
        return _one(today - back * _DAY, part or match.groupdict().get("part"))

    return build


def _tonight(_match: re.Match[str], today: date, hour: int) -> Days:
    # After midnight the night that people mean is the one that began the day before.
    return _one(today - _DAY if hour < 5 else today, "night")


def _weekday(match: re.Match[str], today: date, _hour: int) -> Days | None:
    wanted = _WEEKDAYS.index(match["day"])
    # A weekday's name said on that day means the one a week ago: for today people say "today".
    back = (today.weekday() - wanted) % 7 or (0 if match["this"] else 7)
    if match["week"]:
        back = today.weekday() + 7 - wanted
    return _one(today - back * _DAY, match["part"], 0.85)


def _before_last(match: re.Match[str], today: date, _hour: int) -> Days | None:
    """The week, weekend, month or year before the last one, or one of its days."""
    unit = match["unit"]
    if unit == "week":
        monday = today - (today.weekday() + 14) * _DAY
        if match["of"] or match["on"]:
            return _one(monday + _WEEKDAYS.index(match["of"] or match["on"]) * _DAY, match["part"], 0.85)
        return Days(monday, monday + 6 * _DAY, None, 0.75)
    if unit == "weekend":
        saturday = today - ((today.weekday() - 5) % 7 + 7 + 7 * (today.weekday() >= 5)) * _DAY
        return Days(saturday, saturday + _DAY, None, 0.75)
    first = (today.replace(day=1) - _DAY).replace(day=1)
    if unit == "month":
        return Days((first - _DAY).replace(day=1), first - _DAY, None, 0.7)
    return Days(date(today.year - 2, 1, 1), date(today.year - 2, 12, 31), None, 0.6)


def _weekdays_ago(match: re.Match[str], today: date, _hour: int) -> Days | None:
    """ "Two Tuesdays ago" and "the Tuesday before last" are one week before the last one."""
    back = (today.weekday() - _WEEKDAYS.index(match["day"])) % 7 or 7
    count = int(match.groupdict().get("n") or 2)
    return _one(today - (back + 7 * (count - 1)) * _DAY, match["part"], 0.8) if count else None


def _weekends_ago(match: re.Match[str], today: date, _hour: int) -> Days | None:
    saturday = today - ((today.weekday() - 5) % 7 + 7 * (today.weekday() >= 5)) * _DAY
    first = saturday - 7 * (int(match["n"]) - 1) * _DAY
    return Days(first, first + _DAY, None, 0.75) if match["n"] != "0" else None


def _other_day(match: re.Match[str], today: date, _hour: int) -> Days | None:
    """ "The other day" is one of the last few, and not today."""
    return Days(today - _OTHER * _DAY, today - _DAY, None if match["part"] == "day" else match["part"], 0.4)


def _month_day(match: re.Match[str], today: date, _hour: int) -> Days | None:
    month = MONTHS.index(match["month"]) + 1
    year = int(match["year"]) if match["year"] else None
    for guess in (year,) if year else (today.year, today.year - 1, today.year - 2, today.year - 3, today.year - 4):
        day = _date(guess, month, int(match["dom"]))
        if day is not None and day <= today:
            return _one(day, match["part"], 0.95)
    return None


def _of_month(match: re.Match[str], today: date, _hour: int) -> Days | None:
    wanted = int(match["dom"])
    year, month = today.year, today.month
    for _ in range(12):
        day = _date(year, month, wanted)
        if day is not None and day <= today:
            return _one(day, match["part"], 0.85)
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return None


def _month(match: re.Match[str], today: date, _hour: int) -> Days | None:
    month = MONTHS.index(match["month"]) + 1
    year = int(match["year"]) if match["year"] else today.year if month <= today.month else today.year - 1
    first = _date(year, month, 1)
    if first is None:
        return None
    if match["bit"] == "end":
        return Days(first + 20 * _DAY, _month_end(first), None, 0.7)
    if match["bit"] == "beginning":
        return Days(first, first + 9 * _DAY, None, 0.7)
    return Days(first, _month_end(first), None, 0.75)


def _period(match: re.Match[str], today: date, _hour: int) -> Days | None:
    monday = today - today.weekday() * _DAY
    last = match["which"] != "this"
    if match["unit"] == "week":
        return Days(monday - 7 * _DAY, monday - _DAY, None, 0.75) if last else Days(monday, today, None, 0.75)
    if match["unit"] == "weekend":
        # The weekend that has begun, or the one before; "last weekend" said on a Saturday is the one before.
        saturday = today - ((today.weekday() - 5) % 7) * _DAY
        if match["which"] == "last" and today.weekday() >= 5:
            saturday -= 7 * _DAY
        return Days(saturday, saturday + _DAY, None, 0.8)
    first = today.replace(day=1)
    if match["unit"] == "month":
        return Days((first - _DAY).replace(day=1), first - _DAY, None, 0.7) if last else Days(first, today, None, 0.7)
    new_year = today.replace(month=1, day=1)
    return Days(new_year.replace(year=today.year - 1), new_year - _DAY, None, 0.6) if last else Days(new_year, today)


def _season(match: re.Match[str], today: date, _hour: int) -> Days | None:
    first_month, last_month = _SEASONS[match["season"]]
    year = today.year if date(today.year, first_month, 1) <= today else today.year - 1
    last_year = year + (last_month > 12)
    end = _month_end(date(last_year, (last_month - 1) % 12 + 1, 1))
    if match["which"] == "last" and end >= today:
        return Days(date(year - 1, first_month, 1), _month_end(end.replace(year=end.year - 1, day=1)), None, 0.5)
    return Days(date(year, first_month, 1), end, None, 0.5)


def _year(match: re.Match[str], today: date, _hour: int) -> Days | None:
    digits = match["year"]
    if len(digits) == 2:
        century = today.year // 100 * 100
        digits = str(century + int(digits) - (100 if century + int(digits) > today.year else 0))
    year = int(digits)
    return Days(date(year, 1, 1), date(year, 12, 31), None, 0.6) if 1900 <= year <= today.year else None


def _holiday(match: re.Match[str], today: date, _hour: int) -> Days | None:
    for year in (today.year, today.year - 1):
        day = _holiday_date(match["holiday"], year) - (1 if match["eve"] or match["eve2"] else 0) * _DAY
        if day <= today:
            return _one(day, "night" if match["eve"] and "night" in match["eve"] else match["part"], 0.85)
    return None


def _holiday_date(name: str, year: int) -> date:
    if name.startswith("new year"):
        return date(year, 1, 1)
    if name == "easter":
        return easter(year)
    if name == "thanksgiving":
        first = date(year, 11, 1)
        return first + ((3 - first.weekday()) % 7 + 21) * _DAY
    if name == "memorial day":
        end = date(year, 5, 31)
        return end - end.weekday() * _DAY
    if name == "labor day":
        first = date(year, 9, 1)
        return first + (-first.weekday() % 7) * _DAY
    month, day = {"christmas": (12, 25), "halloween": (10, 31), "juneteenth": (6, 19)}.get(name, (7, 4))
    return date(year, month, day)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + m - 7 * ((a + 11 * h + 22 * m) // 451) + 114, 31)
    return date(year, month, day + 1)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None  # no such day, as the 31st of June


def _month_end(first: date) -> date:
    return (first.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY


_MONTH = f"(?P<month>{'|'.join(MONTHS)})"
_WEEKDAY = "|".join(_WEEKDAYS)
_YEAR_TAIL = r"(?:(?: of)? (?P<year>(?:19|20)\d\d))?"
_RULES: tuple[tuple[re.Pattern[str], _Build], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), build)
    for pattern, build in (
        (r"(?:the )?night before last", _days_ago(2, "night")),
        (r"(?:the )?day before yesterday" + _PART, _days_ago(2)),
        (
            rf"(?:(?P<of>{_WEEKDAY})(?: of)? )?(?:the )?(?P<unit>week|weekend|month|year) before last"
            rf"(?:(?: on)? (?P<on>{_WEEKDAY}))?" + _PART,
            _before_last,
        ),
        (rf"(?:the )?(?P<day>{_WEEKDAY}) before last" + _PART, _weekdays_ago),
        (rf"(?P<n>\d) (?P<day>{_WEEKDAY})s (?:ago|back)" + _PART, _weekdays_ago),
        (r"(?P<n>\d) weekends (?:ago|back)", _weekends_ago),
        (r"the other (?P<part>day|morning|afternoon|evening|night)", _other_day),
        (r"last night|yesterday night", _days_ago(1, "night")),
        (r"last evening", _days_ago(1, "evening")),
        (r"overnight", _days_ago(1, "overnight")),
        (r"tonight|this night", _tonight),
        (r"(?:this|today) (?P<part>morning|afternoon|evening)", _days_ago(0)),
        (
            r"(?P<eve>(?:the )?(?:night|day) before )?(?P<holiday>christmas|thanksgiving|easter|halloween"
            r"|memorial day|labor day|juneteenth|new year's|new years|july 4th|4th of july|independence day)"
            r"(?P<eve2> eve)?(?: day)?" + _PART,
            _holiday,
        ),
        (_MONTH + r"(?: the)? (?P<dom>\d{1,2})(?:st|nd|rd|th)?" + _YEAR_TAIL + _PART, _month_day),
        (r"(?P<dom>\d{1,2})(?:st|nd|rd|th) of " + _MONTH + _YEAR_TAIL + _PART, _month_day),
        (r"(?P<this>this )?(?P<day>" + _WEEKDAY + r")s?(?P<week>(?: of)? last week)?" + _PART, _weekday),
        (r"yesterday" + _PART, _days_ago(1)),
        (r"today" + _PART, _days_ago(0)),
        (r"(?:on )?the (?P<dom>\d{1,2})(?:st|nd|rd|th)" + _PART, _of_month),
        (r"(?:(?P<bit>end|beginning) of |in |since |back in |last |all |of |^(?!may .))" + _MONTH + _YEAR_TAIL, _month),
        (r"(?P<which>last|this|over the|the|past) (?P<unit>week|weekend|month|year)", _period),
        (r"(?P<which>last|this|all|in the|over the) (?P<season>" + "|".join(_SEASONS) + ")", _season),
        (r"(?:in|since) '?(?P<year>(?:19|20)\d\d|\d\d)", _year),
    )
)

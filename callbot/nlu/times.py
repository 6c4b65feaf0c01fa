"""When something happened: a caller's words resolved against the start of the call.

Clock times are reckoned in the agency's zone and compared in UTC, so that nights in which the clock is changed
come out right. Nothing is ever later than the call: "at ten" is the last ten o'clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from callbot.events import Scalar
from callbot.nlu.days import Days, find_days
from callbot.nlu.time_words import plain

UNRESOLVED = 0.1
"""Score of words that name no time."""
RECURRING = 0.3
"""Score of words that name no single time: "every night", "weekends"."""

_DAY = timedelta(days=1)
_PARTS = {
    "morning": (time(5), time(12), 0),
    "afternoon": (time(12), time(18), 0),
    "evening": (time(17), time(22), 0),
    "night": (time(18), time(6), 1),
    "overnight": (time(21), time(6), 1),
}
"""Part of a day: its first and last local time, and by how many days the last is later."""
_UNITS = {"minute": 1, "hour": 60, "day": 1440, "night": 1440, "week": 7 * 1440, "month": 30 * 1440, "year": 365 * 1440}
"""Minutes."""

_N = r"(?P<n>an?|few|several|\d{1,3})(?: or (?P<n2>\d{1,3}))?"
_UNIT = r"(?P<unit>minute|min|hour|day|night|week|month|year)s?"
_AGO = re.compile(rf"\b{_N} (?:good |whole |full |of )*{_UNIT} (?:ago|back|earlier)\b")
_LASTING = re.compile(rf"\b{_N} (?:good |whole |full |of |straight )*{_UNIT}\b")
_LAST_UNIT = re.compile(r"\b(?:the|this) (?:last|past) (?P<unit>minute|hour|day|week|month)\b")
_ALL = re.compile(r"\ball (?P<part>day|night|morning|afternoon|evening)\b")
_NOW = re.compile(
    r"\b(?:right now|just now|now|currently|still going on|as we speak|at the moment|(?:a|1) (?:second|moment) ago)\b"
)
_BETWEEN = re.compile(r"\bbetween (?P<a>.+?) and (?P<b>.+)|\bfrom (?P<a2>.+?) (?:to|till|until) (?P<b2>.+)")
_SINCE = re.compile(r"\b(?:ever )?since (?P<a>.+)")
_AFTER = re.compile(r"\b(?:sometime )?after (?P<a>.+)")
_BEFORE = re.compile(r"\b(?:sometime )?(?:before|by the time) (?P<a>.+)")
_DAYS_BEFORE = re.compile(r"(?:day|night|week|weekend|month|year) before (?:last|yesterday)\b")
"""Where "before" belongs to the name of a day or a week."""
_COUNTED_BACK = re.compile(
    r"\b(?:\d|few|several) (?:nights|mornings|afternoons|evenings|weekends|\w+days) (?:ago|back)\b"
)
"""Plurals that name one time, unlike "on Tuesdays"."""
_RECURS = re.compile(
    r"\b(?:every|each|daily|nightly|weekly|usually|always|constantly|all the time|most|mornings|afternoons|evenings"
    r"|nights|weekends|weekdays|weeknights|(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b"
)
_FUTURE = re.compile(r"\btomorrow\b|\bnext (?:week|month|year|time)\b|\bfrom now\b")
_CLOCK = re.compile(
    r"(?:(?P<lead>at|around|about|by|like|near|till|until|approximately|since|almost|exactly) )*"
    r"(?:(?P<word>noon|midnight)"
    r"|(?P<to>half past|quarter past|quarter after|quarter to|quarter of|quarter till) (?P<h2>\d{1,2})(?!\d)"
    r"|(?P<h>\d{1,2})(?P<m>\d\d)?(?![\d]|st|nd|rd|th))"
    r"(?: ?(?P<ap>am|pm)\b)?(?P<clock> o'clock)?"
    r"(?: (?:in the|at|this|of) (?P<part>morning|afternoon|evening|night)\b)?"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_PAST_TO = {"half past": 30, "quarter past": 15, "quarter after": 15}


@dataclass(frozen=True, slots=True)
class _Span:
    """From when to when, in the agency's zone; None = open."""

    start: datetime | None
    end: datetime | None
    score: float


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day that may be ambiguous."""

    times: tuple[time, ...]
    """One, or the same hour before and after noon."""
    place: tuple[int, int]
    sure: bool
    """It can be nothing but a clock time: "am", "o'clock", "noon", "at ...". Else it may be any number."""


def parse_time(text: str, wall: datetime, timezone: str) -> dict[str, Scalar]:
    """When `text` says something happened: {"text", "from", "to", "score"}.

    `wall` is the call's start (aware), `timezone` the agency's IANA zone. "from" and "to" are ISO 8601 local
    date-times with their offset, equal for a point in time, None where open or not understood. Neither is later
    than `wall`. Raises zoneinfo.ZoneInfoNotFoundError for an unknown zone.
    """
    now = wall.astimezone(ZoneInfo(timezone)).replace(microsecond=0)
    said = plain(text)
    if _YEAR.fullmatch(said) and ":" not in text:
        said = f"in {said}"  # a year, and no time of day
    recurs = _RECURS.search(_COUNTED_BACK.sub("", said)) is not None and not _SINCE.search(said)
    span = None if recurs or _FUTURE.search(said) else _resolve(said, now)
    start, end = (_settle(span.start, now), _settle(span.end, now)) if span else (None, None)
    if start and end and _utc(start) > _utc(end):
        start = end
    known = span is not None and (start is not None or end is not None)
    return {
        "text": text.strip(),
        "from": start.isoformat() if start else None,
        "to": end.isoformat() if end else None,
        "score": round(span.score, 3) if span and known else RECURRING if recurs else UNRESOLVED,
    }


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _settle(moment: datetime | None, now: datetime) -> datetime | None:
    """The moment as a local time that exists, not later than now."""
    if moment is None:
        return None
    real = min(_utc(moment), _utc(now))
    return real.astimezone(now.tzinfo)


def _resolve(said: str, now: datetime) -> _Span | None:
    if (match := _BETWEEN.search(said)) and (span := _between(*_two_points(said, match, now), now)):
        return span
    if (match := _SINCE.search(said)) and (since := _resolve(match["a"], now)) and (since.start or since.end):
        return _Span(since.start or since.end, now, since.score)
    if span := _counted(said, now):
        return span
    if (match := _BEFORE.search(said)) and not _named_before(said) and (until := _point(match["a"], now)):
        return _Span(None, until.start, 0.7 * until.score)
    if (match := _AFTER.search(said)) and (after := _point(match["a"], now)):
        return _Span(after.start, _end_of_night(match["a"], now) or now, 0.8 * after.score)
    return _point(said, now) or (_Span(now, now, 0.9) if _NOW.search(said) else None)


def _named_before(said: str) -> bool:
    return said.startswith("the ") or _DAYS_BEFORE.search(said) is not None


def _counted(said: str, now: datetime) -> _Span | None:
    """ "two weeks ago", "for three days", "the last hour", "all day"."""
    if match := _AGO.search(said):
        least, most = _amounts(match)
        if _UNITS[_unit(match)] < 1440:
            return _Span(_back(now, most, _unit(match)), _back(now, least, _unit(match)), 0.9)
        if _unit(match) == "week" and (counted := _weeks_before(said, match, now)) is not None:
            return counted
        first, last = _back(now, most, _unit(match)).date(), _back(now, least, _unit(match)).date()
        found = find_days(said[match.end() :], now.date(), now.hour)
        part = found[0].part if found else "night" if _unit(match) == "night" else None
        clock = _clock(said[: match.start()] + "|" + said[match.end() :])
        if part and clock is not None and first == last:
            moment = _on_day(clock, Days(first, last, part), now)
            return _Span(moment, moment, 0.8)
        return _days_span(Days(first, last, part, 0.8), now)
    if match := _LAST_UNIT.search(said):
        return _Span(_back(now, 1, match["unit"]), now, 0.85)
    match = _LASTING.search(said)
    # "for two hours last night" is last night, not the last two hours.
    if match and (_UNITS[_unit(match)] >= 1440 or find_days(said, now.date(), now.hour) is None):
        return _Span(_back(now, _amounts(match)[1], _unit(match)), now, 0.8)
    if match := _ALL.search(said):
        part = None if match["part"] == "day" else match["part"]
        day = now.date() - (_DAY if part == "night" and now.hour < 18 else timedelta())
        return _days_span(Days(day, day, part, 0.8), now)
    return None


def _weeks_before(said: str, ago: re.Match[str], now: datetime) -> _Span | None:
    """A day so many weeks before the one that is named next to it: "a week ago Tuesday", "yesterday a week ago"."""
    before, after = said[: ago.start()], said[ago.end() :]
    for side, other in ((after, before), (before, after)):
        found = find_days(side, now.date(), now.hour)
        if found is None or found[0].first != found[0].last:
            continue
        day, (first, stop) = found
        between = side[:first] if side is after else side[stop:]
        if between.strip() not in ("", "on"):
            continue
        back = _amounts(ago)[1] * 7 * _DAY
        if day.first == now.date() - 7 * _DAY:
            back -= 7 * _DAY  # "a week ago Sunday", said on a Sunday
        rest = side[:first] + "|" + side[stop:] + "|" + other
        moved = Days(day.first - back, day.last - back, day.part, 0.8)
        if (clock := _clock(rest)) is None:
            return _days_span(moved, now)
        moment = _on_day(clock, moved, now)
        return _Span(moment, moment, 0.8)
    return None


def _unit(match: re.Match[str]) -> str:
    return "minute" if match["unit"] == "min" else match["unit"]


def _amounts(match: re.Match[str]) -> tuple[int, int]:
    least = {"a": 1, "an": 1, "few": 3, "several": 4}.get(match["n"]) or int(match["n"])
    most = int(match["n2"]) if match["n2"] else least
    return min(least, most), max(least, most)


def _back(now: datetime, amount: int, unit: str) -> datetime:
    """Days and more are calendar days at the same local time; hours and minutes are counted in UTC."""
    minutes = timedelta(minutes=amount * _UNITS[unit])
    return now - minutes if _UNITS[unit] >= 1440 else (_utc(now) - minutes).astimezone(now.tzinfo)


def _two_points(said: str, match: re.Match[str], now: datetime) -> tuple[str, str]:
    """The words for either point; a day said before them belongs to the first ("last night from ten to four")."""
    first, second = match["a"] or match["a2"], match["b"] or match["b2"]
    found = find_days(said[: match.start()], now.date(), now.hour)
    return (f"{first} {said[slice(*found[1])]}" if found else first), second


def _between(first: str, second: str, now: datetime) -> _Span | None:
    """Two points of which one may lend the other its day: "between two and four yesterday"."""
    start, end = _point(first, now), _point(second, now)
    if start is None or end is None:
        return None
    began, ended = start.start, end.start if _clock(second) else end.end
    day_first, day_second = (find_days(words, now.date(), now.hour) is not None for words in (first, second))
    clock_first, clock_second = _clock(first), _clock(second)
    # The surer point leads: one with a day, or "midnight" rather than "six".
    first_leads = day_first or (not day_second and clock_first is not None and len(clock_first.times) == 1)
    if clock_second and began and not day_second and first_leads:
        ended = _nearest(clock_second, began, 1)
    elif clock_first and ended and not day_first:
        began = _nearest(clock_first, ended, -1)
    return _Span(began, ended, min(0.95, start.score + 0.1, end.score + 0.1))


def _nearest(clock: _Clock, anchor: datetime, direction: int) -> datetime:
    """The time of day next to `anchor`, before it (-1) or after it (1)."""
    days = [anchor.date() + offset * _DAY for offset in (-1, 0, 1)]
    moments = [_at(day, moment, anchor) for day in days for moment in clock.times]
    fitting = [m for m in moments if (_utc(m) - _utc(anchor)) * direction > timedelta()]
    return min(fitting, key=lambda m: abs(_utc(m) - _utc(anchor)))


def _point(said: str, now: datetime) -> _Span | None:
    """A time of day, a day, or both."""
    found = find_days(said, now.date(), now.hour)
    rest = said[: found[1][0]] + "|" + said[found[1][1] :] if found else said
    clock = _clock(rest)
    if found is None:
        if clock is None or not clock.sure:
            counted = _counted(said, now)
            return counted or (_Span(now, now, 0.9) if _NOW.search(said) else None)
        moment = _latest(clock, now)
        return _Span(moment, moment, 0.85 if len(clock.times) == 1 else 0.75)
    days = found[0]
    if clock is not None and days.first == days.last:
        moment = _on_day(clock, days, now)
        return _Span(moment, moment, 0.95 if days.part or len(clock.times) == 1 else 0.7)
    return _days_span(days, now)


def _clock(said: str) -> _Clock | None:
    for match in _CLOCK.finditer(said):
        if (times := _times(match)) and not re.match(
            r" (?:\w+ )?(?:minute|hour|day|week|month|year|time)s?\b", said[match.end() :]
        ):
            alone = not (said[: match.start()] + said[match.end() :]).strip(" |")
            sure = bool(match["word"] or match["to"] or match["ap"] or match["clock"] or match["part"] or match["lead"])
            return _Clock(times, match.span(), sure or alone)
    return None


def _times(match: re.Match[str]) -> tuple[time, ...]:
    if match["word"]:
        return (time(12 if match["word"] == "noon" else 0),)
    hour, minute = int(match["h2"] or match["h"]), int(match["m"] or 0)
    if match["to"]:
        minute = _PAST_TO.get(match["to"], 45)
        hour -= match["to"] not in _PAST_TO
    if hour > 23 or minute > 59:
        return ()
    if hour > 12 or (hour == 0 and not match["to"]):
        return (time(hour, minute),)
    both = (time(hour % 12, minute), time(hour % 12 + 12, minute))
    half = match["ap"] or _half(match["part"], hour)
    return both if half is None else both[half == "pm" :][:1]


def _half(part: str | None, hour: int) -> str | None:
    """Before or after noon, by the part of the day."""
    if part in {"night", "overnight"}:
        return "pm" if 5 <= hour < 12 else "am"
    return {"morning": "am", "afternoon": "pm", "evening": "pm"}.get(part or "")


def _at(day: date, moment: time, now: datetime) -> datetime:
    return datetime.combine(day, moment, tzinfo=now.tzinfo)


def _latest(clock: _Clock, now: datetime) -> datetime:
    """The last time before now at which the clock showed this."""
    moments = [_at(now.date() - back * _DAY, moment, now) for back in (0, 1) for moment in clock.times]
    return max((m for m in moments if _utc(m) <= _utc(now)), key=_utc)


def _on_day(clock: _Clock, days: Days, now: datetime) -> datetime:
    """The time of day on a named day; a night goes on until the next morning."""
    times = clock.times
    if len(times) == 2:
        half = _half(days.part, times[0].hour or 12)
        if half is None:  # "yesterday at two" is in the afternoon, "yesterday at nine" in the morning
            half = "am" if 7 <= times[0].hour <= 11 else "pm"
            if _utc(_at(days.first, times[half == "pm"], now)) > _utc(now):
                half = "am"
        times = (times[half == "pm"],)
    late = days.part in {"night", "overnight"} and times[0].hour < 12
    return _at(days.first + late * _DAY, times[0], now)


def _days_span(days: Days, now: datetime) -> _Span:
    if days.part is None:
        return _Span(_at(days.first, time(0), now), _at(days.last, time(23, 59), now), days.score)
    begins, ends, later = _PARTS[days.part]
    start = _at(days.first, begins, now)
    if _utc(start) > _utc(now):  # "this morning", said at four
        start = _at(days.first, time(0), now)
    return _Span(start, _at(days.last + later * _DAY, ends, now), days.score)


def _end_of_night(said: str, now: datetime) -> datetime | None:
    found = find_days(said, now.date(), now.hour)
    return _days_span(found[0], now).end if found and found[0].part else None

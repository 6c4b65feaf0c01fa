"""When something happened, resolved against the call's start."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from callbot.nlu.times import RECURRING, UNRESOLVED, parse_time

ZONE = "America/New_York"
EVENING = datetime(2026, 11, 23, 3, 15, tzinfo=UTC)
"""Sunday, 22 November, 22:15 in New Haven."""


def span(said: str, wall: datetime = EVENING) -> tuple[str | None, str | None]:
    """From and to without date-independent noise: "21T22:00" for the 21st at ten at night."""
    value = parse_time(said, wall, ZONE)
    return tuple(str(value[key])[8:16] if value[key] else None for key in ("from", "to"))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("last night around ten", "21T22:00", "21T22:00"),
        ("last night at two", "22T02:00", "22T02:00"),
        ("midnight last night", "22T00:00", "22T00:00"),
        ("last night", "21T18:00", "22T06:00"),
        ("yesterday morning", "21T05:00", "21T12:00"),
        ("yesterday", "21T00:00", "21T23:59"),
        ("yesterday at five", "21T17:00", "21T17:00"),
        ("this morning", "22T05:00", "22T12:00"),
        ("quarter to nine this morning", "22T08:45", "22T08:45"),
        ("half past nine", "22T21:30", "22T21:30"),
        ("two weeks ago", "08T00:00", "08T23:59"),
        ("two or three days ago", "19T00:00", "20T23:59"),
        ("for almost three weeks", "01T22:15", "22T22:15"),
        ("in four days", "18T22:15", "22T22:15"),
        ("since about ten thirty", "22T10:30", "22T22:15"),
        ("since six this morning", "22T06:00", "22T22:15"),
        ("ever since Wednesday", "18T00:00", "22T22:15"),
        ("sometime between eleven last night and six this morning", "21T23:00", "22T06:00"),
        ("between two and four yesterday afternoon", "21T14:00", "21T16:00"),
        ("between midnight and six", "22T00:00", "22T06:00"),
        ("last night from eleven till four", "21T23:00", "22T04:00"),
        ("from eight to ten last night", "21T20:00", "21T22:00"),
        ("after ten last night", "21T22:00", "22T06:00"),
        ("before six this morning", None, "22T06:00"),
        ("Monday", "16T00:00", "16T23:59"),
        ("Tuesday night", "17T18:00", "18T06:00"),
        ("last Tuesday around noon", "17T12:00", "17T12:00"),
        ("on the fifteenth", "15T00:00", "15T23:59"),
        ("an hour ago", "22T21:15", "22T21:15"),
        ("for the last hour", "22T21:15", "22T22:15"),
        ("all day", "22T00:00", "22T22:15"),
        ("for two hours last night", "21T18:00", "22T06:00"),
        ("just now", "22T22:15", "22T22:15"),
        ("it's happening right now", "22T22:15", "22T22:15"),
        ("10:20 p.m.", "21T22:20", "21T22:20"),
        ("at 22:05", "22T22:05", "22T22:05"),
    ],
)
def test_times(said: str, start: str | None, end: str | None) -> None:
    assert span(said) == (start, end)


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("the week before last", "2026-11-02T00:00", "2026-11-08T23:59"),
        ("sometime the week before last", "2026-11-02T00:00", "2026-11-08T23:59"),
        ("week before last", "2026-11-02T00:00", "2026-11-08T23:59"),
        ("the weekend before last", "2026-11-07T00:00", "2026-11-08T23:59"),
        ("the month before last", "2026-09-01T00:00", "2026-09-30T23:59"),
        ("the year before last", "2024-01-01T00:00", "2024-12-31T23:59"),
        ("the day before yesterday", "2026-11-20T00:00", "2026-11-20T23:59"),
        ("day before yesterday in the morning", "2026-11-20T05:00", "2026-11-20T12:00"),
        ("the day before yesterday around noon", "2026-11-20T12:00", "2026-11-20T12:00"),
        ("day before yesterday", "2026-11-20T00:00", "2026-11-20T23:59"),
        ("two nights ago", "2026-11-20T18:00", "2026-11-21T06:00"),
        ("the night before last around ten", "2026-11-20T22:00", "2026-11-20T22:00"),
        ("night before last", "2026-11-20T18:00", "2026-11-21T06:00"),
        ("last Tuesday night around ten", "2026-11-17T22:00", "2026-11-17T22:00"),
        ("last Tuesday night", "2026-11-17T18:00", "2026-11-18T06:00"),
        ("Tuesday night at like eleven", "2026-11-17T23:00", "2026-11-17T23:00"),
        ("around ten last Tuesday night", "2026-11-17T22:00", "2026-11-17T22:00"),
        ("last Tuesday at night, around ten", "2026-11-17T22:00", "2026-11-17T22:00"),
        ("Tuesday of last week around ten at night", "2026-11-10T22:00", "2026-11-10T22:00"),
        ("last Tuesday in the evening", "2026-11-17T17:00", "2026-11-17T22:00"),
        ("a couple of weeks back", "2026-11-08T00:00", "2026-11-08T23:59"),
        ("a couple weeks back", "2026-11-08T00:00", "2026-11-08T23:59"),
        ("couple weeks ago", "2026-11-08T00:00", "2026-11-08T23:59"),
        ("a couple of days back", "2026-11-20T00:00", "2026-11-20T23:59"),
        ("a few weeks back", "2026-11-01T00:00", "2026-11-01T23:59"),
        ("like a week and a half ago", "2026-11-12T00:00", "2026-11-12T23:59"),
        ("two Tuesdays ago", "2026-11-10T00:00", "2026-11-10T23:59"),
        ("a week ago Tuesday", "2026-11-10T00:00", "2026-11-10T23:59"),
        ("the Tuesday before last", "2026-11-10T00:00", "2026-11-10T23:59"),
        ("earlier today", "2026-11-22T00:00", "2026-11-22T22:15"),
        ("earlier this week", "2026-11-16T00:00", "2026-11-22T22:15"),
        ("the other day", "2026-11-15T00:00", "2026-11-21T23:59"),
        ("the other night", "2026-11-15T18:00", "2026-11-22T06:00"),
        ("last Friday morning at about nine", "2026-11-20T09:00", "2026-11-20T09:00"),
        ("yesterday around quarter to nine at night", "2026-11-21T20:45", "2026-11-21T20:45"),
        ("Saturday a week ago", "2026-11-14T00:00", "2026-11-14T23:59"),
        ("a week ago yesterday", "2026-11-14T00:00", "2026-11-14T23:59"),
        ("the night before last", "2026-11-20T18:00", "2026-11-21T06:00"),
        ("week before last, on Tuesday", "2026-11-03T00:00", "2026-11-03T23:59"),
        ("Tuesday the week before last", "2026-11-03T00:00", "2026-11-03T23:59"),
        ("a week ago Sunday", "2026-11-15T00:00", "2026-11-15T23:59"),
        ("a few nights back", "2026-11-19T18:00", "2026-11-20T06:00"),
        ("yesterday in the afternoon", "2026-11-21T12:00", "2026-11-21T18:00"),
        ("Saturday in the night", "2026-11-21T18:00", "2026-11-22T06:00"),
        ("two weekends ago", "2026-11-07T00:00", "2026-11-08T23:59"),
        ("two nights ago around ten", "2026-11-20T22:00", "2026-11-20T22:00"),
        ("the week before last, on Thursday night", "2026-11-05T18:00", "2026-11-06T06:00"),
        ("three Fridays ago", "2026-11-06T00:00", "2026-11-06T23:59"),
        ("the night before last, about eleven", "2026-11-20T23:00", "2026-11-20T23:00"),
        ("last Thursday night, around nine thirty", "2026-11-19T21:30", "2026-11-19T21:30"),
        ("a couple of months back", "2026-09-23T00:00", "2026-09-23T23:59"),
        ("couple nights ago", "2026-11-20T18:00", "2026-11-21T06:00"),
        ("day before yesterday at noon", "2026-11-20T12:00", "2026-11-20T12:00"),
        ("this past Tuesday night", "2026-11-17T18:00", "2026-11-18T06:00"),
        ("Wednesday before last", "2026-11-11T00:00", "2026-11-11T23:59"),
        ("two weeks ago Friday", "2026-11-06T00:00", "2026-11-06T23:59"),
        ("a week ago last night", "2026-11-14T18:00", "2026-11-15T06:00"),
        ("it was the day before yesterday, in the evening", "2026-11-20T17:00", "2026-11-20T22:00"),
    ],
)
def test_days_and_weeks_further_back(said: str, start: str, end: str) -> None:
    value = parse_time(said, EVENING, ZONE)
    assert (str(value["from"])[:16], str(value["to"])[:16]) == (start, end)


@pytest.mark.parametrize("said", ["every night around eleven", "weekends", "usually after school", "Mondays"])
def test_what_happens_again_and_again_has_no_single_time(said: str) -> None:
    found = parse_time(said, EVENING, ZONE)
    assert (found["from"], found["to"], found["score"]) == (None, None, RECURRING)


@pytest.mark.parametrize("said", ["", "hello", "I don't know", "tomorrow", "next week", "two flat tires", "the storm"])
def test_words_without_a_time(said: str) -> None:
    assert parse_time(said, EVENING, ZONE) == {"text": said, "from": None, "to": None, "score": UNRESOLVED}


def test_just_after_midnight() -> None:
    night = datetime(2026, 11, 22, 5, 20, tzinfo=UTC)  # 00:20
    assert span("tonight", night) == ("21T18:00", "22T00:20")
    assert span("around eleven", night) == ("21T23:00", "21T23:00")
    assert span("this morning", night) == ("22T00:00", "22T00:20")
    assert span("half an hour ago", night) == ("21T23:50", "21T23:50")


def test_the_hour_that_does_not_exist_in_spring() -> None:
    noon = datetime(2026, 3, 8, 16, 0, tzinfo=UTC)
    value = parse_time("last night at two thirty", noon, ZONE)
    assert value["from"] == "2026-03-08T03:30:00-04:00"
    value = parse_time("ten hours ago", noon, ZONE)
    assert value["from"] == "2026-03-08T01:00:00-05:00"


def test_the_hour_that_comes_twice_in_autumn() -> None:
    second_one = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)  # 01:10 standard time
    value = parse_time("half an hour ago", second_one, ZONE)
    assert value["from"] == "2026-11-01T01:40:00-04:00"


@settings(max_examples=200, deadline=None)
@given(
    said=st.lists(
        st.sampled_from(
            [
                *("last", "night", "yesterday", "ten", "thirty", "at", "between", "and", "since", "two"),
                *("weeks", "ago"),
                *("monday", "this", "morning", "before", "after", "from", "to", "june", "fifth", "noon", "for"),
                *("am", "pm"),
                *("midnight", "christmas", "all", "day", "the", "tonight", "weekend", "in", "may", "quarter", "past"),
            ]
        ),
        max_size=7,
    ).map(" ".join),
    wall=st.datetimes(datetime(2001, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC)),
)
@example("between noon and midnight", datetime(2026, 3, 8, 7, 30, tzinfo=UTC))
def test_from_is_not_after_to_nor_to_after_the_call(said: str, wall: datetime) -> None:
    value = parse_time(said, wall, ZONE)
    moments = [datetime.fromisoformat(str(value[key])) for key in ("from", "to") if value[key] is not None]
    utc = [moment.astimezone(UTC) for moment in moments]
    assert utc == sorted(utc)
    assert all(moment <= wall for moment in utc)
    assert isinstance(value["score"], float)
    assert 0.0 <= value["score"] <= 1.0


@pytest.mark.parametrize(
    ("said", "start"), [("2022", "2022-01-01T00:00:00-05:00"), ("20:22", "2026-11-22T20:22:00-05:00")]
)
def test_four_digits_are_a_year_unless_written_as_a_clock(said: str, start: str) -> None:
    assert parse_time(said, EVENING, ZONE)["from"] == start

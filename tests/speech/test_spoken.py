"""What the voice reads."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.speech.spoken import speakable


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("I have 215 Orange St.", "I have two fifteen Orange Street."),
        ("215 Orange St, near Court St. Right?", "two fifteen Orange Street, near Court Street. Right?"),
        ("12 St. Ronan Street", "twelve Saint Ronan Street"),
        ("1205 Whalley Ave", "twelve oh five Whalley Avenue"),
        ("E. Grand Ave", "East Grand Avenue"),
        ("12 4th Street", "twelve fourth Street"),
        ("16 Ella T Grasso Blvd", "sixteen Ella T Grasso Boulevard"),
        ("215B Orange Street", "two fifteen B Orange Street"),
        ("15 Broadway", "fifteen Broadway"),
        ("number 330", "number three thirty"),
        ("88 Howe Street, apartment 3", "eighty eight Howe Street, apartment three"),
        ("360 State Street, unit 4B", "three sixty State Street, unit four B"),
        ("apt 604", "apartment six oh four"),
        ("a unit is coming", "a unit is coming"),
        ("+12035550142", "two zero three, five five five, zero one four two"),
        ("(203) 555-0142.", "two zero three, five five five, zero one four two."),
        ("555-0142", "five five five, zero one four two"),
        ("Plate AX4192, right?", "Plate A, X, four, one, nine, two, right?"),
        ("plate KLMN", "plate K, L, M, N"),
        ("case 26-00014-7.", "case two six, zero zero zero one four, seven."),
        ("at 10:30 PM", "at ten thirty P M"),
        ("at 10:05 p.m.", "at ten oh five P M"),
        ("since 22:05", "since ten oh five P M"),
        ("at 0:30", "at twelve thirty A M"),
        ("by 9:00", "by nine o'clock"),
        ("8 AM to 5 PM", "eight A M to five P M"),
        ("$600", "six hundred dollars"),
        ("$1,200.50", "one thousand two hundred dollars and fifty cents"),
        ("$0.01", "one cent"),
        ("on 2026-11-21", "on November twenty first"),
        ("a 2009 Ford", "a two thousand nine Ford"),
        ("a 1998 Ford", "a nineteen ninety eight Ford"),
        ("dial 911", "dial nine one one"),
        ("1,200 people", "one thousand two hundred people"),
        ("12345678", "one two three four five six seven eight"),
        ("100%", "one hundred percent"),
        ("No digits, nothing to do.", "No digits, nothing to do."),
        ("", ""),
    ],
)
def test_speakable(text: str, spoken: str) -> None:
    assert speakable(text) == spoken


def test_speaking_twice_changes_nothing() -> None:
    once = speakable("Case 26-00014-7 at 215 Orange St, apt 3B, call 203-555-0142 by 9:00, plate AX4192, $5.")
    assert speakable(once) == once
    assert not re.search(r"\d", once)


@given(st.text(max_size=60))
def test_any_text_can_be_spoken(text: str) -> None:
    assert isinstance(speakable(text), str)

"""Whether words can be all of an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.content import Site
from callbot.nlu.completeness import Completeness, TurnWords

FINISHED, UNKNOWN = Completeness.FINISHED, Completeness.UNKNOWN
DOUBTFUL, UNFINISHED = Completeness.DOUBTFUL, Completeness.UNFINISHED


@pytest.fixture(scope="session")
def words(site: Site) -> TurnWords:
    policy = site.playbook.policy
    return TurnWords.of(policy.quick_answers, policy.unfinished_after, policy.doubtful_after)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Yes.", "yes_no", FINISHED),
        ("Yes, that's right.", "yes_no", FINISHED),
        ("yes", "location", UNKNOWN),
        ("It's at 412.", "location", UNFINISHED),
        ("four twelve", "location", UNFINISHED),
        ("four twelve Winthrop", "location", DOUBTFUL),
        ("412 Winthrop Avenue", "location", UNKNOWN),
        ("Orange Street", "location", DOUBTFUL),
        ("It's 215 Orange Street,", "location", DOUBTFUL),
        ("88 Howe Street, apartment three", "location", UNKNOWN),
        ("the corner of Chapel", "location", UNFINISHED),
        ("the corner of Chapel and Howe", "location", UNKNOWN),
        ("215 Orange Street, the yellow house near the corner of Court Street", "location", UNKNOWN),
        ("it's at, uh", "location", UNFINISHED),
        ("there's a pothole at two fifteen", "", UNFINISHED),
        ("there's a pothole on the", "", UNFINISHED),
        ("somebody stole my bike last night around ten", "", UNKNOWN),
        ("I saw it two days ago", "", UNKNOWN),
        ("he lives alone and-", "", UNFINISHED),
        ("203-555", "phone", UNFINISHED),
        ("two oh three five five five", "phone", UNFINISHED),
        ("555 0142", "phone", DOUBTFUL),
        ("two oh three, 555, 0142", "phone", FINISHED),
        ("I'd rather not say", "phone", UNKNOWN),
        ("You can call me back at 203-555-0142.", "", FINISHED),
        ("A B four", "plate", UNFINISHED),
        ("A B four two", "plate", DOUBTFUL),
        ("A B four two seven J", "plate", UNKNOWN),
        ("the plate is X 4192", "", UNKNOWN),
        ("Daniel", "name", DOUBTFUL),
        ("Daniel Ortiz", "name", UNKNOWN),
        ("around ten thirty", "time", UNKNOWN),
        ("", "location", DOUBTFUL),
        ("EAST 85th.", "location", DOUBTFUL),
        ("it was on East 85th", "", DOUBTFUL),
        ("East 85th Street", "location", DOUBTFUL),
        ("the party on the 5th", "", UNKNOWN),
        ("April 30th.", "time", DOUBTFUL),
        ("April 30th around noon", "time", UNKNOWN),
        ("it's a grey Honda Civic, Connecticut plate.", "location", DOUBTFUL),
        ("it's H O F", "name", DOUBTFUL),
        ("OAK, DAL", "name", DOUBTFUL),
        ("I called the DMV", "", UNKNOWN),
        ("Around 5 p.m.", "time", UNKNOWN),
        ("it started at 10 p.m.", "", UNKNOWN),
        ("Washington D.C.", "location", UNKNOWN),
        ("1 2 3 A B C", "plate", UNKNOWN),
        ("it may be broken", "", UNKNOWN),
        ("TOM.", "name", DOUBTFUL),
        ("Tom NO.", "name", UNKNOWN),
        ("that's the wrong number", "", UNKNOWN),
        ("yes, use this number", "yes_no", UNKNOWN),
        ("what's the house number", "yes_no", UNKNOWN),
    ],
)
def test_what_the_words_say(words: TurnWords, text: str, kind: str, expected: Completeness) -> None:
    assert words.completeness(text, kind) is expected


@given(text=st.text(), kind=st.sampled_from(["", "location", "phone", "plate", "name", "yes_no", "time"]))
def test_any_text_is_judged(words: TurnWords, text: str, kind: str) -> None:
    assert words.completeness(text, kind) in Completeness

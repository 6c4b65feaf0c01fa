"""Which street or place a caller's words mean, on the shipped list."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbot.content import Site
from callbot.nlu.gazetteer import MATCH, Gazetteer, Place, Street

SMALL = Gazetteer(
    [Street("Orange Street", miles=1.3), Street("Orange Avenue", miles=0.1), Street("4th Street"), "Howe Street"],
    [Place("Union Station", "Howe Street", ("the Depot",))],
)


@pytest.mark.parametrize(
    ("said", "street"),
    [
        ("Whaley", "Whalley Avenue"),
        ("Wally Avenue", "Whalley Avenue"),
        ("Whittney Avennue", "Whitney Avenue"),
        ("Edgewoood", "Edgewood Avenue"),
        ("sure man avenue", "Sherman Avenue"),
        ("Chappell Street", "Chapel Street"),
        ("Hough Street", "Howe Street"),
        ("Winn Throp", "Winthrop Avenue"),
        ("Edge Wood", "Edgewood Avenue"),
        ("Orange st", "Orange Street"),
        ("orange street's", "Orange Street"),
        ("Quinipiac Ave", "Quinnipiac Avenue"),
        ("dicks well avenue", "Dixwell Avenue"),
        ("Worcester Street", "Wooster Street"),
        ("Trumble Street", "Trumbull Street"),
        ("St. Ronin Street", "Saint Ronan Street"),
        ("Sergeant Drive", "Sargent Drive"),
        ("fourth street", "4th Street"),
        ("E Grand Ave", "East Grand Avenue"),
        ("Fillmore Street", "Filmore Street"),
        ("Pardy Street", "Pardee Street"),
        ("Livingstone Street", "Livingston Street"),
        ("New Hall Street", "Newhall Street"),
        ("Ella Grasso", "Ella T Grasso Boulevard"),
        ("the Boulevard", "Ella T Grasso Boulevard"),
    ],
)
def test_misheard_names_find_their_street(site: Site, said: str, street: str) -> None:
    best = site.gazetteer.match_street(said)[0]
    assert best.name == street
    assert best.score >= MATCH


def test_every_street_finds_itself(site: Site) -> None:
    for street in site.streets:
        best = site.gazetteer.match_street(street.name.upper())[0]
        assert (best.name, best.score) == (street.name, 1.0)


@pytest.mark.parametrize(
    "said",
    [
        *("right in front of my house", "my house", "my driveway", "down the road", "around the corner"),
        *("by the school",),
        *("I don't know", "yes", "no", "okay", "it's loud music", "", "215", "!!!"),
    ],
)
def test_arbitrary_words_are_no_street(site: Site, said: str) -> None:
    assert all(match.score < 0.6 for match in site.gazetteer.match_street(said))


@pytest.mark.parametrize(
    "said", ["Bell Road", "Marlboro Street", "Bleecker Street", "Madison Avenue", "seventh street"]
)
def test_streets_of_another_town_score_low(site: Site, said: str) -> None:
    assert all(match.score < MATCH for match in site.gazetteer.match_street(said))


def test_equal_candidates_are_all_returned_the_longest_street_first() -> None:
    matches = SMALL.match_street("orange")
    assert [m.name for m in matches] == ["Orange Street", "Orange Avenue"]
    assert matches[0].score == matches[1].score


def test_another_type_scores_less_than_none() -> None:
    assert SMALL.match_street("howe road")[0].score < SMALL.match_street("howe")[0].score < 1.0


def test_ordinals_match_exactly_or_not_at_all() -> None:
    assert SMALL.match_street("5th Street") == []


@pytest.mark.parametrize(("said", "score"), [("union station", 1.0), ("the depot", 1.0), ("unian station", MATCH)])
def test_places(said: str, score: float) -> None:
    best = SMALL.match_place(said)[0]
    assert (best.name, best.street) == ("Union Station", "Howe Street")
    assert best.score >= score


def test_a_gazetteer_may_be_empty() -> None:
    empty = Gazetteer([])
    assert empty.match_street("orange street") == []
    assert empty.match_place("union station") == []


def test_places_stand_on_known_streets(site: Site) -> None:
    names = {street.name for street in site.streets}
    assert [p.name for p in site.places if p.street is not None and p.street not in names] == []


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40))
def test_any_text_gives_scores_in_order(text: str) -> None:
    scores = [match.score for match in SMALL.match_street(text)]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)


@pytest.mark.parametrize(
    ("words", "first", "others"),
    [
        ("Norton", "Norton Street", {"Norton Parkway"}),
        ("Orange", "Orange Street", {"Orange Avenue"}),
        ("Norton Parkway", "Norton Parkway", set()),
        ("Orange Avenue", "Orange Avenue", set()),
        ("Hillside", "Hillside Avenue", {"Hillside Place"}),
        ("Townsend", "Townsend Avenue", {"Townsend Street"}),
    ],
)
def test_a_street_before_an_avenue_unless_another_is_far_longer(
    site: Site, words: str, first: str, others: set[str]
) -> None:
    names = [match.name for match in site.gazetteer.match_street(words)]
    assert names[0] == first
    assert others <= set(names)

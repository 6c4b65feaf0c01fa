"""Which words of a sentence name a street."""

import pytest

from callbot.content import Site
from callbot.nlu.mentions import find_mentions
from callbot.nlu.tokens import tokenize


def names(site: Site, text: str, *, strict: bool) -> list[str]:
    return [mention.name for mention in find_mentions(tokenize(text), site.gazetteer, strict=strict)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("somebody left the front door open at church in May", []),
        ("there are two cars on the main road", []),
        ("the clean streets of New Haven, CT", []),
        ("I live on Dixwell", []),
        ("a yellow Four Wheeler", []),
        ("are you open on Columbus Day", []),
        ("paint on wall of building", []),
        ("he flew South on Ferry Street", ["Ferry Street"]),
        ("the box on the corner w/ Austin", ["Austin Street"]),
        ("a branch is down on Claredon between Ferry and Grand", ["Clarendon Street", "Ferry Street", "Grand Avenue"]),
        ("I live on Dixwell Avenue", ["Dixwell Avenue"]),
        ("it's at 215 Dixwell", ["Dixwell Avenue"]),
        ("at State and Chapel there's a hole", ["State Street", "Chapel Street"]),
        ("the train station", ["Union Station"]),
        ("State Street Station", ["State Street Station"]),
        ("on Chaplel Street", ["Chapel Street"]),
    ],
)
def test_whole_sentences_are_read_strictly(site: Site, text: str, expected: list[str]) -> None:
    assert names(site, text, strict=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a bare name after "on" and the like, with what follows it
        ("People tear along Canner, day and night", ["Canner Street"]),
        ("the lower end of Howe is dark", ["Howe Street"]),
        ("Nobody plowed upper Bishop this week", ["Bishop Street"]),
        ("Trucks idle near Lombard every night", ["Lombard Street"]),
        # corners in all wordings
        ("a lamp is out where Canner meets Whitney", ["Canner Street", "Whitney Avenue"]),
        ("Stop sign down, Nash/Eagle", ["Nash Street", "Eagle Street"]),
        ("light is stuck @ Ferry & Grand", ["Ferry Street", "Grand Avenue"]),
        ("hydrant leaking corner Dwight and Edgewood", ["Dwight Street", "Edgewood Avenue"]),
        ("it happened crossing Temple at Wall", ["Temple Street", "Wall Street"]),
        # slips of the finger in the type
        ("a dead cat on Derby Avernue", ["Derby Avenue"]),
        ("Peck Street's sidewalks are broken", ["Peck Street"]),
        # the end of a name misheard as a word
        ("rockets every night at 190 Clint and Avenue", ["Clinton Avenue"]),
        # two names that overlap: the one that begins first
        ("The Fulton Terrace street sign is gone", ["Fulton Terrace"]),
    ],
)
def test_streets_in_the_wordings_of_callers(site: Site, text: str, expected: list[str]) -> None:
    assert names(site, text, strict=True) == expected


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "I waited one day and nothing happened",
        "3 young men on dirt bikes",
        "the north and south side of the building",
        "Somebody painted it white & brown",
        "He was last seen in Fair Haven",
        "They closed Salem Square again",
        "a dog by the shelter and park",
        "the ramp to I95 South is closed",
        "somebody painted the wall of the building",
    ],
)
def test_ordinary_words_are_no_streets(site: Site, text: str, strict: bool) -> None:
    assert names(site, text, strict=strict) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a hall on Hamilton Street", ["Hamilton Street"]),
        ("down by the river off Middletown Avenue", ["Middletown Avenue"]),
        ("white, off of farren avenue", ["Farren Avenue"]),
        ("on the corner of Saint Anthony Street and Ferry Street", ["Saint Anthony Street", "Ferry Street"]),
        ("my store on Grand, near Ferry", ["Grand Avenue", "Ferry Street"]),
        ("Grand", ["Grand Avenue"]),
    ],
)
def test_an_ordinary_word_is_a_street_by_what_stands_around_it(site: Site, text: str, expected: list[str]) -> None:
    assert names(site, text, strict=False) == expected


def test_words_about_a_location_are_read_freely(site: Site) -> None:
    assert names(site, "I live on Dixwell near Wally", strict=False) == ["Dixwell Avenue", "Whalley Avenue"]


def test_rivals_are_named(site: Site) -> None:
    mention = find_mentions(tokenize("Townsend"), site.gazetteer, strict=False)[0]
    assert mention.name == "Townsend Avenue"
    assert {"Townsend Street", "Townsend Terrace"} <= set(mention.rivals)

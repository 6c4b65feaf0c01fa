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


def test_words_about_a_location_are_read_freely(site: Site) -> None:
    assert names(site, "I live on Dixwell near Wally", strict=False) == ["Dixwell Avenue", "Whalley Avenue"]


def test_rivals_are_named(site: Site) -> None:
    mention = find_mentions(tokenize("Townsend"), site.gazetteer, strict=False)[0]
    assert mention.name == "Townsend Avenue"
    assert {"Townsend Street", "Townsend Terrace"} <= set(mention.rivals)

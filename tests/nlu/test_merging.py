"""What a second turn does to the location of the first."""

from typing import Any

import pytest

from callbot.content import Site
from callbot.nlu.addresses import parse_location
from callbot.nlu.merging import is_landmark, merge_location


def merged(site: Site, first: str, second: str) -> dict[str, Any]:
    return merge_location(parse_location(first, site.gazetteer), parse_location(second, site.gazetteer))


def test_a_number_completes_a_street(site: Site) -> None:
    value = merged(site, "on Edgewood Avenue", "in front of number three thirty")
    assert (value["street"], value["number"], value["matched"]) == ("Edgewood Avenue", "330", "Edgewood Avenue")
    assert value["score"] == 1.0
    assert value["text"] == "on Edgewood Avenue, in front of number three thirty"


def test_a_street_completes_a_number(site: Site) -> None:
    value = merged(site, "number three thirty", "Edgewood Avenue")
    assert (value["street"], value["number"]) == ("Edgewood Avenue", "330")


def test_a_corner_completes_a_street(site: Site) -> None:
    value = merged(site, "Orange Street", "near Court Street")
    assert (value["street"], value["cross_street"]) == ("Orange Street", "Court Street")


def test_a_new_street_replaces_the_old_with_its_number(site: Site) -> None:
    value = merged(site, "215 Orange Street", "Winthrop Avenue")
    assert (value["street"], value["number"]) == ("Winthrop Avenue", None)


def test_a_corrected_street_keeps_the_number(site: Site) -> None:
    value = merged(site, "412 Winchester Avenue", "no, Winthrop, not Winchester")
    assert (value["street"], value["number"]) == ("Winthrop Avenue", "412")


def test_a_corrected_number_keeps_the_street(site: Site) -> None:
    value = merged(site, "412 Winthrop Avenue", "No, I meant four twenty one Winthrop, sorry.")
    assert (value["street"], value["number"]) == ("Winthrop Avenue", "421")


def test_nothing_new_changes_nothing_but_the_text(site: Site) -> None:
    value = merged(site, "215 Orange Street", "the yellow house")
    assert (value["street"], value["number"], value["score"]) == ("Orange Street", "215", 1.0)


@pytest.mark.parametrize(
    ("said", "only_beside"), [("the gas station", True), ("number 330", False), ("Court Street", False)]
)
def test_words_without_a_street_or_a_number_only_stand_beside_one(site: Site, said: str, only_beside: bool) -> None:
    assert is_landmark(parse_location(said, site.gazetteer)) is only_beside

"""Vehicles."""

import pytest

from callbot.content import Site
from callbot.nlu.vehicles import UNRESOLVED, VehicleLists, parse_vehicle

LISTS = VehicleLists(
    ("Honda", "Ford", "Chevrolet", "Chrysler", "Hyundai", "Mazda", "Dodge", "Nissan", "Chevy", "Jeep"),
    (
        *("Honda Civic", "Ford Focus", "Ford F-150", "Chrysler 300", "Nissan Altima", "Mazda 3", "Caravan"),
        *("Chevrolet Impala",),
    ),
    ("gray", "red", "blue", "white", "black"),
)


@pytest.mark.parametrize(
    ("said", "color", "make", "model", "year"),
    [
        ("It's a gray Honda Civic", "gray", "Honda", "Civic", None),
        ("an old red Ford Focus", "red", "Ford", "Focus", None),
        ("the Honda Civic's lights", None, "Honda", "Civic", None),
        ("an old red Jeep", "red", "Jeep", None, None),
        ("a semi", None, None, "semi", None),
        ("grey civic", "gray", "Honda", "Civic", None),
        ("Chevy Impala, white", "white", "Chevrolet", "Impala", None),
        ("ford f one fifty", None, "Ford", "F-150", None),
        ("a Chrysler 300", None, "Chrysler", "300", None),
        ("two thousand twelve Nissan Altima", None, "Nissan", "Altima", 2012),
        ("an oh four Dodge Caravan", None, "Dodge", "Caravan", 2004),
        ("it's a ninety eight", None, None, None, 1998),
        ("dark blue van", "dark blue", None, "van", None),
        ("pickup, blue Ford, real beat up", "blue", "Ford", "pickup", None),
        ("a black Hundai", "black", None, None, None),
        ("a Hyunday", None, "Hyundai", None, None),
        ("a Ford Civic", None, "Ford", None, None),
        ("", None, None, None, None),
    ],
)
def test_vehicles(said: str, color: str | None, make: str | None, model: str | None, year: int | None) -> None:
    value, _ = parse_vehicle(said, LISTS)
    assert value == {"text": said, "color": color, "make": make, "model": model, "year": year}


def test_scores_rise_with_what_is_known() -> None:
    scores = [
        parse_vehicle(said, LISTS)[1] for said in ("something", "a Hyunday in blue", "a Honda", "a red Honda Civic")
    ]
    assert scores[0] == UNRESOLVED
    assert scores[1] == 0.75
    assert scores[2] < scores[3]


def test_shipped_lists(site: Site) -> None:
    lists = site.word_lists
    shipped = VehicleLists(lists["vehicle_makes"], lists["vehicle_models"], lists["colors"])
    value, score = parse_vehicle("a gray Honda Civic", shipped)
    assert (value["color"], value["make"], value["model"]) == ("gray", "Honda", "Civic")
    assert score == 0.95

"""The reading that can be true is taken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callbot.content import Site
from callbot.nlu.readings import SLOT_OF, pick
from callbot.room import slot_reader
from tests.fakes import WALL


def test_a_reading_that_is_good_stays() -> None:
    assert pick("one", ["two"], {"one": 0.7, "two": 1.0}.__getitem__) == "one"


def test_a_reading_that_fits_replaces_one_that_does_not() -> None:
    assert pick("one", ["two", "three"], {"one": 0.1, "two": 0.2, "three": 0.9}.__getitem__) == "three"


def test_what_fits_only_a_little_better_does_not() -> None:
    assert pick("one", ["two"], {"one": 0.65, "two": 0.8}.__getitem__) == "one"
    assert pick("one", [], {"one": 0.1}.__getitem__) == "one"


@given(scores=st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_never_a_worse_one(scores: list[float]) -> None:
    texts = [str(index) for index in range(len(scores))]
    chosen = pick(texts[0], texts[1:], lambda text: scores[int(text)])
    assert scores[int(chosen)] >= scores[0]


def test_a_whole_telephone_number_and_a_known_street_fit_best(site: Site) -> None:
    fit = slot_reader(site).fit
    assert pick("203-555-014", ["203-555-0142"], lambda text: fit(text, SLOT_OF["phone"], WALL)) == "203-555-0142"
    street = lambda text: fit(text, SLOT_OF["location"], WALL)  # noqa: E731
    assert pick("412 Wintrup of a new", ["412 Winthrop Avenue"], street) == "412 Winthrop Avenue"

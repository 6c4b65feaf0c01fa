"""The watch for emergencies over one call."""

from __future__ import annotations

from callbot.content import Site
from callbot.vigil import Vigil


def test_words_that_belong_together_are_found_over_a_pause(site: Site) -> None:
    watch = Vigil(site.emergency)
    assert watch.final("got hit by a car", before="oh my god someone just") is not None


def test_earlier_words_do_not_take_a_hit_back(site: Site) -> None:
    watch = Vigil(site.emergency)
    assert watch.final("he has a gun", before="my car was broken into last night") is not None


def test_harmless_words_are_none(site: Site) -> None:
    watch = Vigil(site.emergency)
    assert watch.final("the fire hydrant is leaking", before="hello") is None
    assert watch.partial("the fire hydrant is") is None


def test_what_may_be_taken_back_must_stand_in_two_partials(site: Site) -> None:
    watch = Vigil(site.emergency)
    assert watch.partial("someone just got hit by a car") is None
    hit = watch.partial("someone just got hit by a car")
    assert hit is not None
    assert hit.kind == "crash_injury"


def test_a_new_turn_begins_without_doubts(site: Site) -> None:
    watch = Vigil(site.emergency)
    watch.partial("someone just got hit by a car")
    watch.begin_turn()
    assert watch.partial("someone just got hit by a car") is None

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
    assert watch.partial("the fire hydrant is", 1.0) is None


def test_what_may_be_taken_back_must_stand_for_a_moment(site: Site) -> None:
    watch = Vigil(site.emergency)
    assert watch.partial("someone just got hit by a car", 1.0) is None
    assert watch.is_doubtful
    assert watch.partial("someone just got hit by a car", 1.3) is None, "a guard may still come"
    hit = watch.partial("someone just got hit by a car", 1.7)
    assert hit is not None
    assert hit.kind == "crash_injury"


def test_two_more_words_are_enough(site: Site) -> None:
    watch = Vigil(site.emergency)
    assert watch.partial("the kitchen is on fire", 1.0) is None
    assert watch.partial("the kitchen is on fire and we", 1.3) is not None


def test_what_is_taken_back_is_no_doubt_any_more(site: Site) -> None:
    watch = Vigil(site.emergency)
    watch.partial("someone just got hit by a car", 1.0)
    assert watch.partial("someone just", 1.3) is None
    assert not watch.is_doubtful
    assert watch.partial("someone just got hit by a car", 1.8) is None, "the moment begins anew"


def test_a_new_turn_begins_without_doubts(site: Site) -> None:
    watch = Vigil(site.emergency)
    watch.partial("someone just got hit by a car", 1.0)
    watch.begin_turn()
    assert watch.partial("someone just got hit by a car", 9.0) is None

"""Utterances of benchmarks, and the same with other values."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from callbot.evaluate.labelled import Labelled, Names, swapped, values_of
from callbot.nlu.utterances import spans

PLAY = Labelled(("play", "blue", "moon", "by", "ann"), ("Play",), ("O", "B-track", "I-track", "O", "B-artist"))
BOOK = Labelled(("a", "table", "at", "the", "old", "inn"), ("Book",), ("O", "O", "O", "B-inn", "I-inn", "I-inn"))


def test_names_have_a_fixed_order() -> None:
    assert Names.of([PLAY, BOOK]) == Names.of([BOOK, PLAY])
    assert Names.of([PLAY]) == (("Play",), ("O", "B-artist", "I-artist", "B-track", "I-track"))


def test_values_are_swapped_within_their_slot() -> None:
    pool: dict[str, list[tuple[str, ...]]] = {
        **values_of([PLAY, BOOK]),
        "track": [("yesterday",)],
        "artist": [("the", "band")],
    }
    assert swapped(PLAY, pool, Random(0)) == Labelled(
        ("play", "yesterday", "by", "the", "band"), ("Play",), ("O", "B-track", "O", "B-artist", "I-artist")
    )


@given(st.integers(0, 1000))
def test_a_swap_keeps_slots_and_other_words(seed: int) -> None:
    pool: dict[str, list[tuple[str, ...]]] = {
        slot: [("x",), ("y", "z"), ("u", "v", "w")] for slot in ("track", "artist", "inn")
    }
    for example in (PLAY, BOOK):
        other = swapped(example, pool, Random(seed))
        assert len(other.words) == len(other.tags)
        assert [slot for slot, _, _ in spans(other.tags)] == [slot for slot, _, _ in spans(example.tags)]
        plain = [word for word, tag in zip(other.words, other.tags, strict=True) if tag == "O"]
        assert plain == [word for word, tag in zip(example.words, example.tags, strict=True) if tag == "O"]

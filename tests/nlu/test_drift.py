"""What is usual, and what a turn adds to it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.nlu.drift import BUCKETS, KEY, Baseline, Turn, baseline, baseline_of, turn, vocabulary
from callbot.nlu.utterances import UtteranceFile

FILE = UtteranceFile.model_validate({"intent": "pothole", "utterances": ["There's a hole on [Elm Street](location)"]})
KNOWN = vocabulary([FILE], ["Whalley Avenue"])

turns = st.builds(Turn, st.floats(0, 1), st.booleans(), st.integers(1, 30), st.just(0))


def test_words_of_the_material_and_of_the_lists_are_known() -> None:
    assert turn("there's a hole on whalley", 0.9, False, KNOWN) == Turn(0.9, False, 5, 0)
    assert turn("There's a crevasse at 215!", 0.4, True, KNOWN) == Turn(0.4, True, 5, 2)


def test_no_words() -> None:
    assert turn("", 0.0, True, KNOWN) == Turn(0.0, True, 0, 0)
    assert baseline([Turn(0.0, True, 0, 0)]).unknown_words == 0.0


def test_a_baseline_counts_shares() -> None:
    found = baseline([Turn(0.95, False, 9, 0), Turn(0.35, True, 1, 1)])
    assert found.confidence == (0, 0, 0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1.0)
    assert (found.out_of_scope, found.unknown_words, found.utterances) == (0.5, 0.1, 2)


@given(st.lists(turns, min_size=1))
def test_shares_rise_with_confidence_to_all(row: list[Turn]) -> None:
    found = baseline(row)
    assert list(found.confidence) == sorted(found.confidence)
    assert found.confidence[-1] == 1.0
    assert len(found.confidence) == len(BUCKETS)


def test_a_card_keeps_it() -> None:
    found = baseline([Turn(0.5, False, 4, 1)])
    assert baseline_of(json.dumps({"version": "a", KEY: found.model_dump()})) == found
    assert baseline_of("{}") is None
    with pytest.raises(ValueError, match="unknown_words"):
        baseline_of(json.dumps({KEY: Baseline.model_dump(found, exclude={"unknown_words"})}))

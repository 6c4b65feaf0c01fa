"""The stable beginning of partial transcripts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callbot.speech.partials import Agreement


def test_a_word_counts_once_two_partials_in_a_row_have_it() -> None:
    agreement = Agreement()
    assert agreement.add("There's a") == ""
    assert agreement.add("There's a hole in") == "There's a"
    assert agreement.add("there's a hole, and the") == "there's a hole,"
    assert agreement.committed == "there's a hole,"


def test_a_recogniser_that_changes_its_mind_is_followed() -> None:
    agreement = Agreement()
    agreement.add("My chair is")
    agreement.add("My chair is gone")
    assert agreement.add("My car is gone") == "My"


@given(partials=st.lists(st.lists(st.sampled_from("abc"), max_size=6), min_size=1, max_size=6))
def test_what_is_agreed_begins_the_newest_partial(partials: list[list[str]]) -> None:
    agreement = Agreement()
    for words in partials:
        agreed = agreement.add(" ".join(words))
        assert " ".join(words).startswith(agreed)

"""Words with their places."""

from hypothesis import given
from hypothesis import strategies as st

from callbot.nlu.tokens import phrase_at, said, tokenize, words_of


def test_hyphens_separate_and_abbreviations_do_not_break() -> None:
    tokens = tokenize("2-15 Orange St. by the park, apt. 3B")
    assert [t.text for t in tokens] == ["2", "15", "orange", "st", "by", "the", "park", "apt", "3", "b"]
    assert [t.text for t in tokens if t.after_break] == ["apt"]
    assert [t.text for t in tokens if t.glued] == ["b"]


def test_ordinals_decimals_and_thousands_stay_whole() -> None:
    assert words_of("4th, 1,200.50 and Toad\u2019s") == ["4th", "1,200.50", "and", "toad's"]


def test_letters_that_grow_when_lowered_keep_the_offsets() -> None:
    text = "\u0130\u0130 Orange"
    token = tokenize(text)[-1]
    assert text[token.start : token.end] == "Orange"


@given(st.text(max_size=60))
def test_offsets_are_in_order_and_inside(text: str) -> None:
    tokens = tokenize(text)
    edges = [edge for token in tokens for edge in (token.start, token.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)
    assert said(text, tokens) in text


def test_a_slash_and_an_at_join_names_only() -> None:
    assert words_of("Elm/Church @ 4pm w/ 9/11") == ["elm", "/", "church", "@", "4", "pm", "w", "9", "11"]


def test_hints_of_writing() -> None:
    tokens = tokenize("154-160 Howe. It's dark, on Elm. Fix it")
    assert [t.text for t in tokens if t.dashed] == ["160"]
    assert [t.text for t in tokens if t.capital] == ["howe", "it's", "elm", "fix"]
    assert [t.text for t in tokens if t.after_stop] == ["it's", "fix"]


def test_longest_phrase_wins() -> None:
    assert phrase_at(["in", "front", "of"], 0, "in", "in front of", "front") == 3
    assert phrase_at(["in"], 0, "in front of") == 0

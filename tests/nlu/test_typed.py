"""Typed examples stay examples of the same."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from callbot.nlu.typed import typed
from callbot.nlu.utterances import Example, UtteranceFile, examples, spans

SAID = "there's a huge pothole on [the corner of Chapel Street and Howe](location), please fix it"


def example() -> Example:
    return examples(UtteranceFile.model_validate({"intent": "pothole", "utterances": [SAID]}))[0]


@given(st.integers(0, 10_000))
def test_the_value_stays_one_value(seed: int) -> None:
    written = typed(example(), Random(seed))
    assert len(written.words) == len(written.tags)
    assert all(written.words)
    assert [slot for slot, _, _ in spans(written.tags)] == ["location"]
    assert {"chapel", "howe"} <= set(written.words), "a name keeps its letters"


def test_people_type_short_forms_and_leave_words_out() -> None:
    texts = [typed(example(), Random(seed)).text for seed in range(200)]
    assert any(" st " in text for text in texts)
    assert any("pls" in text or "plz" in text for text in texts)
    assert any(not text.startswith("there") for text in texts)
    assert any("chapel street howe" in text or "chapel st howe" in text for text in texts)
    assert len(set(texts)) > 60


def test_nothing_is_left_of_small_words_only() -> None:
    only = Example("greet", "", ("the", "a"), ("O", "O"))
    assert all(typed(only, Random(seed)).words for seed in range(50))

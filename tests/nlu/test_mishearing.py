"""Errors that a recogniser made are made again, with other words around them, and no mark is lost by it."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from callbot.nlu.mishearing import Mishearing, stretches
from callbot.nlu.utterances import Example, spans

PAIRS = [
    ("illegal dumping on dixwell", "legal jumping on dix well"),
    ("the pot hole is deep", "the pothole is deep"),
    ("it is very deep", "it is deep"),
]
LEARNED = Mishearing.learned((said.split(), heard.split()) for said, heard in PAIRS)


def example(text: str, tags: str = "") -> Example:
    words = tuple(text.split())
    return Example("illegal_dumping", "", words, tuple(tags.split()) or ("O",) * len(words))


def heard_often(said: Example, worse: float = 1.0) -> list[Example]:
    return [LEARNED.heard(said, Random(seed), worse=worse) for seed in range(200)]


def test_words_are_taken_for_what_they_were_taken_for() -> None:
    texts = {" ".join(heard.words) for heard in heard_often(example("dumping behind the pot hole"))}
    assert "jumping behind the pot hole" in texts
    assert "dumping behind the pothole" in texts, "two words that were heard as one"
    assert "dumping behind the pot hole" in texts, "not every time"


def test_a_value_keeps_its_mark() -> None:
    said = example("dumping on dixwell avenue", "O O B-location I-location")
    for heard in heard_often(said, worse=9.0):
        [(slot, first, end)] = spans(heard.tags)
        assert slot == "location"
        assert heard.words[first:end] in (("dixwell", "avenue"), ("dix", "well", "avenue"))


def test_the_rest_of_a_value_begins_it_when_its_first_word_is_lost() -> None:
    said = example("it is very deep", "O O B-description I-description")
    assert ("O", "O", "B-description") in {heard.tags for heard in heard_often(said, worse=9.0)}


def test_what_was_never_misheard_is_left() -> None:
    said = example("on the deep end")
    assert all(heard == said for heard in heard_often(said))


SAID = ("a", "b", "cat", "dix", "well", "dixwell", "two", "fifteen", "215")
WORDS = st.lists(st.sampled_from(SAID), min_size=1, max_size=8)


@given(said=WORDS, heard=WORDS)
def test_stretches_hold_all_that_was_said(said: list[str], heard: list[str]) -> None:
    found = [*stretches(said, heard)]
    assert [word for stretch in found for word in stretch.said] == said
    assert all(stretch.said for stretch in found)


@given(pairs=st.lists(st.tuples(WORDS, WORDS), max_size=5), words=WORDS, seed=st.integers(0, 99))
def test_something_is_always_heard_and_marks_stay_well_formed(
    pairs: list[tuple[list[str], list[str]]], words: list[str], seed: int
) -> None:
    rng = Random(seed)
    tags: list[str] = []
    for _ in words:
        after = ["O", "B-location"] + ([f"I-{tags[-1][2:]}"] if tags and tags[-1] != "O" else [])
        tags.append(rng.choice(after))
    heard = Mishearing.learned(pairs).heard(Example("inform", "", tuple(words), tuple(tags)), rng, worse=3.0)
    assert len(heard.words) == len(heard.tags) > 0
    before = "O"
    for tag in heard.tags:
        assert not tag.startswith("I-") or before[2:] == tag[2:]
        before = tag

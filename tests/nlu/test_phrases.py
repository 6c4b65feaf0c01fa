"""The phrase language keeps its word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from callbot.nlu.phrases import Compiler, PhraseError, normalise, readable

PATH = ("kinds", "fire", 0, "phrase")
WHO = {"who": ["my <kin>", "he"], "kin": ["mom", "dad"]}


def found(phrase: str, text: str, lists: Mapping[str, Sequence[str]] = WHO) -> list[str]:
    """The words in `text` that a phrase matches."""
    matcher = Compiler(lists).matcher(phrase, PATH)
    heard = normalise(text)
    spans = matcher.spans(heard) if matcher.possible(set(heard.split())) else ()
    return [readable(heard[start:end]) for start, end in spans]


@pytest.mark.parametrize(
    ("phrase", "text", "evidence"),
    [
        ("help", "Help!", "help"),
        ("(a|the) dog", "see the dog run", "the dog"),
        ("a [big] fire", "a big fire", "a big fire"),
        ("a [big] fire", "a fire", "a fire"),
        ("a .. fire", "a really very big fire", "a really very big fire"),
        ("a .. fire", "a really very big brush fire", None),
        ("a .. .. fire", "a really very big brush fire", "a really very big brush fire"),
        ("a .. fire", "a car. the fire", None),
        ("a fire", "a. Fire", "a fire"),
        ("he is not", "he's not", "he's not"),
        ("he's not", "he is not", "he is not"),
        ("he has not", "he hasn't", "he has not"),
        ("he isn't", "hes not", "he's not"),
        ("can't", "I cannot", "can not"),
        ("cannot", "I cant", "can not"),
        ("isn't it", "is not it", "is not it"),
        ("he stopped", "he uh he he stopped", "he stopped"),
        ("no fire", "no fire here", "no fire"),
        ("a .. fire", "a no, fire", "a no fire"),
        ("it .. burns", "it no, really burns", None),
        ("it .. burns", "it is... it burns", "it is it burns"),
        ("call 911", "call nine one one", "call 911"),
        ("call 911", "call 9-1-1", "call 911"),
        ("four year old", "my four-year-old", "four year old"),
        ("on elm st today", "on Elm St. today", "on elm st today"),
        ("son's bike", "my son's bike", "son's bike"),
        ("fire", "fired", None),
        ("fire", "the campfire", None),
        ("<who> fell", "my mom fell", "my mom fell"),
    ],
)
def test_phrase_language(phrase: str, text: str, evidence: str | None) -> None:
    # Where a gap could be filled in two ways, the first is what counts.
    assert next(iter(found(phrase, text)), None) == evidence


def test_every_place_is_found() -> None:
    assert found("(my|the) house", "my house and the house") == ["my house", "the house"]


@pytest.mark.parametrize(
    ("phrase", "message"),
    [
        ("a (b|c", "not closed"),
        ("a [b", "not closed"),
        ("a b)", "unexpected"),
        ("a () b", "empty"),
        ("a (b|) c", "empty"),
        (".. a", "gap"),
        ("a ..", "gap"),
        ("a (.. b)", "gap"),
        ("<nowhere> a", "no list <nowhere>"),
        ("[a] [b]", "at least one word"),
        ("a & b", "not a word"),
        ("<a b>", "not a word"),
    ],
)
def test_bad_phrase_is_refused_with_its_path(phrase: str, message: str) -> None:
    with pytest.raises(PhraseError, match=message) as caught:
        found(phrase, "")
    assert caught.value.path == PATH


@pytest.mark.parametrize(
    ("lists", "message", "path"),
    [
        ({"who": ["he", "(she"]}, "not closed", ("lists", "who", 1)),
        ({"who": []}, "empty", ("lists", "who")),
        ({"who": ["x <a>"], "a": ["y <who>"]}, "holds itself", ("lists", "a", 0)),
    ],
)
def test_bad_list_is_refused_with_its_own_path(
    lists: Mapping[str, Sequence[str]], message: str, path: tuple[str | int, ...]
) -> None:
    with pytest.raises(PhraseError, match=message) as caught:
        found("<who> fell", "", lists)
    assert caught.value.path == path


def test_lists_in_use_are_known() -> None:
    compiler = Compiler({**WHO, "idle": ["x"]})
    compiler.matcher("<who> fell", PATH)
    assert compiler.used == {"who", "kin"}


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("he is not breathing", {"breathing"}),
        ("(my|the) (gas|smoke)", {"gas", "smoke"}),
        ("he is", {"he"}),
        ("[really] (is|are) down", {"down"}),
    ],
)
def test_phrase_is_looked_up_by_its_rarest_words(phrase: str, words: set[str]) -> None:
    assert Compiler({}).matcher(phrase, PATH).rarest == words

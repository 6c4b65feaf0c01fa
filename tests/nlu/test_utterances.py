"""Words, marks and tags of example utterances."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from callbot.nlu.utterances import (
    Example,
    MarkupError,
    UtteranceFile,
    examples,
    normalise_text,
    spans,
    tokenise,
)


def file_of(*utterances: object, intent: str | None = "pothole") -> UtteranceFile:
    return UtteranceFile.model_validate({"intent": intent, "utterances": list(utterances)})


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("There's a HUGE pothole!", "there's a huge pothole"),
        ("215 Orange St., apt. 3B", "215 orange st apt 3b"),
        ("it was 10:30 p.m. - or 10:45 PM", "it was 10:30 pm or 10:45 pm"),
        ("call (203) 555-0199", "call 203 555-0199"),
        ("worth $1,200, maybe 50%", "worth $1,200 maybe 50%"),
        ("a break-in, B-4-7", "a break in b 4-7"),
        ("the Smiths\u2019 car, O\u2019Malley's", "the smiths car o'malley's"),
        ("J-U-D-S-O-N", "j u d s o n"),
        ("Cafe\u0301 Nine", "cafe\u0301 nine"),
        ("... ?!", ""),
        ("I'm a man", "i'm a man"),
    ],
)
def test_words_look_like_recogniser_text(said: str, words: str) -> None:
    assert normalise_text(said) == words


@given(st.text(max_size=60))
def test_every_word_knows_its_place(text: str) -> None:
    tokens = tokenise(text)
    assert all(text[token.start : token.end].strip() for token in tokens)
    assert all(one.end <= other.start for one, other in pairwise(tokens))


@given(st.text(max_size=60))
def test_normal_text_stays_as_it_is(text: str) -> None:
    once = normalise_text(text)
    if once.isascii():
        assert normalise_text(once) == once


def test_marked_values_become_tags() -> None:
    [example] = examples(
        file_of("There's a hole on [Chapel Street near College](location), by [Ann's](caller_name) car")
    )
    assert example.text == "there's a hole on chapel street near college by ann's car"
    assert [(slot, example.words[first:end]) for slot, first, end in spans(example.tags)] == [
        ("location", ("chapel", "street", "near", "college")),
        ("caller_name", ("ann's",)),
    ]


def test_a_mark_may_end_within_a_possessive() -> None:
    [example] = examples(file_of("[Ann](caller_name)'s car"))
    assert example.tags == ("B-caller_name", "O")[: len(example.words)]
    assert example.words == ("ann's", "car")


def test_circumstances_are_kept() -> None:
    said = {"say": "[two fifteen orange street](location)", "asked": "location"}
    smelt = {"say": "I smell gas", "kind": "gas"}
    answer, alarm = examples(file_of(said, smelt, intent="emergency"))
    assert answer == Example(
        "emergency",
        "location",
        ("two", "fifteen", "orange", "street"),
        ("B-location", "I-location", "I-location", "I-location"),
    )
    assert (alarm.asked, alarm.kind) == ("", "gas")


def test_in_a_file_of_various_intents_every_utterance_has_its_own() -> None:
    killing = {"say": "these fireworks are killing me", "intent": "fireworks"}
    dead = {"say": "my battery died", "intent": "out_of_scope"}
    named = examples(file_of(killing, dead, "the fire hydrant is leaking", intent=None))
    assert [example.intent for example in named] == ["fireworks", "out_of_scope", None]


def test_two_values_side_by_side_stay_two() -> None:
    [example] = examples(file_of("[Honda](vehicle) [gray](vehicle)"))
    assert list(spans(example.tags)) == [("vehicle", 0, 1), ("vehicle", 1, 2)]


@pytest.mark.parametrize(
    ("say", "complaint"),
    [
        ("a hole on [Chapel Street(location)", "'['"),
        ("a hole on Chapel Street](location)", "']'"),
        ("a hole on [Chapel Street] (location)", "'['"),
        ("a hole on [Chapel Street](Location)", "'['"),
        ("a hole [, ](location)", "no word is marked"),
        ("[un](location)[believable](description) hole", "share a word"),
        ("?!", "no words"),
    ],
)
def test_broken_marks_name_the_utterance(say: str, complaint: str) -> None:
    with pytest.raises(MarkupError, match=complaint.replace("[", r"\[").replace("]", r"\]")) as caught:
        examples(file_of("a pothole", say))
    assert caught.value.index == 1


@pytest.mark.parametrize(
    "content",
    [
        {"intent": "pothole", "utterances": []},
        {"intent": "pothole", "utterances": [{"say": "a hole", "slot": "location"}]},
        {"intent": "pothole", "utterances": [True]},
        {"utterances": ["a hole"]},
    ],
)
def test_files_of_another_shape_are_refused(content: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        UtteranceFile.model_validate(content)

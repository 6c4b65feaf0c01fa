"""Lessons hold all that their lines say."""

from random import Random

from callbot.nlu.augment import Augmenter
from callbot.nlu.lessons import LONGEST_JOINED, Lessons
from callbot.nlu.material import Line, known_lines, taught_slots
from callbot.nlu.utterances import UtteranceFile
from tests.nlu.test_swaps import LISTS

FILES = [
    UtteranceFile.model_validate({"intent": intent, "utterances": said})
    for intent, said in {
        "pothole": ["there's a pothole on [Chapel Street](location) that is getting deeper"] * 3,
        "noise_complaint": ["loud music since [last night](occurred_at) at the house next door to me"] * 3,
        "emergency": [{"say": "my husband just collapsed and he is not breathing", "kind": "medical"}] * 3,
        "affirm": [{"say": "yes", "asked": "confirm"}],
        "inform": [{"say": "[two fifteen orange](location)", "asked": "location"}],
    }.items()
]
SLOTS = {"pothole": frozenset({"location"}), "noise_complaint": frozenset({"location", "occurred_at"})}


def lessons(seed: int = 0) -> tuple[Lessons, list[Line]]:
    lines = known_lines(FILES)
    augmenter = Augmenter(LISTS, [line.example for line in lines], Random(seed))
    return Lessons(lines, augmenter, taught_slots(lines, SLOTS), Random(seed)), lines


def test_a_plain_lesson_is_the_line() -> None:
    maker, lines = lessons()
    for line in lines:
        lesson = maker.plain(line)
        assert (lesson.words, lesson.tags) == (line.example.words, line.example.tags)
        assert lesson.intents == (line.example.intent,)
        assert lesson.kind == line.example.kind


def test_two_wishes_are_joined_and_so_are_emergencies() -> None:
    maker, _ = lessons()
    drawn = maker.drawn(2000, "a")
    pairs = {frozenset(lesson.intents) for lesson in drawn if len(lesson.intents) == 2}
    assert frozenset({"pothole", "noise_complaint"}) in pairs
    assert frozenset({"pothole", "emergency"}) in pairs
    assert not any("affirm" in pair or "inform" in pair for pair in pairs), "an answer is no second wish"
    for lesson in drawn:
        assert len(lesson.words) == len(lesson.tags) > 0
        assert (lesson.kind == "medical") == ("emergency" in lesson.intents)
        assert {tag[2:] for tag in lesson.tags if tag != "O"} <= lesson.slots
        assert len(lesson.words) < 2 * LONGEST_JOINED


def test_joined_lessons_teach_what_both_teach() -> None:
    maker, lines = lessons()
    for lesson in maker.pairs(lines, 20):
        assert lesson.slots == {"location", "occurred_at"}, "its own values, and the absence of places"
        assert set(lesson.intents) == {"pothole", "noise_complaint"}


def test_without_two_case_intents_nothing_is_joined() -> None:
    maker, lines = lessons()
    assert maker.pairs([line for line in lines if line.example.intent == "pothole"], 5) == []


def test_a_seed_repeats_itself() -> None:
    maker = lessons()[0]
    assert maker.drawn(50, "a") == lessons()[0].drawn(50, "a") != maker.drawn(50, "b")
    assert maker.drawn(50, "a") == lessons()[0].drawn(50, "a"), "whatever was drawn before"

"""What a training is made from."""

from collections import Counter
from dataclasses import replace

import pytest

from callbot.content import Site
from callbot.errors import ContentError
from callbot.nlu.heard import HeardExample
from callbot.nlu.material import (
    Line,
    data_hash,
    divided,
    known_lines,
    own_values,
    plain_lines,
    site_heard,
    site_lists,
    site_slots,
    taught_slots,
)
from callbot.nlu.utterances import Example, UtteranceFile, examples


def file_of(intent: str | None, count: int) -> UtteranceFile:
    utterances = [f"{intent} number {index}" for index in range(count)]
    return UtteranceFile.model_validate({"intent": intent, "utterances": utterances})


def texts(lines: list[Line]) -> set[str]:
    return {line.example.text for line in lines}


def test_every_intent_is_calibrated_and_no_utterance_does_both() -> None:
    known = known_lines([file_of("pothole", 80), file_of("deny", 40), file_of("greet", 2), file_of("thanks", 1)])
    division = divided(known)
    assert {line.example.intent for line in division.calibration} == {"pothole", "deny", "greet"}
    assert {line.example.intent for line in division.trained} == {"pothole", "deny", "greet", "thanks"}
    assert [len(part) for part in division] == [64 + 32 + 1 + 1, 5 + 2, 11 + 6 + 1]
    assert sum(map(len, division)) == len(known)


def test_the_words_alone_decide_who_calibrates() -> None:
    files = [file_of("pothole", 30), file_of("deny", 30)]
    one, other = known_lines(files), known_lines(files[::-1])
    assert divided(one) == divided(other)
    assert data_hash(one) == data_hash(other) != data_hash(one[1:])


def test_the_same_words_are_on_one_side() -> None:
    said = [{"say": "no problem", "asked": asked} for asked in ("", "confirm", "more")]
    files = [
        file_of("pothole", 30),
        UtteranceFile.model_validate({"intent": "deny", "utterances": [*said, "no", "nope"]}),
        UtteranceFile.model_validate({"intent": "affirm", "utterances": ["no problem", "yes", "sure"]}),
    ]
    division = divided(known_lines(files))
    sides = [part for part in division if "no problem" in texts(part)]
    assert len(sides) == 1


def heard(example: Example, text: str, source: str) -> HeardExample:
    words = tuple(text.split())
    return HeardExample(source, replace(example, words=words, tags=("O",) * len(words)))


def test_what_was_heard_stays_with_what_was_said() -> None:
    files = [file_of("pothole", 30), file_of("deny", 30)]
    written = known_lines(files)
    spoken = [heard(line.example, f"heard {line.example.text}", line.source) for line in written]
    gone = heard(written[0].example, "of a line that is no more", "f" * 16)
    known = known_lines(files, [*spoken, gone])
    assert len(known) == 2 * len(written)
    division = divided(known)
    for part in division:
        said = {line.example.text for line in part if not line.is_heard}
        assert {line.example.text for line in part if line.is_heard} == {f"heard {text}" for text in said}


def test_look_alikes_are_known_as_such() -> None:
    alike = UtteranceFile.model_validate(
        {"intent": None, "utterances": [{"say": "this hole will kill me", "intent": "pothole"}]}
    )
    lines = known_lines([file_of("deny", 3), alike])
    assert [line.example.intent for line in lines if line.is_look_alike] == ["pothole"]


@pytest.mark.parametrize("files", [[file_of("pothole", 3), file_of(None, 3)], [file_of("pothole", 3)], []])
def test_material_that_teaches_nothing_is_refused(files: list[UtteranceFile]) -> None:
    with pytest.raises(ValueError, match=r"cannot be trained on|two intents"):
        known_lines(files)


MARKED = [
    UtteranceFile.model_validate(
        {
            "intent": "sidewalk_damage",
            "utterances": ["cracked since [May](occurred_at) on [Elm](location)", "cracked last night"],
        }
    ),
    UtteranceFile.model_validate({"intent": "theft_report", "utterances": ["a [bike](item_description), in May"]}),
    UtteranceFile.model_validate({"intent": "inform", "utterances": ["[Elm](location)"]}),
    UtteranceFile.model_validate({"intent": "emergency", "utterances": ["fire at [Elm](location)"] + ["fire"] * 40}),
]


def test_an_intent_teaches_the_absence_of_its_own_slots_only() -> None:
    catalogue = {
        "sidewalk_damage": frozenset({"location", "description"}),
        "theft_report": frozenset({"location", "item_description", "occurred_at"}),
    }
    taught = taught_slots(known_lines(MARKED), catalogue)
    assert taught["sidewalk_damage"] == {"location"}, "nobody marks a description"
    assert taught["theft_report"] == {"location", "item_description", "occurred_at"}
    assert taught["inform"] == {"location", "item_description", "occurred_at"}, "an answer teaches all"
    assert taught["emergency"] == frozenset(), "marked in one of forty"
    cracked = examples(MARKED[0])[0]
    assert own_values(cracked, taught).tags == ("O", "O", "O", "O", "B-location")
    assert own_values(replace(cracked, intent=None), taught) == replace(cracked, intent=None)


def test_the_shipped_site_has_all_lists(site: Site) -> None:
    lists = site_lists(site)
    assert "Whalley Avenue" in lists.streets
    assert "Honda" in lists.vehicle_makes


def test_the_shipped_site_has_slots_and_heard_utterances(site: Site) -> None:
    assert {"location", "plate", "caller_name", "callback_number"} <= site_slots(site)["parking_violation"]
    assert len(site_heard(site)) > 500


def test_the_catalogue_says_how_most_callers_begin(site: Site) -> None:
    lines = plain_lines(site.playbook.catalogue)
    texts_of = {line.example.text for line in lines if line.example.intent == "pothole"}
    assert {"pothole", "a pothole", "i want to report a pothole"} <= texts_of
    assert {line.example.intent for line in lines} == set(site.playbook.catalogue.intents)
    keywords = Counter(k for spec in site.playbook.catalogue.intents.values() for k in spec.keywords)
    shared = {keyword for keyword, count in keywords.items() if count > 1}
    assert not shared & {line.example.text for line in lines}


def test_a_missing_list_is_named(site: Site) -> None:
    fewer = {name: words for name, words in site.word_lists.items() if name != "colors"}
    with pytest.raises(ContentError, match=r"colors\.yaml"):
        site_lists(replace(site, word_lists=fewer))

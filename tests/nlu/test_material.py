"""What a training is made from."""

from dataclasses import replace

import pytest

from callbot.content import Site
from callbot.errors import ContentError
from callbot.nlu.material import data_hash, known_examples, site_lists, split
from callbot.nlu.utterances import UtteranceFile


def file_of(intent: str | None, count: int) -> UtteranceFile:
    utterances = [f"{intent} number {index}" for index in range(count)]
    return UtteranceFile.model_validate({"intent": intent, "utterances": utterances})


def test_every_intent_is_calibrated_and_no_utterance_does_both() -> None:
    known = known_examples([file_of("pothole", 80), file_of("deny", 40), file_of("greet", 2)])
    trained, calibration = split(known, seed=0)
    assert {example.intent for example in calibration} == {"pothole", "deny", "greet"}
    assert sorted(example.text for example in trained + calibration) == sorted(example.text for example in known)
    assert len(calibration) == 10 + 5 + 1


def test_a_seed_divides_alike_whatever_the_order_of_files() -> None:
    files = [file_of("pothole", 30), file_of("deny", 30)]
    one, other = known_examples(files), known_examples(files[::-1])
    assert split(one, seed=4) == split(other, seed=4) != split(one, seed=5)
    assert data_hash(one) == data_hash(other) != data_hash(one[1:])


@pytest.mark.parametrize("files", [[file_of("pothole", 3), file_of(None, 3)], [file_of("pothole", 3)], []])
def test_material_that_teaches_nothing_is_refused(files: list[UtteranceFile]) -> None:
    with pytest.raises(ValueError, match=r"cannot be trained on|two intents"):
        known_examples(files)


def test_the_shipped_site_has_all_lists(site: Site) -> None:
    lists = site_lists(site)
    assert "Whalley Avenue" in lists.streets
    assert "Honda" in lists.vehicle_makes


def test_a_missing_list_is_named(site: Site) -> None:
    fewer = {name: words for name, words in site.word_lists.items() if name != "colors"}
    with pytest.raises(ContentError, match=r"colors\.yaml"):
        site_lists(replace(site, word_lists=fewer))

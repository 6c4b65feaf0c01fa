"""Varied examples stay examples of the same."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from callbot.nlu.augment import Augmenter
from callbot.nlu.utterances import Example, UtteranceFile, examples, spans
from tests.nlu.test_swaps import LISTS


def said(intent: str, *utterances: object) -> list[Example]:
    return examples(UtteranceFile.model_validate({"intent": intent, "utterances": list(utterances)}))


POTHOLE = "there's a huge pothole on [Chapel Street](location) and my [red Honda](vehicle) is stuck in it"
KNOWN = [
    *said("pothole", POTHOLE, "the road is falling apart"),
    *said("emergency", {"say": "I smell gas", "kind": "gas"}),
    *said("affirm", {"say": "yes", "asked": "confirm"}),
    *said("inform", {"say": "[two fifteen orange street](location)", "asked": "location"}),
    *said("inform", {"say": "[Ngozi](caller_name), N G O Z I", "asked": "caller_name"}),
]


def varied(example: Example, seed: int, times: int = 1) -> list[Example]:
    augmenter = Augmenter(LISTS, KNOWN, Random(seed))
    return [augmenter.vary(example) for _ in range(times)]


@given(st.integers(0, 100_000), st.sampled_from(KNOWN))
def test_intent_and_slots_stay(seed: int, example: Example) -> None:
    [other] = varied(example, seed)
    assert other.intent == example.intent
    assert len(other.words) == len(other.tags) > 0
    assert all(other.words)
    found = Counter(slot for slot, _, _ in spans(other.tags))
    given_slots = Counter(slot for slot, _, _ in spans(example.tags))
    assert found >= given_slots, "no value is lost"
    # A caller may add a name, or another value that callers with this intent give.
    added = set(found - given_slots)
    assert added <= ({"caller_name", "location", "vehicle"} if example.intent == "pothole" else {"caller_name"})
    assert not added or example.intent in ("pothole", "emergency")


@given(st.integers(0, 100_000), st.sampled_from(KNOWN))
def test_a_value_goes_on_only_where_it_began(seed: int, example: Example) -> None:
    [other] = varied(example, seed)
    for before, tag in zip(("O", *other.tags), other.tags, strict=False):
        assert not tag.startswith("I-") or before[2:] == tag[2:]


def test_a_seed_repeats_itself() -> None:
    assert varied(KNOWN[0], 5, 20) == varied(KNOWN[0], 5, 20)
    assert varied(KNOWN[0], 5, 20) != varied(KNOWN[0], 6, 20)


def test_a_report_comes_in_many_wordings() -> None:
    texts = {example.text for example in varied(KNOWN[0], 1, 100)}
    assert len(texts) > 70
    assert any("report" in text for text in texts)
    assert any(" uh " in text or " um " in text for text in texts)


def test_a_report_without_an_address_may_get_one() -> None:
    found = [example for example in varied(KNOWN[1], 1, 100) if "B-location" in example.tags]
    assert 5 < len(found) < 50
    places = {example.tags.index("B-location") * 2 > len(example.tags) for example in found}
    assert places == {True, False}, "before the rest and after it"


def test_a_yes_stays_a_yes() -> None:
    """No opening may turn it round ("no yes") and no word may be lost."""
    hesitations = {"um", "uh", "oh", "well", "er", "ah", "so", "like", "you", "know", "i", "mean", "let's", "see"}
    for example in varied(KNOWN[3], 1, 200):
        assert "yes" in example.words
        assert set(example.words) <= hesitations | {"yes"}


def test_a_spelled_name_is_not_swapped() -> None:
    assert all("ngozi" in example.words for example in varied(KNOWN[5], 2, 50))


def test_emergencies_break_into_any_question() -> None:
    asked = {example.asked for example in varied(KNOWN[2], 3, 200)}
    assert {"location", "callback_number", "confirm", "reason", ""} <= asked
    assert {example.asked for example in varied(KNOWN[3], 3, 200)} <= {"confirm", ""}

"""The figures that describe a model, computed by hand for small sets."""

from dataclasses import dataclass

import pytest

from callbot.nlu.scores import Judgement, judge, score
from callbot.nlu.utterances import UtteranceFile, examples


@dataclass(frozen=True)
class Said:
    """A model's answer."""

    intents: tuple[tuple[str, float], ...]
    spans: tuple[tuple[str, int, int, float], ...] = ()
    out_of_scope: bool = False


def one(truth: str | None, guess: str, probability: float = 1.0, *, rejected: bool = False) -> Judgement:
    return Judgement(truth, guess, probability, rejected, frozenset(), frozenset())


def test_values_count_with_both_ends() -> None:
    [example] = examples(
        UtteranceFile.model_validate(
            {"intent": "inform", "utterances": ["It's [Orange Street](location), [last night](occurred_at)"]}
        )
    )
    assert example.text == "it's orange street last night"
    answer = Said((("inform", 0.9), ("deny", 0.1)), (("location", 5, 18, 0.9), ("occurred_at", 24, 29, 0.4)))
    judgement = judge(example, answer)
    assert judgement.wanted == {("location", 5, 18), ("occurred_at", 19, 29)}
    scores = score([judgement])
    assert scores.slots["location"].f1 == 1.0
    assert scores.slots["occurred_at"].f1 == 0.0
    assert scores.slot_f1 == 0.5


def test_intents() -> None:
    scores = score([one("deny", "deny"), one("deny", "affirm"), one("affirm", "affirm"), one("affirm", "affirm")])
    assert scores.accuracy == 0.75
    assert scores.intents["deny"].recall == 0.5
    assert scores.intents["affirm"].precision == pytest.approx(2 / 3)
    assert scores.macro_f1 == pytest.approx((2 / 3 + 0.8) / 2)
    assert scores.confusions == (("deny", "affirm", 1),)


def test_rejection_counts_as_out_of_scope() -> None:
    scores = score([one("deny", "deny", rejected=True), one("out_of_scope", "deny", rejected=True)])
    assert (scores.accuracy, scores.accepted_accuracy) == (0.5, 0.5)


def test_look_alikes_count_only_as_false_alarms() -> None:
    judgements = [
        *(one("emergency", "emergency"), one("emergency", "pothole"), one("pothole", "emergency")),
        *(one(None, "emergency"), one(None, "pothole")),
    ]
    scores = score(judgements)
    assert (scores.count, scores.emergencies, scores.emergencies_found) == (3, 2, 1)
    assert (scores.others, scores.false_alarms) == (3, 2)
    assert (scores.look_alikes, scores.look_alike_alarms) == (2, 1)


def test_calibration_error_is_the_gap_between_sure_and_right() -> None:
    assert score([one("deny", "deny", 0.8)] * 4 + [one("deny", "affirm", 0.8)]).calibration_error == pytest.approx(0)
    assert score([one("deny", "affirm", 0.9)] * 3).calibration_error == pytest.approx(0.9)


def test_nothing_to_score() -> None:
    with pytest.raises(ValueError, match="nothing to score"):
        score([one(None, "pothole")])

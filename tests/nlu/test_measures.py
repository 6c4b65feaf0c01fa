"""The figures of a model card."""

from __future__ import annotations

from typing import cast

from callbot.nlu.alarm import Alarm
from callbot.nlu.measures import measured, plain
from callbot.nlu.model import Guess, Prediction, SmallModel, Span
from callbot.nlu.utterances import UtteranceFile, examples


class Told:
    """A model that gives prepared answers."""

    def __init__(self, answers: dict[str, Prediction]) -> None:
        self._answers = answers

    def predict(self, text: str, asked: str = "") -> Prediction:  # noqa: ARG002
        return self._answers[text]


def answer(intent: str, alarm: float, *spans: Span, strange: bool = False) -> Prediction:
    guesses = (Guess(intent, 0.9), Guess("other", 0.1))
    return Prediction(guesses, (intent,), spans, 0.0, strange, Alarm(alarm, "fire", alarm, alarm / 2))


def test_alarms_strangers_and_own_slots_are_counted() -> None:
    said = {
        "pothole": ["a hole on [Elm](location) since [May](occurred_at)"],
        "out_of_scope": ["sing a song"],
        "emergency": [{"say": "fire here", "kind": "fire"}, {"say": "smoke here", "kind": "fire"}],
        None: ["this is killing me"],
    }
    tested = [
        example
        for intent, utterances in said.items()
        for example in examples(UtteranceFile.model_validate({"intent": intent, "utterances": utterances}))
    ]
    model = Told(
        {
            "a hole on elm since may": answer(
                "pothole", 0.1, Span("location", 10, 13, 0.9), Span("occurred_at", 14, 23, 0.9)
            ),
            "sing a song": answer("pothole", 0.1, strange=True),
            "fire here": answer("emergency", 0.99),
            "smoke here": answer("pothole", 0.2),
            "this is killing me": answer("emergency", 0.6),
        }
    )
    taught = {"pothole": frozenset({"location"})}
    found = measured(cast(SmallModel, model), tested, taught, lambda text: "smoke" in text)
    assert found.scores.slot_f1 == 1.0, "a time is no slot of a pothole, marked or found"
    danger = found.emergencies
    assert (danger.count, danger.phrases, danger.head, danger.likeness, danger.any) == (2, 1, 1, 0, 2)
    assert (found.look_alikes.count, found.look_alikes.model, found.others.any) == (1, 1, 0)
    assert (found.strangers, found.strangers_flagged) == (1, 1)
    assert (found.familiar, found.familiar_flagged) == (2, 0)
    assert plain(found)["emergencies"] == {
        **{"count": 2, "phrases": 1, "head": 1, "likeness": 0, "model": 1, "any": 2, "certain": 0}
    }

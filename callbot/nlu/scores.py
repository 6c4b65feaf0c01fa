"""How well a small model understands, in the few figures that matter on the telephone.

The same figures describe a training (its model card), and any later check on other utterances.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from callbot.nlu.utterances import Example, spans
from callbot.stats import calibration_error

EMERGENCY = "emergency"

Value = tuple[str, int, int]
"""Slot, first character, character after the last, in the example's text."""


class Meaning(Protocol):
    """What a model says about one utterance (see `callbot.nlu.model.Prediction`)."""

    @property
    def intents(self) -> Sequence[tuple[str, float]]:
        """Names and probabilities, best first."""

    @property
    def spans(self) -> Sequence[tuple[str, int, int, float]]:
        """Slot, start, end, confidence."""

    @property
    def out_of_scope(self) -> bool:
        """Whether the utterance is rejected."""


class Model(Protocol):
    """What can be scored (see `callbot.nlu.model.SmallModel`)."""

    def predict(self, text: str, asked: str) -> Meaning:
        """What `text` means as an answer to the open question `asked`."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One utterance with what it means and what the model made of it."""

    truth: str | None
    """None: anything but an emergency is right."""
    guess: str
    probability: float
    rejected: bool
    wanted: frozenset[Value]
    found: frozenset[Value]


@dataclass(frozen=True, slots=True)
class Measure:
    """Precision, recall and F1 of one label, 0 to 1; `support` is how often it is right."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures over a set of utterances; shares are 0 to 1."""

    count: int
    """Utterances with a known intent."""
    accuracy: float
    """Share whose most probable intent is right."""
    accepted_accuracy: float
    """Share that is right after rejection: out_of_scope counts as the guess where the model rejects."""
    macro_f1: float
    """Mean F1 of the intents that occur."""
    intents: dict[str, Measure]
    slots: dict[str, Measure]
    slot_f1: float
    """Over all values: a value counts only when its slot and both ends are right."""
    emergencies: int
    emergencies_found: int
    others: int
    """Utterances that are no emergency, look-alikes among them."""
    false_alarms: int
    look_alikes: int
    """Utterances without an intent of their own that only must not be taken for an emergency."""
    look_alike_alarms: int
    calibration_error: float
    """ECE in 15 bins: mean gap between the probability of the best intent and how often it is right."""
    confusions: tuple[tuple[str, str, int], ...]
    """Right intent, guess, how often; most frequent first."""


def evaluate(model: Model, tested: Sequence[Example]) -> Scores:
    """How well `model` understands `tested`, each under its own open question.

    Raises ValueError if none of them has an intent.
    """
    return score(judge(example, model.predict(example.text, example.asked)) for example in tested)


def judge(example: Example, meaning: Meaning) -> Judgement:
    """Compare `meaning`, given for `example.text`, with the example."""
    starts = [0]
    for word in example.words:
        starts.append(starts[-1] + len(word) + 1)
    wanted = frozenset((slot, starts[first], starts[end] - 1) for slot, first, end in spans(example.tags))
    found = frozenset((slot, start, end) for slot, start, end, _ in meaning.spans)
    guess, probability = meaning.intents[0]
    return Judgement(example.intent, guess, probability, meaning.out_of_scope, wanted, found)


def score(judgements: Iterable[Judgement]) -> Scores:
    """The figures of a set of judgements. Raises ValueError if none has an intent."""
    everything = list(judgements)
    known = [one for one in everything if one.truth is not None]
    if not known:
        raise ValueError("nothing to score: no utterance has an intent")
    pairs = Counter((str(one.truth), one.guess) for one in known)
    intents = label_measures(pairs)
    alarms = [one for one in everything if one.guess == EMERGENCY and one.truth != EMERGENCY]
    slot_counts = Counter(slot for one in everything for slot, _, _ in one.wanted | one.found)
    wrong = [(truth, guess, n) for (truth, guess), n in pairs.most_common() if truth != guess]
    return Scores(
        count=len(known),
        accuracy=_share(one.truth == one.guess for one in known),
        accepted_accuracy=_share(one.truth == ("out_of_scope" if one.rejected else one.guess) for one in known),
        macro_f1=sum(measure.f1 for measure in intents.values()) / len(intents),
        intents=intents,
        slots={slot: _slot_measure(everything, slot) for slot in sorted(slot_counts)},
        slot_f1=_slot_measure(everything, None).f1,
        emergencies=sum(one.truth == EMERGENCY for one in known),
        emergencies_found=pairs[EMERGENCY, EMERGENCY],
        others=sum(one.truth != EMERGENCY for one in everything),
        false_alarms=len(alarms),
        look_alikes=len(everything) - len(known),
        look_alike_alarms=sum(one.truth is None for one in alarms),
        calibration_error=calibration_error([(one.probability, one.truth == one.guess) for one in known]),
        confusions=tuple(wrong),
    )


def _share(hits: Iterable[bool]) -> float:
    row = list(hits)
    return sum(row) / len(row)


def measure(right: int, wanted: int, found: int) -> Measure:
    """The measure of a label that is `wanted` and `found` so often, `right` of them in the same places."""
    precision, recall = right / found if found else 0.0, right / wanted if wanted else 0.0
    return Measure(precision, recall, 2 * right / (wanted + found) if wanted + found else 0.0, wanted)


def label_measures(pairs: Mapping[tuple[str, str], int]) -> dict[str, Measure]:
    """The measure of each label that occurs, given how often each right one (first) met each guess (second)."""
    wanted, found = Counter[str](), Counter[str]()
    for (truth, guess), count in pairs.items():
        wanted[truth] += count
        found[guess] += count
    return {name: measure(pairs.get((name, name), 0), wanted[name], found[name]) for name in sorted(wanted)}


def _slot_measure(judgements: Sequence[Judgement], slot: str | None) -> Measure:
    """The measure of one slot, of all together for None."""
    wanted = {(at, value) for at, one in enumerate(judgements) for value in one.wanted if slot in (None, value[0])}
    found = {(at, value) for at, one in enumerate(judgements) for value in one.found if slot in (None, value[0])}
    return measure(len(wanted & found), len(wanted), len(found))

"""The figures of a trained adapter for its model card: those of `scores`, each intent's own slots only, and its alarms
beside the phrases'."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from callbot.nlu.calibrate import coverage
from callbot.nlu.material import own_values
from callbot.nlu.model import EMERGENCY, OUT_OF_SCOPE, Prediction, SmallModel
from callbot.nlu.scores import Scores, judge, score
from callbot.nlu.utterances import Example

SHARES = (1.0, 0.95, 0.9, 0.8, 0.7)
"""Points of the risk-coverage curve."""
CERTAIN = 0.98
"""Scores of head and likeness from which on both together are all but certain."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How many utterances of one kind each detector of emergencies takes for one."""

    count: int
    phrases: int
    head: int
    likeness: int
    model: int
    """Head or likeness."""
    any: int
    certain: int
    """Both of them above `CERTAIN`."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a model makes of a set of utterances."""

    scores: Scores
    emergencies: Watch
    look_alikes: Watch
    """Utterances that only sound like an emergency; without an intent of their own in held-out files."""
    others: Watch
    strangers: int
    strangers_flagged: int
    """Out-of-scope utterances, and how many are found so."""
    familiar: int
    familiar_flagged: int
    """In-scope utterances (no emergencies), and how many are taken for out of scope."""
    coverage: tuple[tuple[float, float, float], ...]
    """Share of the utterances, the surest first; least confidence among them; share of wrong intents."""


def measured(
    model: SmallModel,
    tested: Sequence[Example],
    taught: Mapping[str, frozenset[str]],
    is_emergency: Callable[[str], bool],
    look_alikes: frozenset[int] = frozenset(),
) -> Figures:
    """How well `model` understands `tested`, each under its own open question.

    `taught` are the slots of each intent; `is_emergency` are the phrases; `look_alikes` the indexes of those that
    have an intent and yet only sound like an emergency (those without an intent do anyway).
    Raises ValueError if none has an intent.
    """
    rows = [(example, model.predict(example.text, example.asked)) for example in tested]
    alike = [at for at, example in enumerate(tested) if example.intent is None or at in look_alikes]
    danger = [at for at, example in enumerate(tested) if example.intent == EMERGENCY]
    special = {*alike, *danger}
    rest = [at for at in range(len(tested)) if at not in special]
    phrases = [is_emergency(example.text) for example in tested]

    def watch(chosen: Sequence[int]) -> Watch:
        return _watch([(rows[at][1], phrases[at]) for at in chosen])

    strange = [found for example, found in rows if example.intent == OUT_OF_SCOPE]
    familiar = [found for example, found in rows if example.intent not in (OUT_OF_SCOPE, EMERGENCY)]
    claims = [
        (found.intents[0].probability, found.intents[0].name == example.intent)
        for example, found in rows
        if example.intent is not None
    ]
    return Figures(
        score(judge(own_values(example, taught), _own(found, example, taught)) for example, found in rows),
        watch(danger),
        watch(alike),
        watch(rest),
        len(strange),
        sum(_strange(found) for found in strange),
        len(familiar),
        sum(_strange(found) for found in familiar),
        tuple(coverage(claims, SHARES)),
    )


def _own(found: Prediction, example: Example, taught: Mapping[str, frozenset[str]]) -> Prediction:
    """The prediction with only the values of slots that the example's intent has."""
    own = taught.get(str(example.intent))
    return found if own is None else found._replace(spans=tuple(span for span in found.spans if span.slot in own))


def _strange(found: Prediction) -> bool:
    return found.out_of_scope or found.intents[0].name == OUT_OF_SCOPE


def _watch(rows: Sequence[tuple[Prediction, bool]]) -> Watch:
    alarms = [(found.alarm, phrase) for found, phrase in rows]
    return Watch(
        len(rows),
        sum(phrase for _, phrase in alarms),
        sum(alarm.head >= 0.5 for alarm, _ in alarms),
        sum(alarm.likeness >= 0.5 for alarm, _ in alarms),
        sum(alarm.rings for alarm, _ in alarms),
        sum(alarm.rings or phrase for alarm, phrase in alarms),
        sum(min(alarm.head, alarm.likeness) >= CERTAIN for alarm, _ in alarms),
    )


def plain(figures: Figures) -> dict[str, object]:
    """The figures as JSON takes them."""
    scores = figures.scores
    return {
        "utterances": scores.count,
        "intent_accuracy": scores.accuracy,
        "macro_f1": scores.macro_f1,
        "slot_f1": scores.slot_f1,
        "slots": {name: {"f1": one.f1, "n": one.support} for name, one in scores.slots.items()},
        "calibration_error": scores.calibration_error,
        "emergencies": _row(figures.emergencies),
        "look_alikes": _row(figures.look_alikes),
        "others": _row(figures.others),
        "out_of_scope": {"n": figures.strangers, "flagged": figures.strangers_flagged},
        "in_scope": {"n": figures.familiar, "flagged": figures.familiar_flagged},
        "coverage": [list(point) for point in figures.coverage],
    }


def _row(watch: Watch) -> dict[str, int]:
    names = ("count", "phrases", "head", "likeness", "model", "any", "certain")
    return {name: getattr(watch, name) for name in names}

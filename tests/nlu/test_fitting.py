"""What is fitted keeps what it promises on the utterances that it was fitted on."""

from __future__ import annotations

from random import Random

import numpy as np

from callbot.nlu.alarm import Bank
from callbot.nlu.fitting import LOOK_ALIKE_ALARMS, OTHER_ALARMS, Known, Labels, detectors, fit
from callbot.nlu.heard import source_of
from callbot.nlu.material import Line
from callbot.nlu.model import EMERGENCY, OUT_OF_SCOPE, Raw, Surroundings
from callbot.nlu.utterances import Example

LABELS = Labels((EMERGENCY, OUT_OF_SCOPE, "noise", "pothole"), ("O", "B-plate", "I-plate"), ("fire", "gas"))
CORNERS = {name: np.eye(4, dtype=np.float32)[at] for at, name in enumerate(LABELS.intents)}


def known(intent: str, number: int, rng: Random, *, look_alike: bool = False) -> Known:
    """A line whose scores are right, now and then with a doubt."""
    tags = ("O", "B-plate") if number % 3 == 0 else ("O", "O")
    example = Example(intent, "", (intent, str(number)), tags)
    at = LABELS.intents.index(intent)
    doubt = number % 10 == 0
    logits = np.full(4, 0.0, np.float32)
    logits[at] = 1.0 if doubt else 5.0
    logits[(at + 1) % 4] = 2.0 if doubt and intent != EMERGENCY else 0.0
    danger = rng.gauss(4, 0.5) if intent == EMERGENCY else rng.gauss(-1 if look_alike else -4, 0.5)
    slots = np.array([[4, 0, 0], [0, 4, 0] if number % 3 == 0 else [4, 0, 0]], np.float32)
    pooled = CORNERS[intent] + np.array([rng.gauss(0, 0.1) for _ in range(4)], np.float32)
    raw = Raw(logits, np.where(np.arange(4) == at, 4.0, -4.0).astype(np.float32), slots, danger, logits[:2], pooled)
    return Known(Line(example, source_of(example), is_look_alike=look_alike), raw)


def material() -> list[Known]:
    rng = Random(0)
    rows = [known(intent, number, rng) for intent in LABELS.intents for number in range(80)]
    return rows + [known("pothole", 100 + number, rng, look_alike=True) for number in range(60)]


def around() -> Surroundings:
    means = np.stack([CORNERS[EMERGENCY], CORNERS["noise"], CORNERS["pothole"]])
    bank = Bank(np.eye(4, dtype=np.float16), np.array([0, -1, -1, -1], np.int8))
    return Surroundings(means, np.eye(4, dtype=np.float32) * 10, bank)


def test_thresholds_spend_the_false_alarms_that_are_allowed_on_recall() -> None:
    rows = material()
    head, like = detectors(rows, around().bank)

    def rings(one: Known) -> bool:
        return max(head(one.raw.alarm), like(around().bank.likeness(one.raw.pooled)[0])) >= 0.5

    groups = {
        "danger": [rings(one) for one in rows if one.line.example.intent == EMERGENCY],
        "alike": [rings(one) for one in rows if one.line.is_look_alike],
        "others": [rings(one) for one in rows if not one.line.is_look_alike and one.line.example.intent != EMERGENCY],
    }
    assert all(groups["danger"])
    assert np.mean(groups["alike"]) <= LOOK_ALIKE_ALARMS
    assert np.mean(groups["others"]) <= OTHER_ALARMS


def test_all_settings_come_from_the_material() -> None:
    rows = material()
    pairs = [(("noise", "pothole"), rows[0].raw._replace(wants=np.array([-4, -4, 3, 3], np.float32)))] * 20
    taught = {intent: frozenset({"plate"}) for intent in LABELS.intents}
    fitted = fit(
        *(rows, pairs, around(), LABELS, lambda line: line.example.tags, taught),
        encoder="0" * 64,
        adapter_scale=2.0,
        version=2,
    )
    settings = fitted.settings
    assert settings.intents == LABELS.intents
    assert 0.018 < settings.wanted_threshold <= 0.5, "below two clear wishes, above what single ones show"
    assert settings.slot_scale("plate", 0.9) > 0.85
    assert settings.intent_scale("pothole", 0.99) > settings.intent_scale("pothole", 0.6)
    assert fitted.close == (settings.close_threshold, *fitted.close[1:])
    weights, far = np.array(settings.stranger), settings.stranger_threshold
    assert weights[1] > 0 < weights[2], "distance and class both count"
    assert np.isfinite(far)

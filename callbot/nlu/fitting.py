"""Fits what stands between the small model's raw scores and its answers, on utterances that it was not trained on.

Temperatures, the trust in each intent and slot, the out-of-scope score, the thresholds of the emergency detectors and
the confidence at which a case may be closed: all from the answers of the model as it is served.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from callbot.nlu.alarm import Bank, Detector, fitted, merged
from callbot.nlu.calibrate import (
    Cutoff,
    Floats,
    Scale,
    blend,
    cutoff,
    log_odds,
    logistic,
    scale,
    sigmoid,
    softmax,
    temperature,
)
from callbot.nlu.material import Line
from callbot.nlu.model import (
    EMERGENCY,
    OUT_OF_SCOPE,
    AdapterSettings,
    Raw,
    Surroundings,
    decoded,
    given,
    opinions,
    transitions,
)
from callbot.nlu.utterances import spans

IN_SCOPE_FLAGGED = 0.035
"""Share of the in-scope utterances that the out-of-scope threshold may flag."""
LOOK_ALIKE_ALARMS, OTHER_ALARMS = 0.06, 0.02
"""Shares of look-alikes and of all other utterances that the emergency thresholds may take for emergencies: all of it
is spent on recall."""
EXTRA_WISHES = 0.02
"""Share of the utterances with one wish in which a second one may be seen."""
WRONG_CLOSED = 0.02
"""Bound of the wrong intents among cases that may close themselves."""
_GRID = 60
"""Thresholds tried for each detector."""


class Known(NamedTuple):
    """A line with what the heads say about it."""

    line: Line
    raw: Raw


class Labels(NamedTuple):
    """Names in the order of the heads' outputs."""

    intents: tuple[str, ...]
    tags: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Fitted:
    """The settings, and the evidence for those that decide something."""

    settings: AdapterSettings
    close: Cutoff


def fit(
    known: Sequence[Known],
    pairs: Sequence[tuple[tuple[str, ...], Raw]],
    around: Surroundings,
    labels: Labels,
    own_tags: Callable[[Line], Sequence[str]],
    taught: Mapping[str, frozenset[str]],
    *,
    encoder: str,
    adapter_scale: float,
    version: int,
) -> Fitted:
    """The settings of an adapter from `known` lines of the calibration split and `pairs` of them joined into one
    utterance (its intents, what the heads say).

    `own_tags` gives a line's tags without those of slots that its intent does not have.
    """
    ordinary = [one for one in known if one.line.example.intent != EMERGENCY]
    truth = [labels.intents.index(str(one.line.example.intent)) for one in known]
    head, like = detectors(known, around.bank)
    views = [opinions(one.raw, around, labels.intents) for one in known]
    heads, nears, distances = zip(*views, strict=True)
    weights = blend(np.stack(heads), np.stack(nears), truth)
    chances = [
        _chances(
            weights[0] * said + weights[1] * near,
            labels,
            max(head(raw.alarm), like(around.bank.likeness(raw.pooled)[0])),
        )
        for raw, said, near in zip((one.raw for one in known), heads, nears, strict=True)
    ]
    stranger, far = _stranger(known, chances, distances)
    claims = [
        (best, share, best == one.line.example.intent)
        for one, row in zip(known, chances, strict=True)
        if one.line.example.intent != EMERGENCY
        for best, share in [_best(row)]
    ]
    trust = scale(claims)
    slot_heat, slot_trust = _slot_trust(known, labels, own_tags, taught)
    claimed = [
        (trust(best, share), right)
        for one, (best, share, right) in zip(ordinary, claims, strict=True)
        if best != OUT_OF_SCOPE and not one.line.is_heard
    ]
    close = cutoff(claimed, WRONG_CLOSED)
    settings = AdapterSettings(
        format=version,
        encoder=encoder,
        intents=labels.intents,
        tags=labels.tags,
        kinds=labels.kinds,
        scale=adapter_scale,
        blend=weights,
        intent_scale=trust,
        slot_temperature=slot_heat,
        slot_scale=slot_trust,
        stranger=stranger,
        stranger_threshold=far,
        wanted_threshold=_wanted_threshold(known, pairs, labels),
        head=head,
        likeness=like,
        slots={intent: tuple(sorted(taught[intent])) for intent in labels.intents},
        close_threshold=close.threshold,
    )
    return Fitted(settings, close)


def detectors(known: Sequence[Known], bank: Bank) -> tuple[Detector, Detector]:
    """The emergency head's and the likeness' detectors: together they find as many emergencies as they can within
    the false alarms that are allowed."""
    heads = np.array([one.raw.alarm for one in known])
    likes = np.array([bank.likeness(one.raw.pooled)[0] for one in known])
    danger = np.array([one.line.example.intent == EMERGENCY for one in known])
    alike = np.array([one.line.is_look_alike for one in known]) & ~danger
    best: tuple[float, float, float] = (-1.0, 0.0, 0.0)
    chosen = float(heads[danger].min()), float(likes[danger].min())
    for one in _steps(heads):
        for other in _steps(likes):
            rings = (heads >= one) | (likes >= other)
            if _share(rings[alike]) > LOOK_ALIKE_ALARMS or _share(rings[~danger & ~alike]) > OTHER_ALARMS:
                continue
            # Of equal recall, the pair that leaves the emergencies found the most room.
            room = np.maximum((heads - one) / heads.std(), (likes - other) / likes.std())[danger & rings]
            rank = (_share(rings[danger]), float(np.quantile(room, 0.05)) if len(room) else 0.0, 0.0)
            if rank > best:
                best, chosen = rank, (one, other)
    truth = danger.tolist()
    return fitted(heads.tolist(), truth, chosen[0]), fitted(likes.tolist(), truth, chosen[1])


def _steps(values: npt.NDArray[np.float64]) -> list[float]:
    """Thresholds between the lowest and beyond the highest of `values`."""
    low, high = float(values.min()), float(values.max())
    return [low + (high - low) * step / _GRID for step in range(_GRID + 2)]


def _share(hits: npt.NDArray[np.bool_]) -> float:
    return float(hits.mean()) if len(hits) else 0.0


def _chances(logits: Floats, labels: Labels, alarm: float) -> dict[str, float]:
    """What `SmallModel` makes of the intents before it knows how far to trust them."""
    return merged(dict(zip(labels.intents, softmax(logits).tolist(), strict=True)), EMERGENCY, alarm)


def _best(chances: dict[str, float]) -> tuple[str, float]:
    ordinary = {name: chance for name, chance in chances.items() if name != EMERGENCY}
    best = max(ordinary, key=lambda name: ordinary[name])
    return best, ordinary[best] / sum(ordinary.values())


def _stranger(
    known: Sequence[Known], chances: Sequence[dict[str, float]], distances: Sequence[float]
) -> tuple[tuple[float, float, float], float]:
    """Weights of the out-of-scope score, and its threshold."""
    kept = [
        (far, log_odds(row.get(OUT_OF_SCOPE, 0.0)), one)
        for one, row, far in zip(known, chances, distances, strict=True)
        if one.line.example.intent != EMERGENCY
    ]
    columns = np.array([[1.0, far, odds] for far, odds, _ in kept])
    strange = np.array([float(one.line.example.intent == OUT_OF_SCOPE) for *_, one in kept])
    if not strange.any():
        # A site without out-of-scope examples judges by the distance alone.
        weights = np.array([0.0, 1.0, 0.0])
    else:
        # Both must count: strangers in the calibration split resemble those that were trained on, later ones do not.
        spread = float(columns[:, 1].std()) or 1.0
        middle = np.array([-float(columns[:, 1].mean()) / spread, 1.0 / spread, 0.5])
        weights = logistic(columns, strange, middle, np.array([0.01, 4.0 * spread**2, 8.0]))
    scores = (columns @ weights)[strange == 0]
    return (float(weights[0]), float(weights[1]), float(weights[2])), float(np.quantile(scores, 1 - IN_SCOPE_FLAGGED))


def _slot_trust(
    known: Sequence[Known],
    labels: Labels,
    own_tags: Callable[[Line], Sequence[str]],
    taught: Mapping[str, frozenset[str]],
) -> tuple[float, Scale]:
    """The temperature of the tags, and how far each slot's values can be trusted, given the right intent."""
    shown = [given(one.raw.slots, labels.tags, taught[str(one.line.example.intent)]) for one in known]
    rows: list[Floats] = []
    truth: list[int] = []
    for one, logits in zip(known, shown, strict=True):
        tags = own_tags(one.line)[: len(logits)]
        rows.append(logits)
        truth += [labels.tags.index(tag) for tag in tags]
    heat = temperature(np.concatenate(rows), truth)
    allowed = transitions(labels.tags)
    claims = []
    for one, logits in zip(known, shown, strict=True):
        right = set(spans(own_tags(one.line)))
        claims += [
            (slot, sure, (slot, first, end) in right)
            for slot, first, end, sure in decoded(logits / heat, labels.tags, allowed)
        ]
    return heat, scale(claims) if claims else Scale(1.0, 0.0, {})


def _wanted_threshold(known: Sequence[Known], pairs: Sequence[tuple[tuple[str, ...], Raw]], labels: Labels) -> float:
    """The lowest probability at which hardly any utterance with one wish seems to have a second one."""
    extra = sorted(
        (
            max(
                sigmoid(float(odds))
                for name, odds in zip(labels.intents, one.raw.wants, strict=True)
                if name not in (EMERGENCY, OUT_OF_SCOPE, one.line.example.intent)
            )
            for one in known
        ),
        reverse=True,
    )
    allowed = extra[min(len(extra) - 1, int(EXTRA_WISHES * len(extra)))]
    # Where second wishes are seen clearly, there is no need to go down so far.
    clear = sorted(
        min(sigmoid(float(raw.wants[labels.intents.index(name)])) for name in intents) for intents, raw in pairs
    )
    enough = clear[len(clear) // 20] if clear else 0.5
    return min(0.9, max(allowed + 1e-6, min(enough, 0.5)))

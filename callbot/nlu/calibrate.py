"""What turns a network's raw scores into figures that can be relied on, and what "resembles nothing known" means.

Everything here is fitted on utterances that the training never saw, on the answers of the model as it is served.
Distances: each known intent is a cloud of sentence embeddings; all clouds are taken to have one shape. The distance of
an utterance from the nearest cloud's middle, in units of that shape, tells strangers better than the intents'
probabilities do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from callbot.stats import exact_interval

Floats = npt.NDArray[np.float32]

RIDGE = 1e-4
"""Added to the shared covariance's diagonal, relative to its mean: a few thousand points in 384 dimensions."""
SURE = 0.95
"""Confidence of every bound that is reported."""
_EDGE = 1e-6
"""Probabilities are kept this far from 0 and 1 before their log-odds are taken."""
_SHRINK = 4.0
"""How strongly an offset of one label is drawn to 0: with 10 utterances a label it may speak, with 2 hardly."""


def clouds(embeddings: Mapping[str, Sequence[Floats]]) -> tuple[Floats, Floats]:
    """Means (intents, hidden) of the `embeddings` of each intent, in the order of their names, and the inverse
    (hidden, hidden) of the covariance that they share."""
    stacked = [np.stack(embeddings[name]).astype(np.float64) for name in sorted(embeddings)]
    offsets = np.concatenate([rows - rows.mean(axis=0) for rows in stacked])
    covariance = offsets.T @ offsets / len(offsets)
    covariance += np.eye(len(covariance)) * RIDGE * np.trace(covariance) / len(covariance)
    means = np.stack([rows.mean(axis=0) for rows in stacked])
    return means.astype(np.float32), np.linalg.inv(covariance).astype(np.float32)


def distance(embedding: Floats, means: Floats, precision: Floats) -> float:
    """Mahalanobis distance of `embedding` (hidden,) from the nearest of `means` (intents, hidden), under the
    `precision` (hidden, hidden) that the intents share."""
    return math.sqrt(float(squares(embedding, means, precision).min()))


def squares(embedding: Floats, means: Floats, precision: Floats) -> Floats:
    """Squared Mahalanobis distances (intents,) from all of `means`, see `distance`."""
    offsets = means - embedding
    found: Floats = np.maximum(0.0, (offsets @ precision * offsets).sum(axis=1))
    return found


def softmax(logits: Floats) -> Floats:
    """Probabilities over the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def sigmoid(odds: float) -> float:
    """Probability of log-odds."""
    return 1 / (1 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1 + math.exp(odds))


def log_odds(probability: float) -> float:
    """Log-odds of a probability, finite for 0 and 1 too."""
    kept = min(1 - _EDGE, max(_EDGE, probability))
    return math.log(kept / (1 - kept))


def temperature(logits: Floats, truth: Sequence[int]) -> float:
    """The number by which `logits` (n, classes) are best divided before the softmax, given the `truth` (n,)."""
    rows = np.asarray(logits, np.float64)
    return math.exp(_lowest(lambda exponent: _surprise(rows / math.exp(exponent), truth), -4.0, 4.0))


def blend(one: Floats, other: Floats, truth: Sequence[int]) -> tuple[float, float]:
    """The weights with which two opinions (n, classes) in logits best add up to one, given the `truth` (n,)."""
    first, second = np.asarray(one, np.float64), np.asarray(other, np.float64)
    weights = (1.0, 0.0)
    for _ in range(12):
        rest = weights[1] * second
        mine = _lowest(lambda power: _surprise(math.exp(power) * first + rest, truth), -4.0, 2.0)  # noqa: B023
        rest = math.exp(mine) * first
        theirs = _lowest(lambda power: _surprise(rest + math.exp(power) * second, truth), -9.0, 1.0)  # noqa: B023
        weights = math.exp(mine), math.exp(theirs)
    return weights


def _surprise(logits: npt.NDArray[np.float64], truth: Sequence[int]) -> float:
    """Mean negative log-likelihood of the `truth` (n,) under `logits` (n, classes)."""
    top = logits.max(axis=1, keepdims=True)
    total = np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0]
    return float((total - logits[np.arange(len(logits)), np.asarray(truth)]).mean())


def _lowest(loss: Callable[[float], float], low: float, high: float) -> float:
    """Where `loss`, with one valley, is lowest (golden section)."""
    golden = (math.sqrt(5) - 1) / 2
    one, other = high - golden * (high - low), low + golden * (high - low)
    first, second = loss(one), loss(other)
    while high - low > 1e-4:
        if first < second:
            high, other, second = other, one, first
            one = high - golden * (high - low)
            first = loss(one)
        else:
            low, one, first = one, other, second
            other = low + golden * (high - low)
            second = loss(other)
    return (low + high) / 2


class Scale(NamedTuple):
    """Log-odds that are right: `slope` times those that were claimed, plus an offset that hangs on the label."""

    slope: float
    offset: float
    offsets: dict[str, float]
    """What each label adds."""

    def __call__(self, label: str, claimed: float) -> float:
        """The probability that a claim of `claimed` about `label` is right."""
        return sigmoid(self.slope * log_odds(claimed) + self.offset + self.offsets.get(label, 0.0))


def scale(claims: Sequence[tuple[str, float, bool]]) -> Scale:
    """How far claims (label, probability, was it right) can be trusted: a logistic regression with an offset a label.

    Offsets are drawn to 0, so a label with few claims is treated like all others.
    """
    labels = sorted({label for label, _, _ in claims})
    odds = np.array([log_odds(claimed) for _, claimed, _ in claims])
    which = np.array([labels.index(label) for label, _, _ in claims])
    columns = np.column_stack([odds, np.ones(len(claims)), np.eye(len(labels))[which]])
    # A prior for the slope at 1 and two claims' worth for the rest keeps a handful of claims from extremes.
    middle = np.array([1.0, 0.0, *[0.0] * len(labels)])
    pull = np.array([2.0, 0.1, *[_SHRINK] * len(labels)])
    weights = logistic(columns, np.array([float(right) for _, _, right in claims]), middle, pull)
    return Scale(float(weights[0]), float(weights[1]), dict(zip(labels, map(float, weights[2:]), strict=True)))


def logistic(
    columns: npt.NDArray[np.float64],
    truth: npt.NDArray[np.float64],
    middle: npt.NDArray[np.float64],
    pull: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Weights (k,) of a logistic regression of `truth` (n,) on `columns` (n, k), each drawn to its `middle` by its
    `pull` (the precision of a normal prior)."""
    weights = middle.copy()
    for _ in range(100):
        chances = 1 / (1 + np.exp(-np.clip(columns @ weights, -30, 30)))
        slope = columns.T @ (chances - truth) + pull * (weights - middle)
        bend = (columns * (chances * (1 - chances))[:, None]).T @ columns + np.diag(pull + 1e-9)
        step = np.linalg.solve(bend, slope)
        weights -= step * min(1.0, 2.0 / max(1e-9, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-7:
            break
    return weights


def upper_bound(wrong: int, of: int) -> float:
    """Largest share of which `wrong` in `of` would still not be surprising (Clopper-Pearson, one-sided, `SURE`)."""
    return exact_interval(wrong, of, 2 * SURE - 1)[1] if of else 1.0


def lower_bound(right: int, of: int) -> float:
    """Smallest share of which `right` in `of` would still not be surprising (Clopper-Pearson, one-sided, `SURE`)."""
    return exact_interval(right, of, 2 * SURE - 1)[0] if of else 0.0


class Cutoff(NamedTuple):
    """A confidence from which on claims are accepted, with what speaks for it."""

    threshold: float
    accepted: int
    wrong: int
    bound: float
    """Upper bound (`SURE`) of the share of wrong ones among those accepted."""


def cutoff(claims: Sequence[tuple[float, bool]], limit: float) -> Cutoff:
    """The lowest confidence at which the bound of wrong claims (confidence, was it right) stays under `limit`.

    Thresholds are tried from the highest down, and the search ends where the bound has been kept and is broken: so
    the bound holds for the one that is chosen, although many were tried. Without enough claims nothing is accepted
    (threshold 1.01).
    """
    best = Cutoff(1.01, 0, 0, 1.0)
    for step in range(99, 49, -1):
        threshold = step / 100
        accepted = [right for sure, right in claims if sure >= threshold]
        wrong = len(accepted) - sum(accepted)
        bound = upper_bound(wrong, len(accepted))
        if bound < limit:
            best = Cutoff(threshold, len(accepted), wrong, bound)
        elif best.accepted:
            break
    return best


def coverage(claims: Sequence[tuple[float, bool]], shares: Sequence[float]) -> list[tuple[float, float, float]]:
    """The risk-coverage curve: for each of `shares` of the claims, the surest first, (share, least confidence among
    them, share of wrong ones)."""
    ranked = sorted(claims, reverse=True)
    points = []
    for share in shares:
        taken = ranked[: max(1, round(share * len(ranked)))]
        points.append((share, taken[-1][0], sum(not right for _, right in taken) / len(taken)))
    return points

"""What outcomes say: exact intervals, how well two groups part, how honest probabilities are. PURE."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

BINS = 15
"""Bins of the calibration error, as in most papers."""

Outcomes = Sequence[tuple[float, bool]]
"""How sure, 0 to 1, and whether it was right."""


def exact_interval(hits: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Clopper-Pearson interval of a share that was seen `hits` times `of` so many; (0, 1) if nothing was tried.

    It holds the true share in at least `level` of all samples, however small they are.

    >>> [round(end, 4) for end in exact_interval(0, 10)]
    [0.0, 0.3085]
    """
    beyond = (1 - level) / 2
    low = 0.0 if hits == 0 else _share_where(lambda share: 1 - _at_most(hits - 1, of, share) < beyond)
    high = 1.0 if hits == of else _share_where(lambda share: _at_most(hits, of, share) > beyond)
    return low, high


def _at_most(hits: int, of: int, share: float) -> float:
    """Probability of at most so many hits, each of which comes with probability `share`, strictly between 0 and 1."""
    hit, miss = math.log(share), math.log1p(-share)
    ways = (math.lgamma(of + 1) - math.lgamma(k + 1) - math.lgamma(of - k + 1) for k in range(hits + 1))
    return math.fsum(math.exp(way + k * hit + (of - k) * miss) for k, way in enumerate(ways))


def _share_where(below: Callable[[float], bool]) -> float:
    """The share at which `below` turns false."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2


def auroc(strange: Sequence[float], known: Sequence[float]) -> float | None:
    """Chance that one of the `strange` has a higher score than one of the `known`; None if either is empty.

    >>> auroc([3.0, 2.0], [1.0, 2.0])
    0.875
    """
    if not strange or not known:
        return None
    marked = sorted([(score, 1) for score in strange] + [(score, 0) for score in known])
    below, won = 0, 0.0
    for _, group in groupby(marked, key=lambda pair: pair[0]):
        kinds = [kind for _, kind in group]
        here = len(kinds) - sum(kinds)
        won += sum(kinds) * (below + here / 2)
        below += here
    return won / (len(strange) * len(known))


def passed(strange: Sequence[float], known: Sequence[float], keep: float = 0.95) -> float | None:
    """Share of the `strange` that gets through where `keep` of the `known` do: the scores are of strangeness.

    None if either is empty.
    """
    if not strange or not known:
        return None
    limit = sorted(known)[max(0, math.ceil(keep * len(known)) - 1)]
    return sum(score <= limit for score in strange) / len(strange)


@dataclass(frozen=True, slots=True)
class Bin:
    """Outcomes of like confidence."""

    count: int
    confidence: float
    """Mean."""
    right: float
    """Share."""


def reliability(outcomes: Outcomes, bins: int = BINS) -> list[Bin]:
    """The outcomes in `bins` equal ranges of confidence, lowest first; empty ones are left out."""
    rows: dict[int, list[tuple[float, bool]]] = {}
    for sure, right in outcomes:
        rows.setdefault(min(bins - 1, int(sure * bins)), []).append((sure, right))
    return [
        Bin(len(row), math.fsum(sure for sure, _ in row) / len(row), sum(right for _, right in row) / len(row))
        for _, row in sorted(rows.items())
    ]


def calibration_error(outcomes: Outcomes, bins: int = BINS) -> float:
    """ECE: the mean gap between how sure and how often right, 0 to 1; 0 without outcomes."""
    gaps = (row.count * abs(row.confidence - row.right) for row in reliability(outcomes, bins))
    return math.fsum(gaps) / max(1, len(outcomes))


@dataclass(frozen=True, slots=True)
class Covered:
    """What is accepted from a confidence on."""

    threshold: float
    coverage: float
    """Share of all outcomes that is accepted."""
    risk: float
    """Share of the accepted that is wrong."""
    accepted: int
    wrong: int


def risk_coverage(outcomes: Outcomes) -> list[Covered]:
    """Every choice of a threshold, the strictest first."""
    curve: list[Covered] = []
    accepted = wrong = 0
    for sure, group in groupby(sorted(outcomes, key=lambda pair: -pair[0]), key=lambda pair: pair[0]):
        for _, right in group:
            accepted += 1
            wrong += not right
        curve.append(Covered(sure, accepted / len(outcomes), wrong / accepted, accepted, wrong))
    return curve

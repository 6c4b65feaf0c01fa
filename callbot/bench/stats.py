"""Few numbers for many: middles, tails, and how sure a sample of that size makes us. PURE."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_Z = 1.959964
"""Half width of a 95 % interval in standard deviations."""
_OUTSIDE = 0.025
"""What a 95 % interval leaves out on each side."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Where values lie, in their own unit."""

    n: int
    p50: float
    p95: float
    p99: float
    worst: float


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie, interpolated; raises ValueError without values.

    >>> percentile([1.0, 2.0, 4.0], 0.75)
    3.0
    """
    if not values:
        raise ValueError("no values, no percentile")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def spread(values: Sequence[float]) -> Spread | None:
    """Middle and tails; None if there are no values."""
    if not values:
        return None
    p50, p95, p99 = (percentile(values, share) for share in (0.5, 0.95, 0.99))
    return Spread(len(values), p50, p95, p99, max(values))


def share_interval(hits: int, of: int) -> tuple[float, float]:
    """95 % interval (Wilson) of a share that was seen `hits` times `of` so many; (0, 1) if nothing was tried.

    >>> [round(end, 3) for end in share_interval(0, 50)]
    [0.0, 0.071]
    """
    if of == 0:
        return 0.0, 1.0
    share, extra = hits / of, _Z**2 / of
    middle = (share + extra / 2) / (1 + extra)
    half = _Z * math.sqrt(share * (1 - share) / of + extra / (4 * of)) / (1 + extra)
    # At the ends the exact values are 0 and 1; rounding must not push them beyond.
    return (0.0 if hits == 0 else middle - half), (1.0 if hits == of else middle + half)


def ratio_interval(parts: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """95 % interval of sum(a) / sum(b) over (a, b) pairs, such as errors and words of each recording.

    Errors come in clusters (one bad recording), so the pairs are the sample, not the words. (0, 1) if there are
    fewer than two pairs.
    """
    whole = sum(b for _, b in parts)
    if len(parts) < 2 or whole == 0:
        return 0.0, 1.0
    ratio = sum(a for a, _ in parts) / whole
    scatter = sum((a - ratio * b) ** 2 for a, b in parts) * len(parts) / (len(parts) - 1)
    half = _Z * math.sqrt(scatter) / whole
    return max(0.0, ratio - half), ratio + half


def rate_interval(events: int, exposure: float) -> tuple[float, float]:
    """95 % interval (exact, Poisson) of events per unit of `exposure`, such as turns per hour; exposure > 0.

    >>> [round(end, 1) for end in rate_interval(0, 1.0)]
    [0.0, 3.7]
    """
    low = 0.0 if events == 0 else _mean_where(lambda mean: 1 - _at_most(events - 1, mean) < _OUTSIDE)
    high = _mean_where(lambda mean: _at_most(events, mean) > _OUTSIDE)
    return low / exposure, high / exposure


def _at_most(events: int, mean: float) -> float:
    """Probability of at most so many events when `mean` are expected."""
    term = total = math.exp(-mean)
    for count in range(1, events + 1):
        term *= mean / count
        total += term
    return total


def _mean_where(below: Callable[[float], bool]) -> float:
    """The expected number of events at which `below` turns false."""
    low, high = 0.0, 1.0
    while below(high):
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return high

"""Figures over outcomes, against values from tables and against what must hold for any sample."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.stats import auroc, calibration_error, exact_interval, passed, reliability, risk_coverage

outcomes = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)
scores = st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # Tables of the binomial distribution; the rule of three for none and all.
    [(0, 10, 0.0, 0.3085), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1.0), (39, 40, 0.8684, 0.9994)],
)
def test_exact_intervals(hits: int, of: int, low: float, high: float) -> None:
    assert exact_interval(hits, of) == pytest.approx((low, high), abs=1e-4)


def test_nothing_was_tried() -> None:
    assert exact_interval(0, 0) == (0.0, 1.0)


@given(st.integers(1, 300), st.floats(0, 1))
def test_an_interval_holds_what_was_seen_and_mirrors(of: int, share: float) -> None:
    hits = round(share * of)
    low, high = exact_interval(hits, of)
    assert 0 <= low <= hits / of <= high <= 1
    other_low, other_high = exact_interval(of - hits, of)
    assert (other_low, other_high) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_large_samples_stay_finite() -> None:
    low, high = exact_interval(9_990, 10_000)
    assert 0.998 < low < 0.999 < high < 0.9996


@given(scores, scores)
def test_auroc_counts_pairs(strange: list[float], known: list[float]) -> None:
    pairs = [(s > k) + (s == k) / 2 for s in strange for k in known]
    assert auroc(strange, known) == pytest.approx(sum(pairs) / len(pairs))


def test_without_one_of_the_groups_there_is_nothing_to_tell() -> None:
    assert auroc([], [1.0]) is None
    assert passed([1.0], []) is None


def test_strangers_pass_where_most_of_the_known_do() -> None:
    known = [float(value) for value in range(100)]
    assert passed([94.0, 95.0, 500.0], known) == pytest.approx(1 / 3)


@given(scores, scores)
def test_all_strangers_pass_where_nobody_is_kept_out(strange: list[float], known: list[float]) -> None:
    assert passed([min(known)] * len(strange), known, keep=1.0) == 1.0


@given(outcomes)
def test_bins_lose_nobody(row: list[tuple[float, bool]]) -> None:
    bins = reliability(row)
    assert sum(one.count for one in bins) == len(row)
    assert sum(one.count * one.right for one in bins) == pytest.approx(sum(right for _, right in row))
    assert 0 <= calibration_error(row) <= 1


def test_honest_probabilities_have_no_error() -> None:
    assert calibration_error([(0.75, True), (0.75, True), (0.75, True), (0.75, False)]) == 0.0
    assert calibration_error([(1.0, False)]) == 1.0
    assert calibration_error([]) == 0.0


@given(outcomes)
def test_less_is_accepted_the_stricter_the_threshold(row: list[tuple[float, bool]]) -> None:
    curve = risk_coverage(row)
    assert [one.coverage for one in curve] == sorted(one.coverage for one in curve)
    assert curve[-1].coverage == 1.0
    assert curve[-1].risk == pytest.approx(sum(not right for _, right in row) / len(row))
    assert all(one.accepted == sum(sure >= one.threshold for sure, _ in row) for one in curve)

"""Distances, and figures that can be relied on."""

import numpy as np
import pytest

from callbot.nlu.calibrate import (
    blend,
    clouds,
    coverage,
    cutoff,
    distance,
    log_odds,
    logistic,
    lower_bound,
    scale,
    sigmoid,
    softmax,
    temperature,
    upper_bound,
)


def test_distance_counts_from_the_nearest() -> None:
    means = np.array([[0.0, 0.0], [10.0, 0.0]], dtype=np.float32)
    precision = np.diag(np.array([1.0, 4.0], dtype=np.float32))
    assert distance(np.array([10.0, 3.0], dtype=np.float32), means, precision) == pytest.approx(6.0)


def test_a_cloud_is_measured_in_its_own_width() -> None:
    """Both intents scatter widely along the first axis and hardly along the second."""
    rng = np.random.default_rng(0)
    scatter = rng.normal(size=(400, 2)) * (5.0, 0.1)
    known = {
        "pothole": list((scatter[:200] + np.array([0, 4])).astype(np.float32)),
        "deny": list(scatter[200:].astype(np.float32)),
    }
    means, precision = clouds(known)
    assert means[0][1] == pytest.approx(0, abs=0.05), "means come in the order of the names"
    assert means[1][1] == pytest.approx(4, abs=0.05)
    along = distance(means[0] + np.array([3, 0], dtype=np.float32), means, precision)
    across = distance(means[0] + np.array([0, 1], dtype=np.float32), means, precision)
    assert along < 1 < 9 < across


def test_softmax_of_large_numbers() -> None:
    assert softmax(np.array([1000.0, 1000.0], dtype=np.float32)).tolist() == [0.5, 0.5]


def test_log_odds_and_back() -> None:
    assert sigmoid(log_odds(0.3)) == pytest.approx(0.3)
    assert sigmoid(-800) == pytest.approx(0)
    assert log_odds(0.0) == pytest.approx(-log_odds(1.0))


def test_temperature_tames_a_boaster() -> None:
    """Three of four right at logits that claim certainty: the best temperature makes it 75 %."""
    logits = np.array([[10.0, 0.0]] * 4, np.float32)
    found = temperature(logits, [0, 0, 0, 1])
    assert softmax(logits[0] / found)[0] == pytest.approx(0.75, abs=0.01)


def test_the_better_of_two_opinions_counts_more() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 600)
    right = np.eye(3)[truth]
    sharp, dull = right * 1.5 + rng.normal(size=(600, 3)), right + rng.normal(size=(600, 3)) * 2
    weights = blend(sharp.astype(np.float32), dull.astype(np.float32), truth.tolist())
    assert weights[0] > weights[1] > 0.01
    alone = blend(sharp.astype(np.float32), rng.normal(size=(600, 3)).astype(np.float32), truth.tolist())
    assert alone[1] < 0.2


def test_trust_hangs_on_the_label() -> None:
    """Claims of 90 %: about noise all are right, about potholes half of them."""
    claims = [("noise", 0.9, True)] * 60 + [("pothole", 0.9, at % 2 == 0) for at in range(60)]
    trust = scale(claims)
    assert trust("pothole", 0.9) == pytest.approx(0.5, abs=0.08)
    assert trust("noise", 0.9) > 0.9
    assert trust("pothole", 0.9) < trust("never seen", 0.9) < trust("noise", 0.9)
    assert trust("noise", 0.6) < trust("noise", 0.9)


def test_a_regression_finds_the_line() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=4000)
    truth = (rng.random(4000) < 1 / (1 + np.exp(-(2 * x - 1)))).astype(float)
    columns = np.column_stack([x, np.ones(4000)])
    weights = logistic(columns, truth, np.zeros(2), np.full(2, 1e-6))
    assert weights == pytest.approx([2, -1], abs=0.25)
    held = logistic(columns, truth, np.array([0.5, 0.0]), np.array([1e9, 1e-6]))
    assert held[0] == pytest.approx(0.5, abs=0.01)


def test_exact_bounds() -> None:
    """The rule of three: nothing wrong in 149 means less than 2 %."""
    assert upper_bound(0, 149) < 0.02 < upper_bound(0, 148)
    assert upper_bound(0, 0) == upper_bound(3, 3) == 1.0
    assert lower_bound(100, 100) == pytest.approx(0.05 ** (1 / 100))
    assert lower_bound(0, 10) == lower_bound(0, 0) == 0.0


def test_a_cutoff_keeps_its_promise() -> None:
    claims = [(0.99, True)] * 200 + [(0.9, True)] * 99 + [(0.9, False)] + [(0.7, False)] * 50
    found = cutoff(claims, 0.02)
    assert 0.7 < found.threshold <= 0.9
    assert (found.accepted, found.wrong) == (300, 1)
    assert found.bound < 0.02


def test_too_few_claims_close_nothing() -> None:
    assert cutoff([(1.0, True)] * 100, 0.02).threshold > 1
    assert cutoff([], 0.02).accepted == 0


def test_the_search_ends_where_the_promise_breaks() -> None:
    claims = [(0.99, True)] * 200 + [(0.95, False)] * 10 + [(0.6, True)] * 5000
    assert cutoff(claims, 0.02).threshold > 0.95


def test_coverage_takes_the_surest_first() -> None:
    claims = [(0.5, False), (0.9, True), (0.8, True), (0.7, False)]
    assert coverage(claims, (1.0, 0.5)) == [(1.0, 0.5, 0.5), (0.5, 0.8, 0.0)]

"""Distances between utterances and what is known."""

import numpy as np
import pytest

from callbot.nlu.calibrate import clouds, distance


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

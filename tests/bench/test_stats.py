"""Middles, tails and intervals."""

from __future__ import annotations

import pytest

from callbot.bench.stats import percentile, rate_interval, ratio_interval, share_interval, spread


def test_percentiles_lie_between_the_values() -> None:
    values = [4.0, 1.0, 3.0, 2.0]
    assert percentile(values, 0.5) == 2.5
    assert percentile(values, 0.0) == 1.0
    assert percentile(values, 1.0) == 4.0
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_a_spread_names_middle_and_tails() -> None:
    found = spread([float(i) for i in range(101)])
    assert found is not None
    assert (found.n, found.p50, found.p95, found.p99, found.worst) == (101, 50.0, 95.0, 99.0, 100.0)
    assert spread([]) is None


def test_a_share_is_less_sure_the_fewer_were_tried() -> None:
    few, many = share_interval(9, 10), share_interval(900, 1000)
    assert few[0] < many[0] < 0.9 < many[1] < few[1]
    # Wilson's own example values, to three digits.
    assert [round(end, 3) for end in few] == [0.596, 0.982]
    assert share_interval(0, 0) == (0.0, 1.0)
    assert share_interval(7, 7)[1] == 1.0


def test_a_ratio_of_sums_is_as_sure_as_its_parts_agree() -> None:
    same, scattered = ratio_interval([(1, 10)] * 8), ratio_interval([(0, 10), (2, 10)] * 4)
    assert same == pytest.approx((0.1, 0.1))
    assert scattered[0] < 0.1 < scattered[1]
    assert ratio_interval([(1, 10)]) == (0.0, 1.0)


def test_a_rate_of_nothing_is_still_bounded() -> None:
    assert rate_interval(0, 0.5) == pytest.approx((0.0, 7.378), abs=1e-3)
    low, high = rate_interval(10, 1.0)
    assert (low, high) == pytest.approx((4.795, 18.390), abs=1e-3)

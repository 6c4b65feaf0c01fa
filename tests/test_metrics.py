"""Metrics, read as a Prometheus server reads them."""

from __future__ import annotations

import math
from typing import get_args

from prometheus_client.parser import text_string_to_metric_families

from callbot.events import Station
from callbot.metrics import Metrics
from callbot.nlu.drift import Turn, baseline


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """The value of one series, None if there is no such series."""
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return float(sample.value)
    return None


def test_every_station_is_visible_before_anything_happened() -> None:
    metrics = Metrics()
    for station in get_args(Station):
        assert value(metrics, "callbot_station_runs_total", station=station) == 0
        assert value(metrics, "callbot_station_errors_total", station=station) == 0
        assert value(metrics, "callbot_station_seconds_count", station=station) == 0
        assert value(metrics, "callbot_station_confidence_count", station=station) == 0


def test_a_station_counts_results_failures_and_fallbacks() -> None:
    metrics = Metrics()
    metrics.station_done("hear", 0.25, 0.8)
    metrics.station_done("hear", 0.5, None)
    metrics.station_failed("hear")
    metrics.fell_back("hear", "reask")
    assert value(metrics, "callbot_station_runs_total", station="hear") == 3
    assert value(metrics, "callbot_station_errors_total", station="hear") == 1
    assert value(metrics, "callbot_station_fallbacks_total", station="hear", fallback="reask") == 1
    assert value(metrics, "callbot_station_seconds_count", station="hear") == 2
    assert value(metrics, "callbot_station_seconds_sum", station="hear") == 0.75
    assert value(metrics, "callbot_station_seconds_bucket", station="hear", le="0.3") == 1
    assert value(metrics, "callbot_station_confidence_count", station="hear") == 1
    assert value(metrics, "callbot_station_runs_total", station="speak") == 0


def test_calls_come_and_go() -> None:
    metrics = Metrics()
    metrics.call_started()
    metrics.call_started()
    metrics.call_ended("close")
    assert value(metrics, "callbot_calls_active") == 1
    metrics.call_ended(None)
    assert value(metrics, "callbot_calls_active") == 0
    assert value(metrics, "callbot_calls_total", outcome="close") == 1
    assert value(metrics, "callbot_calls_total", outcome="none") == 1
    assert value(metrics, "callbot_calls_total", outcome="emergency") == 0


def test_what_happens_in_a_call_is_counted() -> None:
    metrics = Metrics()
    metrics.emergency_recognised("fire")
    metrics.turn_ended()
    metrics.partial_dropped()
    metrics.barged_in()
    metrics.answered(1.25)
    assert value(metrics, "callbot_emergencies_total", kind="fire") == 1
    for name in ("turns", "partials_dropped", "barge_ins"):
        assert value(metrics, f"callbot_{name}_total") == 1
    assert value(metrics, "callbot_answer_seconds_sum") == 1.25


def test_two_servers_do_not_count_each_other() -> None:
    one, other = Metrics(), Metrics()
    one.turn_ended()
    assert value(other, "callbot_turns_total") == 0


def test_drift_is_counted_beside_what_is_usual() -> None:
    metrics = Metrics()
    assert value(metrics, "callbot_understood_words_total") == 0
    before = value(metrics, "callbot_training_out_of_scope_share")
    assert before is not None
    assert math.isnan(before), "nothing is usual before a baseline is known"
    metrics.usual(baseline([Turn(0.95, False, 9, 0), Turn(0.35, True, 1, 1)]))
    metrics.understood(Turn(0.35, True, 6, 2))
    metrics.understood(Turn(0.9, False, 4, 0))
    assert value(metrics, "callbot_understood_confidence_bucket", le="0.4") == 1
    assert value(metrics, "callbot_understood_confidence_count") == 2
    assert value(metrics, "callbot_understood_out_of_scope_total") == 1
    assert value(metrics, "callbot_understood_words_total") == 10
    assert value(metrics, "callbot_understood_unknown_words_total") == 2
    assert value(metrics, "callbot_training_confidence_share", le="0.4") == 0.5
    assert value(metrics, "callbot_training_out_of_scope_share") == 0.5
    assert value(metrics, "callbot_training_unknown_words_share") == 0.1


def test_texts_that_nobody_said_are_shown_by_reason() -> None:
    metrics, counts = Metrics(), {"noise": 0}
    metrics.texts_refused(counts)
    counts["noise"] = 3
    assert b'callbot_texts_refused{reason="noise"} 3.0' in metrics.text()
    assert b'callbot_texts_refused{reason="loop"} 0.0' in metrics.text()

"""What the machines that watch this server can see: how much, how fast, how sure, how often it went wrong.

One object a process, with a registry of its own, so that tests and several servers in one process don't count
each other's calls. Labels come from fixed vocabularies only (stations, outcomes, kinds): nothing that a caller
said or is can get into a metric.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Final, Literal, get_args

from prometheus_client import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from callbot.events import Outcome, Station
from callbot.nlu.drift import BUCKETS, Baseline, Turn

__all__ = ["CONTENT_TYPE", "Metrics"]

_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
_SHARES: Final = tuple(i / 10 for i in range(1, 11))

Fallback = Literal["reask", "rules", "human", "skip"]
"""What dialogs/policy.yaml can declare for a station that fails."""


Refusal = Literal["noise", "loop", "phrase"]
"""Why a recognised text counts as said by nobody."""


class Metrics:
    """Counters and histograms; each method is named for what has happened."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        by_station = ("station",)
        self._runs = Counter("callbot_station_runs", "Runs, failed ones included", by_station, registry=registry)
        self._seconds = Histogram(
            "callbot_station_seconds",
            "Duration of runs that succeeded",
            by_station,
            buckets=_SECONDS,
            registry=registry,
        )
        self._errors = Counter(
            "callbot_station_errors", "Runs that failed or took too long", by_station, registry=registry
        )
        self._fallbacks = Counter(
            "callbot_station_fallbacks", "Fallbacks taken", (*by_station, "fallback"), registry=registry
        )
        self._confidence = Histogram(
            "callbot_station_confidence", "Confidence of results", by_station, buckets=_SHARES, registry=registry
        )
        self._active = Gauge("callbot_calls_active", "Calls that are running", registry=registry)
        self._calls = Counter("callbot_calls", "Calls that have ended", ("outcome",), registry=registry)
        self._emergencies = Counter("callbot_emergencies", "Emergencies recognised", ("kind",), registry=registry)
        self._turns = Counter("callbot_turns", "Turns of callers", registry=registry)
        self._dropped = Counter(
            "callbot_partials_dropped", "Partial transcripts given up under load", registry=registry
        )
        self._barge_ins = Counter("callbot_barge_ins", "Times that a caller interrupted", registry=registry)
        self._holds = Counter(
            "callbot_playback_holds", "Times that the bot fell silent because it heard a voice", registry=registry
        )
        self._resumed = Counter(
            "callbot_playback_resumed", "Holds after which it went on: nobody had interrupted", registry=registry
        )
        self._answer = Histogram(
            "callbot_answer_seconds",
            "From the end of the caller's speech to the first sound of the answer",
            buckets=_SECONDS,
            registry=registry,
        )
        self._understood = _Drift(registry)
        self._refused = Gauge(
            "callbot_texts_refused",
            "Recognised texts that nobody had said, since the start",
            ("reason",),
            registry=registry,
        )
        # A series that only appears with its first failure can't be watched for it.
        for station in get_args(Station):
            for metric in (self._runs, self._seconds, self._errors, self._confidence):
                metric.labels(station)
        for outcome in (*get_args(Outcome), "none"):
            self._calls.labels(outcome)

    def station_done(self, station: Station, seconds: float, confidence: float | None) -> None:
        """A station gave its result after `seconds`; `confidence` (0 to 1) is None where it has none."""
        self._runs.labels(station).inc()
        self._seconds.labels(station).observe(seconds)
        if confidence is not None:
            self._confidence.labels(station).observe(confidence)

    def station_failed(self, station: Station) -> None:
        """A station raised, was missing or ran over its budget."""
        self._runs.labels(station).inc()
        self._errors.labels(station).inc()

    def fell_back(self, station: Station, fallback: Fallback) -> None:
        """The fallback that the policy declares for a station was taken."""
        self._fallbacks.labels(station, fallback).inc()

    def call_started(self) -> None:
        """A carrier has connected a caller."""
        self._active.inc()

    def call_ended(self, outcome: Outcome | None) -> None:
        """A call is over; `outcome` is None when it broke off undecided."""
        self._active.dec()
        self._calls.labels(outcome or "none").inc()

    def emergency_recognised(self, kind: str) -> None:
        """A caller described an emergency; `kind` is a name from intents/emergency.yaml."""
        self._emergencies.labels(kind).inc()

    def turn_ended(self) -> None:
        """A caller has finished a turn."""
        self._turns.inc()

    def partial_dropped(self) -> None:
        """A partial transcript was given up because there was more urgent work."""
        self._dropped.inc()

    def barged_in(self) -> None:
        """A caller interrupted the bot."""
        self._barge_ins.inc()

    def held(self) -> None:
        """The bot fell silent in mid-sentence because it heard a voice."""
        self._holds.inc()

    def resumed(self) -> None:
        """It went on: the voice had not interrupted."""
        self._resumed.inc()

    def answered(self, seconds: float) -> None:
        """The bot began to answer, `seconds` after the caller had stopped speaking."""
        self._answer.observe(seconds)

    def understood(self, turn: Turn) -> None:
        """The small model has understood a turn: what that tells about drift."""
        self._understood.turn(turn)

    def usual(self, baseline: Baseline) -> None:
        """What `understood` is to be compared with."""
        self._understood.usual(baseline)

    def texts_refused(self, counts: Mapping[str, int]) -> None:
        """Show `counts`, which the recogniser keeps: texts it dropped because nobody had said them, by reason."""
        for reason in get_args(Refusal):
            self._refused.labels(reason).set_function(partial(_count, counts, reason))

    def text(self) -> bytes:
        """Everything, in the Prometheus text format (its content type is `CONTENT_TYPE`)."""
        return generate_latest(self._registry)


class _Drift:
    """Turns as the small model understands them, beside what was usual when it was trained."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._confidence = Histogram(
            "callbot_understood_confidence",
            "Confidence of the small model's best intent",
            buckets=BUCKETS,
            registry=registry,
        )
        self._strange = Counter("callbot_understood_out_of_scope", "Turns to which nothing fits", registry=registry)
        self._words = Counter("callbot_understood_words", "Words of callers", registry=registry)
        self._unknown = Counter(
            "callbot_understood_unknown_words", "Words of callers that the training material lacks", registry=registry
        )
        self._usual_confidence = Gauge(
            "callbot_training_confidence_share",
            "Share of utterances kept from training whose confidence is at most le",
            ("le",),
            registry=registry,
        )
        self._usual_strange = Gauge(
            "callbot_training_out_of_scope_share",
            "Share of utterances kept from training to which nothing fits",
            registry=registry,
        )
        self._usual_unknown = Gauge(
            "callbot_training_unknown_words_share",
            "Share of words, in utterances kept from training, that the rest lacks",
            registry=registry,
        )
        # Until a baseline is known there is nothing to compare with, and 0 would be one.
        for gauge in (self._usual_strange, self._usual_unknown):
            gauge.set(math.nan)

    def turn(self, turn: Turn) -> None:
        self._confidence.observe(turn.confidence)
        self._strange.inc(turn.out_of_scope)
        self._words.inc(turn.words)
        self._unknown.inc(turn.unknown)

    def usual(self, baseline: Baseline) -> None:
        for end, share in zip(BUCKETS, baseline.confidence, strict=True):
            self._usual_confidence.labels(str(end)).set(share)
        self._usual_strange.set(baseline.out_of_scope)
        self._usual_unknown.set(baseline.unknown_words)


def _count(counts: Mapping[str, int], reason: str) -> float:
    return counts.get(reason, 0)

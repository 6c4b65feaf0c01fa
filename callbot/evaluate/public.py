"""Trains and scores the small model's network on a public benchmark, beside what others have published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from callbot.bench.part import Table, Value
from callbot.evaluate.benchmarks import Benchmark, names_seen
from callbot.evaluate.decoding import Reading, decoded, several
from callbot.evaluate.fitting import Fitted, Progress, Recipe, fit
from callbot.evaluate.labelled import Labelled, Names
from callbot.evaluate.section import Section, percent
from callbot.nlu.calibrate import Floats, clouds, distance
from callbot.nlu.scores import measure
from callbot.nlu.utterances import spans
from callbot.stats import auroc, exact_interval, passed

RECIPES = {
    "snips": Recipe(epochs=16),
    "clinc": Recipe(epochs=10, smoothing=0.0),
    "nlupp": Recipe(epochs=20, smoothing=0.0, several=True),
}

PUBLISHED: dict[str, dict[str, dict[str, float]]] = {
    "snips": {
        "JointBERT, BERT-base (Chen et al. 2019, monologg/JointBERT)": {"intent": 0.9914, "slot F1": 0.9690}
        | {"frame": 0.9300},
        "JointBERT, DistilBERT (monologg/JointBERT)": {"intent": 0.9800, "slot F1": 0.9610, "frame": 0.9100},
    },
    "clinc": {"BERT, in scope (Larson et al. 2019)": {"intent": 0.969}},
    "nlupp": {},
}
"""By benchmark and by model, shares on the test set."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How a fitted network does on labelled utterances; shares are 0 to 1."""

    count: int
    right: int
    """Utterances with all of their intents right and none too many."""
    frames: int
    """Those that have all values right too."""
    intent_f1: float
    slot_f1: float

    @property
    def quality(self) -> float:
        """What a training is to raise."""
        return (self.right + self.frames) / self.count + self.slot_f1


def tally(fitted: Fitted, examples: Sequence[Labelled], seen: Floats) -> Tally:
    """Compare what `fitted` says about the examples with what is right."""
    right = frames = 0
    intents, values = [0, 0, 0], [0, 0, 0]
    table = fitted.chain.table()
    for example, reading in zip(examples, fitted.read(examples), strict=True):
        guessed, tags = _read(fitted, reading, table, seen)
        named, found = set(spans(example.tags)), set(spans(tags))
        all_right = guessed == set(example.intents)
        right += all_right
        frames += all_right and named == found
        for counts, wanted, got in ((intents, set(example.intents), guessed), (values, named, found)):
            counts[0] += len(wanted & got)
            counts[1] += len(wanted)
            counts[2] += len(got)
    return Tally(len(examples), right, frames, measure(*intents).f1, measure(*values).f1)


def _read(fitted: Fitted, reading: Reading, table: Floats, seen: Floats) -> tuple[set[str], list[str]]:
    if fitted.recipe.several:
        numbers, path = several(reading, table)
    else:
        number, path = decoded(reading, table, seen)
        numbers = [number]
    return {fitted.names.intents[number] for number in numbers}, [fitted.names.tags[tag] for tag in path]


def allowed_tags(names: Names, trained: Sequence[Labelled]) -> Floats:
    """(intents, tags): 0 where they were seen together, -inf elsewhere."""
    seen = names_seen(trained)
    rows = [[0.0 if (intent, tag) in seen else -np.inf for tag in names.tags] for intent in names.intents]
    return np.array(rows, np.float32)


def run(benchmark: Benchmark, encoder: Path, progress: Progress, recipe: Recipe | None = None) -> Section:
    """Train on the benchmark's own division and test once. Takes half an hour to an hour on one core."""
    chosen = recipe or RECIPES[benchmark.name]

    def quality(fitted: Fitted) -> float:
        return tally(fitted, benchmark.checked, allowed_tags(fitted.names, benchmark.trained)).quality

    fitted = fit(encoder, benchmark.trained, benchmark.checked, chosen, quality, progress)
    return scored(benchmark, fitted)


def scored(benchmark: Benchmark, fitted: Fitted) -> Section:
    """The figures of a fitted network on the tested utterances."""
    reached = tally(fitted, benchmark.tested, allowed_tags(fitted.names, benchmark.trained))
    interval = exact_interval(reached.right, reached.count)
    ours: dict[str, float] = {"intent": reached.right / reached.count}
    if len(fitted.names.tags) > 1:
        ours |= {"slot F1": reached.slot_f1, "frame": reached.frames / reached.count}
    if fitted.recipe.several:
        ours["intent F1"] = reached.intent_f1
    if benchmark.strangers:
        ours |= _strangers(benchmark, fitted)
    published = PUBLISHED[benchmark.name]
    rows = [_row("this network", ours, list(ours)), *(_row(name, one, list(ours)) for name, one in published.items())]
    note = (
        f"{len(benchmark.trained)} trained on, {reached.count} tested; {fitted.recipe.epochs} passes; "
        f"95 % interval of the intent {percent(interval[0])} to {percent(interval[1])}"
    )
    figures: dict[str, Any] = {"tested": reached.count, "ours": ours, "intent_interval": list(interval)}
    return Section(figures | {"published": published}, (Table(benchmark.name, rows, note),))


def _row(name: str, shares: dict[str, float], columns: Sequence[str]) -> dict[str, Value]:
    cells: dict[str, Value] = {column: percent(shares.get(column)) for column in columns}
    return {"model": name, **cells}


def _strangers(benchmark: Benchmark, fitted: Fitted) -> dict[str, float]:
    """How well strangers are told from the rest, by distance and energy together; both count alike."""
    groups: dict[str, list[Floats]] = defaultdict(list)
    for example, reading in zip(benchmark.trained, fitted.read(benchmark.trained), strict=True):
        groups[example.intents[0]].append(reading.pooled)
    means, precision = clouds(groups)

    def strangeness(examples: Sequence[Labelled]) -> Floats:
        readings = fitted.read(examples)
        far = [distance(one.pooled, means, precision) for one in readings]
        energy = [-float(np.logaddexp.reduce(one.intents)) for one in readings]
        return np.array([far, energy], np.float32)

    usual = strangeness(benchmark.checked)
    middle, scatter = usual.mean(axis=1, keepdims=True), np.maximum(usual.std(axis=1, keepdims=True), 1e-9)
    known, strange = (
        ((strangeness(part) - middle) / scatter).sum(axis=0).tolist()
        for part in (benchmark.tested, benchmark.strangers)
    )
    return {"AUROC": auroc(strange, known) or 0.0, "passed at 95": passed(strange, known) or 0.0}

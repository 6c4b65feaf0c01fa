"""Runs the parts of an evaluation: what `callbot evaluate` does."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from callbot.bench.part import Progress
from callbot.bench.report import text
from callbot.config import Settings
from callbot.content import Site, load_held_out
from callbot.errors import ConfigError
from callbot.evaluate import calibration, emergencies, intents, latency, slots, strangers
from callbot.evaluate.benchmarks import READERS
from callbot.evaluate.hearing import chosen as to_speak
from callbot.evaluate.hearing import heard
from callbot.evaluate.judged import Engine, Judged, Spoken, counted_slots, detectors, judge, written
from callbot.evaluate.promotion import serving
from callbot.evaluate.public import run as run_benchmark
from callbot.evaluate.report import page
from callbot.evaluate.section import Section
from callbot.models import ModelStore
from callbot.room import load_transcriber, load_understander, load_voice

JUDGED: dict[str, Callable[[Sequence[Judged], Sequence[str]], Section]] = {
    "intents": lambda rows, _: intents.section(rows),
    "slots": lambda rows, _: slots.section(rows),
    "emergencies": emergencies.section,
    "out-of-scope": lambda rows, _: strangers.section(rows),
    "calibration": lambda rows, _: calibration.section(rows),
}
"""Parts that look at judged utterances; the second argument names the detectors of emergencies."""
PARTS = (*JUDGED, "latency", "benchmarks")
SEED = 0
TEXT, BENCHMARKS = "text", "public benchmarks"


@dataclass(frozen=True)
class Plan:
    """What is to be evaluated, and with what."""

    settings: Settings
    site: Site
    progress: Progress
    made: str
    """When, for the report."""
    speech: bool = False
    """Also on recognised speech."""
    samples: int = 60
    """Utterances spoken for each condition."""
    benchmarks: Mapping[str, Path] = field(default_factory=dict)
    """Folders of public benchmarks, by name."""


def chosen(names: Sequence[str]) -> list[str]:
    """The parts to run, in their order; all of them if none is named. Raises ConfigError for an unknown one."""
    if unknown := sorted(set(names) - set(PARTS)):
        raise ConfigError(f"there is no part {unknown[0]!r}: name {', '.join(PARTS)}")
    return [name for name in PARTS if not names or name in names]


def folders(named: Sequence[str]) -> dict[str, Path]:
    """The folders of `NAME=FOLDER` arguments. Raises ConfigError for another shape, name or a missing folder."""
    found: dict[str, Path] = {}
    for argument in named:
        name, _, folder = argument.partition("=")
        if name not in READERS:
            raise ConfigError(f"--benchmark {argument}: write NAME=FOLDER with NAME one of {', '.join(READERS)}")
        found[name] = Path(folder)
        if not folder or not found[name].is_dir():
            raise ConfigError(f"--benchmark {argument}: there is no folder {folder!r}")
    return found


def run(names: Sequence[str], plan: Plan, out: Path, show: Callable[[str], None]) -> dict[str, Any]:
    """Evaluate, show each table as it is ready, and write evaluate.json and report.html into `out`.

    Returns the document. Raises ConfigError when `out` cannot be written or there are no held-out utterances,
    ModelError or EngineError when an engine is missing or fails.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{out} cannot be made: {error.strerror}") from error
    found: dict[str, dict[str, Section]] = {}
    document: dict[str, Any] = {}

    def add(condition: str, part: str, section: Section) -> None:
        found.setdefault(condition, {})[part] = section
        show(f"### {condition}: {part}\n" + "\n".join(text(table) for table in section.tables))
        # Written after each part: an hour of training is not lost to what goes wrong later.
        document.update(_write(plan, found, out))

    if set(names) - {"benchmarks"}:
        _on_the_site(names, plan, add)
    if "benchmarks" in names:
        encoder = ModelStore(plan.settings.models).resolve(plan.settings.encoder)
        for name, folder in plan.benchmarks.items():
            add(BENCHMARKS, name, run_benchmark(READERS[name](folder), encoder, plan.progress))
    return document


def _on_the_site(names: Sequence[str], plan: Plan, add: Callable[[str, str, Section], None]) -> None:
    lines = _held_out(plan.site)
    engine = load_understander(plan.settings, plan.site)
    if "latency" in names:
        # Before the recogniser is loaded: its threads would be measured too.
        add(TEXT, "latency", latency.section(engine, lines))
    if not set(names) & set(JUDGED):
        return
    for condition, spoken in _conditions(plan, lines):
        rows = judged(plan.site, engine, spoken, partial(_told, plan.progress, condition))
        for part in JUDGED:
            if part in names:
                add(condition, part, JUDGED[part](rows, list(detectors(plan.site))))


def held_out_judged(settings: Settings, site: Site, progress: Progress) -> Callable[[Path], list[Judged]]:
    """How the held-out utterances are understood by the adapter in a folder, for `promotion.promote`.

    Raises ConfigError if there are none.
    """
    lines = _held_out(site)

    def judged_by(adapter: Path) -> list[Judged]:
        engine = load_understander(settings, site, adapter)
        return judged(site, engine, lines, partial(_told, progress, adapter.name))

    return judged_by


def _held_out(site: Site) -> list[Spoken]:
    lines = written(load_held_out(site.folder))
    if not lines:
        raise ConfigError(f"{site.folder}: there are no held-out utterances (fixtures/utterances)")
    return lines


def _told(progress: Progress, doing: str, done: int, of: int) -> None:
    progress(done, of, doing)


def _conditions(plan: Plan, lines: Sequence[Spoken]) -> Iterator[tuple[str, Sequence[Spoken]]]:
    """Conditions with their utterances: all as text; those that are spoken, as text and at each distance of the noise.

    Nothing is spoken before the text has been evaluated: its tables need not wait, nor fail with an engine.
    """
    yield TEXT, lines
    if not plan.speech:
        return
    spoken = to_speak(lines, plan.samples, SEED)
    voice = load_voice(plan.settings, plan.site.lines.lines[plan.site.lines.default].voice)
    told = partial(_told, plan.progress, "speaking and hearing")
    by_noise = heard(spoken, voice, load_transcriber(plan.settings), SEED, told)
    yield "text of the spoken ones", spoken
    for snr, row in by_noise.items():
        yield f"speech, noise {snr} dB", row


def judged(site: Site, engine: Engine, lines: Sequence[Spoken], progress: Callable[[int, int], None]) -> list[Judged]:
    """Have all lines understood; `progress` is told how many are done, of how many."""
    alarms, marked = detectors(site), counted_slots(site)
    rows: list[Judged] = []
    for line in lines:
        rows.append(judge(engine, alarms, marked, line))
        progress(len(rows), len(lines))
    return rows


def _write(plan: Plan, found: Mapping[str, Mapping[str, Section]], out: Path) -> dict[str, Any]:
    facts = {"made": plan.made, "site": plan.site.folder.name, "adapter": serving(plan.site.adapters) or "none"}
    if plan.speech:
        facts["spoken for each condition"] = str(plan.samples)
    conditions = {name: {part: one.figures for part, one in row.items()} for name, row in found.items()}
    document = {**facts, "conditions": _plain(conditions)}
    (out / "evaluate.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    (out / "report.html").write_text(page("callbot: evaluation", facts, found), encoding="utf-8")
    return document


def _plain(value: Any) -> Any:
    """JSON has no infinity."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

"""Measurements: of this machine, and of how well callers are understood."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from tqdm import tqdm

from callbot import config
from callbot.commands.options import JsonOption, SiteOption
from callbot.commands.progress import progress_bar, show_progress
from callbot.errors import ConfigError


def bench(
    parts: Annotated[
        list[str] | None, typer.Argument(help="stt, latency, capacity, barge-in, emergency; none = all.")
    ] = None,
    as_json: JsonOption = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for bench.json and latency.svg, by default bench/DATE.")
    ] = None,
    recordings: Annotated[
        Path | None, typer.Option(help="Folder with a manifest.jsonl (path, text_norm or text) of further recordings.")
    ] = None,
    samples: Annotated[int | None, typer.Option(min=1, help="At most so many of each kind, for a short run.")] = None,
    calls: Annotated[str, typer.Option(help="Calls at once, for the capacity.")] = "1,2,4,8,12,16",
    site: SiteOption = None,
) -> None:
    """Measure this machine with this site: words, answers, load, interruptions, emergencies. Takes an hour or two."""
    from callbot.bench.part import Plan
    from callbot.bench.suite import chosen, run
    from callbot.content import load_site
    from callbot.room import needed_models, pull_missing

    names, levels = chosen(parts or []), _levels(calls)
    settings = config.load(site=site)
    loaded = load_site(settings.site)
    pull_missing(settings, needed_models(settings, loaded))
    folder = out or Path("bench") / datetime.now().strftime("%Y-%m-%d")
    with progress_bar("bench") as bar:
        plan = Plan(settings, loaded, partial(show_progress, bar), recordings, samples, levels)
        document = run(names, plan, folder, partial(_show, bar, as_json))
    print(json.dumps(document) if as_json else f"written to {folder}")
    if any("failed" in part for part in document["parts"].values()):
        raise typer.Exit(1)


def _levels(text: str) -> tuple[int, ...]:
    """Numbers of calls, "1,2,4"; raises ConfigError for anything else."""
    numbers = tuple(int(number) for number in text.split(",") if number.strip().isdecimal())
    if not numbers or not all(1 <= number <= 64 for number in numbers) or len(numbers) != text.count(",") + 1:
        raise ConfigError(f"--calls {text}: numbers from 1 to 64 with commas between them")
    return numbers


def evaluate(
    parts: Annotated[
        list[str] | None,
        typer.Argument(help="intents, slots, emergencies, out-of-scope, calibration, latency, benchmarks; none = all."),
    ] = None,
    as_json: JsonOption = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for evaluate.json and report.html [default: evaluate/DATE].")
    ] = None,
    speech: Annotated[bool, typer.Option("--speech", help="Also on the utterances spoken in noise and heard.")] = False,
    samples: Annotated[int, typer.Option(min=1, help="Utterances spoken for each condition.")] = 60,
    benchmark: Annotated[
        list[str] | None, typer.Option(help="A public benchmark to train and test on: NAME=FOLDER.")
    ] = None,
    site: SiteOption = None,
) -> None:
    """How well callers are understood, on the held-out utterances and on public benchmarks."""
    from callbot.content import load_site
    from callbot.evaluate.suite import Plan, chosen, folders, run
    from callbot.room import needed_models, pull_missing

    names, named = chosen(parts or []), folders(benchmark or [])
    settings = config.load(site=site)
    loaded = load_site(settings.site)
    pull_missing(settings, needed_models(settings, loaded) if speech else [settings.encoder])
    today = datetime.now().strftime("%Y-%m-%d")
    folder = out or Path("evaluate") / today
    with progress_bar("evaluate") as bar:
        plan = Plan(settings, loaded, partial(show_progress, bar), today, speech, samples, named)
        document = run(names, plan, folder, partial(_show, bar, as_json))
    print(json.dumps(document) if as_json else f"written to {folder}")


def _show(bar: tqdm[Any], as_json: bool, text: str) -> None:
    """A result as soon as it is known, above the bar."""
    if not as_json:
        bar.write(text, file=sys.stdout)
        sys.stdout.flush()

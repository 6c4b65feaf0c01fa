"""A site: its content checked, and the small model trained from it."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callbot import config
from callbot.commands.options import SiteOption
from callbot.commands.progress import progress_bar, show_progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from callbot.config import Settings
    from callbot.content import Site


def check(site: SiteOption = None) -> None:
    """Validate a site: every mistake with file and line."""
    from callbot.content import load_site

    settings = config.load(site=site)
    loaded = load_site(settings.site)
    book = loaded.playbook
    print(
        f"{settings.site}: {len(book.catalogue.intents)} case intents, {len(book.prompts)} prompts, "
        f"{len(book.flow.states)} states, {sum(len(f.utterances) for f in loaded.utterances)} utterances, "
        f"{len(loaded.streets)} streets: no mistakes"
    )


def train(
    site: SiteOption = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    passes: Annotated[
        int | None, typer.Option(min=1, help="Passes over the examples (default: what fits this machine).")
    ] = None,
    after: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Go on from this version: for new utterances, in less time.")
    ] = None,
    learn_to: Annotated[
        Path | None, typer.Option(help="Only learn, and put the weights into this folder: for a machine with a GPU.")
    ] = None,
    learned: Annotated[
        Path | None, typer.Option(help="Take the weights from such a folder; calibrate, judge and file them here.")
    ] = None,
    speak: Annotated[
        bool, typer.Option("--speak", help="Do not train: have the utterances spoken and heard, to train on later.")
    ] = False,
) -> None:
    """Train a new version of the small model's adapter from the site's utterances."""
    from callbot.content import load_held_out, load_site
    from callbot.models import ModelStore
    from callbot.nlu.recipe import continued
    from callbot.nlu.train import learn, recipe_of, site_task
    from callbot.nlu.train import train as train_task
    from callbot.nlu.trainer import usual_recipe
    from callbot.nlu.versions import version_folder
    from callbot.room import graphs, pull_missing

    settings = config.load(site=site)
    loaded = load_site(settings.site)
    with progress_bar(unit="step") as bar:
        if speak:
            print(_speak(settings, loaded, seed, partial(show_progress, bar)))
            return
        pull_missing(settings, [settings.encoder])
        encoder = ModelStore(settings.models).resolve(settings.encoder)
        task = site_task(loaded, load_held_out(settings.site), encoder, graphs(settings))
        recipe = usual_recipe()
        before = version_folder(loaded.adapters, after) if after is not None else None
        if before is not None:
            recipe = continued(recipe_of(before), recipe.device)
        recipe = replace(recipe, passes=passes or recipe.passes)
        progress = partial(show_progress, bar)
        if learn_to is not None:
            learn(task, learn_to, seed=seed, recipe=recipe, progress=progress, after=before)
            print(learn_to)
            return
        today = datetime.now(UTC).date()
        report = train_task(
            task, seed=seed, recipe=recipe, progress=progress, today=today, learned=learned, after=before
        )
    print(f"{report.folder}: {report.seconds / 60:.0f} minutes, its figures are in README.md")


def _speak(settings: Settings, loaded: Site, seed: int, progress: Callable[[int, int, str], None]) -> Path:
    """Have the site's utterances spoken and heard; returns the file that holds what was heard."""
    from callbot.models import ModelStore
    from callbot.nlu.speaking import Voice, chosen, speak
    from callbot.room import load_transcriber, pull_missing, workers
    from callbot.speech.flite import PROGRAM, SPEAKERS, FliteVoice, installed
    from callbot.speech.tts import PiperSynthesizer

    voice = loaded.lines.lines[loaded.lines.default].voice
    pull_missing(settings, [settings.transcriber, voice])
    voices: list[Voice] = [PiperSynthesizer(ModelStore(settings.models).resolve(voice))]
    if installed():
        voices += map(FliteVoice, SPEAKERS)
    else:
        print(f"{PROGRAM} is not installed: {voice} speaks alone", file=sys.stderr)
    wanted = chosen(loaded.utterances)
    return speak(
        *(wanted, voices, load_transcriber(settings), loaded.folder / "intents"),
        seed=seed,
        at_once=workers(),
        progress=lambda done: progress(done, len(wanted), "speaking"),
    )

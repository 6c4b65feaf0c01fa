"""`callbot models`: the model store, and which trained version of the small model serves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from callbot import config
from callbot.commands.options import JsonOption, SiteOption
from callbot.commands.progress import progress_bar, show_progress
from callbot.errors import CallbotError

app = typer.Typer(help="The model store.", no_args_is_help=True)


@app.command("list")
def list_models(as_json: JsonOption = False) -> None:
    """Every model with its purpose, place, size and licence."""
    from callbot.models import ModelStore

    store = ModelStore(config.load().models)
    for entry in store.entries():
        present = store.is_present(entry.name)
        row = {
            "name": entry.name,
            "purpose": entry.purpose,
            "path": str(store.path(entry.name)),
            "present": present,
            "bytes": entry.bytes,
            "licence": entry.licence,
            "origin": entry.origin,
        }
        sign, size = "+" if present else "-", f"{entry.bytes / 1e6:.1f} MB"
        print(json.dumps(row) if as_json else f"{sign} {entry.name:16} {size:>9}  {entry.licence:12} {entry.purpose}")


@app.command("pull")
def pull_models(names: Annotated[list[str] | None, typer.Argument(help="Which; none = all.")] = None) -> None:
    """Download and verify models that are missing."""
    from callbot.models import ModelStore

    pulled = ModelStore(config.load().models).pull(names, progress=True)
    print(f"pulled: {', '.join(pulled)}" if pulled else "nothing was missing")


@app.command("verify")
def verify_models(names: Annotated[list[str] | None, typer.Argument(help="Which; none = all here.")] = None) -> None:
    """Compare every file with its recorded SHA-256."""
    from callbot.models import ModelStore

    store = ModelStore(config.load().models)
    chosen = names or [entry.name for entry in store.entries() if store.is_present(entry.name)]
    problems = {name: store.verify(name) for name in chosen}
    for name, found in problems.items():
        print(f"{name}: {'; '.join(found) or 'good'}")
    if any(problems.values()):
        raise typer.Exit(1)


@app.command("versions")
def list_versions(as_json: JsonOption = False, site: SiteOption = None) -> None:
    """The trained versions of the site's small model; the one that serves is marked."""
    from callbot.evaluate.promotion import history, serving
    from callbot.nlu.versions import versions

    folder = _adapters(site)
    current, promoted = serving(folder), {step.version: step for step in history(folder) if step.did == "promote"}
    for name in versions(folder):
        step = promoted.get(name)
        row = {"version": name, "current": name == current}
        row |= {"promoted": step.at.isoformat(), "figures": step.figures} if step else {}
        since = f"  promoted {step.at:%Y-%m-%d %H:%M}" if step else ""
        print(json.dumps(row) if as_json else f"{'*' if name == current else ' '} {name}{since}")


@app.command("promote")
def promote_version(version: str, as_json: JsonOption = False, site: SiteOption = None) -> None:
    """Have a trained version serve, if it is not worse than the present one on the held-out utterances."""
    from callbot.content import load_site
    from callbot.errors import ModelError
    from callbot.evaluate.promotion import promote
    from callbot.evaluate.suite import held_out_judged
    from callbot.nlu.versions import versions

    settings = config.load(site=site)
    loaded = load_site(settings.site)
    if version not in versions(loaded.adapters):
        raise ModelError(f"there is no version '{version}'")
    with progress_bar("promote") as bar:
        judged = held_out_judged(settings, loaded, partial(show_progress, bar))
        rows, done = promote(loaded.adapters, version, judged, datetime.now(UTC))
    for row in rows:
        verdict = "fell" if row.fell else "kept"
        line = {"figure": row.name, "old": row.old, "new": row.new, "tolerance": row.tolerance, "verdict": verdict}
        plain = f"{row.name:24} {row.old:7.1%} -> {row.new:7.1%}  (may fall by {row.tolerance:.1%})  {verdict}"
        print(json.dumps(line) if as_json else plain)
    if not done:
        raise CallbotError(f"version {version} was not promoted: it is worse than the present one")
    if not as_json:
        print(f"version {version} serves from the next start on; back with `callbot models rollback`")


@app.command("rollback")
def roll_back(site: SiteOption = None) -> None:
    """Have the version serve again that did before the last promotion."""
    from callbot.evaluate.promotion import rollback

    name = rollback(_adapters(site), datetime.now(UTC))
    print(f"version {name} serves again from the next start on")


def _adapters(site: Path | None) -> Path:
    """Where a site's trained versions lie. The site is not loaded: whoever goes back may be in a hurry, and its content
    in disorder."""
    return config.load(site=site).site / "intents" / "adapter"

"""The command line. Results go to stdout, logs to stderr.

Exit codes: 0 done, 1 the work failed, 2 wrong usage or bad content.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
from tqdm import tqdm

from callbot import config
from callbot.errors import CallbotError, ConfigError, ContentError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from callbot.chat import Chat
    from callbot.config import Settings
    from callbot.content import Site
    from callbot.events import Understanding
    from callbot.telephony.simulator import Turn

app = typer.Typer(
    help="A voice agent that answers a city's non-emergency line, offline, on two CPU cores.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
models_app = typer.Typer(help="The model store.", no_args_is_help=True)
app.add_typer(models_app, name="models")


SiteOption = Annotated[Path | None, typer.Option("--site", help="Folder with intents/, dialogs/ and telephony/.")]
DatabaseOption = Annotated[str | None, typer.Option("--database", help="SQLAlchemy URL of the case store.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]
HostOption = Annotated[str | None, typer.Option(help="Address to listen on.")]
MediaPortOption = Annotated[int | None, typer.Option(help="Port of the media sockets.")]
ConsolePortOption = Annotated[int | None, typer.Option(help="Port of the console.")]


def main() -> None:
    """Entry point: errors that callbot raises on purpose end in one clear sentence and their exit code."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    for noisy in ("httpx", "faster_whisper", "uvicorn", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        app()
    except (ContentError, ConfigError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except CallbotError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output has seen enough.
        sys.stderr.close()
        sys.exit(1)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)


# ---------------------------------------------------------------- the main job


@app.command()
def demo(
    site: SiteOption = None,
    keep: Annotated[Path | None, typer.Option(help="Write both sides of each call as wav files here.")] = None,
) -> None:
    """Place three recorded calls over the real media socket, in real time, and show what became of them."""
    from callbot.demo import run_demo

    settings = config.load(site=site)
    if not asyncio.run(run_demo(settings, keep)):
        raise typer.Exit(1)


@app.command()
def serve(
    host: HostOption = None,
    media_port: MediaPortOption = None,
    console_port: ConsolePortOption = None,
    site: SiteOption = None,
    database: DatabaseOption = None,
) -> None:
    """Answer calls until Ctrl-C."""
    from callbot.content import load_site
    from callbot.room import needed_models, pull_missing
    from callbot.server import running

    settings = config.load(
        host=host, media_port=media_port, console_port=console_port, site=site, database_url=database
    )
    loaded = load_site(settings.site)
    try:
        pull_missing(settings, needed_models(settings, loaded))
    except CallbotError as error:
        # Better to answer with what is there, and to hand callers over, than not to answer at all.
        logging.getLogger("callbot").error("%s", error)

    async def run() -> None:
        async with running(settings, loaded) as server:
            print(f"media sockets: ws://{settings.host}:{server.media_port}/" + "|".join(loaded.dialects))
            print(f"console: http://{settings.host}:{server.console_port}/", flush=True)
            await asyncio.Event().wait()

    asyncio.run(run())


# ---------------------------------------------------------------- single stations


@app.command()
def chat(
    as_json: JsonOption = False,
    site: SiteOption = None,
    database: DatabaseOption = None,
    caller: Annotated[str | None, typer.Option(help="The caller's number, as the line would tell it.")] = None,
) -> None:
    """A call in text: each line on stdin is a caller turn; an empty line is a silence, `#5` a key press."""
    from callbot.chat import Chat
    from callbot.content import load_site
    from callbot.room import informed, load_rules, load_understander, open_store, pull_missing

    settings = config.load(site=site, database_url=database)
    loaded = load_site(settings.site)
    pull_missing(settings, [settings.encoder])
    store = open_store(settings, loaded)
    try:
        engine = informed(load_understander(settings, loaded), settings, loaded)
        talk = Chat(loaded, engine, load_rules(loaded), store, caller)
        _show_turn(talk.greet(), as_json)
        for line in sys.stdin:
            _show_turn(_chat_turn(talk, line.strip()), as_json)
            if talk.is_over:
                break
        else:
            _show_turn(talk.hang_up(), as_json)
        talk.close()
    finally:
        store.close()


def _chat_turn(talk: Chat, line: str) -> dict[str, Any]:
    if not line:
        return talk.wait()
    if len(line) == 2 and line[0] == "#" and line[1] in "0123456789*#":
        return talk.press(line[1])
    return talk.say(line)


def _show_turn(turn: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(turn, ensure_ascii=False), flush=True)
        return
    if turn["turn"]:
        print(f"caller: {turn['heard'] if turn['heard'] is not None else '(hangs up)'}")
    for sentence in turn["say"]:
        print(f"   bot: {sentence}")
    if turn["outcome"]:
        number = turn["case"]["number"] if turn["case"] else "none"
        print(f"\noutcome: {turn['outcome']}, case: {number}")
    if turn["summary"]:
        print(f"\n{turn['summary']}")
    sys.stdout.flush()


@app.command()
def understand(as_json: JsonOption = False, site: SiteOption = None) -> None:
    """Understand one utterance per line of stdin."""
    from callbot.content import load_site
    from callbot.room import load_understander, pull_missing

    settings = config.load(site=site)
    loaded = load_site(settings.site)
    pull_missing(settings, [settings.encoder])
    engine = load_understander(settings, loaded)
    for line in sys.stdin:
        text = line.strip()
        began = time.perf_counter()
        hit = loaded.emergency.find(text)
        meaning = engine.understand(text, "", datetime.now(UTC))
        spent = (time.perf_counter() - began) * 1000
        felt = meaning.suspicion
        suspected = felt if felt and felt.score >= loaded.playbook.policy.thresholds.emergency else None
        dangers = ["emergency"] if hit or suspected else []
        result = {
            "text": text,
            "intent": "emergency" if dangers else meaning.intent,
            "confidence": hit.score if hit else meaning.confidence,
            "intents": dangers + [name for name in _ordinary(meaning) if name != "emergency"],
            "alternatives": [[guess.name, guess.confidence] for guess in meaning.intents],
            "slots": {slot.name: slot.value for slot in meaning.slots},
            "emergency": {
                "is": bool(dangers),
                "kind": hit.kind if hit else suspected.kind if suspected else None,
                "score": hit.score if hit else felt.score if felt else 0.0,
                "evidence": hit.evidence if hit else suspected.evidence if suspected else None,
            },
            "out_of_scope": meaning.out_of_scope and not dangers,
            "ms": round(spent, 2),
        }
        if as_json:
            print(json.dumps(result, ensure_ascii=False), flush=True)
        else:
            slots = ", ".join(f"{slot.name}={slot.text!r}" for slot in meaning.slots)
            print(f"{result['intent']} {result['confidence']:.2f}  {slots}  ({spent:.0f} ms)", flush=True)


def _ordinary(meaning: Understanding) -> Sequence[str]:
    return (meaning.intent,) if meaning.out_of_scope else meaning.wanted


@app.command()
def transcribe(
    files: Annotated[list[Path], typer.Argument(help="Recordings: wav, flac, ogg, sph.")],
    as_json: JsonOption = False,
    full: Annotated[bool, typer.Option("--full", help="Decode offline with the full 30 s window.")] = False,
    site: SiteOption = None,
) -> None:
    """Hear recordings as a call would: 8 kHz telephone audio through the same ear."""
    from callbot.content import load_site
    from callbot.hearing import hear_as_call, hear_offline
    from callbot.room import VAD, pull_missing

    _need_files(files)
    settings = config.load(site=site)
    policy = load_site(settings.site).playbook.policy
    pull_missing(settings, [settings.transcriber, settings.small_transcriber, settings.turn_detector, VAD])
    for result in hear_offline(settings, files) if full else hear_as_call(settings, policy, files):
        print(json.dumps(result, ensure_ascii=False) if as_json else f"{result['path']}: {result['text']}", flush=True)


@app.command()
def dial(
    files: Annotated[list[Path] | None, typer.Argument(help="Recordings, one caller turn each.")] = None,
    script: Annotated[
        Path | None, typer.Option(help="YAML list of conversations, or of one call's lines: say, audio, keys, silence.")
    ] = None,
    only: Annotated[str, typer.Option(help="Of the script, only the conversations with this in their name.")] = "",
    to: Annotated[str, typer.Option(help="Media socket to call.")] = "ws://127.0.0.1:8765/twilio",
    calls: Annotated[int, typer.Option(min=1, max=64, help="How many callers at once.")] = 1,
    caller: Annotated[str, typer.Option(help="The caller's number.")] = "+12035550123",
    record: Annotated[Path | None, typer.Option(help="Write both sides as a wav file.")] = None,
    site: SiteOption = None,
    as_json: JsonOption = False,
) -> None:
    """Call a media socket as somebody who speaks recordings, or a script, and waits for the answers."""
    from callbot.dial import dial_all, spoken

    _need_files([*(files or []), *([script] if script else [])])
    failed = False
    with TemporaryDirectory() as folder:
        recordings = [("", caller, spoken(files))] if files else []
        scripted = _scripted(script, only, caller, Path(folder), site) if script else []
        if not recordings and not scripted:
            raise ConfigError("nothing to say: name recordings or a --script")
        for name, number, turns in [*recordings, *scripted]:
            for row in asyncio.run(dial_all(to, turns, calls=calls, caller=number, record=record)):
                told = {"script": name, **row} if name else row
                print(json.dumps(told) if as_json else " ".join(filter(None, [name, row["line"]])), flush=True)
                failed = failed or row["failed"]
    if failed:
        raise typer.Exit(1)


def _scripted(
    script: Path, only: str, caller: str, folder: Path, site: Path | None
) -> list[tuple[str, str, Sequence[Turn]]]:
    """Name, number and turns of each call of a script; words without a recording are spoken by the site's voice."""
    from callbot.content import load_site
    from callbot.dial import read_script, speaker, turns_of
    from callbot.room import load_voice, pull_missing

    calls = [call for call in read_script(script, caller) if only in call.name]

    def silent(words: str) -> Path:
        raise ConfigError(f"nobody is there to say {words!r}")

    speak: Callable[[str], Path] = silent
    if any(line.say and not line.audio for call in calls for line in call.lines):
        settings = config.load(site=site)
        loaded = load_site(settings.site)
        voice = loaded.lines.lines[loaded.lines.default].voice
        pull_missing(settings, [voice])
        speak = speaker(load_voice(settings, voice), folder)
    return [(call.name, call.caller or "", list(turns_of(call.lines, script.parent, speak))) for call in calls]


@app.command()
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
    with tqdm(desc="bench", disable=not sys.stderr.isatty()) as bar:

        def progress(done: int, of: int, doing: str) -> None:
            bar.total = of
            bar.set_description(doing, refresh=False)
            bar.update(done - bar.n)

        def show(text: str) -> None:
            if not as_json:
                bar.write(text, file=sys.stdout)
                sys.stdout.flush()

        plan = Plan(settings, loaded, progress, recordings, samples, levels)
        document = run(names, plan, folder, show)
    print(json.dumps(document) if as_json else f"written to {folder}")
    if any("failed" in part for part in document["parts"].values()):
        raise typer.Exit(1)


def _levels(text: str) -> tuple[int, ...]:
    """Numbers of calls, "1,2,4"; raises ConfigError for anything else."""
    numbers = tuple(int(number) for number in text.split(",") if number.strip().isdecimal())
    if not numbers or not all(1 <= number <= 64 for number in numbers) or len(numbers) != text.count(",") + 1:
        raise ConfigError(f"--calls {text}: numbers from 1 to 64 with commas between them")
    return numbers


@app.command()
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
    with tqdm(desc="evaluate", disable=not sys.stderr.isatty()) as bar:

        def show(text: str) -> None:
            if not as_json:
                bar.write(text, file=sys.stdout)
                sys.stdout.flush()

        plan = Plan(settings, loaded, partial(_show_progress, bar), today, speech, samples, named)
        document = run(names, plan, folder, show)
    print(json.dumps(document) if as_json else f"written to {folder}")


def _show_progress(bar: tqdm[Any], done: int, of: int, doing: str) -> None:
    bar.total = of
    bar.set_description(doing, refresh=False)
    bar.update(done - bar.n)


@app.command()
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
    with tqdm(unit="step", disable=not sys.stderr.isatty()) as bar:
        if speak:
            print(_speak(settings, loaded, seed, partial(_show_progress, bar)))
            return
        pull_missing(settings, [settings.encoder])
        encoder = ModelStore(settings.models).resolve(settings.encoder)
        task = site_task(loaded, load_held_out(settings.site), encoder, graphs(settings))
        recipe = usual_recipe()
        before = version_folder(loaded.adapters, after) if after is not None else None
        if before is not None:
            recipe = continued(recipe_of(before), recipe.device)
        recipe = replace(recipe, passes=passes or recipe.passes)
        progress = partial(_show_progress, bar)
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
    from callbot.nlu.speaking import chosen, speak
    from callbot.room import load_transcriber, pull_missing
    from callbot.speech.tts import PiperSynthesizer

    voice = loaded.lines.lines[loaded.lines.default].voice
    pull_missing(settings, [settings.transcriber, voice])
    wanted = chosen(loaded.utterances)
    return speak(
        *(wanted, PiperSynthesizer(ModelStore(settings.models).resolve(voice)), load_transcriber(settings)),
        loaded.folder / "intents",
        seed=seed,
        progress=lambda done: progress(done, len(wanted), "speaking"),
    )


@app.command()
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


@app.command()
def replay(call_id: str, site: SiteOption = None, database: DatabaseOption = None) -> None:
    """Play a recorded call's facts through today's rules; fails if the commands differ from the recorded ones."""
    from callbot.call import Call
    from callbot.content import load_site
    from callbot.replay import differences
    from callbot.room import open_store

    settings = config.load(site=site, database_url=database)
    loaded = load_site(settings.site)
    store = open_store(settings, loaded)
    try:
        rows = store.replayable(call_id)
    finally:
        store.close()
    if not rows:
        raise CallbotError(f"there is no recorded call {call_id}")
    line = str(rows[0][1].get("line", loaded.lines.default))
    found = differences(Call(loaded.playbook, loaded.emergency, loaded.lines.lines[line]), rows)
    print("\n".join(found) if found else f"{len(rows)} facts and commands: the same commands again")
    if found:
        raise typer.Exit(1)


# ---------------------------------------------------------------- models


@models_app.command("list")
def models_list(as_json: JsonOption = False) -> None:
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


@models_app.command("pull")
def models_pull(names: Annotated[list[str] | None, typer.Argument(help="Which; none = all.")] = None) -> None:
    """Download and verify models that are missing."""
    from callbot.models import ModelStore

    pulled = ModelStore(config.load().models).pull(names, progress=True)
    print(f"pulled: {', '.join(pulled)}" if pulled else "nothing was missing")


@models_app.command("verify")
def models_verify(names: Annotated[list[str] | None, typer.Argument(help="Which; none = all here.")] = None) -> None:
    """Compare every file with its recorded SHA-256."""
    from callbot.models import ModelStore

    store = ModelStore(config.load().models)
    chosen = names or [entry.name for entry in store.entries() if store.is_present(entry.name)]
    problems = {name: store.verify(name) for name in chosen}
    for name, found in problems.items():
        print(f"{name}: {'; '.join(found) or 'good'}")
    if any(problems.values()):
        raise typer.Exit(1)


@models_app.command("versions")
def models_versions(as_json: JsonOption = False, site: SiteOption = None) -> None:
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


@models_app.command("promote")
def models_promote(version: str, as_json: JsonOption = False, site: SiteOption = None) -> None:
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
    with tqdm(desc="promote", disable=not sys.stderr.isatty()) as bar:
        judged = held_out_judged(settings, loaded, partial(_show_progress, bar))
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


@models_app.command("rollback")
def models_rollback(site: SiteOption = None) -> None:
    """Have the version serve again that did before the last promotion."""
    from callbot.evaluate.promotion import rollback

    name = rollback(_adapters(site), datetime.now(UTC))
    print(f"version {name} serves again from the next start on")


def _adapters(site: Path | None) -> Path:
    """Where a site's trained versions lie. The site is not loaded: whoever goes back may be in a hurry, and its content
    in disorder."""
    return config.load(site=site).site / "intents" / "adapter"


def _need_files(files: list[Path]) -> None:
    for path in files:
        if not path.is_file():
            raise ConfigError(f"{path}: there is no such file")

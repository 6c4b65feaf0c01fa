"""The command line. Results go to stdout, logs to stderr.

Exit codes: 0 done, 1 the work failed, 2 wrong usage or bad content.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from tqdm import tqdm

from callbot import config
from callbot.errors import CallbotError, ConfigError, ContentError

if TYPE_CHECKING:
    from callbot.chat import Chat

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
    from callbot.room import load_rules, load_understander, open_store, pull_missing

    settings = config.load(site=site, database_url=database)
    loaded = load_site(settings.site)
    pull_missing(settings, [settings.encoder])
    store = open_store(settings, loaded)
    try:
        talk = Chat(loaded, load_understander(settings, loaded), load_rules(loaded), store, caller)
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
        by_model = meaning.intent == "emergency" and meaning.confidence >= loaded.playbook.policy.thresholds.emergency
        result = {
            "text": text,
            "intent": "emergency" if hit else meaning.intent,
            "confidence": hit.score if hit else meaning.confidence,
            "alternatives": [[guess.name, guess.confidence] for guess in meaning.intents],
            "slots": {slot.name: slot.value for slot in meaning.slots},
            "emergency": {
                "is": hit is not None or by_model,
                "kind": hit.kind if hit else "other" if by_model else None,
                "score": hit.score if hit else _model_score(meaning.intents),
                "evidence": hit.evidence if hit else text if by_model else None,
            },
            "out_of_scope": meaning.out_of_scope and hit is None,
            "ms": round(spent, 2),
        }
        if as_json:
            print(json.dumps(result, ensure_ascii=False), flush=True)
        else:
            slots = ", ".join(f"{slot.name}={slot.text!r}" for slot in meaning.slots)
            print(f"{result['intent']} {result['confidence']:.2f}  {slots}  ({spent:.0f} ms)", flush=True)


def _model_score(intents: tuple[Any, ...]) -> float:
    return next((guess.confidence for guess in intents if guess.name == "emergency"), 0.0)


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
    pull_missing(settings, [settings.transcriber, settings.turn_detector, VAD])
    for result in hear_offline(settings, files) if full else hear_as_call(settings, policy, files):
        print(json.dumps(result, ensure_ascii=False) if as_json else f"{result['path']}: {result['text']}", flush=True)


@app.command()
def dial(
    files: Annotated[list[Path] | None, typer.Argument(help="Recordings, one caller turn each.")] = None,
    script: Annotated[Path | None, typer.Option(help="YAML list of turns: audio, keys, silence.")] = None,
    to: Annotated[str, typer.Option(help="Media socket to call.")] = "ws://127.0.0.1:8765/twilio",
    calls: Annotated[int, typer.Option(min=1, max=64, help="How many callers at once.")] = 1,
    caller: Annotated[str, typer.Option(help="The caller's number.")] = "+12035550123",
    record: Annotated[Path | None, typer.Option(help="Write both sides as a wav file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Call a media socket as somebody who speaks recordings and waits for the answers."""
    from callbot.dial import dial_all, read_script, spoken

    _need_files([*(files or []), *([script] if script else [])])
    turns = [*spoken(files or []), *(read_script(script) if script else [])]
    if not turns:
        raise ConfigError("nothing to say: name recordings or a --script")
    results = asyncio.run(dial_all(to, turns, calls=calls, caller=caller, record=record))
    for row in results:
        print(json.dumps(row) if as_json else row["line"], flush=True)
    if any(row["failed"] for row in results):
        raise typer.Exit(1)


@app.command()
def train(
    site: SiteOption = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the examples.")] = 4,
) -> None:
    """Train the small model's adapter from the site's utterances, in place of the site's present one."""
    from callbot.content import load_held_out, load_site
    from callbot.models import ModelStore
    from callbot.nlu.train import train_site
    from callbot.room import pull_missing

    settings = config.load(site=site)
    loaded = load_site(settings.site)
    pull_missing(settings, [settings.encoder])
    encoder = ModelStore(settings.models).resolve(settings.encoder)
    today = datetime.now(UTC).date()
    held_out = load_held_out(settings.site)
    with tqdm(desc="training", unit="step", disable=not sys.stderr.isatty()) as bar:

        def show(done: int, of: int, doing: str) -> None:
            bar.total = of
            bar.set_description(doing, refresh=False)
            bar.update(done - bar.n)

        # One thread: with two, a busy second core makes each step many times slower, and the result differ.
        report = train_site(loaded, held_out, encoder, seed=seed, epochs=epochs, progress=show, today=today)
    print(report)


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


def _need_files(files: list[Path]) -> None:
    for path in files:
        if not path.is_file():
            raise ConfigError(f"{path}: there is no such file")

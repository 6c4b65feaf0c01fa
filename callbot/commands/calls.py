"""Whole calls: answered, shown, typed, placed and played again."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from callbot import config
from callbot.commands.options import DatabaseOption, JsonOption, SiteOption, need_files
from callbot.errors import CallbotError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from callbot.chat import Chat
    from callbot.telephony.simulator import Turn

HostOption = Annotated[str | None, typer.Option(help="Address to listen on.")]
MediaPortOption = Annotated[int | None, typer.Option(help="Port of the media sockets.")]
ConsolePortOption = Annotated[int | None, typer.Option(help="Port of the console.")]


def demo(
    site: SiteOption = None,
    keep: Annotated[Path | None, typer.Option(help="Write both sides of each call as wav files here.")] = None,
) -> None:
    """Place three recorded calls over the real media socket, in real time, and show what became of them."""
    from callbot.demo import run_demo

    settings = config.load(site=site)
    if not asyncio.run(run_demo(settings, keep)):
        raise typer.Exit(1)


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

    need_files([*(files or []), *([script] if script else [])])
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

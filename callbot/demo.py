"""The main job, ending by itself: recorded callers over the real media socket, and a verdict on what became of them."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import Field, ValidationError

from callbot.config import STARTER_SITE, Settings
from callbot.content import load_site
from callbot.errors import ContentError
from callbot.events import Outcome
from callbot.room import needed_models, pull_missing
from callbot.schema import Strict
from callbot.server import Server, running
from callbot.telephony.simulator import CallResult, Moment, Simulator, Turn
from callbot.yaml_lines import parse

FIXTURES = STARTER_SITE / "fixtures"
AUDIO = FIXTURES / "audio" / "callers"

_CALLER = "+12035550123"


class DemoCall(Strict):
    """One call of fixtures/demo.yaml."""

    name: str
    turns: tuple[str, ...]
    """File names of recordings."""
    outcome: Outcome
    intent: str | None = None
    slots: dict[str, str | bool | float] = Field(default_factory=dict)
    """Expected values by path: "location.number"."""
    before_caller_finished: bool = False
    """The call must have been transferred before the recording was over."""


class Demo(Strict):
    """fixtures/demo.yaml."""

    calls: tuple[DemoCall, ...]


@dataclass
class _Played:
    """One call as it went."""

    plan: DemoCall
    result: CallResult
    call: dict[str, Any]
    """From the store."""
    summaries: list[str]
    """Of this call, in the operators' queue."""
    transfer_at: float | None
    """Seconds since the call's start at which the transfer was ordered."""
    faults: list[str] = field(default_factory=list)


async def run_demo(settings: Settings, keep: Path | None) -> bool:
    """Play the calls, print both sides and the results; True if every call ended as it should.

    Raises ModelError when a model cannot be had, ContentError when the site or the script has mistakes.
    """
    site = load_site(settings.site)
    plan = _read_plan(FIXTURES / "demo.yaml")
    pull_missing(settings, needed_models(settings, site))
    with tempfile.TemporaryDirectory(prefix="callbot-demo-") as folder:
        own = settings.model_copy(
            update={"home": Path(folder), "database_url": "", "media_port": 0, "console_port": 0, "host": "127.0.0.1"}
        )
        stage = _Stage()
        async with running(own, site, stage.watch) as server:
            print(f"console while the demo runs: http://127.0.0.1:{server.console_port}/\n", flush=True)
            played = [await _play(server, stage, call, keep) for call in plan.calls]
            _show_results(server, played)
    return not any(call.faults for call in played)


def _read_plan(path: Path) -> Demo:
    document = parse(path, path.read_text(encoding="utf-8"))
    try:
        return Demo.model_validate(document.data)
    except ValidationError as error:
        raise ContentError([document.mistake(item["loc"], item["msg"]) for item in error.errors()]) from error


# ---------------------------------------------------------------- playing


@dataclass
class _Stage:
    """Prints a call as it goes."""

    words: dict[str, str] = field(default_factory=dict)
    """File name -> what is said in it."""
    call_id: str = ""

    def __post_init__(self) -> None:
        path = AUDIO / "recordings.yaml"
        rows = parse(path, path.read_text(encoding="utf-8")).data
        self.words = {name: row["words"] for name, row in rows.items()}

    def watch(self, call_id: str, event: dict[str, Any]) -> None:
        """Follow the server's side."""
        match event["type"]:
            case "started":
                self.call_id = call_id
            case "heard":
                print(f"    heard: {event['text']}")
            case "said":
                print(f"      bot: {event['text']}", flush=True)
            case "emergency":
                print(f"           ! emergency ({event['kind']}): {event['evidence']!r}")
            case "transfer":
                print(f"           > transfer to {event['target']}: {event['reason']}", flush=True)

    def caller(self, moment: Moment) -> None:
        """Follow the caller's side."""
        if moment.kind == "turn" and moment.turn is not None and moment.turn.audio is not None:
            print(f"   caller: {self.words[moment.turn.audio.name]}", flush=True)
        elif moment.kind == "ended":
            print(f"           the call ended after {moment.at:.1f} s: {moment.reason}\n", flush=True)


async def _play(server: Server, stage: _Stage, plan: DemoCall, keep: Path | None) -> _Played:
    print(f"--- {plan.name}", flush=True)
    simulator = Simulator(
        f"ws://127.0.0.1:{server.media_port}/twilio",
        [Turn(audio=AUDIO / name) for name in plan.turns],
        caller=_CALLER,
        on_event=stage.caller,
        record=_recording(keep, plan),
    )
    result = await simulator.run()
    await server.all_stored()
    call = server.room.store.call(stage.call_id) or {}
    queued = [entry["summary"] for entry in server.room.store.queue() if entry["call_id"] == stage.call_id]
    ordered = [at for at, event in server.room.store.replayable(stage.call_id) if event["event"] == "Transfer"]
    played = _Played(plan, result, call, queued, ordered[-1] if ordered else None)
    played.faults = _faults(played)
    return played


def _recording(keep: Path | None, plan: DemoCall) -> Path | None:
    if keep is None:
        return None
    os.makedirs(keep, exist_ok=True)
    return keep / f"{Path(plan.turns[0]).stem}.wav"


# ---------------------------------------------------------------- judging


def _faults(played: _Played) -> list[str]:
    """What is not as it should be."""
    plan, call = played.plan, played.call
    faults: list[str] = []
    if call.get("outcome") != plan.outcome:
        faults.append(f"the outcome is {call.get('outcome')}, not {plan.outcome}")
    cases = call.get("cases", [])
    if plan.intent is not None:
        faults += _case_faults(plan, cases[-1]) if cases else ["there is no case"]
    if plan.outcome in ("human", "emergency"):
        faults += [] if any(played.summaries) else ["no summary reached the operators' queue"]
    if plan.before_caller_finished:
        faults += _too_late(played)
    return faults


def _case_faults(plan: DemoCall, case: dict[str, Any]) -> list[str]:
    faults = [] if case["intent"] == plan.intent else [f"the intent is {case['intent']}, not {plan.intent}"]
    for path, expected in plan.slots.items():
        value: Any = case["slots"]
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value != expected:
            faults.append(f"{path} is {value!r}, not {expected!r}")
    return faults


def _too_late(played: _Played) -> list[str]:
    """The carrier must have been told to transfer while the caller was still speaking."""
    ended = [turn.ended for turn in played.result.turns]
    if played.transfer_at is None:
        return ["the call was not transferred"]
    late = bool(ended) and played.transfer_at >= ended[-1]
    return ["the call was transferred only after the caller had finished"] if late else []


# ---------------------------------------------------------------- showing


def _show_results(server: Server, played: list[_Played]) -> None:
    print("=== cases")
    for case in server.room.store.cases():
        print(f"{case['number']}  {case['intent']}  {case['status']}  disposition {case['disposition']}")
        for slot, value in case["slots"].items():
            print(f"    {slot}: {value}")
    print("\n=== operators' queue")
    for entry in server.room.store.queue():
        print(f"[{entry['priority']}] {entry['reason']}\n{entry['summary']}\n")
    print("=== answers: seconds from the caller's last sound to the bot's first")
    answers: list[float] = []
    for call in played:
        latencies = [turn.latency for turn in call.result.turns if turn.latency is not None]
        answers += latencies
        shown = "  ".join(f"{seconds:.2f}" for seconds in latencies) or "none"
        print(f"{call.plan.name}: greeting {call.result.greeting_latency or 0:.2f}; answers {shown}")
        if call.plan.before_caller_finished and call.transfer_at is not None:
            said = call.result.turns[-1].ended if call.result.turns else call.result.ended_at
            print(f"    transfer ordered at {call.transfer_at:.2f} s, caller finished at {said:.2f} s, ", end="")
            print(f"line given over at {call.result.ended_at:.2f} s")
    if answers:
        print(f"median of {len(answers)} answers: {median(answers):.2f} s, worst {max(answers):.2f} s")
    print("\n=== verdict")
    for call in played:
        print(f"{'FAILED' if call.faults else 'as it should be'}: {call.plan.name}")
        for fault in call.faults:
            print(f"    {fault}")

"""Scripted calls: what a caller says, presses or leaves unsaid, and what must come of it.

A script is a YAML file with a list of conversations. It is played in text (`Chat`), with whatever understanding the
chat has; what came out otherwise than it should is told in sentences. `callbot dial --script` plays the same files
in sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, RootModel, ValidationError, model_validator

from callbot.chat import Chat
from callbot.errors import ContentError
from callbot.events import Outcome, Scalar
from callbot.schema import Name, PhoneNumber, Seconds, Share, Strict, Text
from callbot.yaml_lines import parse

Group = Literal[
    "straight",
    "over_informative",
    "corrections",
    "digressions",
    "silences",
    "noise_words",
    "two_issues",
    "anonymous",
    "outside_limits",
    "raised",
    "angry",
    "terse",
    "talkative",
    "emergency",
    "person",
]
"""What a conversation is an example of."""


class Line(Strict):
    """One thing that the caller does: words, `keys`, a `silence`, or `hangs_up`."""

    say: Text | None = None
    """Words."""
    audio: Path | None = None
    """Their recording, relative to the script; left out: `callbot dial` has a voice speak them."""
    interrupt_after: Seconds | None = None
    """Seconds of the bot's answer after which the caller begins to speak over it; in sound only."""
    keys: Annotated[str, Field(pattern=r"^[0-9*#]+$")] | None = None
    silence: Seconds | None = None
    hangs_up: bool = False
    means: Name | tuple[Name, ...] | None = None
    """The intent of the words, or several, for plays without the small model; left out: keyword rules find it."""
    sure: Share | None = None
    """How sure that intent is; left out: very."""
    page: Name | None = None
    """The knowledge page that answers the words, for plays without the small model."""
    asks: Name | None = None
    """What the bot must ask next: a slot, or "reason", "intent", "confirm", "amend", "more", "offer", "alarm"."""
    answers: Text | None = None
    """Words that must be in what the bot says next, in any case."""

    @model_validator(mode="after")
    def _one_thing(self) -> Line:
        words = self.say or self.audio
        if (words, self.keys, self.silence).count(None) + (not self.hangs_up) != 3:
            raise ValueError("a line is words, keys, a silence or the end of the call: exactly one of them")
        if (self.means or self.page) is not None and self.say is None:
            raise ValueError("only words can mean something")
        return self


class Conversation(Strict):
    """One call."""

    name: Text
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    caller: PhoneNumber | None = "+12035550123"
    """The number that the line tells; null: withheld."""
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    outcome: Outcome
    reason: Name | None = None
    """Why a person takes over: a name of reasons.yaml."""
    intent: Name | None = None
    """The kind of the last case; null: there is none."""
    slots: dict[str, Scalar] = Field(default_factory=dict)
    """What the last case holds, records with a dot: `location.matched`."""
    cases: Annotated[int, Field(ge=0)] | None = None
    """Cases of the call; left out: one if there is an `intent`, else none."""

    @model_validator(mode="after")
    def _in_text(self) -> Conversation:
        if any(line.audio is not None and line.say is None for line in self.lines):
            raise ValueError("a recording needs its words, too: add `say`")
        return self


class Script(RootModel[Annotated[tuple[Conversation, ...], Field(min_length=1)]]):
    """A file of conversations."""


@dataclass(frozen=True, slots=True)
class Played:
    """How a conversation went."""

    turns: tuple[dict[str, Any], ...]
    """What the chat told of each turn; 0 is the greeting."""
    unsaid: int
    """Lines that the caller no longer got to say."""
    call: Mapping[str, Any]
    """The call as the store keeps it."""


def read_conversations(path: Path) -> tuple[Conversation, ...]:
    """The conversations of one file.

    Raises ContentError with file and line for every mistake.
    """
    document = parse(path, path.read_text(encoding="utf-8"))
    if document.mistakes:
        raise ContentError(list(document.mistakes))
    try:
        return Script.model_validate(document.data).root
    except ValidationError as error:
        raise ContentError([document.mistake(item["loc"], item["msg"]) for item in error.errors()]) from error


def play(chat: Chat, conversation: Conversation) -> Played:
    """Have the caller say the script's lines; who has said them all and is still connected hangs up."""
    turns = [chat.greet()]
    lines = list(conversation.lines)
    while lines and not chat.is_over:
        turns += _act(chat, lines.pop(0))
    if not chat.is_over:
        turns.append(chat.hang_up())
    chat.close()
    return Played(tuple(turns), len(lines), chat.store.call(chat.call_id) or {})


def differences(conversation: Conversation, played: Played, reasons: Mapping[str, str]) -> list[str]:
    """What came out otherwise than the script says, in sentences; none if all is as it should be."""
    last = played.turns[-1]
    cases: Sequence[Mapping[str, Any]] = played.call.get("cases", ())
    expected_cases = conversation.cases if conversation.cases is not None else int(conversation.intent is not None)
    found = list(_by_line(conversation, played))
    if last["outcome"] != conversation.outcome:
        found.append(f"the outcome is {last['outcome']}, not {conversation.outcome}")
    if conversation.reason is not None and reasons[conversation.reason] not in (last["summary"] or ""):
        found.append(f"the reason is not {conversation.reason}: {(last['summary'] or 'no summary').splitlines()[:2]}")
    if len(cases) != expected_cases:
        found.append(f"there are {len(cases)} cases, not {expected_cases}")
    if cases and conversation.intent != cases[-1]["intent"]:
        found.append(f"the case is {cases[-1]['intent']}, not {conversation.intent}")
    if cases:
        found += _by_slot(conversation, cases[-1]["slots"])
    return found


def _act(chat: Chat, line: Line) -> list[dict[str, Any]]:
    if line.say is not None:
        return [chat.say(line.say)]
    if line.keys is not None:
        return [chat.press(key) for key in line.keys]
    return [chat.hang_up() if line.hangs_up else chat.wait()]


def _by_line(conversation: Conversation, played: Played) -> Iterator[str]:
    if played.unsaid:
        done = len(conversation.lines) - played.unsaid
        yield f"the call was over before line {done + 1} of {len(conversation.lines)}"
    at = 0
    for number, line in enumerate(conversation.lines, start=1):
        at += len(line.keys or " ")
        if at >= len(played.turns):
            return
        turn, said = played.turns[at], " ".join(played.turns[at]["say"])
        if line.asks is not None and turn["asked"] != line.asks:
            yield f"after line {number} the bot asks for {turn['asked']}, not {line.asks}: {said}"
        if line.answers is not None and line.answers.lower() not in said.lower():
            yield f"after line {number} the bot does not say {line.answers!r} but: {said}"


def _by_slot(conversation: Conversation, slots: Mapping[str, Any]) -> Iterator[str]:
    for name, value in conversation.slots.items():
        slot, _, part = name.partition(".")
        held = slots.get(slot)
        if part:
            held = held.get(part) if isinstance(held, dict) else None
        if held != value:
            yield f"{name} is {held!r}, not {value!r}"

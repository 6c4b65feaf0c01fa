"""What carriers say on a media socket, as facts, and what callbot says to them, as messages.

Pure: no socket, no clock. A carrier's dialect differs from the next one's in names, paths, encoding and
rate; all of that is data (`Dialect`, the shape of telephony/carriers/*.yaml). Only the order of messages,
which is the same for all, is code: the table `NEXT`.

Everything that comes in is from a stranger. Whatever it is, decoding gives facts or raises ProtocolError.
The sentences of those errors go into logs, so they name keys and never repeat values.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from callbot.errors import ProtocolError
from callbot.events import AudioReceived, CallEnded, CallStarted, Fact, KeyPressed

MAX_MESSAGE = 2**20
"""Characters (or bytes) of the longest message that is looked at: two minutes of G.711 in base64."""

MAX_TEXT = 500
"""Characters of the longest name, id or parameter. Twilio limits a parameter's name and value together to this."""

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_KEYS = frozenset("0123456789*#")
_RARE_KEYS = frozenset("ABCD")  # Valid DTMF, but on no telephone that callers own: not worth a fact, nor a broken call.

Kind = Literal["start", "media", "key", "mark", "stop"]
State = Literal["waiting", "live", "over"]

NEXT: Mapping[tuple[State, Kind], State] = {
    ("waiting", "start"): "live",
    ("live", "media"): "live",
    ("live", "key"): "live",
    ("live", "mark"): "live",
    ("live", "stop"): "over",
}
"""Where a message leads. A pair that is missing is a message out of order."""

_OUT_OF_ORDER: Mapping[State, str] = {
    "waiting": "before the call's start",
    "live": "a second time",
    "over": "after the call's end",
}


@dataclass(frozen=True, slots=True)
class MarkEchoed:
    """The carrier has played everything that was sent before the mark, or has cleared it."""

    name: str


# ---------------------------------------------------------------- the dialect

Path = Annotated[str, StringConstraints(pattern=r"^[^.\s]+(\.[^.\s]+)*$")]
"""Keys that lead from the top of a message to a value, joined by dots."""
EventName = Annotated[str, StringConstraints(min_length=1)]
Message = dict[str, JsonValue]
"""An outgoing message; texts that begin with `$` are filled in."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StartEvent(_Part):
    """The message that begins a call."""

    event: EventName
    stream_id: Path
    call_id: Path
    caller: Path
    """The caller's number; may be missing in a message, as may the next two."""
    called: Path
    """The number that was called."""
    token: Path
    """The secret that the answer document gave to the carrier."""
    requires: dict[Path, str | int]
    """Values that must be exactly so, or else the audio could not be understood."""


class MediaEvent(_Part):
    """A stretch of caller audio, as base64."""

    event: EventName
    payload: Path


class KeyEvent(_Part):
    """A telephone key."""

    event: EventName
    key: Path


class MarkEvent(_Part):
    """The echo of a mark."""

    event: EventName
    name: Path


class StopEvent(_Part):
    """The message that ends a call."""

    event: EventName


class Events(_Part):
    """The messages that the carrier sends and that mean something to callbot."""

    start: StartEvent
    media: MediaEvent
    key: KeyEvent
    mark: MarkEvent
    stop: StopEvent

    def kinds(self) -> dict[str, Kind]:
        """Event name to kind."""
        return {
            self.start.event: "start",
            self.media.event: "media",
            self.key.event: "key",
            self.mark.event: "mark",
            self.stop.event: "stop",
        }

    @model_validator(mode="after")
    def _names_differ(self) -> Events:
        if len(self.kinds()) < len(type(self).model_fields):
            raise ValueError("two events have the same name")
        return self


class Commands(_Part):
    """The messages that callbot sends."""

    play: Message
    """Uses `$payload` (base64) and may use `$stream`."""
    mark: Message
    """Uses `$name` and may use `$stream`."""
    clear: Message
    """May use `$stream`."""

    @model_validator(mode="after")
    def _variables_fit(self) -> Commands:
        for command, needed in {"play": {"$payload"}, "mark": {"$name"}, "clear": set[str]()}.items():
            used = set(_variables(getattr(self, command)))
            if used - {"$stream"} != needed:
                raise ValueError(f"{command} must use {' '.join(needed) or 'no variable'}, and $stream at most")
        return self


class Dialect(_Part):
    """How one carrier speaks: the shape of telephony/carriers/*.yaml."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    encoding: Literal["ulaw"]
    """How audio is encoded, both ways."""
    rate: Annotated[int, Field(ge=8000, le=48000)]
    """Samples a second."""
    event_key: Path
    events: Events
    commands: Commands
    withheld: frozenset[str] = frozenset()
    """What the carrier puts in place of a number that the caller keeps to themselves."""


def _variables(value: JsonValue) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _variables(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _variables(inner)
    elif isinstance(value, str) and value.startswith("$"):
        yield value


def _filled(value: JsonValue, variables: Mapping[str, str]) -> JsonValue:
    if isinstance(value, dict):
        return {key: _filled(inner, variables) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, variables) for inner in value]
    if isinstance(value, str) and value.startswith("$"):
        return variables[value]
    return value


# ---------------------------------------------------------------- one connection


class MediaStream:
    """One connection's side of the conversation: feed it what arrives, send what it encodes.

    After a ProtocolError the connection is not to be trusted any more; close it.
    """

    def __init__(self, dialect: Dialect, call_id: str) -> None:
        """`call_id` is callbot's own id of the call; it goes into `CallStarted`."""
        self.token = ""
        """What the start message carried as the answer document's secret, "" if nothing."""
        self._dialect = dialect
        self._call_id = call_id
        self._kinds = dialect.events.kinds()
        self._state: State = "waiting"
        self._stream_id = ""

    def decode(self, message: str | bytes, wall: datetime) -> list[Fact | MarkEchoed]:
        """What `message`, received at `wall` (UTC-aware), says; [] for what callbot has no use for.

        Raises ProtocolError when the message does not fit the dialect or comes out of order.
        """
        fields = _parsed(message)
        event = _text(fields, self._dialect.event_key)
        kind = self._kinds.get(event)
        if kind is None:
            return []
        following = NEXT.get((self._state, kind))
        if following is None:
            raise ProtocolError(f'the event "{event}" came {_OUT_OF_ORDER[self._state]}')
        facts = self._facts(kind, fields, wall)
        self._state = following
        return facts

    def encode_audio(self, payload: bytes) -> str:
        """The message that plays `payload` (in the dialect's encoding, any length)."""
        return self._encoded(self._dialect.commands.play, {"$payload": base64.b64encode(payload).decode()})

    def encode_mark(self, name: str) -> str:
        """The message that asks for an echo when everything sent so far has been played."""
        return self._encoded(self._dialect.commands.mark, {"$name": name})

    def encode_clear(self) -> str:
        """The message that drops what has been sent but not yet played."""
        return self._encoded(self._dialect.commands.clear, {})

    def _encoded(self, command: Message, variables: Mapping[str, str]) -> str:
        if self._state == "waiting":
            raise RuntimeError("nothing can be sent before the call has started")
        return json.dumps(_filled(command, {"$stream": self._stream_id, **variables}), separators=(",", ":"))

    def _facts(self, kind: Kind, fields: Message, wall: datetime) -> list[Fact | MarkEchoed]:
        events = self._dialect.events
        match kind:
            case "start":
                return [self._started(fields, wall)]
            case "media":
                return [AudioReceived(_base64(fields, events.media.payload))]
            case "key":
                return _keys(fields, events.key.key)
            case "mark":
                return [MarkEchoed(_text(fields, events.mark.name))]
            case "stop":
                return [CallEnded("the carrier ended the stream")]

    def _started(self, fields: Message, wall: datetime) -> CallStarted:
        start = self._dialect.events.start
        for path, value in start.requires.items():
            _require(fields, path, value)
        self._stream_id = _text(fields, start.stream_id)
        self.token = _parameter(fields, start.token)
        caller = _parameter(fields, start.caller)
        known = _E164.fullmatch(caller) is not None and caller not in self._dialect.withheld
        return CallStarted(
            call_id=self._call_id,
            line=_parameter(fields, start.called),
            caller=caller if known else None,
            carrier=self._dialect.name,
            carrier_call_id=_text(fields, start.call_id),
            wall=wall,
        )


# ---------------------------------------------------------------- reading what a stranger sent


def _parsed(message: str | bytes) -> Message:
    if isinstance(message, bytes):
        raise ProtocolError("a binary message came where text is expected")
    if len(message) > MAX_MESSAGE:
        raise ProtocolError(f"a message is longer than {MAX_MESSAGE} characters")
    try:
        # ValueError also covers numbers with thousands of digits, RecursionError thousands of brackets.
        fields = json.loads(message)
    except (ValueError, RecursionError):
        raise ProtocolError("a message is not JSON") from None
    if not isinstance(fields, dict):
        raise ProtocolError("a message is not a JSON object")
    return fields


def _find(fields: Message, path: str) -> JsonValue:
    """The value at `path`; None when it is missing (JSON's null counts as missing)."""
    value: JsonValue = fields
    walked: list[str] = []
    for key in path.split("."):
        if value is None:
            return None
        if not isinstance(value, dict):
            raise ProtocolError(f"{'.'.join(walked)} is not an object")
        value = value.get(key)
        walked.append(key)
    return value


def _text(fields: Message, path: str) -> str:
    """A text that must be there."""
    text = _parameter(fields, path)
    if not text:
        raise ProtocolError(f"{path} is missing")
    return text


def _parameter(fields: Message, path: str) -> str:
    """A text that may be missing: then ""."""
    value = _find(fields, path)
    if value is None:
        return ""
    # Control characters and halves of surrogate pairs would only surface later, in a log or in the database.
    if not isinstance(value, str) or len(value) > MAX_TEXT or not value.isprintable():
        raise ProtocolError(f"{path} is not a text of at most {MAX_TEXT} printable characters")
    return value


def _require(fields: Message, path: str, expected: str | int) -> None:
    value = _find(fields, path)
    # In Python True equals 1; on the wire it does not.
    if value != expected or isinstance(value, bool):
        raise ProtocolError(f"{path} is not {expected}, which is all that is understood")


def _base64(fields: Message, path: str) -> bytes:
    value = _find(fields, path)
    if not isinstance(value, str):
        raise ProtocolError(f"{path} is missing or not a text")
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        raise ProtocolError(f"{path} is not base64") from None


def _keys(fields: Message, path: str) -> list[Fact | MarkEchoed]:
    key = _text(fields, path)
    if key in _RARE_KEYS:
        return []
    if key not in _KEYS:
        raise ProtocolError(f"{path} is not one telephone key")
    return [KeyPressed(key)]

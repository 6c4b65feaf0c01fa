"""The codec: recorded exchanges, mistakes by name, round trips, and anything else that a stranger may send."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from callbot.errors import ProtocolError
from callbot.events import AudioReceived, CallStarted, Fact, KeyPressed, to_json
from callbot.telephony.media_streams import MAX_MESSAGE, Dialect, MarkEchoed, MediaStream
from tests.telephony import TWILIO, WALL, media_message, recorded, start_message

EXCHANGES = ("twilio_documented", "twilio_short_call", "twilio_withheld_number", "twilio_no_parameters")


def as_json(fact: Fact | MarkEchoed) -> dict[str, Any]:
    return {"event": "MarkEchoed", "name": fact.name} if isinstance(fact, MarkEchoed) else to_json(fact)


def command(stream: MediaStream, name: str, argument: str) -> str:
    if name == "play":
        return stream.encode_audio(bytes.fromhex(argument))
    return stream.encode_mark(argument) if name == "mark" else stream.encode_clear()


def live() -> MediaStream:
    stream = MediaStream(TWILIO, "c1")
    stream.decode(start_message(), WALL)
    return stream


@pytest.mark.parametrize("name", EXCHANGES)
def test_recorded_exchange(name: str) -> None:
    stream = MediaStream(TWILIO, "fixture")
    for line in recorded(f"{name}.jsonl"):
        if line["from"] == "carrier":
            assert [as_json(fact) for fact in stream.decode(json.dumps(line["message"]), WALL)] == line["facts"]
        else:
            assert json.loads(command(stream, line["command"], line["argument"])) == line["message"]


@pytest.mark.parametrize("case", recorded("twilio_mistakes.jsonl"), ids=lambda case: case["mistake"])
def test_mistake_is_named(case: dict[str, Any]) -> None:
    stream = MediaStream(TWILIO, "c1")
    *before, wrong = case["messages"]
    for message in before:
        stream.decode(message, WALL)
    with pytest.raises(ProtocolError) as error:
        stream.decode(wrong, WALL)
    assert case["error"] in str(error.value)
    assert "\n" not in str(error.value)


def test_binary_is_refused() -> None:
    with pytest.raises(ProtocolError, match="binary"):
        live().decode(b"\xff" * 160, WALL)


def test_too_long_is_refused() -> None:
    with pytest.raises(ProtocolError, match="longer than"):
        live().decode(media_message("A" * MAX_MESSAGE), WALL)


def test_too_deep_is_refused() -> None:
    with pytest.raises(ProtocolError, match="not JSON"):
        live().decode('{"event":' + "[" * 500_000, WALL)


def test_errors_do_not_repeat_what_was_sent() -> None:
    with pytest.raises(ProtocolError) as error:
        MediaStream(TWILIO, "c1").decode(json.dumps({"event": "start", "start": "+15550100"}), WALL)
    assert "5550100" not in str(error.value)


def test_start_carries_numbers_and_token() -> None:
    stream = MediaStream(TWILIO, "c1")
    started = stream.decode(start_message(**{"from": "+15555550123", "to": "311", "token": "secret"}), WALL)
    assert started == [CallStarted("c1", "311", "+15555550123", "twilio", "CA1", WALL)]
    assert stream.token == "secret"


@pytest.mark.parametrize("number", ["", "anonymous", "5550100", "+0155501000", "+1", "+1555555012345678"])
def test_implausible_caller_is_unknown(number: str) -> None:
    (started,) = MediaStream(TWILIO, "c1").decode(start_message(**{"from": number}), WALL)
    assert isinstance(started, CallStarted)
    assert started.caller is None


def test_withheld_number_is_unknown() -> None:
    for number in sorted(TWILIO.withheld):
        (started,) = MediaStream(TWILIO, "c1").decode(start_message(**{"from": number}), WALL)
        assert isinstance(started, CallStarted)
        assert started.caller is None


def test_nothing_can_be_sent_before_the_start() -> None:
    stream = MediaStream(TWILIO, "c1")
    for name in ("play", "mark", "clear"):
        with pytest.raises(RuntimeError):
            command(stream, name, "")


@given(st.binary(max_size=2000))
def test_audio_round_trip(payload: bytes) -> None:
    stream = live()
    assert stream.decode(stream.encode_audio(payload), WALL) == [AudioReceived(payload)]


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=100))
def test_mark_round_trip(name: str) -> None:
    stream = live()
    assert stream.decode(stream.encode_mark(name), WALL) == [MarkEchoed(name)]


# ---------------------------------------------------------------- fuzz

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
VALID = [json.dumps(line["message"]) for name in EXCHANGES for line in recorded(f"{name}.jsonl")]
EVENTS = st.sampled_from(["connected", "start", "media", "dtmf", "mark", "stop", "clear", "?"])


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid message with one value replaced, at any depth."""
    message = json.loads(draw(st.sampled_from(VALID)))
    inner = message
    while True:
        key = draw(st.sampled_from(sorted(inner) or ["event"]))
        if not isinstance(inner.get(key), dict) or draw(st.booleans()):
            break
        inner = inner[key]
    inner[key] = draw(JSON)
    return json.dumps(message)


@st.composite
def truncated(draw: st.DrawFn) -> str:
    message = draw(st.sampled_from(VALID))
    return message[: draw(st.integers(0, len(message)))]


def shaped(event: str, body: Any) -> str:
    return json.dumps({"event": event, "streamSid": "MZ1", event: body})


class Huge(str):
    """A message beyond the limit, with a short name for hypothesis to print."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Huge({len(self)})"


MESSAGES = st.one_of(
    st.sampled_from(VALID),
    mutated(),
    truncated(),
    st.builds(shaped, EVENTS, JSON),
    JSON.map(json.dumps),
    st.text(max_size=50),
    st.binary(max_size=50),
    st.integers(1, 8).map(lambda times: Huge(media_message("A" * (MAX_MESSAGE // 4 * times)))),
)


@given(st.lists(MESSAGES, max_size=12))
def test_anything_gives_facts_or_a_protocol_error(messages: list[str | bytes]) -> None:
    stream = MediaStream(TWILIO, "c1")
    starts = 0
    for message in messages:
        try:
            facts = stream.decode(message, WALL)
        except ProtocolError as error:
            assert str(error).isprintable()  # noqa: PT017 - errors are welcome here, unclear ones are not
            continue
        for fact in facts:
            assert isinstance(fact, Fact | MarkEchoed)
            starts += isinstance(fact, CallStarted)
            assert starts == 1
            # What the store cannot write must not get past the codec.
            json.dumps(as_json(fact)).encode()
            assert not isinstance(fact, KeyPressed) or fact.key in "0123456789*#"


# ---------------------------------------------------------------- dialects

RAW = TWILIO.model_dump()


@pytest.mark.parametrize(
    "change",
    [
        {"volume": 11},
        {"encoding": "opus"},
        {"event_key": "a..b"},
        {"events": RAW["events"] | {"mark": {"event": "media", "name": "mark.name"}}},
        {"commands": RAW["commands"] | {"clear": {"event": "clear", "id": "$strm"}}},
        {"commands": RAW["commands"] | {"play": {"event": "media"}}},
    ],
)
def test_wrong_dialect_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Dialect.model_validate(RAW | change)


def test_another_dialect_is_only_data() -> None:
    """Snake case, flat keys, another order of words: the look-alikes differ in nothing else."""
    dialect = Dialect.model_validate(
        {
            "name": "lookalike",
            "encoding": "ulaw",
            "rate": 8000,
            "event_key": "type",
            "events": {
                "start": {
                    "event": "hello",
                    "stream_id": "stream_sid",
                    "call_id": "call_sid",
                    "caller": "from",
                    "called": "to",
                    "token": "extra.token",
                    "requires": {"format": "pcmu"},
                },
                "media": {"event": "audio", "payload": "payload"},
                "key": {"event": "digit", "key": "digit"},
                "mark": {"event": "played", "name": "name"},
                "stop": {"event": "bye"},
            },
            "commands": {
                "play": {"type": "playAudio", "media": [{"payload": "$payload"}]},
                "mark": {"type": "checkpoint", "stream_sid": "$stream", "name": "$name"},
                "clear": {"type": "clearAudio"},
            },
        }
    )
    stream = MediaStream(dialect, "c1")
    hello = {"type": "hello", "stream_sid": "s", "call_sid": "c", "from": "+15550100", "format": "pcmu"}
    assert stream.decode(json.dumps(hello), WALL) == [CallStarted("c1", "", "+15550100", "lookalike", "c", WALL)]
    assert stream.decode('{"type":"audio","payload":"/w=="}', WALL) == [AudioReceived(b"\xff")]
    played = {"type": "playAudio", "media": [{"payload": base64.b64encode(b"\x00").decode()}]}
    assert json.loads(stream.encode_audio(b"\x00")) == played
    assert json.loads(stream.encode_mark("m")) == {"type": "checkpoint", "stream_sid": "s", "name": "m"}

"""The whole vocabulary of a call: facts come in, commands go out.

Facts are past tense (something happened); commands are imperative (do this). All are frozen, hold plain
values and can be written to JSON (`to_json`) and read back (`from_json`), so that a call can be stored and
replayed. Times are seconds on the monotonic clock of the call (0 = the call's start) unless a field says
otherwise; the moment a fact happened is not a field, it is the `at` argument of `Call.receive`.
"""

from __future__ import annotations

import types
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Station = Literal["hear", "understand", "decide", "file", "speak", "summarize"]
"""The specialists of the assembly line, in the order in which a turn passes them."""

Outcome = Literal["close", "queue", "human", "emergency", "answer"]
"""How a call ends: ticket closed, ticket queued for staff, handed to a person, emergency transfer, answered."""

# A slot's value is text, a number, a truth value, or a flat record of those (location, vehicle, names, times).
Scalar = str | int | float | bool | None
SlotValue = Scalar | dict[str, Scalar]


# ---------------------------------------------------------------- values carried by events


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word with its place in the turn's audio."""

    text: str
    start: float
    """Seconds from the start of the turn's audio."""
    end: float
    probability: float


@dataclass(frozen=True, slots=True)
class SlotHit:
    """One slot named in an utterance."""

    name: str
    text: str
    """The caller's words, as recognised."""
    value: SlotValue
    """Canonical value (see the slot table in intents/catalogue.yaml); the text itself if it could not be resolved."""
    confidence: float
    """0 to 1: how sure the small model and the normaliser are together."""


@dataclass(frozen=True, slots=True)
class IntentGuess:
    """One possible intent with its probability."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Suspicion:
    """How much an utterance sounds like an emergency to the small model."""

    kind: str
    """What emergency it would be, see `nlu.emergency.KINDS`."""
    score: float
    """0 to 1; 0.5 is where the model was tuned to miss next to none."""
    evidence: str
    """The caller's words."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What one utterance means."""

    text: str
    intents: tuple[IntentGuess, ...]
    """Best first. Probabilities sum to at most 1, but for "emergency", which is judged by itself, and where a caller
    wants two things."""
    slots: tuple[SlotHit, ...]
    out_of_scope: bool
    """True when the utterance resembles nothing that the model was trained on."""
    wanted: tuple[str, ...] = ()
    """Every intent that the caller has, the surest first; () where nobody looked for more than one."""
    suspicion: Suspicion | None = None
    """None where no model has listened."""
    page: str = ""
    """The knowledge page that answers the words as a question; "" = none does, or nobody looked."""

    @property
    def intent(self) -> str:
        """The best intent, or "out_of_scope"."""
        return self.intents[0].name if self.intents and not self.out_of_scope else "out_of_scope"

    @property
    def confidence(self) -> float:
        """Probability of the best intent, 0 if there is none."""
        return self.intents[0].confidence if self.intents else 0.0


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One exchange as it goes into the case log."""

    index: int
    """0 is the greeting; caller turns count from 1."""
    heard: str | None
    """The caller's words; None when the caller was silent or pressed keys only."""
    keys: str
    """Keys pressed in this turn, "" if none."""
    asked: str
    """The question that was open when the caller spoke: a slot name, "reason", "confirm" or "more"."""
    state: str
    """Dialog state after the turn."""
    intent: str | None
    confidence: float | None
    said: tuple[str, ...]
    """The sentences of the bot's answer."""
    started_at: float
    ended_at: float
    words: tuple[Word, ...] = ()
    """What was heard word by word, in seconds since the call's start; () where nobody measured it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a slot's value came from."""

    turn: int
    text: str
    confidence: float
    confirmed: bool
    """The caller said yes to the read-back."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The caller's words behind a rule that fired."""

    rule: str
    turn: int
    words: str


@dataclass(frozen=True, slots=True)
class DecisionInputs:
    """All that a decision about a case rests on, so that it can be explained when the rules have long changed."""

    outcome: Outcome
    """What the rules say; a caller who asks for a person gets one whatever that is."""
    default: Outcome
    """What the kind of case alone would have led to."""
    rules: tuple[str, ...]
    """Names of the rules that fired, the strongest last."""
    signs: tuple[Spoken, ...]
    """What the caller said for those rules that listen to words."""
    missing: tuple[str, ...]
    """Required slots without a value."""
    confidence: float
    """Of the whole case: the product of `parts`."""
    parts: dict[str, float]
    threshold: float
    """What the confidence had to reach."""
    hearing: float
    """The worst recognition confidence of the turns that filled the form."""
    location: float | None
    """How surely the place is in a list; None where none is required or known."""
    location_threshold: float
    confirmed: bool
    """The caller had said yes to the read-back."""


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """What a caller may hear about an earlier case. Nothing in it tells who reported what."""

    number: str
    intent: str
    status: str
    """See `cases.lifecycle.Status`."""
    by_person: bool
    """A person has brought it to this status, not the call in which it was filed."""
    due_at: datetime | None
    """By when somebody follows up, UTC-aware; None if nothing is promised, or if that moment is past."""
    part_of: str | None
    """Number of the case that it repeats; `status` and the rest are then those of that case."""


@dataclass(frozen=True, slots=True)
class CaseSnapshot:
    """The case as the core sees it; the store keeps the newest one."""

    intent: str
    status: Literal["draft", "open", "queued", "escalated", "closed"]
    disposition: Outcome | None
    """None while undecided."""
    priority: Literal["low", "medium", "high", "emergency"]
    slots: dict[str, SlotValue]
    evidence: dict[str, Evidence]
    confidence: float
    caller_name: str | None
    """None = not asked or kept anonymous."""
    callback_number: str | None
    """E.164."""
    note: str
    """Why the disposition is what it is: names of the policy rules that fired."""
    decision: DecisionInputs | None = None
    """None while undecided."""


# ---------------------------------------------------------------- facts


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to a call."""


@dataclass(frozen=True, slots=True)
class CallStarted(Fact):
    """The carrier has connected a caller."""

    call_id: str
    line: str
    """Name of the line in telephony/lines.yaml."""
    caller: str | None
    """Caller id in E.164, None if withheld."""
    carrier: str
    carrier_call_id: str
    """The carrier's own id of the call (Twilio: CallSid)."""
    wall: datetime
    """UTC-aware start; relative times in the caller's words are resolved against it."""


@dataclass(frozen=True, slots=True)
class AudioReceived(Fact):
    """Caller audio as the carrier sent it; goes to the ear, never into `Call`."""

    payload: bytes
    """Encoded audio in the dialect's encoding and rate."""


@dataclass(frozen=True, slots=True)
class KeyPressed(Fact):
    """One telephone key."""

    key: str
    """0-9, * or #."""


@dataclass(frozen=True, slots=True)
class PlaybackEnded(Fact):
    """Everything of one utterance has been played to the caller, or was cleared."""

    utterance: int
    heard: float
    """Share of the utterance that had been played, 0 to 1."""
    sentences: tuple[str, ...] = ()
    """What the caller has heard of it if it was cut off; the last sentence breaks off with "..."."""


@dataclass(frozen=True, slots=True)
class CallEnded(Fact):
    """The caller or the carrier has hung up, or the line broke."""

    reason: str


@dataclass(frozen=True, slots=True)
class SpeechStarted(Fact):
    """The voice activity detector hears the caller begin to speak."""


@dataclass(frozen=True, slots=True)
class SpeechContinued(Fact):
    """It was no click or cough: the caller has been speaking for as long as policy.yaml's `barge_in` says."""


@dataclass(frozen=True, slots=True)
class PartialHeard(Fact):
    """Words recognised while the caller still speaks; "" = there is sound but there are no words in it."""

    turn: int
    text: str
    stable: str = ""
    """The beginning of `text` on which two partials in a row agree: it will hardly change any more."""


@dataclass(frozen=True, slots=True)
class TurnEnded(Fact):
    """The caller has finished a turn."""

    turn: int
    seconds: float
    """Length of the turn's audio."""


@dataclass(frozen=True, slots=True)
class Transcribed(Fact):
    """The final words of a turn; empty text means that nothing was said."""

    turn: int
    text: str
    confidence: float
    """Mean word probability, 0 to 1: the hearing quality."""
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Understood(Fact):
    """What the final words of a turn mean."""

    turn: int
    meaning: Understanding


@dataclass(frozen=True, slots=True)
class Saved(Fact):
    """The store has committed everything of the last `SaveTurn` or `SaveCase`."""

    turn: int
    case_number: str | None
    linked_to: str | None = None
    """Number of the older case that the filed one repeats."""


@dataclass(frozen=True, slots=True)
class LookedUp(Fact):
    """What the store knows about the case that a `LookUp` asked for."""

    turn: int
    case: CaseStatus | None
    """None: no caller was ever given this number."""


@dataclass(frozen=True, slots=True)
class TimerFired(Fact):
    """A timer that the core started has run out."""

    name: str


@dataclass(frozen=True, slots=True)
class TakenOver(Fact):
    """An operator has taken the call over."""

    operator: str


@dataclass(frozen=True, slots=True)
class StageFailed(Fact):
    """A station raised, was missing or ran over its budget."""

    station: Station
    turn: int
    reason: str


# ---------------------------------------------------------------- commands


@dataclass(frozen=True, slots=True)
class Command:
    """Something the shell must do."""


@dataclass(frozen=True, slots=True)
class Transcribe(Command):
    """Recognise the audio of a turn that has ended; answered by `Transcribed`."""

    turn: int


@dataclass(frozen=True, slots=True)
class Listen(Command):
    """Tell the ear what kind of answer is likely from now on."""

    kind: str
    """Kind of the slot that was asked (location, phone, plate ...), "yes_no", or "" for anything."""
    closely: bool = False
    """The caller's unfinished words may be an emergency: for the rest of the turn the next words are wanted soon."""


@dataclass(frozen=True, slots=True)
class Understand(Command):
    """Understand a turn's words; answered by `Understood`."""

    turn: int
    text: str
    asked: str
    """The open question: a slot name, "confirm", "more" or "" (an opening)."""
    by: Literal["model", "rules"] = "model"
    """"rules": the small model is out of order, use the site's keywords."""


@dataclass(frozen=True, slots=True)
class Speak(Command):
    """Say sentences; answered by `PlaybackEnded`."""

    utterance: int
    sentences: tuple[str, ...]
    protected: bool
    """True: the caller's voice does not stop it."""


@dataclass(frozen=True, slots=True)
class HoldPlayback(Command):
    """Fall silent at once and keep what has not been said."""


@dataclass(frozen=True, slots=True)
class ResumePlayback(Command):
    """Go on with what was held, from the last break between words."""


@dataclass(frozen=True, slots=True)
class ClearPlayback(Command):
    """Stop speaking at once and drop what is buffered."""


@dataclass(frozen=True, slots=True)
class StartTimer(Command):
    """(Re)start a named timer; answered by `TimerFired`."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class StopTimer(Command):
    """Forget a named timer."""

    name: str


@dataclass(frozen=True, slots=True)
class SaveTurn(Command):
    """Commit a turn, and the draft case if there is one; answered by `Saved`."""

    record: TurnRecord
    case: CaseSnapshot | None


@dataclass(frozen=True, slots=True)
class SaveCase(Command):
    """Commit the case's new status; answered by `Saved`."""

    turn: int
    case: CaseSnapshot
    repeat_within: float | None = None
    """Days within which an open case of the same kind at the same place makes this one a repeat of it; None: never."""
    follow_up: float | None = None
    """Hours within which somebody has to follow up; None: nobody has to. A repeat promises nothing of its own."""


@dataclass(frozen=True, slots=True)
class LookUp(Command):
    """Ask the store what has become of a case; answered by `LookedUp`."""

    turn: int
    number: str
    """As the caller has given it."""


@dataclass(frozen=True, slots=True)
class Escalate(Command):
    """Put the call into the operators' queue with its summary. Not answered: the transfer does not wait for it."""

    reason: str
    kind: str | None
    """Emergency kind, None for other reasons."""
    evidence: str
    """The caller's words that led here."""
    priority: Literal["low", "medium", "high", "emergency"]
    case: CaseSnapshot | None
    follow_up: float | None = None
    """Hours within which somebody has to call back, because the caller has gone; None: the call is handed over."""


@dataclass(frozen=True, slots=True)
class Transfer(Command):
    """Tell the carrier to connect the caller with a person."""

    target: str
    """Telephone number in E.164 or SIP address, from telephony/lines.yaml."""
    reason: str
    priority: Literal["low", "medium", "high", "emergency"]
    after_utterance: int | None
    """Let this utterance be heard first; None = at once."""


@dataclass(frozen=True, slots=True)
class HangUp(Command):
    """End the call."""

    outcome: Outcome | None
    after_utterance: int | None


# ---------------------------------------------------------------- JSON


@cache
def _event_classes() -> dict[str, type[Fact | Command]]:
    found = (v for v in globals().values() if isinstance(v, type) and issubclass(v, (Fact, Command)))
    return {cls.__name__: cls for cls in found}


def to_json(event: Fact | Command) -> dict[str, Any]:
    """The event as plain JSON values, with its class name under "event".

    >>> to_json(KeyPressed("5"))
    {'event': 'KeyPressed', 'key': '5'}
    """
    return {"event": type(event).__name__, **_plain(event)}


def from_json(data: dict[str, Any]) -> Fact | Command:
    """Inverse of `to_json`.

    Raises KeyError for an unknown event or a missing field, TypeError/ValueError for a wrong value.
    """
    values = dict(data)
    event = _build(_event_classes()[values.pop("event")], values)
    assert isinstance(event, (Fact, Command))
    return event


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _build(hint: Any, value: Any) -> Any:
    """Rebuild a value of type `hint` from plain JSON."""
    if isinstance(hint, type) and is_dataclass(hint):
        hints = _hints(hint)
        # A field that has come with a later version keeps its default in events of an earlier one.
        known = [f for f in fields(hint) if f.name in value or f.default is MISSING]
        return hint(**{f.name: _build(hints[f.name], value[f.name]) for f in known})
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        # The only union of containers is SlotValue (plain values and flat dicts), which needs no rebuilding.
        inner = [a for a in args if a is not type(None)]
        return _build(inner[0], value) if len(inner) == 1 else value
    if origin is tuple:
        return tuple(_build(args[0], v) for v in value)
    if origin is dict:
        return {k: _build(args[1], v) for k, v in value.items()}
    if hint is datetime:
        return datetime.fromisoformat(value)
    if hint is bytes:
        return bytes.fromhex(value)
    return value

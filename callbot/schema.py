"""The shape of every file that staff edit.

Each class is one file (or a part of one). Unknown keys are refused, so that a typing mistake is found by
`callbot check` and not by a caller. What one file can't tell about another is checked in check/.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints

from callbot.events import Station

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(gt=0, le=3600)]
Hours = Annotated[float, Field(gt=0, le=24 * 60)]
Days = Annotated[float, Field(gt=0, le=366)]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^\+\d{7,15}$")]

SlotKind = Literal["location", "time", "vehicle", "plate", "phone", "name", "text", "money", "flag", "number"]

DIALOG_ACTS = (
    "affirm",
    "deny",
    "correct",
    "repeat",
    "dont_know",
    "hold_on",
    "goodbye",
    "thanks",
    "greet",
    "inform",
)
"""What a caller does to the dialog rather than wants from the city."""
OTHER_INTENTS = ("emergency", "speak_to_person", "out_of_scope", *DIALOG_ACTS)

Trigger = Literal[
    "case_intent",
    "unsure_intent",
    "details",
    "answer",
    "declined",
    "complete",
    "complete_for_person",
    "needs_answer",
    "needs_status",
    "status_found",
    "status_found_next",
    "status_unknown",
    "status_still_unknown",
    "incomplete_for_person",
    "incomplete",
    "maybe_emergency",
    "is_emergency",
    "affirm",
    "deny",
    "correct",
    "cancel",
    "take_back",
    "start_over",
    "aside",
    "anonymous",
    "answered",
    "unanswered",
    "answered_beside",
    "unanswered_beside",
    "next_matter",
    "repeat",
    "hold_on",
    "greet",
    "thanks",
    "goodbye",
    "ask_person",
    "out_of_scope",
    "not_understood",
    "silence",
    "exhausted",
    "station_failed",
    "saved",
]
"""What can happen to the dialog; machine.py decides which one a turn is, flow.yaml where it leads."""


class Strict(BaseModel):
    """Unknown keys are mistakes; loaded content never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# ---------------------------------------------------------------- intents/catalogue.yaml


class SlotSpec(Strict):
    """One thing a case can hold."""

    kind: SlotKind
    label: Text
    """How summaries and the console call it."""
    called: tuple[Text, ...] = ()
    """How callers call it when asked what to change: "the address"."""


class IntentSpec(Strict):
    """One case type."""

    title: Text
    """As spoken: "a report about {title}"."""
    service_code: Text
    """Code of the Open311 interface."""
    priority: Literal["low", "medium", "high"]
    disposition: Literal["close", "queue", "human", "answer"]
    required: tuple[Name, ...]
    one_of: tuple[Name, ...] = ()
    """At least one of these is required; the form asks for the last only if the others are not known."""
    optional: tuple[Name, ...] = ()
    keywords: tuple[Text, ...]
    """Words that point to this intent when the small model is out of order."""


class Agency(Strict):
    """Who answers the line."""

    name: Text
    timezone: Text
    """IANA zone: "last night" is the caller's night."""
    area_code: Annotated[str, StringConstraints(pattern=r"^\d{3}$")]
    city: Text
    """The place within whose limits it works."""
    beyond: tuple[Text, ...] = ()
    """Places of the region that are outside of them."""


class Catalogue(Strict):
    """Everything callers can want."""

    agency: Agency
    slots: dict[Name, SlotSpec]
    intents: dict[Name, IntentSpec]


# ---------------------------------------------------------------- intents/lists, intents/gazetteer


class WordList(RootModel[Annotated[tuple[Text, ...], Field(min_length=1)]]):
    """A closed vocabulary."""


class PlaceSpec(Strict):
    """A place that callers name instead of an address."""

    name: Text
    street: Text | None = None
    """The street that it is on; left out if it has several sites."""
    also: tuple[Text, ...] = ()


class Places(RootModel[tuple[PlaceSpec, ...]]):
    """Well-known places."""


# ---------------------------------------------------------------- intents/knowledge


class Page(Strict):
    """One answer that callers can get."""

    title: Text
    example: bool = False
    """Not true of any agency: a page to start from."""
    questions: Annotated[tuple[Text, ...], Field(min_length=5)]
    """Ways in which callers ask it. They are what finds the page: with 5 on each page the right one comes first for
    85 % of the callers, with 7 for 88 %, with 8 to 12 for 91 %."""
    answer: Text
    """What is said, word for word."""
    see: tuple[Name, ...] = ()
    """Related pages."""


class Unanswered(Strict):
    """Questions that callers ask and no page answers: they keep others like them from a page that only sounds near."""

    questions: tuple[Text, ...]


class Asked(Strict):
    """A question that tests the pages."""

    say: Text
    pages: tuple[Name, ...]
    """Any of them answers it; () = none does."""


class AskedFile(Strict):
    """One file of fixtures/knowledge."""

    questions: Annotated[tuple[Asked, ...], Field(min_length=1)]


# ---------------------------------------------------------------- dialogs/


class Move(Strict):
    """Where a trigger leads."""

    to: Name
    """A state, "same", or "back": where the caller was before the present state."""
    say: tuple[Name, ...] = ()
    """Prompts said before the new state's own question."""
    reason: Name | None = None
    """For moves to a state that ends with a person: why."""


class State(Strict):
    """One state of the flow."""

    asks: Literal["reason", "intent", "slot", "confirm", "amend", "more", "offer", "alarm"] | None = None
    """The kind of question that is open in this state; None = the caller is not waited for."""
    files: bool = False
    """Entering it files the case; the only way on is `saved`."""
    looks_up: bool = False
    """Entering it asks the store what has become of the case that the caller named; on with one of the
    `status_...` triggers."""
    ends: Literal["disposition", "human", "emergency"] | None = None
    """The call ends here: as the case was disposed, with a person, as an emergency."""
    on: dict[Trigger, Move] = Field(default_factory=dict)


class Flow(Strict):
    """The spine of every call, as a table."""

    start: Name
    emergency: Name
    """The state that an emergency leads to, from anywhere."""
    anywhere: dict[Trigger, Move]
    """Used where a state has no row of its own."""
    states: dict[Name, State]


class StationPolicy(Strict):
    """What is expected of one station, and what happens when it fails."""

    confidence: Share
    """Below this its result counts as uncertain: badly heard and hardly understood words are asked for again, a case
    that was decided below it is seen by staff."""
    budget: Seconds
    fallback: Literal["reask", "rules", "human", "skip"]


class Retries(Strict):
    """How often the same trouble is borne before a person takes over."""

    not_understood: Annotated[int, Field(ge=0, le=5)]
    silence: Annotated[int, Field(ge=0, le=5)]
    out_of_scope: Annotated[int, Field(ge=0, le=5)]
    same_question: Annotated[int, Field(ge=1, le=5)]
    turns: Annotated[int, Field(ge=5, le=100)]
    """Caller turns in one call: whatever is still open at the last one is left to a person."""


class Thresholds(Strict):
    """Confidence limits of decisions."""

    intent: Share
    """A case intent at or above this is taken."""
    unsure_intent: Share
    """Between this and `intent` the caller is asked."""
    switch_intent: Share
    """A different case intent in mid-form must be this sure."""
    act: Share
    """Dialog acts and "let me speak to a person"."""
    emergency: Share
    """From this on the small model's suspicion alone makes the bot ask whether it is an emergency."""
    slot: Share
    """Values below this are not taken."""
    location: Share
    """Score of a gazetteer match that counts as found."""
    knowledge: Share
    """Score of a knowledge page from which on it answers a question; below, the answer is "I don't know"."""
    close_unconfirmed: Share
    """Confidence of the whole case (see dialog/policy.py) for closing it although the caller hung up before the
    read-back; after a yes to the read-back that of the station `decide` is enough."""


class Timing(Strict):
    """Seconds of the conversation."""

    silence: Seconds
    """Quiet after a question before the caller is addressed again."""
    hold: Seconds
    """The same after "hold on"."""
    filler: Seconds
    """Longest quiet after a caller's turn before "one moment"."""
    keys: Seconds
    """Pause that ends a number typed on the keypad."""
    pause: Seconds
    """Quiet after which the end-of-turn detector is asked."""
    rest: Seconds
    """Quiet after which the words are recognised even if the voice did not sound finished."""
    end_of_finished: Seconds
    """Quiet that ends a turn to whose words nothing can be added: "yes", a whole telephone number."""
    end_of_turn: Seconds
    """Quiet that ends a turn which sounds complete."""
    end_of_doubtful: Seconds
    """Quiet that ends a turn which does not sound complete, or after which people often go on."""
    end_of_unfinished: Seconds
    """Quiet that ends a turn whose words want something to follow: "it's at four twelve"."""
    barge_in: Seconds
    """Speech after which the bot falls silent; shorter sounds are clicks and coughs."""
    longest_turn: Seconds
    partial_every: Seconds
    """Speech between two partial transcripts."""
    partial_closely: Seconds
    """The same where what was heard may be an emergency."""
    longest_call: Seconds


class Ending(Strict):
    """End-of-turn judgement."""

    complete: Share
    """Smart Turn probability from which a turn sounds complete."""
    likely: Share
    """Smart Turn probability from which the words are recognised at once."""
    speech: Share
    """Voice activity above this is speech."""
    quiet: Share
    """Voice activity below this is silence."""


class Murmur(Strict):
    """A short sound over the bot of which the recogniser is unsure: an "mm-hmm" that it took for words, no turn."""

    longest: Seconds
    """From its first word to its last."""
    confidence: Share
    """Mean word probability below which it is one."""
    unless: tuple[Text, ...]
    """Words with which callers interrupt or answer, however badly they are heard; so they do with digits."""


class Load(Strict):
    """How much is taken on, so that running calls do not suffer."""

    calls: Annotated[int, Field(ge=1, le=1000)]
    """At the same time; a further one goes to its line's overflow number."""
    waiting: Seconds
    """How long a finished turn may have waited for an engine before no further call is taken."""
    partials: Annotated[int, Field(ge=1, le=100)]
    """Waiting jobs from which on partial transcripts are left out; below, they get rarer with each."""


class Raise(Strict):
    """One fact that takes a case to a higher disposition than its kind alone; it never lowers one."""

    reason: Name
    """Its name in reasons.yaml and in the case's history."""
    to: Literal["queue", "human"] = "human"
    intents: Literal["any"] | tuple[Name, ...] = "any"
    not_intents: tuple[Name, ...] = ()
    flag: Name | None = None
    """A yes-or-no slot that is true."""
    said: tuple[Text, ...] = ()
    """Phrases in the caller's words, written as in intents/emergency.yaml. "No weapon" does not count."""
    unless: tuple[Text, ...] = ()
    """Phrases whose words do not count: "water gun"."""
    outside: bool = False
    """The place is in one of the agency's `beyond`."""
    at_once: bool = False
    """Nothing else is asked, not even what the case requires."""
    say: Name | None = None
    """Prompt said instead of the flow's own when it brings a person."""


class Promises(Strict):
    """Within how many hours somebody follows up."""

    queued: Hours = 24.0
    """A case that was put into staff's queue."""
    caller_left: Hours = 1.0
    """A caller who was gone before a person could take over."""


class Aside(Strict):
    """Something that callers say beside the matter. It is answered, and the open question is asked again."""

    said: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Phrases, written as in intents/emergency.yaml."""
    unless: tuple[Text, ...] = ()
    """Phrases with which it is something else."""
    asked: tuple[Name, ...] = ()
    """Only while one of these is the open question: a slot, or "confirm", "more" ...; left out: any."""
    say: Name
    """Prompt that answers it."""


class Phrases(Strict):
    """Words with which callers steer the conversation, written as in intents/emergency.yaml."""

    takes_back: tuple[Text, ...]
    """The last answer is to be forgotten."""
    other_matter: tuple[Text, ...]
    """What follows is what the call is really about."""
    same_place: tuple[Text, ...]
    """The second matter is where the first one is."""
    anonymous: tuple[Text, ...]
    """The caller's name is not to be asked for."""
    asides: tuple[Aside, ...]
    """Tried in this order."""


class Policy(Strict):
    """Thresholds, budgets, fallbacks, retries."""

    stations: dict[Station, StationPolicy]
    thresholds: Thresholds
    retries: Retries
    timing: Timing
    ending: Ending
    load: Load
    cancels: tuple[Text, ...]
    """Words with which a caller takes a report back."""
    phrases: Phrases
    backchannels: tuple[Text, ...]
    """Words that do not interrupt the bot and are no turn while it speaks."""
    murmur: Murmur
    quick_answers: tuple[Text, ...]
    """Answers to a yes-or-no question that are complete as they are."""
    unfinished_after: tuple[Text, ...]
    """Words with which nobody ends a turn."""
    doubtful_after: tuple[Text, ...]
    """Words after which something is mostly still said: "the plate is", "my address"."""
    unsure_case: Literal["queue", "human"]
    """Who sees a complete case that is less sure than it must be for closing by itself."""
    raises: tuple[Raise, ...]
    """Facts that bring a person."""
    repeats: dict[Name, Days] = Field(default_factory=dict)
    """Kind of case -> days within which the same at the same place is a repeat; a kind that is not here never is."""
    promises: Promises = Promises()


class FormSlot(Strict):
    """One line of a form."""

    slot: Name
    ask: Name
    """Prompt that asks for it; `ask`_again is the re-ask."""
    detail: Name | None = None
    """Prompt that asks for more where the answer is too vague: number, cross street or place when only a street is
    known, or what exactly is meant by a few words."""
    unless_declined: Name | None = None
    """Not asked when the caller would not give this other slot."""
    unless_known: Name | None = None
    """Not asked when this other slot is known."""
    from_opening: bool = True
    """False: asked although the caller's first words could stand for it; only the answer counts."""
    is_required: bool = True
    """False: asked once, "I don't know" is fine."""


class Form(Strict):
    """What is asked for one case intent, in this order."""

    intent: Name
    slots: tuple[FormSlot, ...]
    confirm: Name | None
    """Prompt of the read-back; None = no read-back (a person takes over anyway)."""
    filed: Name | None
    """Prompt after the case has been filed; None where a person takes over."""


class Prompts(Strict):
    """All that the bot says in one language."""

    prompts: dict[Name, Text | tuple[Text, ...]]
    """Prompt name -> text, or several texts which take turns."""


class Reasons(Strict):
    """Why a person is needed, in one language."""

    reasons: dict[Name, Text]


class Moods(Strict):
    """How callers sound who are angry, confused or distressed, in one language."""

    moods: dict[Name, Annotated[tuple[Text, ...], Field(min_length=1)]]
    """The mood as summaries call it -> phrases, written as in intents/emergency.yaml."""


# ---------------------------------------------------------------- telephony/lines.yaml


class LineSpec(Strict):
    """One telephone line."""

    numbers: tuple[PhoneNumber, ...]
    language: Literal["en"]
    voice: Text
    """Model store name, path or hub id of the Piper voice."""
    greeting: tuple[Name, ...]
    transfer_human: PhoneNumber
    transfer_emergency: PhoneNumber
    overflow: PhoneNumber | None = None
    """Takes the calls for which there is no room; None = `transfer_human`."""


class Lines(Strict):
    """Which number is answered how."""

    default: Name
    """The line of calls whose number is not listed."""
    lines: dict[Name, LineSpec]


# ---------------------------------------------------------------- all that the pure core needs


class Playbook(Strict):
    """The words and rules of one line's dialog, in one language."""

    catalogue: Catalogue
    flow: Flow
    policy: Policy
    forms: dict[Name, Form]
    """By intent."""
    prompts: dict[Name, tuple[Text, ...]]
    reasons: dict[Name, Text]
    knowledge: dict[Name, Page] = Field(default_factory=dict)
    """Pages that answer questions."""
    moods: dict[Name, tuple[Text, ...]] = Field(default_factory=dict)
    """Mood -> phrases of a caller who is in it."""

    def slot_names(self, intent: str) -> frozenset[str]:
        """Every slot that a case of `intent` may hold."""
        spec = self.catalogue.intents[intent]
        asked = {item.slot for item in self.forms[intent].slots}
        return frozenset(asked | {*spec.required, *spec.one_of, *spec.optional, "caller_name", "callback_number"})

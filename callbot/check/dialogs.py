"""Checks of dialogs/ but for the flow: forms, prompts, reasons, moods and the policy. PURE."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from callbot.check.findings import Finding
from callbot.check.flow import ROWS_BY_QUESTION, moves
from callbot.dialog.raising import phrase_mistake
from callbot.dialog.render import VARIABLES, variables_of
from callbot.events import Station
from callbot.schema import Catalogue, Flow, Form, Moods, Policy, Prompts, Reasons

_CORE_PROMPTS = frozenset(
    {"how_can_i_help", "ask_intent", "ask_amend", "ask_more", "ask_alarm", "one_moment", "emergency", "not_understood"}
    | {"ask_offer", "filed_linked", "status_part_of", "status_due"}
    | {f"status_{told}" for told in ("open", "filed", "queued", "escalated", "assigned", "closed", "reopened")}
)
"""Prompts that the code itself says, whatever the flow."""

_CORE_REASONS = frozenset(
    {"not_understood", "out_of_scope", "silence", "too_many_turns", "longest_call", "caller_left", "emergency"}
    | {"station_failed", "location_not_found", "closed", "queued", "answered"}
)
"""Reasons that the code itself gives."""


def form(file: str, content: Form, known: Catalogue, texts: Prompts) -> Iterator[Finding]:
    """Every required slot has a question, every prompt exists."""
    intent = known.intents.get(content.intent)
    if content.intent != file:
        yield ("intent",), f"the file is named {file}.yaml but its intent is '{content.intent}'"
    if intent is None:
        yield ("intent",), f"there is no intent '{content.intent}' in intents/catalogue.yaml"
        return
    asked = [item.slot for item in content.slots]
    for slot in (*intent.required, *intent.one_of):
        if slot not in asked:
            yield ("slots",), f"the required slot '{slot}' has no question"
    for index, item in enumerate(content.slots):
        yield from _form_slot(index, item.slot, asked, known)
        if item.unless_declined is not None and item.unless_declined not in asked[:index]:
            yield ("slots", index, "unless_declined"), f"'{item.unless_declined}' is not asked before"
        if item.unless_known is not None and item.unless_known not in asked[:index]:
            yield ("slots", index, "unless_known"), f"'{item.unless_known}' is not asked before"
        for key in ("ask", "detail"):
            prompt = getattr(item, key)
            if prompt is not None and prompt not in texts.prompts:
                yield ("slots", index, key), f"there is no prompt '{prompt}'"
        if item.slot == "callback_number" and f"{item.ask}_known" not in texts.prompts:
            yield ("slots", index, "ask"), f"there is no prompt '{item.ask}_known' for callers whose number is known"
    for key in ("confirm", "filed"):
        prompt = getattr(content, key)
        if prompt is None and intent.disposition in ("close", "queue"):
            yield (key,), f"a case that is filed needs a prompt under '{key}'"
        if prompt is not None and prompt not in texts.prompts:
            yield (key,), f"there is no prompt '{prompt}'"


def _form_slot(index: int, slot: str, asked: list[str], known: Catalogue) -> Iterator[Finding]:
    if slot not in known.slots:
        yield ("slots", index, "slot"), f"there is no slot '{slot}' in intents/catalogue.yaml"
    if slot in asked[:index]:
        yield ("slots", index, "slot"), f"'{slot}' is asked twice"


def prompts(content: Prompts) -> Iterator[Finding]:
    """Prompts that the code says exist, variables are known."""
    for name in sorted(_CORE_PROMPTS - set(content.prompts)):
        yield ("prompts",), f"the prompt '{name}' is missing"
    for name, text in content.prompts.items():
        for index, variant in enumerate((text,) if isinstance(text, str) else text):
            position = ("prompts", name) if isinstance(text, str) else ("prompts", name, index)
            yield from ((position, sentence) for sentence in _text_mistakes(variant))


def unused_prompts(content: Prompts, used_in: Flow, forms: Mapping[str, Form], rules: Policy) -> Iterator[Finding]:
    """Every prompt is said somewhere: the name of one that is not is probably misspelled."""
    said = {prompt for _, move in moves(used_in) for prompt in move.say} | _CORE_PROMPTS
    said |= {row.say for row in rules.raises if row.say} | {row.say for row in rules.phrases.asides}
    for item in forms.values():
        said |= {p for slot in item.slots for p in (slot.ask, slot.detail, f"{slot.ask}_known") if p}
        said |= {p for p in (item.confirm, item.filed) if p}
    for name in content.prompts:
        if name.removesuffix("_again") not in said and not name.startswith("greeting"):
            yield ("prompts", name), f"the prompt '{name}' is never said"


def _text_mistakes(text: str) -> Iterator[str]:
    try:
        unknown = variables_of(text) - VARIABLES
    except ValueError as error:
        yield f"the braces cannot be read: {error}"
        return
    for name in sorted(unknown):
        yield f"unknown variable '{{{name}}}'; known are {', '.join(sorted(VARIABLES))}"


def reasons(content: Reasons, used_in: Flow, rules: Policy | None) -> Iterator[Finding]:
    """Every reason that can bring a person has words; `rules` None: they cannot be read, nothing is called unused."""
    used = {move.reason for _, move in moves(used_in) if move.reason is not None} | _CORE_REASONS
    used |= {row.reason for row in (rules.raises if rules else ())}
    for name in sorted(used - set(content.reasons)):
        yield ("reasons",), f"the reason '{name}' has no words"
    if rules is None:
        return
    for name in sorted(set(content.reasons) - used):
        yield ("reasons", name), f"the reason '{name}' never occurs"


def moods(content: Moods) -> Iterator[Finding]:
    """Phrases can be read."""
    for name, said in content.moods.items():
        yield from _phrase_mistakes(("moods", name), said)


def policy(content: Policy) -> Iterator[Finding]:
    """Every station is declared, limits stand in order."""
    for station in get_args(Station):
        if station not in content.stations:
            yield ("stations",), f"the station '{station}' is missing"
    limits = content.thresholds
    if limits.unsure_intent > limits.intent:
        yield ("thresholds", "unsure_intent"), "must not be above `intent`"
    decide = content.stations.get("decide")
    if decide is not None and decide.confidence > limits.close_unconfirmed:
        yield ("thresholds", "close_unconfirmed"), "must not be below the confidence of the station `decide`"
    if content.ending.quiet > content.ending.speech:
        yield ("ending", "quiet"), "must not be above `speech`"
    if content.timing.end_of_turn > content.timing.end_of_unfinished:
        yield ("timing", "end_of_turn"), "must not be longer than `end_of_unfinished`"


def repeats(content: Policy, known: Catalogue) -> Iterator[Finding]:
    """Kinds of case that can be repeats exist, and close by themselves."""
    for name in content.repeats:
        intent = known.intents.get(name)
        if intent is None:
            yield ("repeats", name), f"there is no intent '{name}' in intents/catalogue.yaml"
        elif intent.disposition != "close":
            yield ("repeats", name), f"a repeat is closed, but the disposition of '{name}' is `{intent.disposition}`"
        elif "location" not in intent.required:
            yield ("repeats", name), f"'{name}' does not require a location, by which repeats are found"


def raises(content: Policy, known: Catalogue, texts: Prompts) -> Iterator[Finding]:
    """Rows have a fact that can be found, and name intents, slots and prompts that exist."""
    names: set[str] = set()
    for index, row in enumerate(content.raises):
        position = ("raises", index)
        if row.reason in names:
            yield (*position, "reason"), f"the reason '{row.reason}' has a row already: put the phrases together"
        names.add(row.reason)
        if not (row.flag or row.said or row.outside):
            yield position, "nothing would ever bring this about: add `said`, `flag` or `outside`"
        for key in ("intents", "not_intents"):
            for at, intent in enumerate(() if getattr(row, key) == "any" else getattr(row, key)):
                if intent not in known.intents:
                    yield (*position, key, at), f"there is no intent '{intent}' in intents/catalogue.yaml"
        if row.flag is not None and (row.flag not in known.slots or known.slots[row.flag].kind != "flag"):
            yield (*position, "flag"), f"there is no yes-or-no slot '{row.flag}' in intents/catalogue.yaml"
        if row.outside and not known.agency.beyond:
            yield (*position, "outside"), "there is no place in `agency.beyond` of intents/catalogue.yaml"
        if row.say is not None and row.say not in texts.prompts:
            yield (*position, "say"), f"there is no prompt '{row.say}'"
        for key in ("said", "unless"):
            yield from _phrase_mistakes((*position, key), getattr(row, key))


def phrases(content: Policy, known: Catalogue, texts: Prompts) -> Iterator[Finding]:
    """What steers the conversation can be found in words, and asides have answers."""
    steering = content.phrases
    for name in ("takes_back", "other_matter", "same_place", "anonymous"):
        yield from _phrase_mistakes(("phrases", name), getattr(steering, name))
    questions = {*known.slots, *ROWS_BY_QUESTION}
    for index, row in enumerate(steering.asides):
        position = ("phrases", "asides", index)
        yield from _phrase_mistakes((*position, "said"), row.said)
        yield from _phrase_mistakes((*position, "unless"), row.unless)
        for at, question in enumerate(row.asked):
            if question not in questions:
                yield (*position, "asked", at), f"there is no slot and no question '{question}'"
        if row.say not in texts.prompts:
            yield (*position, "say"), f"there is no prompt '{row.say}'"


def _phrase_mistakes(position: tuple[str | int, ...], said: Sequence[str]) -> Iterator[Finding]:
    for at, phrase in enumerate(said):
        if mistake := phrase_mistake(phrase):
            yield (*position, at), mistake

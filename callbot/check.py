"""What one content file cannot tell about another: the cross-checks behind `callbot check`. PURE.

Each check yields findings: where in its file (keys and list indexes), and one sentence that says what to mend.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import get_args
from zoneinfo import available_timezones

from callbot.dialog.raising import phrase_mistake
from callbot.dialog.render import VARIABLES, variables_of
from callbot.events import Station
from callbot.nlu.utterances import MarkupError, UtteranceFile, examples, tokenise
from callbot.schema import (
    OTHER_INTENTS,
    AskedFile,
    Catalogue,
    Flow,
    Form,
    Lines,
    Moods,
    Move,
    Page,
    Places,
    Policy,
    Prompts,
    Reasons,
    State,
    Unanswered,
)

Finding = tuple[tuple[str | int, ...], str]

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

_MUST_LEAD = frozenset(
    {"ask_person", "exhausted", "station_failed", "not_understood", "silence", "repeat", "hold_on", "greet"}
    | {"thanks", "goodbye", "details", "cancel", "maybe_emergency", "complete_for_person", "needs_answer"}
    | {"start_over", "aside", "anonymous", "answered_beside", "unanswered_beside"}
)
"""Triggers that can occur in any state that waits for the caller."""

_BY_QUESTION: Mapping[str, frozenset[str]] = {
    "reason": frozenset({"case_intent", "unsure_intent"}),
    "intent": frozenset({"case_intent", "affirm", "deny"}),
    "slot": frozenset(
        {"answer", "declined", "take_back", "case_intent", "complete", "complete_for_person", "incomplete_for_person"}
        | {"answered", "unanswered"}
        | {"needs_status"}
    ),
    "confirm": frozenset({"affirm", "deny", "correct"}),
    "amend": frozenset({"correct", "incomplete"}),
    "more": frozenset({"affirm", "deny", "case_intent"}),
    "offer": frozenset({"affirm", "deny"}),
    "alarm": frozenset({"is_emergency"}),
}
"""Triggers for which a state needs a row of its own, by what it asks."""


_LOOKED_UP = frozenset({"status_found", "status_found_next", "status_unknown", "status_still_unknown"})
"""What the store can answer when a case is looked up."""

_ABOUT_A_CASE = ("slot", "confirm", "amend")
"""Questions about a case that has begun."""

_FORM_DONE = (
    *("complete", "complete_for_person", "incomplete_for_person", "needs_answer", "needs_status"),
    *("answered", "unanswered"),
)
"""Triggers that occur when a form has no question left."""


def catalogue(content: Catalogue, forms: Collection[str], taught: Collection[str]) -> Iterator[Finding]:
    """Slots exist, every intent has a form and utterances, the zone is real.

    `forms` and `taught` are the names of the files in dialogs/forms and of those with utterances.
    """
    if content.agency.timezone not in available_timezones():
        yield ("agency", "timezone"), f"'{content.agency.timezone}' is not a time zone, e.g. America/New_York"
    for name in OTHER_INTENTS:
        if name in content.intents:
            yield ("intents", name), f"'{name}' is a reserved name"
    for name, intent in content.intents.items():
        for kind, slots in (("required", intent.required), ("one_of", intent.one_of), ("optional", intent.optional)):
            for index, slot in enumerate(slots):
                if slot not in content.slots:
                    yield ("intents", name, kind, index), f"there is no slot '{slot}'"
        if name not in forms:
            yield ("intents", name), f"'{name}' has no form: write dialogs/forms/{name}.yaml"
        if name not in taught:
            yield ("intents", name), f"'{name}' has no example utterances: write intents/en/{name}.yaml"


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


def flow(content: Flow, texts: Prompts) -> Iterator[Finding]:
    """States exist and can be reached, every trigger leads somewhere, every call can end."""
    for key in ("start", "emergency"):
        if getattr(content, key) not in content.states:
            yield (key,), f"there is no state '{getattr(content, key)}'"
    for position, move in _moves(content):
        if move.to not in ("same", "back") and move.to not in content.states:
            yield (*position, "to"), f"there is no state '{move.to}'"
        for index, prompt in enumerate(move.say):
            if prompt not in texts.prompts:
                yield (*position, "say", index), f"there is no prompt '{prompt}'"
    targets = {content.start, content.emergency, *(move.to for _, move in _moves(content))}
    if targets <= {"same", "back", *content.states}:
        # Otherwise one misspelled name would make half of the table unreachable.
        for name in sorted(set(content.states) - _reachable(content)):
            yield ("states", name), f"the state '{name}' can never be reached"
    yield from _complete(content)
    yield from _coherent(content)


def _coherent(content: Flow) -> Iterator[Finding]:
    """No row leads to a question about a case, or a guess at one, where there is none."""
    for position, move in _moves(content):
        source = content.states[position[1]] if position[0] == "states" else State()
        target = content.states.get(move.to, State())
        trigger = position[-1]
        begins = trigger in ("case_intent", "next_matter") or (source.asks == "intent" and trigger == "affirm")
        needs_case = target.files or target.looks_up or target.asks in _ABOUT_A_CASE
        has_case = begins or source.looks_up or source.asks in _ABOUT_A_CASE
        if needs_case and not has_case:
            yield (*position, "to"), f"there is no case yet that '{move.to}' could be about"
        if target.asks == "intent" and trigger != "unsure_intent":
            yield (*position, "to"), f"only `unsure_intent` may lead to '{move.to}': there is no guess to ask about"
        if trigger in _FORM_DONE and (move.to == "same" or target.asks == "slot"):
            yield (*position, "to"), "nothing is left to ask: this must lead to another kind of state"


def _complete(content: Flow) -> Iterator[Finding]:
    for trigger in sorted(_MUST_LEAD - set(content.anywhere)):
        yield ("anywhere",), f"'{trigger}' leads nowhere: add a row"
    if content.emergency in content.states and content.states[content.emergency].ends != "emergency":
        yield ("states", content.emergency), "this state must end the call: `ends: emergency`"
    for name, state in content.states.items():
        for trigger in ("saved", "next_matter") if state.files else ():
            if trigger not in state.on:
                yield ("states", name), f"a state that files needs a row `{trigger}`"
        for trigger in sorted(_LOOKED_UP - set(state.on)) if state.looks_up else ():
            yield ("states", name), f"a state that looks a case up needs a row '{trigger}'"
        if state.asks is None and state.ends is None and not (state.files or state.looks_up):
            yield ("states", name), f"'{name}' neither asks, files nor ends: callers would be stuck in it"
        for trigger in sorted(_BY_QUESTION.get(state.asks or "", frozenset()) - set(state.on)):
            yield ("states", name), f"a state that asks '{state.asks}' needs a row '{trigger}'"
    for trigger, ends in _MUST_END:
        for position, move in _moves(content):
            target = content.states.get(move.to)
            if position[-1] == trigger and (target is None or target.ends != ends):
                yield position, f"'{trigger}' must lead to a state with `ends: {ends}`"


_MUST_END = (
    ("ask_person", "human"),
    ("exhausted", "human"),
    ("station_failed", "human"),
    ("complete_for_person", "human"),
    ("status_still_unknown", "human"),
    ("is_emergency", "emergency"),
)
"""Triggers that must lead to a certain end."""


def _moves(content: Flow) -> Iterator[tuple[tuple[str, ...], Move]]:
    for trigger, move in content.anywhere.items():
        yield ("anywhere", trigger), move
    for name, state in content.states.items():
        for trigger, move in state.on.items():
            yield ("states", name, "on", trigger), move


def _reachable(content: Flow) -> set[str]:
    everywhere = {move.to for move in content.anywhere.values()}
    reached: set[str] = set()
    ahead = {content.start, content.emergency} & set(content.states)
    while ahead:
        name = ahead.pop()
        reached.add(name)
        state = content.states[name]
        targets = {move.to for move in state.on.values()}
        if state.asks is not None:
            targets |= everywhere
        ahead |= (targets & set(content.states)) - reached
    return reached


def prompts(content: Prompts) -> Iterator[Finding]:
    """Prompts that the code says exist, variables are known."""
    for name in sorted(_CORE_PROMPTS - set(content.prompts)):
        yield ("prompts",), f"the prompt '{name}' is missing"
    for name, text in content.prompts.items():
        for index, variant in enumerate((text,) if isinstance(text, str) else text):
            position = ("prompts", name) if isinstance(text, str) else ("prompts", name, index)
            yield from ((position, sentence) for sentence in _text_mistakes(variant))


def phrases(content: Policy, known: Catalogue, texts: Prompts) -> Iterator[Finding]:
    """What steers the conversation can be found in words, and asides have answers."""
    steering = content.phrases
    for name in ("takes_back", "other_matter", "same_place", "anonymous"):
        yield from _phrase_mistakes(("phrases", name), getattr(steering, name))
    questions = {*known.slots, *_BY_QUESTION}
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


def unused_prompts(content: Prompts, used_in: Flow, forms: Mapping[str, Form], rules: Policy) -> Iterator[Finding]:
    """Every prompt is said somewhere: the name of one that is not is probably misspelled."""
    said = {prompt for _, move in _moves(used_in) for prompt in move.say} | _CORE_PROMPTS
    said |= {row.say for row in rules.raises if row.say} | {row.say for row in rules.phrases.asides}
    for item in forms.values():
        said |= {p for slot in item.slots for p in (slot.ask, slot.detail, f"{slot.ask}_known") if p}
        said |= {p for p in (item.confirm, item.filed) if p}
    for name in content.prompts:
        if name.removesuffix("_again") not in said and not name.startswith("greeting"):
            yield ("prompts", name), f"the prompt '{name}' is never said"


def reasons(content: Reasons, used_in: Flow, rules: Policy | None) -> Iterator[Finding]:
    """Every reason that can bring a person has words; `rules` None: they cannot be read, nothing is called unused."""
    used = {move.reason for _, move in _moves(used_in) if move.reason is not None} | _CORE_REASONS
    used |= {row.reason for row in (rules.raises if rules else ())}
    for name in sorted(used - set(content.reasons)):
        yield ("reasons",), f"the reason '{name}' has no words"
    if rules is None:
        return
    for name in sorted(set(content.reasons) - used):
        yield ("reasons", name), f"the reason '{name}' never occurs"


def _text_mistakes(text: str) -> Iterator[str]:
    try:
        unknown = variables_of(text) - VARIABLES
    except ValueError as error:
        yield f"the braces cannot be read: {error}"
        return
    for name in sorted(unknown):
        yield f"unknown variable '{{{name}}}'; known are {', '.join(sorted(VARIABLES))}"


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


def moods(content: Moods) -> Iterator[Finding]:
    """Phrases can be read."""
    for name, phrases in content.moods.items():
        for index, phrase in enumerate(phrases):
            if mistake := phrase_mistake(phrase):
                yield ("moods", name, index), mistake


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


def lines(content: Lines, texts: Prompts) -> Iterator[Finding]:
    """The default line exists, greetings exist, no number rings twice."""
    if content.default not in content.lines:
        yield ("default",), f"there is no line '{content.default}'"
    owner: dict[str, str] = {}
    for name, line in content.lines.items():
        for index, prompt in enumerate(line.greeting):
            if prompt not in texts.prompts:
                yield ("lines", name, "greeting", index), f"there is no prompt '{prompt}'"
        for index, number in enumerate(line.numbers):
            if number in owner:
                yield ("lines", name, "numbers", index), f"{number} already belongs to the line '{owner[number]}'"
            owner.setdefault(number, name)


def utterances(file: str, content: UtteranceFile, known: Catalogue) -> Iterator[Finding]:
    """Intents, marks, slots and questions exist.

    A file that is named after no intent may be of various intents.
    """
    intents = {*known.intents, *OTHER_INTENTS}
    various = content.intent is None and file not in intents
    if not various and content.intent != file:
        yield ("intent",), f"the file is named {file}.yaml but its intent is '{content.intent or 'null'}'"
    if content.intent is not None and content.intent not in intents:
        yield ("intent",), f"there is no intent '{content.intent}' in intents/catalogue.yaml"
    questions = {*known.slots, "", "reason", "confirm", "more"}
    for index, utterance in enumerate(content.utterances):
        if various and utterance.intent is None:
            yield ("utterances", index), "'intent' is missing here: the file's own is null"
        elif various and utterance.intent not in intents:
            yield ("utterances", index, "intent"), f"there is no intent '{utterance.intent}' in intents/catalogue.yaml"
        elif not various and utterance.intent is not None:
            yield ("utterances", index, "intent"), "only a file that says `intent: null` names the intent of each line"
        try:
            example = examples(content.model_copy(update={"utterances": (utterance,)}))[0]
        except MarkupError as error:
            yield ("utterances", index), str(error)
            continue
        for slot in sorted({tag[2:] for tag in example.tags if tag != "O"} - set(known.slots)):
            yield ("utterances", index), f"there is no slot '{slot}' in intents/catalogue.yaml"
        if example.asked not in questions:
            yield ("utterances", index), f"there is no question '{example.asked}'"


def places(content: Places, streets: Collection[str]) -> Iterator[Finding]:
    """Places are on streets of the gazetteer."""
    for index, place in enumerate(content.root):
        if place.street is not None and place.street not in streets:
            yield (index, "street"), f"there is no street '{place.street}' in intents/gazetteer/streets.csv"


_ANSWER_WORDS = 45
"""Longest answer: at the voice's pace some 17 seconds, more than which nobody keeps in mind."""
_ANSWER_SENTENCES = 3
_SENTENCE_END = re.compile(r"[.!](?=\s|$)")
_PHONE = re.compile(r"(?<!\d)(?:\(?(\d{3})\)?[-. ])?(\d{3})[-. ](\d{4})(?!\d)")
_PAGE_NAME = re.compile(r"[a-z][a-z0-9_]*")


def pages(content: Mapping[str, Page], known: Collection[str]) -> Iterator[tuple[str, Finding]]:
    """Knowledge pages can be found and can be said: the page's name with each finding.

    `known` are the names of all pages, readable or not.
    """
    titles: dict[str, str] = {}
    asked: dict[str, str] = {}
    for name, page in content.items():
        yield from ((name, finding) for finding in _page(name, page, known))
        title = _plain(page.title)
        if title in titles:
            yield name, (("title",), f"the page '{titles[title]}' has this title already")
        titles.setdefault(title, name)
        for index, question in enumerate(page.questions):
            plain = _plain(question)
            if plain in asked:
                where = "this page" if asked[plain] == name else f"the page '{asked[plain]}'"
                yield name, (("questions", index), f"{where} has this question already")
            asked.setdefault(plain, name)


def _page(name: str, page: Page, known: Collection[str]) -> Iterator[Finding]:
    if not _PAGE_NAME.fullmatch(name):
        yield (), f"'{name}' is no page name: use small letters, digits and _"
    for index, question in enumerate(page.questions):
        if not question.endswith("?"):
            yield ("questions", index), "a question ends with a question mark"
    words, sentences = len(page.answer.split()), len(_SENTENCE_END.findall(page.answer))
    if words > _ANSWER_WORDS:
        yield ("answer",), f"the answer has {words} words, callers keep {_ANSWER_WORDS} in mind"
    if sentences > _ANSWER_SENTENCES:
        yield ("answer",), f"the answer has {sentences} sentences, at most {_ANSWER_SENTENCES} are said"
    if not page.answer.endswith((".", "!")):
        yield ("answer",), "the answer ends with a full stop: what is asked next is the dialog's business"
    if "?" in page.answer:
        yield ("answer",), "the answer must not ask: the caller would reply to it"
    if "{" in page.answer or "}" in page.answer:
        yield ("answer",), "the answer is said as it stands: there are no {variables} in it"
    for match in _PHONE.finditer(page.answer) if page.example else ():
        if not re.fullmatch(r"203\D+555\D01\d\d", match.group().lstrip("(")):
            yield ("answer",), f"{match.group()} could be somebody's: an example has 203-555-0100 to 203-555-0199"
    for index, other in enumerate(page.see):
        if other == name or other not in known:
            yield ("see", index), f"there is no other page '{other}'"


def unanswered(content: Unanswered, answered: Mapping[str, Page]) -> Iterator[Finding]:
    """Questions without an answer stand on no page."""
    owner = {_plain(question): name for name, page in answered.items() for question in page.questions}
    for index, question in enumerate(content.questions):
        if not question.endswith("?"):
            yield ("questions", index), "a question ends with a question mark"
        if _plain(question) in owner:
            yield ("questions", index), f"the page '{owner[_plain(question)]}' answers this"


def asked(content: AskedFile, known: Collection[str]) -> Iterator[Finding]:
    """Questions that test the pages ask for pages that exist."""
    for index, question in enumerate(content.questions):
        for at, page in enumerate(question.pages):
            if page not in known:
                yield ("questions", index, "pages", at), f"there is no page '{page}'"


def _plain(text: str) -> str:
    return " ".join(token.word for token in tokenise(text))

"""Checks of dialogs/flow.yaml: the table of a call's states. PURE."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from callbot.check.findings import Finding
from callbot.schema import Flow, Move, Prompts, State

_MUST_LEAD = frozenset(
    {"ask_person", "exhausted", "station_failed", "not_understood", "silence", "repeat", "hold_on", "greet"}
    | {"thanks", "goodbye", "details", "cancel", "maybe_emergency", "complete_for_person", "needs_answer"}
    | {"start_over", "aside", "anonymous", "answered_beside", "unanswered_beside"}
)
"""Triggers that can occur in any state that waits for the caller."""

ROWS_BY_QUESTION: Mapping[str, frozenset[str]] = {
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

_MUST_END = (
    ("ask_person", "human"),
    ("exhausted", "human"),
    ("station_failed", "human"),
    ("complete_for_person", "human"),
    ("status_still_unknown", "human"),
    ("is_emergency", "emergency"),
)
"""Triggers that must lead to a certain end."""


def transitions(content: Flow, texts: Prompts) -> Iterator[Finding]:
    """States exist and can be reached, every trigger leads somewhere, every call can end."""
    for key in ("start", "emergency"):
        if getattr(content, key) not in content.states:
            yield (key,), f"there is no state '{getattr(content, key)}'"
    for position, move in moves(content):
        if move.to not in ("same", "back") and move.to not in content.states:
            yield (*position, "to"), f"there is no state '{move.to}'"
        for index, prompt in enumerate(move.say):
            if prompt not in texts.prompts:
                yield (*position, "say", index), f"there is no prompt '{prompt}'"
    targets = {content.start, content.emergency, *(move.to for _, move in moves(content))}
    if targets <= {"same", "back", *content.states}:
        # Otherwise one misspelled name would make half of the table unreachable.
        for name in sorted(set(content.states) - _reachable(content)):
            yield ("states", name), f"the state '{name}' can never be reached"
    yield from _complete(content)
    yield from _coherent(content)


def _coherent(content: Flow) -> Iterator[Finding]:
    """No row leads to a question about a case, or a guess at one, where there is none."""
    for position, move in moves(content):
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
        for trigger in sorted(ROWS_BY_QUESTION.get(state.asks or "", frozenset()) - set(state.on)):
            yield ("states", name), f"a state that asks '{state.asks}' needs a row '{trigger}'"
    for trigger, ends in _MUST_END:
        for position, move in moves(content):
            target = content.states.get(move.to)
            if position[-1] == trigger and (target is None or target.ends != ends):
                yield position, f"'{trigger}' must lead to a state with `ends: {ends}`"


def moves(content: Flow) -> Iterator[tuple[tuple[str, ...], Move]]:
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

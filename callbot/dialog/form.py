"""The case form while it is being filled. PURE."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from callbot.dialog.raising import Sign
from callbot.events import Scalar, SlotHit, SlotValue
from callbot.nlu.merging import is_landmark, merge_location
from callbot.schema import FormSlot, Playbook

_NAMES = ("caller_name", "person_name")
_ARTICLES = re.compile(r"\b(?:a|an|the|my|our|his|her|some)\b", re.I)
_OFTEN = 99
"""Times asked of a question that is settled."""
_DETAIL = 2
"""How often a detail is asked for: once more if the caller did not answer."""


@dataclass(frozen=True, slots=True)
class Filled:
    """One value with where it came from."""

    value: SlotValue
    text: str
    confidence: float
    turn: int
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """The case so far."""

    intent: str
    confidence: float
    """Of the intent."""
    filled: Mapping[str, Filled] = field(default_factory=dict)
    declined: frozenset[str] = frozenset()
    """The caller would or could not say."""
    asked: Mapping[str, int] = field(default_factory=dict)
    """Prompt -> times asked."""
    signs: tuple[Sign, ...] = ()
    """Words that may bring a person whatever the kind of case."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask next."""

    slot: str
    prompt: str


def next_question(book: Playbook, draft: Draft, *, caller_known: bool) -> Question | None:
    """The first thing of the form that is still missing; None when there is nothing left to ask."""
    for item in book.forms[draft.intent].slots:
        prompt = _prompt(book, draft, item, caller_known)
        if prompt is not None and draft.asked.get(prompt, 0) < _limit(book, item, prompt):
            return Question(item.slot, prompt)
    return None


def missing(book: Playbook, draft: Draft) -> tuple[str, ...]:
    """Required slots that are empty."""
    return tuple(slot for slot in required(book, draft) if slot not in draft.filled)


def required(book: Playbook, draft: Draft) -> tuple[str, ...]:
    """Slots without which the case is not complete; of several that stand for each other, the one to go by."""
    spec = book.catalogue.intents[draft.intent]
    known = tuple(slot for slot in spec.one_of if slot in draft.filled)
    return (*spec.required, *(known or spec.one_of[-1:])[:1])


def fill(
    book: Playbook, draft: Draft, hits: Iterable[SlotHit], turn: int, asked: str = "", *, corrects: bool = False
) -> Draft:
    """Take over what the caller named; a location completes an earlier one.

    What is already known is replaced by an answer to its question or by a correction (`corrects`), not in passing:
    "I'm his niece, Patricia Green" does not rename the uncle.
    """
    wanted = book.slot_names(draft.intent)
    filled = dict(draft.filled)
    for hit in hits:
        slot = _meant_slot(_same_kind(book, hit.name, wanted), asked, filled, wanted)
        old = filled.get(slot)
        settled = old is not None and slot not in (asked, "location") and not corrects
        if slot not in wanted or settled:
            continue
        if not _only_beside(hit):
            passing = bool(asked) and asked != "location"
            value = _merged(old, hit, answers=asked == "location", corrects=corrects, in_passing=passing)
            value = _by_last_name(book, draft, slot, value)
            filled[slot] = Filled(value, hit.text, hit.confidence, turn)
        elif old is not None and isinstance(old.value, dict) and _has(old.value, "street"):
            # What stands beside a street makes that street no less sure.
            sure = max(old.confidence, hit.confidence)
            filled[slot] = Filled(_merged(old, hit), old.text, sure, turn)
    return replace(draft, filled=filled, declined=draft.declined - filled.keys())


def decline(draft: Draft, slot: str) -> Draft:
    """Note that the caller would or could not say."""
    return replace(draft, declined=draft.declined | {slot})


def forget(draft: Draft, item: FormSlot) -> Draft:
    """Empty one line of the form, so that it is asked as if for the first time."""
    filled = {slot: value for slot, value in draft.filled.items() if slot != item.slot}
    prompts = {item.ask, item.detail, f"{item.ask}_known"}
    asked = {prompt: times for prompt, times in draft.asked.items() if prompt not in prompts}
    return replace(draft, filled=filled, declined=draft.declined - {item.slot}, asked=asked)


def ask(draft: Draft, prompt: str) -> Draft:
    """Count a question."""
    return replace(draft, asked={**draft.asked, prompt: draft.asked.get(prompt, 0) + 1})


def settle(draft: Draft, prompt: str) -> Draft:
    """Note that a question has been answered as well as it will be; it is not asked again."""
    return replace(draft, asked={**draft.asked, prompt: _OFTEN})


def item_of(book: Playbook, intent: str, slot: str) -> FormSlot | None:
    """The line of the form that asks for the slot; None if nothing does."""
    return next((item for item in book.forms[intent].slots if item.slot == slot), None)


def is_vague(value: SlotValue) -> bool:
    """A thing or an animal that has only been named: "a phone", "dog"."""
    return isinstance(value, str) and len(_ARTICLES.sub("", value).split()) == 1


def confirm(draft: Draft) -> Draft:
    """The caller said yes to the read-back."""
    filled = {slot: replace(value, confirmed=True) for slot, value in draft.filled.items()}
    return replace(draft, filled=filled)


def labels_of(book: Playbook, intent: str | None) -> dict[str, str]:
    """Slot -> label of everything that a case of `intent` should tell, in the form's order."""
    if intent is None:
        return {}
    spec = book.catalogue.intents[intent]
    asked = (item.slot for item in book.forms[intent].slots)
    names = dict.fromkeys([*asked, *spec.required, *spec.one_of, *spec.optional])
    return {slot: book.catalogue.slots[slot].label for slot in names}


def location_score(filled: Filled | None) -> float:
    """How surely the location is a known place, 0 to 1."""
    if filled is None or not isinstance(filled.value, dict):
        return 0.0
    score = filled.value.get("score")
    return float(score) if isinstance(score, (int, float)) else 0.0


def _prompt(book: Playbook, draft: Draft, item: FormSlot, caller_known: bool) -> str | None:
    """The prompt that would ask for this line of the form; None if nothing is to be asked."""
    if item.slot in draft.declined or item.unless_declined in draft.declined or item.unless_known in draft.filled:
        return None
    filled = draft.filled.get(item.slot)
    if filled is None:
        return f"{item.ask}_known" if item.slot == "callback_number" and caller_known else item.ask
    if item.detail is not None and is_vague(filled.value):
        return item.detail
    if book.catalogue.slots[item.slot].kind != "location" or not isinstance(filled.value, dict):
        return None
    if location_score(filled) < book.policy.thresholds.location and not _has(filled.value, "matched"):
        return item.ask
    return item.detail if not _has(filled.value, "number", "cross_street", "place") else None


def _limit(book: Playbook, item: FormSlot, prompt: str) -> int:
    """How often one prompt may be asked in a call."""
    if prompt == item.detail:
        return _DETAIL
    return book.policy.retries.same_question + (1 if item.is_required else 0)


def _same_kind(book: Playbook, slot: str, wanted: frozenset[str]) -> str:
    """An amount of money, or a number, is the one that this case can hold, whatever else it might have been."""
    kind = book.catalogue.slots[slot].kind if slot in book.catalogue.slots else ""
    if slot in wanted or kind not in ("money", "number"):
        return slot
    same = [name for name in sorted(wanted) if book.catalogue.slots[name].kind == kind]
    return same[0] if len(same) == 1 else slot


def _meant_slot(slot: str, asked: str, filled: Mapping[str, Filled], wanted: frozenset[str]) -> str:
    """Whose name a name is: that of who was asked for, or, once the other person is known, the caller's."""
    if slot not in _NAMES:
        return slot
    if asked in _NAMES:
        return asked
    return "caller_name" if slot in filled and "caller_name" in wanted else slot


def _only_beside(hit: SlotHit) -> bool:
    """The hit names no place without the street that is already known."""
    return hit.name == "location" and isinstance(hit.value, dict) and is_landmark(hit.value)


def _merged(
    old: Filled | None, hit: SlotHit, *, answers: bool = False, corrects: bool = False, in_passing: bool = False
) -> SlotValue:
    if old is None or not isinstance(old.value, dict) or not isinstance(hit.value, dict):
        return hit.value
    if hit.name == "location":
        return merge_location(old.value, hit.value, answers=answers, corrects=corrects, in_passing=in_passing)
    if hit.name == "vehicle" and not hit.value.get("make") and not hit.value.get("model"):
        # "It's red, not white": the same car.
        said = {name: value for name, value in hit.value.items() if value is not None}
        return {**old.value, **said, "text": f"{old.value.get('text')}, {hit.value.get('text')}"}
    return hit.value


def _by_last_name(book: Playbook, draft: Draft, slot: str, value: SlotValue) -> SlotValue:
    """An officer, of whom one name is known, is known by the last; a person whose case it is, by the first."""
    is_named_so = slot == "person_name" and slot not in required(book, draft)
    if is_named_so and isinstance(value, dict) and value.get("first") and not value.get("last"):
        return {**value, "first": None, "last": value["first"]}
    return value


def _has(value: Mapping[str, Scalar], *names: str) -> bool:
    return any(value.get(name) for name in names)

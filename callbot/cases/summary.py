"""The summary that a person reads before taking a call over.

Pure, and no model writes it: it is put together from the slots, the rules that fired and the caller's own words by a
template that a supervisor can edit (dialogs/en/summary.md), so it can't contain anything that the caller did not say.
Each statement carries the words that it rests on, with their turn and time; what is missing is called missing. proof.py
checks that.

The template's language: `@# …` is a remark, `@name: …` sets one of the small phrases in `_PHRASES`, all other
lines are the summary, where `$name` stands for one of `_FIELDS` and `$$` for a dollar sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from string import Template
from typing import Final

from callbot.cases.quoting import as_said, clock, flat, says, second_of
from callbot.errors import ContentError
from callbot.events import CaseSnapshot, Evidence, Scalar, SlotValue, TurnRecord

_FIELDS: Final = frozenset(
    {"what", "where", "when", "caller", "callback", "why", "risks", "missing", "mood", "details", "told", "words"}
)

_PHRASES: Final[dict[str, frozenset[str]]] = {
    "not_stated": frozenset(),
    "nothing": frozenset(),
    "time": frozenset({"at"}),
    "quote": frozenset({"turn", "time", "words"}),
    "confirmed": frozenset({"turn", "time", "words"}),
    "pressed": frozenset({"turn", "keys"}),
    "trigger": frozenset({"words"}),
    "unquoted": frozenset(),
    "detail": frozenset({"label", "value"}),
    "turn": frozenset({"turn", "time", "words"}),
    "keys": frozenset({"turn", "keys"}),
    "told": frozenset({"turn", "words"}),
    "yes": frozenset(),
    "no": frozenset(),
}
"""Phrase -> the words that it may use."""

_PHRASE_LINE: Final = re.compile(r"@(\w+):\s*(.*)")

_IN_HEAD: Final = frozenset({"location", "occurred_at", "caller_name", "callback_number"})
"""Slots that have a place of their own and are not repeated under the details."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that words of the caller speak for: a risk, a mood."""

    name: str
    """In the site's words."""
    turn: int
    words: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a summary is made of. Nothing else gets in."""

    title: str | None = None
    """The kind of case in words."""
    case: CaseSnapshot | None = None
    turns: Sequence[TurnRecord] = ()
    """The call's so far. What the bot answered in the last one has not been heard yet."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Slots in the order in which they are listed; one without a value is listed as not stated, and a filled slot
    without a label comes last, under its own name."""
    wanted: Sequence[str] = ()
    """Slots that a person will miss if they have no value."""
    reason: str = ""
    """Why a person is needed, in the site's words."""
    evidence: str = ""
    """The caller's words that led to that."""
    risks: Sequence[Finding] = ()
    moods: Sequence[Finding] = ()


def summarize(template: str, facts: Facts) -> str:
    """The summary of a call; `template` is the text of summary.md.

    Raises ContentError when the template has mistakes.
    """
    mistakes = check_template(template)
    if mistakes:
        raise ContentError([f"summary template:{mistake}" for mistake in mistakes])
    phrases, body = parse_template(template)
    return _Writer(phrases, facts, {turn.index: turn for turn in facts.turns}).write(body)


def check_template(text: str) -> list[str]:
    """The mistakes of a summary template, each as ``line: what is wrong and what to mend``."""
    mistakes: list[str] = []
    seen: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("@#"):
            continue
        if not line.startswith("@"):
            mistakes += (f"{number}: {mistake}" for mistake in _mistakes_of(line, _FIELDS))
            continue
        match = _PHRASE_LINE.fullmatch(line)
        if match is None or match[1] not in _PHRASES:
            mistakes.append(f"{number}: a line with @ must begin with one of @#, {_listed(_PHRASES, '@')}")
            continue
        name, phrase = match.groups()
        if name in seen:
            mistakes.append(f"{number}: the phrase @{name} stands here twice")
        seen.add(name)
        mistakes += (f"{number}: {mistake}" for mistake in _mistakes_of(phrase, _PHRASES[name]))
    mistakes += (f"1: the phrase @{name} is missing" for name in _PHRASES if name not in seen)
    return mistakes


def display(value: SlotValue, *, yes: str = "yes", no: str = "no") -> str:
    """A slot's value as a person would write it, in one line; "" for nothing. Adds no words of its own.

    >>> display({"text": "88 howe apartment three", "street": "Howe Street", "number": "88", "unit": "apartment 3"})
    '88 Howe Street, apartment 3'
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return yes if value else no
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _one_line(_record(value) if isinstance(value, dict) else str(value))


# ---------------------------------------------------------------- values


def _record(value: Mapping[str, Scalar]) -> str:
    """A record in words; the caller's own where nothing could be made of them."""
    if "matched" in value or "street" in value:
        written = _location(value)
    elif "from" in value or "to" in value:
        written = _time(value)
    elif "first" in value or "last" in value:
        written = _joined(value, "first", "last")
    else:
        written = _joined(value, "color", "year", "make", "model")
    return written or _part(value, "text") or _joined(value, *value)


def _location(value: Mapping[str, Scalar]) -> str:
    street = _part(value, "matched") or _part(value, "street")
    number, cross, unit = _part(value, "number"), _part(value, "cross_street"), _part(value, "unit")
    # A dispatcher's spelling of a crossing and of a flat: it needs no words that nobody said.
    line = " / ".join(part for part in (f"{number} {street}".strip() if street else number, cross) if part)
    if unit and not re.search(r"[^\W\d_]{2}", unit):
        unit = f"#{unit}"
    return ", ".join(part for part in (line, unit, _part(value, "place")) if part)


def _time(value: Mapping[str, Scalar]) -> str:
    moments = [_part(value, end).replace("T", " ") for end in ("from", "to")]
    written = " - ".join(dict.fromkeys(moment for moment in moments if moment))
    said = _part(value, "text")
    return f"{said} [{written}]" if said and written else said or written


def _joined(value: Mapping[str, Scalar], *names: str) -> str:
    return " ".join(part for part in (_part(value, name) for name in names) if part)


def _part(value: Mapping[str, Scalar], name: str) -> str:
    part = value.get(name)
    return "" if part is None else _one_line(str(part))


def _one_line(text: str) -> str:
    """A line break in a value must not look like a new statement."""
    return " ".join(text.split())


# ---------------------------------------------------------------- writing


@dataclass(frozen=True, slots=True)
class _Writer:
    """Fills a template for one call."""

    phrases: Mapping[str, str]
    facts: Facts
    turns: dict[int, TurnRecord]

    def write(self, body: str) -> str:
        case = self.facts.case
        nothing = self.phrases["not_stated"]
        fields = {
            "what": self._what(),
            "where": self._slot("location"),
            "when": self._slot("occurred_at"),
            "caller": self._slot("caller_name", case.caller_name if case else None),
            "callback": self._slot("callback_number", case.callback_number if case else None),
            "why": self._why(),
            "risks": ", ".join(self._found(self.facts.risks)) or nothing,
            "mood": ", ".join(self._found(self.facts.moods)) or nothing,
            "missing": self._missing(),
            "details": "\n".join(self._details()) or nothing,
            "told": "\n".join(self._told()) or self.phrases["nothing"],
            "words": "\n".join(self._words()) or nothing,
        }
        return Template(body).substitute(fields).strip()

    def _what(self) -> str:
        title, case = self.facts.title, self.facts.case
        if title is None or case is None:
            return self.phrases["not_stated"]
        named = (turn for turn in self.turns.values() if (turn.heard or "").strip() and turn.intent == case.intent)
        first = next(named, None)
        return f"{flat(title)} {self._quote(first, first.heard or '') if first else self.phrases['unquoted']}"

    def _slot(self, name: str, known: str | None = None) -> str:
        """A slot with its evidence; `known` is the case's own field, used when there is no such slot."""
        case = self.facts.case
        shown = self._value(name) or flat(known or "")
        if not shown or case is None:
            return self.phrases["not_stated"]
        return f"{shown} {self._evidence(case.evidence.get(name))}"

    def _value(self, name: str) -> str:
        value = self.facts.case.slots.get(name) if self.facts.case else None
        return flat(display(value, yes=self.phrases["yes"], no=self.phrases["no"]))

    def _evidence(self, evidence: Evidence | None) -> str:
        """Where a value comes from: its own words, or the whole turn where they are not in it ("yes")."""
        turn = self.turns.get(evidence.turn) if evidence else None
        if evidence is None or turn is None:
            return self.phrases["unquoted"]
        if says(turn, evidence.text):
            return self._quote(turn, evidence.text, "confirmed" if evidence.confirmed else "quote")
        if turn.heard and turn.heard.strip():
            return self._quote(turn, turn.heard, "confirmed" if evidence.confirmed else "quote")
        return self._phrase("pressed", turn=turn.index, keys=turn.keys) if turn.keys else self.phrases["unquoted"]

    def _quote(self, turn: TurnRecord, words: str, phrase: str = "quote") -> str:
        return self._phrase(phrase, turn=turn.index, time=self._time(turn, words), words=words)

    def _time(self, turn: TurnRecord, words: str) -> str:
        second = second_of(turn, words)
        return "" if second is None else self._phrase("time", at=clock(second))

    def _why(self) -> str:
        reason = flat(self.facts.reason) or self.phrases["not_stated"]
        return f"{reason} {self._trigger(self.facts.evidence)}".strip()

    def _trigger(self, words: str) -> str:
        """The words that led to a person, where they were said last. They may be ahead of the last complete turn."""
        if not words.strip():
            return ""
        for turn in reversed(self.turns.values()):
            if said := _said_in(turn, words):
                return self._quote(turn, said)
        return self._phrase("trigger", words=words)

    def _found(self, findings: Sequence[Finding]) -> Iterator[str]:
        """What was found, with its words; nothing is a finding that the caller has not said."""
        for finding in findings:
            turn = self.turns.get(finding.turn)
            if turn is not None and (words := _said_in(turn, finding.words)):
                yield f"{flat(finding.name)} {self._quote(turn, words)}"

    def _missing(self) -> str:
        if self.facts.case is None:
            return self.phrases["not_stated"]
        known = {"caller_name": self.facts.case.caller_name, "callback_number": self.facts.case.callback_number}
        empty = (name for name in self.facts.wanted if not self._value(name) and not known.get(name))
        return ", ".join(map(self._label, empty)) or self.phrases["nothing"]

    def _label(self, name: str) -> str:
        return flat(self.facts.labels.get(name, name.replace("_", " ")))

    def _details(self) -> Iterator[str]:
        filled: Iterable[str] = self.facts.case.slots if self.facts.case else ()
        for name in dict.fromkeys([*self.facts.labels, *filled]):
            if name not in _IN_HEAD:
                yield self._phrase("detail", label=self._label(name), value=self._slot(name))

    def _told(self) -> Iterator[str]:
        """What the bot has stated. The greeting is the same for everybody, and the last answer is still to be heard."""
        last = max(self.turns, default=0)
        for turn in self.turns.values():
            stated = " ".join(sentence for sentence in turn.said if not sentence.rstrip().endswith("?"))
            if 0 < turn.index < last and stated.strip():
                yield self._phrase("told", turn=turn.index, words=stated)

    def _words(self) -> Iterator[str]:
        for turn in self.turns.values():
            if turn.heard and turn.heard.strip():
                yield self._quote(turn, turn.heard, "turn")
            if turn.keys:
                yield self._phrase("keys", turn=turn.index, keys=turn.keys)

    def _phrase(self, name: str, **values: str | int) -> str:
        """A phrase of the template; only `value` may hold quotations, for they are already made safe."""
        safe = {key: str(text) if key == "value" else flat(str(text)) for key, text in values.items()}
        return Template(self.phrases[name]).substitute(safe)


def _said_in(turn: TurnRecord, words: str) -> str | None:
    """The words as the caller has said them in this turn; None if they have not."""
    return words if says(turn, words) else as_said(turn.heard or "", words)


# ---------------------------------------------------------------- the template


def parse_template(text: str) -> tuple[dict[str, str], str]:
    """Phrases and body of a template without mistakes."""
    lines = text.splitlines()
    matches = (_PHRASE_LINE.fullmatch(line) for line in lines)
    # A phrase without placeholders is used as it stands, so its $$ has to be undone here.
    phrases = {m[1]: m[2] if _PHRASES[m[1]] else Template(m[2]).substitute() for m in matches if m and m[1] in _PHRASES}
    return phrases, "\n".join(line for line in lines if not line.startswith("@"))


def _mistakes_of(text: str, known: frozenset[str]) -> Iterator[str]:
    template = Template(text)
    if not template.is_valid():
        yield "a $ must be followed by a name; write $$ for a dollar sign"
        return
    for name in template.get_identifiers():
        if name not in known:
            choice = f"use one of {_listed(known, '$')}" if known else "this phrase has none"
            yield f"nothing is called ${name} here; {choice}"


def _listed(names: Iterable[str], mark: str) -> str:
    return ", ".join(f"{mark}{name}" for name in sorted(names))

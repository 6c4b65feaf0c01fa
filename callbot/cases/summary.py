"""The summary that a person reads before taking a call over.

Pure, and no model writes it: it is put together from the slots and the caller's own words by a template that a
supervisor can edit (dialogs/en/summary.md), so it can't contain anything that the caller did not say. Each
statement carries the words that it rests on; what is missing is called missing.

The template's language: `@# …` is a remark, `@name: …` sets one of the small phrases in `_PHRASES`, all other
lines are the summary, where `$name` stands for one of `_FIELDS` and `$$` for a dollar sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Final

from callbot.errors import ContentError
from callbot.events import CaseSnapshot, Evidence, Scalar, SlotValue, TurnRecord

_FIELDS: Final = frozenset({"what", "where", "caller", "callback", "why", "details", "words"})

_PHRASES: Final[dict[str, frozenset[str]]] = {
    "not_stated": frozenset(),
    "quote": frozenset({"turn", "words"}),
    "confirmed": frozenset({"turn", "words"}),
    "trigger": frozenset({"words"}),
    "unquoted": frozenset(),
    "detail": frozenset({"label", "value"}),
    "turn": frozenset({"turn", "words"}),
    "keys": frozenset({"turn", "keys"}),
    "yes": frozenset(),
    "no": frozenset(),
}
"""Phrase -> the words that it may use."""

_PHRASE_LINE: Final = re.compile(r"@(\w+):\s*(.*)")

_IN_HEAD: Final = frozenset({"location", "caller_name", "callback_number"})
"""Slots that have a place of their own and are not repeated under the details."""


def summarize(
    *,
    template: str,
    labels: Mapping[str, str],
    title: str | None,
    case: CaseSnapshot | None,
    turns: Sequence[TurnRecord],
    reason_text: str,
    evidence: str,
) -> str:
    """The summary of a call so far.

    `template` is the text of summary.md. `labels` names the slots of the case's form in the order in which they
    are listed; one without a value is listed as not stated, and a filled slot without a label is listed last,
    under its own name. `title` is the kind of case in words, `reason_text` why a person is needed, `evidence`
    the caller's words that led to that ("" = none).

    Raises ContentError when the template has mistakes.
    """
    mistakes = check_template(template)
    if mistakes:
        raise ContentError([f"summary template:{mistake}" for mistake in mistakes])
    phrases, body = _parse(template)
    return _Writer(phrases, case, turns).write(body, labels, title, reason_text, evidence)


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
    return _flat(_record(value) if isinstance(value, dict) else str(value))


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
    return "" if part is None else _flat(str(part))


def _flat(text: str) -> str:
    """One line: a line break in a value must not look like a new statement."""
    return " ".join(text.split())


# ---------------------------------------------------------------- writing


@dataclass(frozen=True, slots=True)
class _Writer:
    """Fills a template for one call."""

    phrases: Mapping[str, str]
    case: CaseSnapshot | None
    turns: Sequence[TurnRecord]

    def write(self, body: str, labels: Mapping[str, str], title: str | None, reason_text: str, evidence: str) -> str:
        fields = {
            "what": self._what(title),
            "where": self._slot("location"),
            "caller": self._slot("caller_name", self.case.caller_name if self.case else None),
            "callback": self._slot("callback_number", self.case.callback_number if self.case else None),
            "why": " ".join(filter(None, (_flat(reason_text) or self.phrases["not_stated"], self._trigger(evidence)))),
            "details": "\n".join(self._details(labels)) or self.phrases["not_stated"],
            "words": "\n".join(self._words()) or self.phrases["not_stated"],
        }
        return Template(body).substitute(fields).strip()

    def _what(self, title: str | None) -> str:
        if title is None or self.case is None:
            return self.phrases["not_stated"]
        named = (turn for turn in self.turns if turn.heard and turn.intent == self.case.intent)
        first = next(named, None)
        quote = self._phrase("quote", turn=first.index, words=first.heard or "") if first else self.phrases["unquoted"]
        return f"{_flat(title)} {quote}"

    def _slot(self, name: str, known: str | None = None) -> str:
        """A slot with its evidence; `known` is the case's own field, used when there is no such slot."""
        value = self.case.slots.get(name) if self.case else None
        shown = display(value, yes=self.phrases["yes"], no=self.phrases["no"]) or _flat(known or "")
        if not shown or self.case is None:
            return self.phrases["not_stated"]
        return f"{shown} {self._evidence(self.case.evidence.get(name))}"

    def _evidence(self, evidence: Evidence | None) -> str:
        if evidence is None or not evidence.text.strip():
            return self.phrases["unquoted"]
        return self._phrase("confirmed" if evidence.confirmed else "quote", turn=evidence.turn, words=evidence.text)

    def _trigger(self, words: str) -> str:
        """The words that led to a person. They may be ahead of the last complete turn."""
        wanted = _flat(words).casefold()
        if not wanted:
            return ""
        for turn in self.turns:
            if turn.heard and wanted in _flat(turn.heard).casefold():
                return self._phrase("quote", turn=turn.index, words=words)
        return self._phrase("trigger", words=words)

    def _details(self, labels: Mapping[str, str]) -> Iterator[str]:
        filled: Iterable[str] = self.case.slots if self.case else ()
        for name in dict.fromkeys([*labels, *filled]):
            if name not in _IN_HEAD:
                label = labels.get(name, name.replace("_", " "))
                yield self._phrase("detail", label=label, value=self._slot(name))

    def _words(self) -> Iterator[str]:
        for turn in self.turns:
            if turn.heard and turn.heard.strip():
                yield self._phrase("turn", turn=turn.index, words=turn.heard)
            if turn.keys:
                yield self._phrase("keys", turn=turn.index, keys=turn.keys)

    def _phrase(self, name: str, **values: str | int) -> str:
        return Template(self.phrases[name]).substitute({key: _flat(str(value)) for key, value in values.items()})


# ---------------------------------------------------------------- the template


def _parse(text: str) -> tuple[dict[str, str], str]:
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

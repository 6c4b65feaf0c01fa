"""Whether a summary says only what the call bears out. Pure.

A statement is supported when each of its quotations is what the caller said (or heard) in the turn that it names, and
every other word in it is the site's own (its template, labels, titles and reasons) or stands in the record: a slot's
value, a key, a number of a turn, a time. It looks at the finished text alone, so it also holds for a template that
somebody has edited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from callbot.cases.quoting import clock, flat, says
from callbot.cases.summary import Facts, display, parse_template
from callbot.events import TurnRecord

_QUOTATION: Final = re.compile(r'"([^"]*)"')
_TURN: Final = re.compile(r"\d+")
_WORD: Final = re.compile(r"\w+")
_BLANK: Final = re.compile(r"\$\$|\$\w+|\$\{\w+\}")

Words = tuple[str, ...]


def unsupported(summary: str, template: str, facts: Facts) -> list[str]:
    """The lines of a summary that are not supported by the call."""
    known = _known(template, facts)
    return [line for line in summary.splitlines() if not _is_supported(line, known, facts)]


def supported(summary: str, template: str, facts: Facts) -> str:
    """A summary without its unsupported lines."""
    known = _known(template, facts)
    return "\n".join(line for line in summary.splitlines() if _is_supported(line, known, facts))


def _is_supported(line: str, known: set[Words], facts: Facts) -> bool:
    before = 0
    for quotation in _QUOTATION.finditer(line):
        if not _is_quoted(quotation[1], line[before : quotation.start()], known, facts):
            return False
        before = quotation.end()
    return _is_covered(_words(_QUOTATION.sub(" ", line)), known)


def _is_quoted(words: str, before: str, known: set[Words], facts: Facts) -> bool:
    """The quotation is of the turn that is named between it and the last bracket or line before it."""
    number = _TURN.search(before[before.rfind("(") + 1 :])
    if number is None:
        # Words ahead of the last complete turn have none; whatever else stands in quotation marks is the site's.
        return flat(words) == flat(facts.evidence) or _is_covered(_words(words), known)
    turn = next((turn for turn in facts.turns if turn.index == int(number[0])), None)
    return turn is not None and (says(turn, words) or _was_told(turn, words))


def _was_told(turn: TurnRecord, words: str) -> bool:
    stated = " ".join(sentence for sentence in turn.said if not sentence.rstrip().endswith("?"))
    return flat(words) == flat(stated)


def _known(template: str, facts: Facts) -> set[Words]:
    """Everything that may stand outside of quotations, as sequences of words."""
    return {words for text in (*_of_site(template, facts), *_of_record(facts)) if (words := _words(flat(text)))}


def _of_site(template: str, facts: Facts) -> Iterator[str]:
    phrases, body = parse_template(template)
    for text in (body, *phrases.values()):
        for line in text.splitlines():
            yield from _BLANK.split(line)
    yield from (facts.title or "", facts.reason, *facts.labels.values())
    yield from (name.replace("_", " ") for name in (*facts.wanted, *(facts.case.slots if facts.case else ())))
    yield from (finding.name for finding in (*facts.risks, *facts.moods))


def _of_record(facts: Facts) -> Iterator[str]:
    for turn in facts.turns:
        yield from (str(turn.index), turn.keys)
        yield from (clock(word.start) for word in turn.words)
    if facts.case is not None:
        yield from (display(value) for value in facts.case.slots.values())
        yield from (facts.case.caller_name or "", facts.case.callback_number or "")
        yield from (str(evidence.turn) for evidence in facts.case.evidence.values())


def _is_covered(words: Words, known: Iterable[Words]) -> bool:
    """Every word belongs to a known sequence that stands there as a whole."""
    covered = [False] * len(words)
    for sequence in known:
        size = len(sequence)
        for first in range(len(words) - size + 1):
            if words[first : first + size] == sequence:
                covered[first : first + size] = [True] * size
    return all(covered)


def _words(text: str) -> Words:
    return tuple(_WORD.findall(text.casefold()))

"""Values: whether their words are found, and whether they become the right value."""

from __future__ import annotations

from collections.abc import Sequence

from callbot.bench.part import Table, Value
from callbot.evaluate.judged import Judged
from callbot.evaluate.section import Section, counted, percent
from callbot.evaluate.values import same_value
from callbot.nlu.scores import Measure, measure
from callbot.stats import exact_interval

ALL = "all"


def section(rows: Sequence[Judged]) -> Section:
    """F1 of each slot on exact words (the small model alone) and on normalised values (everything together).

    Utterances that were heard have no exact words: only their values are compared, with those that were said.
    """
    names = sorted({named.slot for row in rows for named in row.named})
    words = {name: _spans(rows, name) for name in [*names, ALL]} if not any(r.spoken.heard for r in rows) else {}
    values = {name: _values(rows, name, names) for name in [*names, ALL]}
    table: list[dict[str, Value]] = []
    for name in [*names, ALL]:
        one = values[name]
        right = round(one.recall * one.support)
        cell = counted(right, one.support, exact_interval(right, one.support))
        exact: dict[str, Value] = {"F1 of words": percent(words[name].f1)} if words else {}
        table.append({"slot": name} | exact | {"F1 of values": percent(one.f1), "values right": cell})
    figures = {
        "values": {name: _plain(one) for name, one in values.items()},
        "words": {name: _plain(one) for name, one in words.items()},
    }
    return Section(figures, (Table("slots", table, "a location is right when street and house number are"),))


def _spans(rows: Sequence[Judged], slot: str) -> Measure:
    wanted = {(at, value) for at, row in enumerate(rows) for value in row.wanted if slot in (ALL, value[0])}
    found = {(at, value) for at, row in enumerate(rows) for value in row.found if slot in (ALL, value[0])}
    return measure(len(wanted & found), len(wanted), len(found))


def _values(rows: Sequence[Judged], slot: str, names: Sequence[str]) -> Measure:
    """What is found of slots that nobody has marked is not counted: nobody knows whether it is there."""
    right = wanted = found = 0
    for row in rows:
        named = [one for one in row.named if slot in (ALL, one.slot)]
        hits = [hit for hit in row.hits if hit.name in names and slot in (ALL, hit.name)]
        wanted += len(named)
        found += len(hits)
        right += sum(any(h.name == one.slot and same_value(h.name, one.value, h.value) for h in hits) for one in named)
    return measure(min(right, found), wanted, found) if found else measure(0, wanted, 0)


def _plain(one: Measure) -> dict[str, float]:
    return {"precision": one.precision, "recall": one.recall, "f1": one.f1, "n": one.support}

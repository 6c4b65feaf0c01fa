"""Emergencies: how many are caught, by which detector, and who is taken for one without need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callbot.bench.part import Table, Value
from callbot.evaluate.judged import LOOK_ALIKE, Judged
from callbot.evaluate.section import Section, counted
from callbot.nlu.scores import EMERGENCY
from callbot.stats import exact_interval

ALIKE = f"false alarms, {LOOK_ALIKE}s"
ANY = "any"
"""One detector suffices."""


def section(rows: Sequence[Judged], names: Sequence[str]) -> Section:
    """Recall and false alarms of each detector in `names` and of all together, and recall of each kind."""
    danger = [row for row in rows if row.truth == EMERGENCY]
    alike = [row for row in rows if row.truth is None]
    calm = [row for row in rows if row.truth not in (EMERGENCY, None)]
    groups = {"recall": danger, ALIKE: alike, "false alarms, other callers": calm}
    found = {name: {group: _share(members, name) for group, members in groups.items()} for name in [*names, ANY]}
    kinds = sorted({row.spoken.said.kind or "unnamed" for row in danger})
    by_kind = {
        kind: _share([row for row in danger if (row.spoken.said.kind or "unnamed") == kind], ANY) for kind in kinds
    }
    missed = [row.spoken.text for row in danger if not row.alarms]
    by_detector: list[dict[str, Value]] = [
        {"detector": name, **{group: _shown(share) for group, share in row.items()}} for name, row in found.items()
    ]
    tables = (
        Table("emergencies", by_detector),
        Table("emergencies of each kind, any detector", [{"kind": k, "recall": _shown(s)} for k, s in by_kind.items()]),
        Table("missed emergencies", [{"words": words} for words in missed]),
    )
    return Section({"detectors": found, "kinds": by_kind, "missed": missed}, tables if danger else tables[:1])


def _share(rows: Sequence[Judged], detector: str) -> dict[str, Any]:
    hits = sum(bool(row.alarms) if detector == ANY else detector in row.alarms for row in rows)
    low, high = exact_interval(hits, len(rows))
    return {"hits": hits, "n": len(rows), "interval": [low, high]}


def _shown(share: dict[str, Any]) -> str:
    low, high = share["interval"]
    return counted(share["hits"], share["n"], (low, high))

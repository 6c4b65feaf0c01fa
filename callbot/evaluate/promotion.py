"""Which version of the small model serves: a new one only if it is not worse, and back with one command.

Worse is judged on the held-out utterances, which no version was trained on. What was done is kept beside the versions,
one JSON object a line, so that "back" knows where to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from callbot.errors import ModelError
from callbot.evaluate import emergencies, intents, slots, strangers
from callbot.evaluate.judged import Judged
from callbot.nlu import versions
from callbot.nlu.scores import EMERGENCY

HISTORY = "history.jsonl"

TOLERANCES: Mapping[str, float] = {
    "intents right": 0.01,
    "F1 of values": 0.01,
    "emergencies found": 0.0,
    "look-alikes left alone": 0.02,
    "out of scope flagged": 0.03,
    "in scope accepted": 0.01,
}
"""By how much each share may fall. One emergency that is no longer found is one too many; of the forty held-out lines
that are out of scope one may be lost, which is 2.5 %."""

Figures = Mapping[str, float]

Judge = Callable[[Path], Sequence[Judged]]
"""Has the held-out utterances understood by the version in a folder; raises ModelError if it cannot be loaded."""


class Step(BaseModel):
    """One line of the history."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: datetime
    did: Literal["promote", "rollback"]
    version: str
    """The one that serves from then on."""
    before: str | None
    """The one that served until then; None for the first."""
    figures: dict[str, float] = {}
    """Of the promoted version, see `figures`."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of two versions."""

    name: str
    old: float
    new: float

    @property
    def tolerance(self) -> float:
        """By how much it may fall."""
        return TOLERANCES[self.name]

    @property
    def fell(self) -> bool:
        """It is lower by more than is tolerated."""
        return self.new < self.old - self.tolerance - 1e-9


def figures(rows: Sequence[Judged]) -> Figures:
    """What decides about a version, all shares of which more is better. A set without utterances counts as passed."""
    danger = [row for row in rows if row.truth == EMERGENCY]
    strange = strangers.section(rows).figures
    alike = emergencies.section(rows, []).figures["detectors"][emergencies.ANY][emergencies.ALIKE]
    # The phrases are the same for all versions: here the model stands alone.
    found = sum(bool(row.alarms - {"phrases"}) for row in danger)
    flagged, lost = strange["out_of_scope"], strange["in_scope"]
    return {
        "intents right": intents.section(rows).figures["accuracy"],
        "F1 of values": slots.section(rows).figures["values"][slots.ALL]["f1"],
        "emergencies found": _share(found, len(danger)),
        "look-alikes left alone": 1 - alike["hits"] / max(1, alike["n"]),
        "out of scope flagged": _share(flagged["flagged"], flagged["n"]),
        "in scope accepted": 1 - lost["flagged"] / max(1, lost["n"]),
    }


def _share(hits: int, of: int) -> float:
    return hits / of if of else 1.0


def compared(old: Figures, new: Figures) -> list[Compared]:
    """Each figure of both versions."""
    return [Compared(name, old[name], new[name]) for name in TOLERANCES]


def promote(folder: Path, name: str, judged: Judge, at: datetime) -> tuple[list[Compared], bool]:
    """Have version `name` of `folder` serve, unless a figure fell: then nothing is changed, and the second result is
    False.

    Without a version that serves, or with one that cannot be loaded, there is nothing to compare with, and any is
    better. Raises ModelError for a version that is not there, serves already or cannot be loaded.
    """
    if name not in versions.versions(folder):
        raise ModelError(f"there is no version {name!r} in {folder}: see `callbot models versions`")
    old = serving(folder)
    if old == name:
        raise ModelError(f"version {name} serves already")
    new = figures(judged(folder / name))
    rows = compared(_figures_of(folder, old, judged) or new, new)
    if any(row.fell for row in rows):
        return rows, False
    versions.promote(folder, name)
    _note(folder, Step(at=at, did="promote", version=name, before=old, figures=dict(new)))
    return rows, True


def rollback(folder: Path, at: datetime) -> str:
    """Have the version serve again that did before the last promotion; returns its name.

    Raises ModelError if there is none to go back to.
    """
    back: list[str | None] = []
    for step in history(folder):
        if step.did == "promote":
            back.append(step.before)
        elif back:
            back.pop()
    if not back or back[-1] is None:
        raise ModelError(f"{folder / HISTORY} names no version to go back to")
    name, before = back[-1], serving(folder)
    versions.promote(folder, name)
    _note(folder, Step(at=at, did="rollback", version=name, before=before))
    return name


def history(folder: Path) -> list[Step]:
    """What was done so far, the oldest first. Raises ModelError for a line that is no step."""
    path = folder / HISTORY
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    found: list[Step] = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(Step.model_validate_json(line))
        except ValidationError as error:
            raise ModelError(f"{path}:{number}: this is no step: {error.errors()[0]['msg']}") from error
    return found


def serving(folder: Path) -> str | None:
    """Name of the version that serves; None if none does."""
    try:
        return versions.current(folder).name
    except ModelError:
        return None


def _figures_of(folder: Path, name: str | None, judged: Judge) -> Figures | None:
    if name is None:
        return None
    try:
        return figures(judged(folder / name))
    except ModelError:
        return None


def _note(folder: Path, step: Step) -> None:
    with (folder / HISTORY).open("a", encoding="utf-8") as file:
        file.write(json.dumps(step.model_dump(mode="json")) + "\n")

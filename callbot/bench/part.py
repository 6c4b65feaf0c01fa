"""What every part of the benchmark takes and gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callbot.config import Settings
from callbot.content import Site

Progress = Callable[[int, int, str], None]
"""Told how much is done, of how much, and what is being done."""

Value = str | int | float | None
"""One cell; None = there is nothing to tell."""


@dataclass(frozen=True)
class Plan:
    """What is to be measured with."""

    settings: Settings
    site: Site
    progress: Progress
    recordings: Path | None = None
    """Further recordings to recognise, see `material.from_folder`."""
    samples: int | None = None
    """At most so many of each kind; None = as many as the part thinks right."""
    levels: tuple[int, ...] = (1, 2, 4, 8, 12, 16)
    """Calls at once, for the capacity."""
    folder: Path = Path()
    """For sounds that are made on the way; exists while a part runs."""

    def most(self, usual: int) -> int:
        """How many samples of a kind to take, where `usual` is right for a full run."""
        return usual if self.samples is None else min(usual, self.samples)


@dataclass
class Table:
    """Results of one kind; every row has the same keys."""

    title: str
    rows: list[dict[str, Value]]
    note: str = ""
    """What one must know to read it."""


@dataclass
class Part:
    """Everything that a part has found."""

    tables: list[Table] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
    """Each single measurement, for who wants to look closer."""

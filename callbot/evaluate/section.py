"""What one part of an evaluation has found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from callbot.bench.part import Table


@dataclass(frozen=True, slots=True)
class Picture:
    """One SVG document."""

    title: str
    svg: str


@dataclass(frozen=True, slots=True)
class Section:
    """Figures for a machine, tables and pictures for a person."""

    figures: dict[str, Any]
    """Plain JSON values."""
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = field(default=())


def percent(share: float | None) -> str | None:
    """A share for a table, None for nothing to tell.

    >>> percent(0.9325)
    '93.2 %'
    """
    return None if share is None else f"{100 * share:.1f} %"


def counted(hits: int, of: int, interval: tuple[float, float]) -> str:
    """A share with what it was counted from and its 95 % interval.

    >>> counted(39, 40, (0.8684, 0.9994))
    '97.5 % (39 of 40; 86.8 to 99.9)'
    """
    if of == 0:
        return "nothing to count"
    low, high = interval
    return f"{100 * hits / of:.1f} % ({hits} of {of}; {100 * low:.1f} to {100 * high:.1f})"

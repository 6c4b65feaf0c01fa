"""How much the small model is taught, by what machine there is. PURE."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """How much to teach, and how."""

    passes: int
    draws: int = 12_000
    """Lessons a pass."""
    batch: int = 24
    """Less than is usual: where time is short, more steps teach more than surer ones."""
    rank: int = 16
    """Of the adapter."""
    layers: str = "2345"
    """The encoder's layers that the adapter changes. The upper four of six: what is common to all English is left as it
    is, and a step costs a quarter less."""
    device: str = "cpu"
    """"cpu": two processes with a thread each; "cuda": a graphics card."""


TWO_CORES = Recipe(passes=6)
"""Some 25 minutes."""
GRAPHICS_CARD = Recipe(passes=30, batch=64, rank=32, layers="012345", device="cuda")
"""Some five minutes."""

"""How much the small model is taught, by what machine there is. PURE."""

from __future__ import annotations

from dataclasses import dataclass, replace


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
    rate: float = 1e-3
    """Learning rate of the adapter at its highest; the heads learn faster, see `trainer.HEADS_FASTER`."""
    device: str = "cpu"
    """"cpu": two processes with a thread each; "cuda": a graphics card."""


TWO_CORES = Recipe(passes=6)
"""Some 25 minutes."""
GRAPHICS_CARD = Recipe(passes=30, batch=64, rank=32, layers="012345", device="cuda")
"""Some five minutes."""


def continued(before: Recipe, device: str) -> Recipe:
    """How to go on from weights that were learned by the recipe `before`: a part of the lessons, smaller steps."""
    usual = TWO_CORES if device == "cpu" else GRAPHICS_CARD
    passes = max(1, round(usual.passes * _SHARE_CONTINUED))
    return replace(usual, passes=passes, rank=before.rank, layers=before.layers, rate=before.rate * _RATE_CONTINUED)


_SHARE_CONTINUED, _RATE_CONTINUED = 0.75, 0.4

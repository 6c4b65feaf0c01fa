"""Watches everything that a caller says for emergencies, on top of the phrase rules. PURE."""

from __future__ import annotations

from dataclasses import dataclass

from callbot.nlu.emergency import EmergencyHit, EmergencyRules


@dataclass(slots=True)
class Vigil:
    """The watch over one call."""

    rules: EmergencyRules
    _doubtful: EmergencyHit | None = None
    """An emergency in the last partial transcript that its next words might have taken back."""

    def begin_turn(self) -> None:
        """The caller begins to speak."""
        self._doubtful = None

    def final(self, text: str, before: str) -> EmergencyHit | None:
        """Check a turn's words, alone and after the earlier words `before` of the same matter.

        Both, because words that belong together may be cut in two, and because what was said before a pause
        ("... last night") must not take back what is said after it.
        """
        return self.rules.find(text) or self.rules.find(f"{before} {text}")

    def partial(self, text: str) -> EmergencyHit | None:
        """Check unfinished words; what the next words might take back must stand in two partials."""
        before, self._doubtful = self._doubtful, self.rules.find(text)
        hit = self.rules.find(text, partial=True)
        stands = before is not None and self._doubtful is not None and before.kind == self._doubtful.kind
        return hit or (self._doubtful if stands else None)

"""Watches everything that a caller says for emergencies, on top of the phrase rules. PURE."""

from __future__ import annotations

from dataclasses import dataclass

from callbot.nlu.emergency import EmergencyHit, EmergencyRules

STANDS = 0.6
"""Seconds, some two words, in which a caller would have taken back what sounds like an emergency."""


@dataclass(slots=True)
class Vigil:
    """The watch over one call."""

    rules: EmergencyRules
    _doubtful: EmergencyHit | None = None
    """An emergency in the last partial transcripts that its next words might have taken back."""
    _since: float = 0.0
    """When it was first heard."""

    @property
    def is_doubtful(self) -> bool:
        """The last partial transcript may have told of an emergency."""
        return self._doubtful is not None

    def begin_turn(self) -> None:
        """The caller begins to speak."""
        self._doubtful = None

    def final(self, text: str, before: str) -> EmergencyHit | None:
        """Check a turn's words, alone and after the earlier words `before` of the same matter.

        Both, because words that belong together may be cut in two, and because what was said before a pause
        ("... last night") must not take back what is said after it.
        """
        return self.rules.find(text) or self.rules.find(f"{before} {text}")

    def partial(self, text: str, at: float) -> EmergencyHit | None:
        """Check unfinished words, heard `at` seconds into the call; what the next words might take back must stand for
        `STANDS`."""
        before, self._doubtful = self._doubtful, self.rules.find(text)
        if before is None or self._doubtful is None or before.kind != self._doubtful.kind:
            self._since = at
        hit = self.rules.find(text, partial=True)
        return hit or (self._doubtful if at - self._since >= STANDS else None)

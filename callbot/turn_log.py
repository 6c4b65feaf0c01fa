"""The newest turn in a call's log, which has to be written again once more is known about it. PURE."""

from __future__ import annotations

from dataclasses import dataclass, replace

from callbot.dialog.machine import Reply
from callbot.events import CaseSnapshot, PlaybackEnded, SaveTurn, Speak, TurnRecord


@dataclass(slots=True)
class TurnLog:
    """The log of one call, as far as it may still change."""

    _record: TurnRecord | None = None
    """Of the last turn that was answered."""
    _spoken: tuple[int, TurnRecord] | None = None
    """The last answer's utterance, and its turn."""

    def write(self, record: TurnRecord, case: CaseSnapshot | None) -> SaveTurn:
        """A turn that is answered with what its record says."""
        self._record = record
        return SaveTurn(record, case)

    def amend(self, reply: Reply) -> SaveTurn:
        """The turn with what is said about the filed case; that is known only after the commit."""
        assert self._record is not None  # filing follows a turn
        said = (*self._record.said, *reply.say)
        self._record = replace(self._record, said=said, state=reply.dialog.state)
        return SaveTurn(self._record, None)

    def spoken(self, speak: Speak) -> None:
        """The turn's answer is on its way to the caller."""
        assert self._record is not None  # what is said answers a turn
        self._spoken = (speak.utterance, self._record)

    def played(self, fact: PlaybackEnded) -> list[SaveTurn]:
        """The log holds what the caller has heard, not what the bot meant to say."""
        utterance, record = self._spoken or (0, None)
        if fact.utterance != utterance or record is None:
            return []
        self._spoken = None
        return [SaveTurn(replace(record, said=fact.sentences), None)] if fact.heard < 1 else []

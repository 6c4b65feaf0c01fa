"""Places recorded calls to the measured server and joins what the caller heard with what the server wrote down."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from callbot.bench.material import CALLERS
from callbot.bench.serving import Log, Served
from callbot.bench.stations import split
from callbot.telephony.playout import FRAME, RATE
from callbot.telephony.simulator import CallResult, Moment, Simulator, Turn

LOST = 8.0
"""Seconds after which an answer is none any more."""
PATIENCE = 12.0

_SCRIPTS = (
    ("noise_00", "noise_01", "noise_03", "noise_04", "noise_05", "noise_06"),
    ("parking_00", "parking_01", "parking_02", "misc_00"),
    ("pothole_00", "pothole_01", "pothole_02", "misc_00"),
    ("abandoned_00", "abandoned_01", "abandoned_02", "misc_00"),
    ("theft_00", "theft_01", "theft_02", "misc_00"),
    ("welfare_00", "welfare_01", "welfare_02", "welfare_03", "welfare_04", "misc_00"),
)
"""What six callers say, in order; who has not been given to a person by then asks for one."""


def scripts() -> list[list[Turn]]:
    """The turns of six callers with different matters."""
    return [[Turn(audio=CALLERS / f"{name}.wav") for name in names] for names in _SCRIPTS]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller got for one turn."""

    said: str
    """File name of the recording."""
    waited: float | None
    """Seconds from the caller's last audible sample to the bot's first; None if nothing came."""
    parts: dict[str, float] | None
    """The same, split per station; None where the server's log does not tell."""
    early: bool
    """The bot was speaking before the caller had finished."""

    @property
    def lost(self) -> bool:
        """Nobody would have waited for it."""
        return self.waited is None or self.waited > LOST


@dataclass(slots=True)
class Placed:
    """One call as it went. Moments are monotonic seconds."""

    zero: float = 0.0
    """When the caller's clock began."""
    begun: list[float] = field(default_factory=list)
    """When the first sample of each turn was spoken."""
    result: CallResult | None = None
    """None if the call was not taken."""
    refused: str = ""
    """Why it was not taken."""
    log: Log | None = None

    def note(self, moment: Moment) -> None:
        """Follow the caller."""
        if moment.kind == "connected":
            self.zero = time.monotonic() - moment.at
        elif moment.kind == "turn":
            # A frame carries the 20 ms before it is sent.
            self.begun.append(self.zero + moment.at - FRAME / RATE)

    def answers(self) -> list[Answer]:
        """What the caller got, turn by turn; turns that the call's end cut off are left out."""
        if self.result is None:
            return []
        return [self._answer(turn.turn, turn.ended, turn.first_reply) for turn in self.result.turns]

    def _answer(self, turn: Turn, ended: float, reply: float | None) -> Answer:
        said = turn.audio.name if turn.audio else ""
        if reply is None or self.log is None:
            return Answer(said, None if reply is None else reply - ended, None, early=False)
        parts = split(self.zero + ended, self.zero + reply, self.log.rows, self.log.sounds)
        return Answer(said, reply - ended, parts, early=reply <= ended)


async def place(
    served: Served,
    turns: Sequence[Turn],
    *,
    patience: float = PATIENCE,
    record: Path | None = None,
    echo: float | None = None,
) -> Placed:
    """One call from its start to its end; a refused one is a result, not an error.

    `patience` is how many seconds of silence the caller bears; `record` takes both sides as a wav file; with `echo`,
    so many dB of the bot's voice come back.
    """
    placed = Placed()
    simulator = Simulator(
        *(served.url, turns),
        caller="+12035550123",
        on_event=placed.note,
        patience=patience,
        record=record,
        echo=echo,
    )
    try:
        result = await simulator.run()
    except ConnectionError as error:
        placed.refused = str(error)
        return placed
    if not served.knows(result.carrier_call_id):
        # A server that is too busy takes the connection and gives the call away at once.
        placed.refused = result.reason
        return placed
    placed.result, placed.log = result, await served.log(result.carrier_call_id)
    return placed

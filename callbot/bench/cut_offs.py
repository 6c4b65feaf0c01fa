"""How often the ear ends a turn in which the caller only stops to think in the middle of an address or a number.

Measured through the ear alone, frame by frame, with every engine finishing before the next frame: so it depends on
the turn-taking and not on how busy the machine is. The ear is told what was asked, as a call tells it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from callbot.audio import as_telephone, read_wav
from callbot.bench.material import Recording, corpus, evenly, gaps_in_numbers, line_noise, with_pause
from callbot.bench.part import Part, Plan, Table, Value
from callbot.bench.scoring import canonical
from callbot.bench.stats import share_interval, spread
from callbot.ear import Ear
from callbot.engines import SAMPLE_RATE, Audio, Transcriber, TurnDetector, Vad
from callbot.events import Fact, TurnEnded
from callbot.models import ModelStore
from callbot.pool import Pool
from callbot.room import VAD, load_transcriber, workers
from callbot.schema import Policy
from callbot.speech.smart_turn import SmartTurn
from callbot.speech.vad import SileroVad

PAUSES = (0.3, 0.5, 0.8, 1.0, 1.2)
"""Seconds that callers stop to think."""
_USUAL = 0.8
"""Seconds up to which nobody should be cut off."""
_RECORDINGS = 50
_FRAME = int(0.02 * SAMPLE_RATE)
_TRAILING = 3.0
_LOUD = 0.01
_PHONE_DIGITS = 7
_MONTHS = frozenset({"january", "march", "april", "july", "august", "september", "december"})
SPELLED = "name"
"""Kind of a spelled name, which is told apart: it is neither an address nor a number."""


@dataclass(frozen=True, slots=True)
class Engines:
    """What an ear listens with."""

    transcriber: Transcriber
    detector: TurnDetector
    new_vad: Callable[[], Vad]


@dataclass(frozen=True, slots=True)
class Paused:
    """A turn with a pause in it."""

    recording: Recording
    kind: str
    """What was asked, see `events.Listen`."""
    pause: float
    audio: Audio
    begins: float
    """Second at which the pause begins."""
    speech_ends: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the ear made of it."""

    said: str
    kind: str
    pause: float
    begins: float
    speech_ends: float
    ends: tuple[float, ...]
    """Seconds at which turns ended."""

    @property
    def cut(self) -> bool:
        """A turn was over in the inserted pause."""
        return any(self.begins <= end <= self.begins + self.pause for end in self.ends)

    @property
    def cut_elsewhere(self) -> bool:
        """A turn was over in a pause that the speaker made."""
        return not self.cut and any(end < self.speech_ends for end in self.ends)

    @property
    def wait(self) -> float | None:
        """Seconds from the last sound to the end of the turn: what patience costs."""
        return self.ends[-1] - self.speech_ends if self.ends and self.ends[-1] > self.speech_ends else None


def run(plan: Plan) -> Part:
    """Put pauses of several lengths into recordings with numbers or addresses, and listen."""
    models = ModelStore(plan.settings.models)
    vad = models.resolve(VAD)
    detector = SmartTurn(models.resolve(plan.settings.turn_detector))
    engines = Engines(load_transcriber(plan.settings), detector, lambda: SileroVad(vad))
    turns = _material(engines.transcriber, plan)
    outcomes: list[Outcome] = []
    for done, paused in enumerate(turns):
        plan.progress(done, len(turns), "cut-offs")
        outcomes.append(asyncio.run(listen(paused, engines, plan.site.playbook.policy)))
    return Part([table(outcomes)], [{"kind": "cut-off", **asdict(outcome)} for outcome in outcomes])


def _material(transcriber: Transcriber, plan: Plan) -> list[Paused]:
    """Every recording in which there is room for a pause, with each of the pauses."""
    found: list[Paused] = []
    recordings = [*corpus("an4"), *corpus("callers")]
    for recording in evenly(recordings, plan.most(len(recordings))):
        audio = read_wav(recording.path)
        gaps = gaps_in_numbers(transcriber.transcribe(audio, final=True, full=True).words)
        if gaps and len(found) < _RECORDINGS * len(PAUSES):
            found += [paused(recording, audio, gaps[len(gaps) // 2], pause) for pause in PAUSES]
    return found


def paused(recording: Recording, audio: Audio, gap: float, pause: float) -> Paused:
    """The recording with one pause in it."""
    longer, begins = with_pause(audio, gap, pause)
    ends = float(np.flatnonzero(np.abs(longer) > _LOUD)[-1]) / SAMPLE_RATE
    return Paused(recording, kind_of(recording.words), pause, longer, begins, ends)


def kind_of(words: str) -> str:
    """What may have been asked for somebody to say these words, see `events.Listen`."""
    said = canonical(words)
    digits = sum(word.isdecimal() for word in said)
    if not digits:
        return SPELLED if any(len(word) == 1 for word in words.split()) else "location"
    if any(word in _MONTHS for word in said):
        return "time"
    return "phone" if digits >= _PHONE_DIGITS else "location"


@dataclass
class _Listener:
    """Notes when turns end, on the clock of the audio."""

    at: float = 0.0
    ended: list[tuple[int, float]] = field(default_factory=list)

    def post(self, fact: Fact) -> None:
        if isinstance(fact, TurnEnded):
            self.ended.append((fact.turn, self.at))


async def listen(paused: Paused, engines: Engines, policy: Policy) -> Outcome:
    """One recording through an ear of its own."""
    listener = _Listener()
    with Pool(workers()) as pool:
        ear = Ear(
            policy=policy,
            pool=pool,
            vad=engines.new_vad(),
            detector=engines.detector,
            transcriber=engines.transcriber,
            post=listener.post,
            partial_dropped=lambda: None,
        )
        ear.expect(paused.kind)
        line = np.concatenate([as_telephone(paused.audio), line_noise(_TRAILING)])
        for start in range(0, len(line), _FRAME):
            listener.at = start / SAMPLE_RATE
            ear.hear(line[start : start + _FRAME])
            await pool.idle()
        for turn, _ in listener.ended:
            await ear.transcribe(turn)
        ear.close()
    ends = tuple(round(at, 2) for _, at in listener.ended)
    return Outcome(paused.recording.path.name, paused.kind, paused.pause, paused.begins, paused.speech_ends, ends)


def table(outcomes: Sequence[Outcome]) -> Table:
    """Cut-offs by the length of the pause."""
    numbers = [outcome for outcome in outcomes if outcome.kind != SPELLED]
    rows = [_row(f"{pause:g} s", [o for o in numbers if o.pause == pause]) for pause in PAUSES]
    rows.append(_row("up to 0.8 s", [o for o in numbers if o.pause <= _USUAL]))
    rows.append(_row("names, up to 0.8 s", [o for o in outcomes if o.kind == SPELLED and o.pause <= _USUAL]))
    note = "cut: the turn was over in the inserted pause; elsewhere: in one that the speaker made; wait: after the end"
    return Table("cut-offs in turns with a pause inside an address or number", rows, note)


def _row(name: str, outcomes: Sequence[Outcome]) -> dict[str, Value]:
    cut = sum(outcome.cut for outcome in outcomes)
    low, high = share_interval(cut, len(outcomes))
    waits = spread([outcome.wait for outcome in outcomes if outcome.wait is not None])
    return {
        "pause": name,
        "turns": len(outcomes),
        "cut": cut,
        "share": cut / len(outcomes) if outcomes else None,
        "95 %": f"{low:.2f}-{high:.2f}",
        "elsewhere": sum(outcome.cut_elsewhere for outcome in outcomes),
        "wait p50": waits.p50 if waits else None,
        "wait p95": waits.p95 if waits else None,
    }

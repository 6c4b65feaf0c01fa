"""Who may stop the bot: callers who interrupt may, "uh-huh", coughs and noise may not; and nobody is cut off.

Everything but the cut-offs (see cut_offs.py) is heard at the caller's end of a real call, in the bot's greeting: it
is the longest thing that it says, and every call has one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from callbot.audio import read_wav, write_wav
from callbot.bench import cut_offs
from callbot.bench.calls import Placed, place
from callbot.bench.material import corpus, noises
from callbot.bench.noise import cough
from callbot.bench.part import Part, Plan, Table, Value
from callbot.bench.serving import Served, serving
from callbot.bench.stats import rate_interval, share_interval, spread
from callbot.bench.tracks import Stop, audible_frames, longest_pause, onset, read_tracks, stop_after, stretches
from callbot.engines import SAMPLE_RATE, Audio
from callbot.errors import CallbotError
from callbot.room import load_voice
from callbot.telephony.simulator import Turn

_INTERRUPTIONS, _BACKCHANNELS, _NOISE_CALLS = 40, 30, 4
_LONG_ENOUGH = 1.2
"""Seconds that a sentence lasts at least to be an interruption and no back-channel."""
_BACKCHANNEL_WORDS = ("Uh-huh.", "Okay.", "Mm-hmm.", "Yeah.", "Right.", "I see.", "Alright.")
_COUGHS = 4
_EARLIEST, _LATEST = 0.6, 3.0
"""Seconds after the greeting's begin, and before its end, between which callers make themselves heard."""
_BREATH = 0.15
"""Seconds by which a silence must be longer than the greeting's own pauses to count as a stop."""
_FAST = 0.3
"""Seconds within which a caller who interrupts must be heeded."""
_AT_ONCE = 2
"""Calls with noise at the same time: they need next to no recognition, and it takes half as long."""
_ECHO, _ECHO_NAME = -20.0, "echo"
"""A line that returns the bot's voice, so many dB fainter."""
_NOISE_SECONDS = 30.0
_PATIENCE = 4.0


@dataclass(frozen=True, slots=True)
class Greeting:
    """How the bot's greeting sounds when nobody speaks."""

    begin: float
    end: float
    pause: float
    """A silence of so many seconds is none of its own."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the bot did about a sound."""

    sound: str
    at: float
    """Second of the call at which it began."""
    ended: float
    stop: Stop | None
    cut: bool
    """The bot dropped what it was saying, rather than going on after a moment."""

    @property
    def heeded(self) -> bool:
        """The bot was silent from then on for as long as the sound lasted."""
        if self.stop is None:
            return False
        return self.cut or self.stop.silent is None or self.at + self.stop.after + self.stop.silent >= self.ended

    @property
    def survived(self) -> bool:
        """The bot went on with what it was saying, at once or after a moment."""
        return self.stop is None or (not self.cut and self.stop.silent is not None)


async def run(plan: Plan) -> Part:
    """Interruptions, back-channels and noise over real calls, then turns with pauses through the ear."""
    async with serving(plan.settings) as served:
        greeting = await _greeting(served, plan)
        spoken = await _reactions(served, plan, greeting, _interruptions(plan), "interruptions")
        murmured = await _reactions(served, plan, greeting, _backchannels(plan), "back-channels")
        noise = await _noise(served, plan, greeting)
    part = Part([interruption_table(spoken), backchannel_table(murmured), noise_table(noise)])
    part.samples += [{"kind": "interruption", **asdict(reaction)} for reaction in spoken]
    part.samples += [{"kind": "back-channel", **asdict(reaction)} for reaction in murmured]
    part.samples += [{"kind": "noise", **asdict(heard)} for heard in noise]
    paused = await asyncio.to_thread(cut_offs.run, plan)
    return Part([*part.tables, *paused.tables], [*part.samples, *paused.samples])


# ---------------------------------------------------------------- sounds over the greeting


async def _greeting(served: Served, plan: Plan) -> Greeting:
    """A call in which nobody speaks, until the bot gives up."""
    path = plan.folder / "silent.wav"
    placed = await place(served, [], patience=60, record=path)
    if placed.refused:
        raise CallbotError(f"the first call was not taken: {placed.refused}")
    return greeting_of(read_tracks(path).bot)


def greeting_of(bot: Audio) -> Greeting:
    """The greeting in everything that the bot says."""
    frames = audible_frames(bot)
    # The bot asks again only after seconds; no pause inside the greeting is as long as one.
    begin, end = stretches(frames, 1.0)[0]
    return Greeting(begin, end, longest_pause(frames, end) + _BREATH)


def _interruptions(plan: Plan) -> list[Path]:
    """Callers' sentences. Emergencies are another matter: they stop everything by what they say."""
    long = [rec for rec in corpus("callers") if "emergency" not in rec.path.name]
    files = [rec.path for rec in long if len(read_wav(rec.path)) > _LONG_ENOUGH * SAMPLE_RATE]
    return _repeated(files, plan.most(_INTERRUPTIONS))


def _backchannels(plan: Plan) -> list[Path]:
    folder = plan.folder / "backchannels"
    folder.mkdir(exist_ok=True)
    voice = load_voice(plan.settings, next(iter(plan.site.lines.lines.values())).voice)
    spoken = {words: np.concatenate(list(voice.synthesize(words))) for words in _BACKCHANNEL_WORDS}
    made = {**spoken, **{f"cough {seed}": cough(seed) for seed in range(_COUGHS)}}
    callers = [rec.path for rec in corpus("callers") if rec.words in ("Uh huh.", "Okay.")]
    files = [_written(folder / f"{name.strip('.')}.wav", audio) for name, audio in made.items()]
    return _repeated([*files, *callers], plan.most(_BACKCHANNELS))


def _written(path: Path, audio: Audio) -> Path:
    write_wav(path, audio)
    return path


def _repeated(files: Sequence[Path], count: int) -> list[Path]:
    return [files[i % len(files)] for i in range(count)]


async def _reactions(
    served: Served, plan: Plan, greeting: Greeting, files: Sequence[Path], doing: str
) -> list[Reaction]:
    """One call for each sound, each at another place of the greeting."""
    room = greeting.end - greeting.begin - _LATEST - _EARLIEST
    found: list[Reaction] = []
    for index, file in enumerate(files):
        plan.progress(index, len(files), doing)
        record = plan.folder / f"{doing}_{index}.wav"
        # The golden ratio spreads any number of places evenly, and neighbours in the list far apart.
        wait = _EARLIEST + room * (index * 0.618 % 1)
        placed = await place(served, [Turn(audio=file, interrupt_after=wait)], patience=_PATIENCE, record=record)
        reaction = reaction_of(file.stem, placed, record, greeting)
        found += [reaction] if reaction else []
    return found


def reaction_of(sound: str, placed: Placed, record: Path, greeting: Greeting) -> Reaction | None:
    """What is heard in the recording of one call; None if the sound never was."""
    if placed.log is None:
        return None
    tracks = read_tracks(record)
    at = onset(tracks.caller)
    if at is None:
        return None
    stop = stop_after(audible_frames(tracks.bot), at, greeting.pause, greeting.end - greeting.pause)
    cut = any(row["event"] == "ClearPlayback" for moment, row in placed.log.rows if moment >= placed.zero + at)
    ended = stretches(audible_frames(tracks.caller), tracks.caller.size)[-1][1]
    return Reaction(sound, at, ended, stop, cut and stop is not None)


def interruption_table(reactions: Sequence[Reaction]) -> Table:
    """How fast callers who interrupt are heeded; a bot that goes on while they still speak has not heeded."""
    times = [reaction.stop.after for reaction in reactions if reaction.stop and reaction.heeded]
    fast = sum(seconds <= _FAST for seconds in times)
    found = spread(times)
    row: dict[str, Value] = {
        "interruptions": len(reactions),
        "stopped": len(times),
        **_share("within 0.3 s", fast, len(reactions)),
        "p50": found.p50 if found else None,
        "p95": found.p95 if found else None,
        "worst": found.worst if found else None,
    }
    return Table("interruptions: seconds from the caller's first sound to the bot's silence at the caller's ear", [row])


def backchannel_table(reactions: Sequence[Reaction]) -> Table:
    """What back-channels do to the bot."""
    rows: list[dict[str, Value]] = []
    for name, chosen in _by_kind(reactions).items():
        held = [r.stop.silent for r in chosen if r.stop and r.survived and r.stop.silent is not None]
        found = spread(held)
        rows.append(
            {
                "sound": name,
                "n": len(chosen),
                **_share("not stopped", sum(r.survived for r in chosen), len(chosen)),
                "went on at once": sum(r.stop is None for r in chosen),
                "held, then resumed": sum(r.stop is not None and r.survived for r in chosen),
                "pause p50": found.p50 if found else None,
            }
        )
    return Table("back-channels, which must not stop the bot", rows)


def _by_kind(reactions: Sequence[Reaction]) -> dict[str, list[Reaction]]:
    coughs = [reaction for reaction in reactions if reaction.sound.startswith("cough")]
    words = [reaction for reaction in reactions if not reaction.sound.startswith("cough")]
    return {"words": words, "coughs": coughs, "all": list(reactions)}


def _share(name: str, hits: int, of: int) -> dict[str, Value]:
    low, high = share_interval(hits, of)
    return {name: hits / of if of else None, "95 %": f"{low:.2f}-{high:.2f}"}


# ---------------------------------------------------------------- noise


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What noise did in one call."""

    noise: str
    seconds: float
    """How long it was heard."""
    holds: int
    """Times that the greeting fell silent, to go on later."""
    stops: int
    """Times that the bot dropped what it was saying."""
    turns: int
    """Caller turns with words in them."""
    words: tuple[str, ...]
    """What was taken for words."""


async def _noise(served: Served, plan: Plan, greeting: Greeting) -> list[Disturbance]:
    files = {name: _written(plan.folder / f"noise_{name}.wav", audio) for name, audio in noises(_NOISE_SECONDS).items()}
    turns = {name: Turn(audio=file, interrupt_after=0.0) for name, file in files.items()}
    # A quiet line has its own faint noise, but nothing that could be told as the beginning of a turn.
    quiet = Turn(silence=_NOISE_SECONDS, interrupt_after=0.0)
    turns |= {"silence": quiet, _ECHO_NAME: quiet}
    found: list[Disturbance] = []
    for done, (name, turn) in enumerate(turns.items()):
        plan.progress(done, len(turns), f"noise: {name}")
        echo = _ECHO if name == _ECHO_NAME else None
        records = [plan.folder / f"noise_{name}_{i}_call.wav" for i in range(plan.most(_NOISE_CALLS))]
        for pair in (records[i : i + _AT_ONCE] for i in range(0, len(records), _AT_ONCE)):
            placing = (place(served, [turn], patience=60, record=path, echo=echo) for path in pair)
            calls = await asyncio.gather(*placing)
            found += [disturbance(name, call, path, greeting) for call, path in zip(calls, pair, strict=True)]
    return found


def disturbance(name: str, placed: Placed, record: Path, greeting: Greeting) -> Disturbance:
    """What the log and the recording of one call tell."""
    if placed.log is None or placed.result is None or not placed.begun:
        return Disturbance(name, 0.0, 0, 0, 0, ())
    begun = placed.begun[0] - placed.zero
    rows = [row for _, row in placed.log.rows]
    words = tuple(row["text"] for row in rows if row["event"] == "Transcribed" and row["text"])
    stop = stop_after(audible_frames(read_tracks(record).bot), begun, greeting.pause, greeting.end - greeting.pause)
    stops = sum(row["event"] == "ClearPlayback" for row in rows)
    return Disturbance(
        noise=name,
        seconds=min(placed.result.ended_at - begun, _NOISE_SECONDS),
        holds=int(stop is not None and not stops),
        stops=stops,
        turns=len(words),
        words=words,
    )


def noise_table(found: Sequence[Disturbance]) -> Table:
    """Rates per hour, kind by kind."""
    kinds = list(dict.fromkeys(heard.noise for heard in found))
    rows = [_noise_row(kind, [heard for heard in found if heard.noise == kind]) for kind in kinds]
    return Table("noise, which must neither stop the bot nor count as a turn", [*rows, _noise_row("all", found)])


def _noise_row(name: str, found: Sequence[Disturbance]) -> dict[str, Value]:
    hours = sum(heard.seconds for heard in found) / 3600
    turns, stops = sum(heard.turns for heard in found), sum(heard.stops for heard in found)
    return {
        "noise": name,
        "minutes": hours * 60,
        "turns": turns,
        **_rate("turns/h", turns, hours),
        "stops": stops,
        **_rate("stops/h", stops, hours),
        "holds": sum(heard.holds for heard in found),
    }


def _rate(name: str, events: int, hours: float) -> dict[str, Value]:
    if not hours:
        return {name: None, f"{name} 95 %": ""}
    low, high = rate_interval(events, hours)
    return {name: events / hours, f"{name} 95 %": f"{low:.0f}-{high:.0f}"}

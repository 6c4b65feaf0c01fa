"""Hears one caller: audio in, facts out.

The ear owns the audio of the present turn. While the caller speaks it asks for partial transcripts (fewer when the
engines are busy). At a pause it asks how finished the voice sounds, and starts the final transcript: at once where
that is likely to be the end, later where it is not. If the caller goes on, the transcript is thrown away, or kept as
the committed beginning of a long turn. So most of the recognition is done by the time a turn ends, few transcripts are
made in vain (9 of 11 of those had a judgement below 0.4), and a turn of any length costs bounded memory.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from callbot.engines import SAMPLE_RATE, Audio, Transcriber, Transcript, TurnDetector, Vad
from callbot.events import Fact, PartialHeard, SpeechContinued, SpeechStarted, TurnEnded
from callbot.nlu.completeness import Completeness, TurnWords
from callbot.pool import Pool, Priority
from callbot.schema import Policy
from callbot.speech.echo import EchoGuard
from callbot.speech.partials import Agreement
from callbot.speech.turns import Endpointer, Signal

log = logging.getLogger("callbot.ear")

_YES_NO = "yes_no"
_TOLD_BY_WORDS = ("phone",)
"""Kinds of answers of which the words tell the end better than the voice: they are recognised at once."""
_SHORT_TURN = 1.5
"""Seconds, the pause included, up to which a sound over the bot may be a mere "uh-huh"."""
_PRE_ROLL = 0.3
"""Seconds kept from before a turn begins, so that no first consonant is lost."""
_COMMIT_FROM = 8.0
"""Seconds of audio from which a pause commits what was said before it: long turns keep bounded memory and compute."""
_COMMIT_AT = 15.5
"""Seconds of audio without a pause that are committed wherever it is quietest: longer stretches need the recogniser's
whole window, which is five times as dear."""


@dataclass
class Ear:
    """The hearing of one call."""

    policy: Policy
    pool: Pool
    vad: Vad
    detector: TurnDetector
    transcriber: Transcriber
    post: Callable[[Fact], None]
    """Takes each fact as it happens."""
    partial_dropped: Callable[[], None]
    """Told when a partial transcript was skipped because the engines are busy."""
    turn: int = 0
    quiet: float = 0.0
    """Silence at the end of the last turn, in seconds: it ended that long before `TurnEnded`."""
    _kind: str = ""
    """Kind of answer that the open question makes likely."""
    _turn_words: TurnWords = field(init=False)
    _echo: EchoGuard = field(default_factory=EchoGuard)
    _over_bot: bool = False
    """The present turn began while the bot was talking."""
    _endpointer: Endpointer = field(init=False)
    _audio: list[Audio] = field(default_factory=list)
    _held: int = 0
    """Samples in `_audio`."""
    _since_partial: float = 0.0
    _closely: bool = False
    """What was heard of the turn may be an emergency."""
    _agreement: Agreement = field(default_factory=Agreement)
    _committed: list[Stretch] = field(default_factory=list)
    """The turn's earlier stretches, whose audio is gone."""
    _begins: int = 0
    """Samples of the turn before the audio that is held."""
    _partial: asyncio.Future[Transcript] | None = None
    _quick: asyncio.Future[Transcript] | None = None
    """A quick look whether the answer is a plain yes or no."""
    _final: asyncio.Future[Transcript] | None = None
    _final_of: int = 0
    """Samples that the final transcript covers."""
    _judgement: asyncio.Future[float] | None = None
    _finals: dict[int, asyncio.Future[Transcript]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._endpointer = Endpointer(self.policy.timing, self.policy.ending)
        self._turn_words = TurnWords.of(
            self.policy.quick_answers, self.policy.unfinished_after, self.policy.doubtful_after
        )

    def expect(self, kind: str, *, closely: bool = False) -> None:
        """From now on an answer of this kind is likely, see `events.Listen`.

        `closely`: for the rest of the present turn make partial transcripts more often, whatever the load.
        """
        self._kind = kind
        self._closely = closely

    def bot_says(self, audio: Audio) -> None:
        """Audio that goes out to the caller: what comes back of it is no speech."""
        self._echo.bot_says(audio)

    def hear(self, audio: Audio) -> None:
        """Take the next stretch of the caller's voice."""
        self._audio.append(audio)
        self._held += len(audio)
        self._echo.hears(audio)
        for probability in self.vad.probabilities(audio):
            is_echo = probability >= self.policy.ending.quiet and self._echo.is_echo()
            self._react(self._endpointer.frame(0.0 if is_echo else probability))
        if self._endpointer.in_turn:
            self._since_partial += len(audio) / SAMPLE_RATE
            self._maybe_partial()
            self._maybe_commit()
        else:
            self._forget()

    def transcribe(self, turn: int) -> asyncio.Future[Transcript]:
        """The final words of a turn that has ended; to be asked for once."""
        return self._finals.pop(turn)

    def close(self) -> None:
        """Drop everything that is still being worked on."""
        committed = (stretch.transcript for stretch in self._committed)
        futures = (self._partial, self._quick, self._final, self._judgement, *self._finals.values(), *committed)
        for future in futures:
            if future is not None:
                future.cancel()

    # ------------------------------------------------------------ signals

    def _react(self, signal: Signal | None) -> None:
        match signal:
            case Signal.BEGAN:
                self.turn += 1
                self._since_partial, self._closely = 0.0, False
                self._agreement, self._begins = Agreement(), 0
                self._over_bot = self._echo.bot_spoke
                self.post(SpeechStarted())
            case Signal.CONTINUED:
                self.post(SpeechContinued())
            case Signal.PAUSED:
                self._judge()
            case Signal.RESTED:
                self._listen_back()
            case Signal.RESUMED:
                self._drop_pause()
            case Signal.ENDED:
                self._finish()

    def _judge(self) -> None:
        """A pause: find out whether the voice sounds finished, before anything dearer is begun."""
        if self._partial is not None:
            self._partial.cancel()
        if self._kind == _YES_NO or (self._over_bot and self._endpointer.length < _SHORT_TURN):
            self._listen_quickly()
        elif self._kind in _TOLD_BY_WORDS:
            self._listen_back()
        self._judgement = self.pool.submit(Priority.FINAL, self.detector.complete, self._heard())
        self._judgement.add_done_callback(self._judged)

    def _listen_quickly(self) -> None:
        """Recognise a word or two with the quick text.

        It will do for most answers to a yes-or-no question, and it tells an "uh-huh" over the bot from an interruption.
        """
        turn, held = self.turn, self._held
        quick = self.pool.submit(Priority.FINAL, self.transcriber.transcribe, self._heard(), final=False)

        def done(future: asyncio.Future[Transcript]) -> None:
            if future.cancelled() or future is not self._quick or turn != self.turn or not self._endpointer.in_turn:
                return
            self._quick = None
            text = "" if future.exception() is not None else future.result().text
            if self._turn_words.completeness(text, self._kind) is Completeness.FINISHED and self._final is None:
                self._final, self._final_of = future, held
                self._read(turn, future)
                return
            if future.exception() is None:
                self.post(PartialHeard(turn, self._so_far(text), ""))
            if self._kind == _YES_NO or self._sounds_finished():
                self._listen_back()

        self._quick = quick
        quick.add_done_callback(done)

    def _listen_back(self) -> None:
        """Recognise what was said so far: it may be all."""
        if self._final is not None:
            return
        turn, final = self.turn, self._recognise(self._heard())
        self._final, self._final_of = final, self._held
        final.add_done_callback(lambda future: self._read(turn, future))

    def _finish(self) -> None:
        if self._partial is not None:
            self._partial.cancel()
        last = self._final or self._recognise(self._heard())
        whole = [*self._committed, Stretch(last, self._begins)]
        self._finals[self.turn] = asyncio.ensure_future(joined(whole)) if self._committed else last
        self._final = self._judgement = self._quick = None
        self._committed = []
        self.quiet = self._endpointer.quiet
        self.post(TurnEnded(self.turn, self._endpointer.length))
        self._audio, self._held = [], 0

    def _recognise(self, audio: Audio) -> asyncio.Future[Transcript]:
        future = self.pool.submit(Priority.FINAL, self.transcriber.transcribe, audio, final=True, kind=self._kind)
        # A turn whose call has ended is never asked for; its failure is nobody's.
        future.add_done_callback(_seen)
        return future

    def _drop_pause(self) -> None:
        """The pause was none: what was begun in it must not be taken for an answer to the next one."""
        if self._final is not None and self._final_of >= _COMMIT_FROM * SAMPLE_RATE:
            self._commit(self._final, self._final_of)
        elif self._final is not None and self.pool.backlog:
            self._final.cancel()
        elif self._final is not None and not self._final.done():
            self._partial = self._final  # it is being made: its words still come in time for a partial
        for future in (self._judgement, self._quick):
            if future is not None:
                future.cancel()
        self._final = self._judgement = self._quick = None

    def _read(self, turn: int, future: asyncio.Future[Transcript]) -> None:
        """The words of a pause are known: can they be all? Until the turn ends, they are partial."""
        if future.cancelled() or turn != self.turn or not self._endpointer.in_turn:
            return
        failed = future.exception() is not None
        # A recogniser that fails says nothing about the words; the failure is told when they are asked for.
        words = "" if failed else future.result().text
        if future is self._final:
            judged = self._turn_words.completeness(self._so_far(words), self._kind)
            self._endpointer.read(Completeness.UNKNOWN if failed else judged)
        if not failed:
            self.post(PartialHeard(turn, self._so_far(words), self._so_far(self._agreement.add(words))))

    def _judged(self, future: asyncio.Future[float]) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            # Without a judgement every turn gets the longer silence: slower, but nobody is cut off.
            log.error("the turn detector failed: %s", error)
            return
        if future is not self._judgement:
            return  # of an earlier pause
        self._endpointer.judge(future.result())
        if self._sounds_finished() and self._quick is None:
            self._listen_back()

    def _sounds_finished(self) -> bool:
        judged = self._judgement
        known = judged is not None and judged.done() and not judged.cancelled() and judged.exception() is None
        return known and judged is not None and judged.result() >= self.policy.ending.likely

    # ------------------------------------------------------------ long turns

    def _maybe_commit(self) -> None:
        if self._held >= _COMMIT_AT * SAMPLE_RATE and self._final is None:
            cut = quietest(self._heard())
            self._commit(self._recognise(self._heard()[:cut]), cut)

    def _commit(self, final: asyncio.Future[Transcript], samples: int) -> None:
        """Keep the words of the turn's first `samples` and drop their audio."""
        rest = self._heard()[samples:]
        self._audio, self._held = [rest], len(rest)
        self._committed.append(Stretch(final, self._begins))
        self._begins += samples
        self._agreement = Agreement()

    # ------------------------------------------------------------ partials

    def _maybe_partial(self) -> None:
        timing = self.policy.timing
        backlog = self.pool.backlog
        wait = timing.partial_closely if self._closely else timing.partial_every * (1 + backlog)
        if self._since_partial < wait or self._endpointer.quiet:
            return
        self._since_partial = 0.0
        crowded = backlog >= self.policy.load.partials and not self._closely
        if crowded or (self._partial is not None and not self._partial.done()):
            self.partial_dropped()
            return
        turn = self.turn
        self._partial = self.pool.submit(
            Priority.FINAL if self._closely else Priority.PARTIAL,
            self.transcriber.transcribe,
            self._heard(),
            final=False,
        )
        self._partial.add_done_callback(lambda future: self._partially(turn, future))

    def _partially(self, turn: int, future: asyncio.Future[Transcript]) -> None:
        if future.cancelled() or turn != self.turn:
            return
        error = future.exception()
        if error is not None:
            log.error("a partial transcript failed: %s", error)
            return
        text = future.result().text
        self.post(PartialHeard(turn, self._so_far(text), self._so_far(self._agreement.add(text))))

    def _so_far(self, text: str) -> str:
        """The turn's words: those of its earlier stretches, and `text`."""
        done = [stretch.transcript for stretch in self._committed if stretch.transcript.done()]
        texts = [future.result().text for future in done if not future.cancelled() and future.exception() is None]
        return " ".join(filter(None, [*texts, text]))

    # ------------------------------------------------------------ audio

    def _heard(self) -> Audio:
        if len(self._audio) != 1:
            self._audio = [np.concatenate(self._audio) if self._audio else np.zeros(0, np.float32)]
        return self._audio[0]

    def _forget(self) -> None:
        """Between turns, keep only the pre-roll."""
        keep = int(_PRE_ROLL * SAMPLE_RATE)
        while self._audio and self._held - len(self._audio[0]) >= keep:
            self._held -= len(self._audio.pop(0))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a turn on its way through the recogniser."""

    transcript: asyncio.Future[Transcript]
    begins: int
    """Samples from the start of the turn."""


async def joined(parts: list[Stretch]) -> Transcript:
    """One transcript of a turn that was recognised in stretches; raises what one of them raised."""
    spoken = [moved(await part.transcript, part.begins / SAMPLE_RATE) for part in parts]
    spoken = [transcript for transcript in spoken if transcript.text]
    if not spoken:
        return Transcript(text="", words=(), confidence=0.0, no_speech=1.0)
    return replace(
        spoken[-1],
        text=" ".join(transcript.text for transcript in spoken),
        words=tuple(word for transcript in spoken for word in transcript.words),
        confidence=min(transcript.confidence for transcript in spoken),
    )


def moved(transcript: Transcript, seconds: float) -> Transcript:
    """The same words, so much later."""
    words = (replace(word, start=word.start + seconds, end=word.end + seconds) for word in transcript.words)
    return replace(transcript, words=tuple(words))


def quietest(audio: Audio) -> int:
    """Where to cut a long stretch: the start of the quietest 0.1 s of its last quarter, in samples."""
    size = SAMPLE_RATE // 10
    first = len(audio) * 3 // 4
    blocks = audio[first : first + (len(audio) - first) // size * size].reshape(-1, size)
    return first + int(np.argmin((blocks**2).mean(axis=1))) * size


def _seen(future: asyncio.Future[Transcript]) -> None:
    if not future.cancelled():
        future.exception()

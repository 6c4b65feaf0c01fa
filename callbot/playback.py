"""Speaks to one caller: sentences in, paced audio out.

Audio goes out in 20 ms frames as the clock allows, a little ahead: a carrier that buffers nothing hears no gap,
and a barge-in has little to take back. The next sentence is made while the present one is being heard.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from callbot.engines import SAMPLE_RATE, Audio, Line, Synthesizer
from callbot.errors import EngineError
from callbot.events import Fact, PlaybackEnded, Speak, StageFailed
from callbot.pool import Pool, Priority
from callbot.speech.spoken import speakable

FRAME = int(0.02 * SAMPLE_RATE)
"""Samples of one frame."""
_LEAD = 0.08
"""Seconds that audio is sent ahead of its time: covers the hiccups of two busy cores."""
_BACK = (0.1, 0.8)
"""Seconds before a hold among which the break between words is looked for where the bot goes on."""
_MARK_PATIENCE = 2.0
"""Seconds to wait for a carrier's echo after the last sound should have been heard."""


@dataclass
class Playback:
    """The voice of one call."""

    line: Line
    pool: Pool
    synthesizer: Synthesizer
    budget: float
    """Seconds that the synthesis of one sentence may take."""
    post: Callable[[Fact], None]
    began: Callable[[], None]
    """Told when the first sound of an utterance goes out."""
    made: Callable[[float | None], None]
    """Told how many seconds a sentence took to synthesise; None = it could not be."""
    said: Callable[[Audio], None] = lambda _audio: None
    """Told what goes out, as it goes out."""
    _going: asyncio.Event = field(default_factory=asyncio.Event)
    """Not set while the bot holds its tongue."""
    _queue: deque[Speak] = field(default_factory=deque)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _speaking: asyncio.Task[None] | None = None
    _echoes: dict[str, asyncio.Event] = field(default_factory=dict)
    _finished: dict[int, asyncio.Event] = field(default_factory=dict)
    _sending: _Sending | None = None
    """The sentence that is going out."""

    def __post_init__(self) -> None:
        self._going.set()

    def say(self, speak: Speak) -> None:
        """Queue an utterance."""
        self._finished[speak.utterance] = asyncio.Event()
        self._queue.append(speak)
        self._wake.set()

    def played(self, mark: str) -> None:
        """The carrier has played everything before this mark."""
        if mark in self._echoes:
            self._echoes[mark].set()

    async def hold(self) -> None:
        """Fall silent at once: what was sent ahead is taken back, to be said again when the bot goes on."""
        self._going.clear()
        if self._sending is not None:
            self._sending.take_back()
            with suppress(ConnectionError):  # the line is gone; the gateway tells the call
                await self.line.clear()

    def resume(self) -> None:
        """Go on from the last break between words before the hold."""
        self._going.set()

    async def clear(self) -> None:
        """Stop at once and forget what is queued."""
        self._going.set()
        waiting = list(self._queue)
        self._queue.clear()
        if self._speaking is not None:
            self._speaking.cancel()
        for speak in waiting:
            self._end(speak.utterance, 0.0)
        with suppress(ConnectionError):  # the line is gone; the gateway tells the call
            await self.line.clear()

    async def finished(self, utterance: int) -> None:
        """Wait until an utterance has been heard, cleared or failed."""
        if utterance in self._finished:
            await self._finished[utterance].wait()

    async def run(self) -> None:
        """Speak what is queued, for as long as the call lasts."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                speak = self._queue.popleft()
                self._speaking = asyncio.create_task(self._utter(speak))
                await asyncio.wait([self._speaking])
                task, self._speaking = self._speaking, None
                if not task.cancelled() and task.exception() is not None:
                    self._fail(speak, task.exception())
                if not self._finished[speak.utterance].is_set():
                    self._end(speak.utterance, 0.0)  # it was cleared before it had begun

    def close(self) -> None:
        """End what is being spoken."""
        if self._speaking is not None:
            self._speaking.cancel()

    # ------------------------------------------------------------ one utterance

    async def _utter(self, speak: Speak) -> None:
        clock = _Clock()
        sentences = list(speak.sentences)
        heard = _Heard(speak.sentences)
        ahead = self._make(sentences[0]) if sentences else None
        try:
            for index in range(len(sentences)):
                assert ahead is not None
                audio = await asyncio.wait_for(ahead, self.budget)
                ahead = self._make(sentences[index + 1]) if index + 1 < len(sentences) else None
                if index == 0:
                    self.began()
                await self._send(list(_frames(audio)), clock, heard)
            await self._heard_out(speak.utterance, clock)
        except asyncio.CancelledError:
            self._end(speak.utterance, *heard.until(clock.remaining()))
            raise
        finally:
            if ahead is not None:
                ahead.cancel()
        self._end(speak.utterance, 1.0)

    def _make(self, sentence: str) -> asyncio.Future[list[Audio]]:
        began = asyncio.get_running_loop().time()
        future = self.pool.submit(Priority.REPLY, lambda: list(self.synthesizer.synthesize(speakable(sentence))))
        future.add_done_callback(lambda done: self._note(done, began))
        return future

    def _note(self, done: asyncio.Future[list[Audio]], began: float) -> None:
        if not done.cancelled():
            self.made(None if done.exception() else asyncio.get_running_loop().time() - began)

    async def _send(self, frames: list[Audio], clock: _Clock, heard: _Heard) -> None:
        self._sending = out = _Sending(frames, clock, heard)
        try:
            while not out.is_done:
                if not self._going.is_set():
                    await self._going.wait()
                    out.at = last_break(frames, out.at)
                await clock.wait_for_room()
                if not self._going.is_set():
                    continue
                await self.line.play(frames[out.at])
                self.said(frames[out.at])
                out.sent()
        finally:
            self._sending = None

    async def _heard_out(self, utterance: int, clock: _Clock) -> None:
        """Wait for the carrier's word that everything was played; a carrier without marks is given its time."""
        mark = f"u{utterance}"
        self._echoes[mark] = asyncio.Event()
        try:
            await self.line.mark(mark)
            await asyncio.wait_for(self._echoes[mark].wait(), clock.remaining() + _MARK_PATIENCE)
        except TimeoutError:
            return
        finally:
            del self._echoes[mark]

    def _end(self, utterance: int, heard: float, sentences: tuple[str, ...] = ()) -> None:
        self._finished[utterance].set()
        self.post(PlaybackEnded(utterance, heard, sentences))

    def _fail(self, speak: Speak, error: BaseException | None) -> None:
        self._end(speak.utterance, 0.0)
        if isinstance(error, ConnectionError):
            return  # the line is gone; the gateway tells the call
        reason = "over its budget" if isinstance(error, TimeoutError) else str(EngineError(error))
        self.post(StageFailed("speak", speak.utterance, reason))


class _Clock:
    """How much of what was sent is still unheard."""

    def __init__(self) -> None:
        self._until: float | None = None

    def sent(self, seconds: float) -> None:
        """Count audio that went out."""
        now = asyncio.get_running_loop().time()
        self._until = max(self._until or now, now) + seconds

    def dropped(self) -> float:
        """What has not been heard yet never will be; returns how many seconds that is."""
        unheard = self.remaining()
        self._until = None
        return unheard

    def remaining(self) -> float:
        """Seconds of sent audio that the caller has not heard yet."""
        return max(0.0, (self._until or 0.0) - asyncio.get_running_loop().time())

    async def wait_for_room(self) -> None:
        """Wait until another frame may go out."""
        early = self.remaining() - _LEAD
        if early > 0:
            await asyncio.sleep(early)


def _frames(stretches: list[Audio]) -> Iterator[Audio]:
    for audio in stretches:
        for start in range(0, len(audio), FRAME):
            yield audio[start : start + FRAME]


class _Sending:
    """One sentence on its way out."""

    def __init__(self, frames: list[Audio], clock: _Clock, heard: _Heard) -> None:
        self.at = 0
        """The next frame."""
        self._frames = frames
        self._clock = clock
        self._heard = heard
        heard.begin(len(frames))

    @property
    def is_done(self) -> bool:
        return self.at >= len(self._frames)

    def sent(self) -> None:
        """The next frame is out."""
        self._clock.sent(len(self._frames[self.at]) / SAMPLE_RATE)
        self.at += 1
        self._heard.sent(self.at)

    def take_back(self) -> None:
        """What was sent ahead will not be heard."""
        self.at = max(0, self.at - round(self._clock.dropped() * SAMPLE_RATE / FRAME))
        self._heard.sent(self.at)


@dataclass
class _Heard:
    """How far the caller has heard an utterance."""

    sentences: tuple[str, ...]
    _done: int = 0
    """Sentences that were sent whole."""
    _of: int = 0
    """Frames of the present sentence."""
    _at: int = 0

    def begin(self, frames: int) -> None:
        """The next sentence goes out."""
        self._of, self._at = frames, 0

    def sent(self, at: int) -> None:
        """So many of its frames are out."""
        self._at = at
        if at == self._of:
            self._done += 1
            self._of = self._at = 0

    def until(self, unheard: float) -> tuple[float, tuple[str, ...]]:
        """Share that was heard, and its words, when the last `unheard` seconds of what was sent were dropped."""
        sentences = self.sentences
        if not self._of:
            return _share(self._done, len(sentences)), sentences[: self._done]
        part = max(0.0, self._at - unheard * SAMPLE_RATE / FRAME) / self._of
        words = cut_off(sentences[self._done], part)
        return _share(self._done + part, len(sentences)), (*sentences[: self._done], *words)


def cut_off(sentence: str, share: float) -> tuple[str, ...]:
    """The words that `share` of a sentence's sound holds, about; () if not even one.

    >>> cut_off("I have a noise complaint.", 0.5)
    ('I have a ...',)
    """
    words: list[str] = []
    for word in sentence.split():
        if len(" ".join([*words, word])) > share * len(sentence):
            break
        words.append(word)
    return (" ".join([*words, "..."]),) if words else ()


def last_break(frames: list[Audio], at: int) -> int:
    """The quietest frame shortly before frame `at`: where a voice can take up its sentence again."""
    nearest, farthest = (int(seconds * SAMPLE_RATE / FRAME) for seconds in _BACK)
    first, last = max(0, at - farthest), max(0, at - nearest)
    return min(range(first, last + 1), key=lambda index: float((frames[index] ** 2).mean())) if at else 0


def _share(done: float, of: int) -> float:
    return done / of if of else 1.0

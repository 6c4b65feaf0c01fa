"""The bot's voice on its way to the caller; the line is a stand-in that notes what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot import playback
from callbot.engines import SAMPLE_RATE, Audio
from callbot.events import Fact, PlaybackEnded, Speak, StageFailed
from callbot.playback import FRAME, Playback
from callbot.pool import Pool


@dataclass
class FakeLine:
    """Notes what it is told; echoes marks at once if it is told to."""

    echoes: bool = True
    gone: bool = False
    told: list[str] = field(default_factory=list)
    frames: list[Audio] = field(default_factory=list)
    playback: Playback | None = None

    async def play(self, audio: Audio) -> None:
        self._note("frame")
        self.frames.append(audio)

    async def mark(self, name: str) -> None:
        self._note(f"mark {name}")
        if self.echoes and self.playback is not None:
            self.playback.played(name)

    async def clear(self) -> None:
        self._note("clear")

    async def close(self, *, transfer_to: str | None) -> None:
        self._note(f"close {transfer_to}")

    def _note(self, what: str) -> None:
        if self.gone:
            raise ConnectionError("the line is gone")
        self.told.append(what)

    def heights(self) -> list[int]:
        """The different sounds that were sent, in order, in hundredths."""
        found = [round(100 * float(frame[0])) for frame in self.frames]
        return [height for index, height in enumerate(found) if index == 0 or found[index - 1] != height]


class Voice:
    """Each sentence is a constant of a height of its own: its number in hundredths, so many milliseconds long."""

    def __init__(self, milliseconds: int = 50) -> None:
        self.samples = milliseconds * SAMPLE_RATE // 1000
        self.made: list[str] = []

    def synthesize(self, sentence: str) -> Iterator[Audio]:
        self.made.append(sentence)
        if "broken" in sentence:
            raise RuntimeError("no such voice")
        yield np.full(self.samples, 0.01 * len(sentence.split()), np.float32)


ONE, TWO, THREE = "One.", "Two words.", "These three words."


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait two seconds for a carrier without echoes."""
    monkeypatch.setattr(playback, "_MARK_PATIENCE", 0.02)


@dataclass
class Scene:
    """A playback that runs, with what it said about itself."""

    playback: Playback
    line: FakeLine
    voice: Voice
    facts: list[Fact]
    began: list[None]

    async def say(self, utterance: int, *sentences: str) -> None:
        """Say something and wait until it is over."""
        self.playback.say(Speak(utterance, sentences, False))
        await asyncio.wait_for(self.playback.finished(utterance), 5)
        await asyncio.sleep(0)


@asynccontextmanager
async def scene(line: FakeLine, voice: Voice | None = None, budget: float = 5.0) -> AsyncIterator[Scene]:
    facts: list[Fact] = []
    began: list[None] = []
    voice = voice or Voice()
    with Pool(1) as pool:
        speaker = Playback(line, pool, voice, budget, facts.append, lambda: began.append(None), lambda _: None)
        line.playback = speaker
        task = asyncio.create_task(speaker.run())
        try:
            yield Scene(speaker, line, voice, facts, began)
        finally:
            assert not task.done()
            speaker.close()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_sentences_go_out_in_order_in_frames_of_20_ms() -> None:
    async with scene(FakeLine()) as it:
        await it.say(1, ONE, TWO, THREE)
    assert it.line.heights() == [1, 2, 3]
    assert {len(frame) for frame in it.line.frames} == {FRAME, FRAME // 2}
    assert FRAME == 320
    assert sum(len(frame) for frame in it.line.frames) == 3 * it.voice.samples
    assert it.facts == [PlaybackEnded(1, 1.0)]
    assert it.began == [None]


async def test_the_mark_comes_behind_the_last_sound() -> None:
    async with scene(FakeLine()) as it:
        await it.say(1, ONE)
    assert it.line.told == ["frame", "frame", "frame", "mark u1"]


async def test_utterances_are_spoken_one_after_the_other() -> None:
    async with scene(FakeLine()) as it:
        it.playback.say(Speak(1, (ONE,), False))
        await it.say(2, TWO)
    assert it.line.heights() == [1, 2]
    assert it.facts == [PlaybackEnded(1, 1.0), PlaybackEnded(2, 1.0)]


async def test_audio_is_sent_only_a_little_ahead() -> None:
    async with scene(FakeLine(), Voice(milliseconds=60_000)) as it:
        it.playback.say(Speak(1, (ONE,), False))
        while not it.line.frames:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)
        assert len(it.line.frames) < 50


async def test_a_line_that_does_not_echo_marks_ends_the_utterance_as_well() -> None:
    async with scene(FakeLine(echoes=False)) as it:
        await it.say(1, ONE)
    assert it.facts == [PlaybackEnded(1, 1.0)]


async def test_an_echo_that_nobody_waits_for_does_no_harm() -> None:
    async with scene(FakeLine()) as it:
        it.playback.played("u7")
        await it.say(1, ONE)
        it.playback.played("u1")
    assert it.facts == [PlaybackEnded(1, 1.0)]


async def test_clearing_tells_how_much_was_heard() -> None:
    async with scene(FakeLine(), Voice(milliseconds=80)) as it:
        it.playback.say(Speak(1, (ONE, TWO, THREE, "This is the fourth.", "And this is the fifth."), False))
        it.playback.say(Speak(2, (ONE,), False))
        while 3 not in it.line.heights():
            await asyncio.sleep(0.001)
        await it.playback.clear()
        for utterance in (1, 2):
            await asyncio.wait_for(it.playback.finished(utterance), 5)
        sent = len(it.line.frames)
        await asyncio.sleep(0.05)
        assert len(it.line.frames) == sent
    assert "clear" in it.line.told
    shares = {fact.utterance: fact.heard for fact in it.facts if isinstance(fact, PlaybackEnded)}
    assert 1 / 5 <= shares[1] <= 3 / 5
    assert shares[2] == 0.0
    assert len(it.facts) == 2


async def test_a_cut_off_sentence_is_told_as_far_as_it_was_heard() -> None:
    line, sentence = FakeLine(), "one two three four five six seven eight nine ten"
    async with scene(line, Voice(milliseconds=400)) as it:
        it.playback.say(Speak(1, (ONE, sentence), False))
        while len(line.frames) < 30:
            await asyncio.sleep(0.001)
        await it.playback.clear()
        await asyncio.wait_for(it.playback.finished(1), 5)
        await asyncio.sleep(0)
    (fact,) = it.facts
    assert isinstance(fact, PlaybackEnded)
    first, cut = fact.sentences
    assert first == ONE
    assert cut.endswith(" ...")
    assert sentence.startswith(cut.removesuffix(" ..."))
    assert 1 <= len(cut.split()) - 1 <= 8


async def test_a_hold_is_silence_and_the_sentence_goes_on_from_a_break() -> None:
    line = FakeLine()
    async with scene(line, Voice(milliseconds=600)) as it:
        it.playback.say(Speak(1, (ONE,), False))
        while len(line.frames) < 12:
            await asyncio.sleep(0.001)
        await it.playback.hold()
        await asyncio.sleep(0.05)
        sent = len(line.frames)
        await asyncio.sleep(0.1)
        assert len(line.frames) == sent
        it.playback.resume()
        await asyncio.wait_for(it.playback.finished(1), 5)
    assert it.facts == [PlaybackEnded(1, 1.0)]
    assert len(line.frames) > 30


async def test_what_was_sent_ahead_of_a_hold_is_taken_back_and_said_again() -> None:
    line = FakeLine()
    async with scene(line, Voice(milliseconds=600)) as it:
        it.playback.say(Speak(1, (ONE,), False))
        while len(line.frames) < 12:
            await asyncio.sleep(0.001)
        await it.playback.hold()
        assert line.told[-1] == "clear"
        sent = len(line.frames)
        await asyncio.sleep(0.05)
        assert line.told[-1] == "clear", "nothing is said while it holds its tongue"
        it.playback.resume()
        await asyncio.wait_for(it.playback.finished(1), 5)
    assert it.facts == [PlaybackEnded(1, 1.0)]
    assert len(line.frames) > sent + 30 - 12, "no frame is left out"


async def test_during_a_hold_only_what_was_heard_counts_as_heard() -> None:
    line, sentence = FakeLine(), "one two three four five six seven eight nine ten"
    async with scene(line, Voice(milliseconds=400)) as it:
        it.playback.say(Speak(1, (sentence,), False))
        while len(line.frames) < 8:
            await asyncio.sleep(0.001)
        await it.playback.hold()
        await asyncio.sleep(0.3)  # what was taken back is not heard however long it lasts
        await it.playback.clear()
        await asyncio.wait_for(it.playback.finished(1), 5)
    (fact,) = it.facts
    assert isinstance(fact, PlaybackEnded)
    assert fact.heard < 8 * 0.02 / 0.4


async def test_what_is_cleared_during_a_hold_is_not_taken_up_again() -> None:
    line = FakeLine()
    async with scene(line, Voice(milliseconds=600)) as it:
        it.playback.say(Speak(1, (ONE,), False))
        while not line.frames:
            await asyncio.sleep(0.001)
        await it.playback.hold()
        await it.playback.clear()
        await it.say(2, TWO)
    assert PlaybackEnded(2, 1.0) in it.facts


@given(share=st.floats(0, 1), words=st.lists(st.text("abc", min_size=1, max_size=8), min_size=1, max_size=12))
def test_what_was_heard_is_a_beginning_of_what_was_said(share: float, words: list[str]) -> None:
    heard = playback.cut_off(" ".join(words), share)
    for cut in heard:
        assert " ".join(words).startswith(cut.removesuffix(" ..."))
    assert heard or share < 1


def test_a_voice_goes_on_from_the_quietest_place_shortly_before() -> None:
    frames = [np.full(FRAME, 0.3, np.float32) for _ in range(60)]
    frames[30] = np.zeros(FRAME, np.float32)
    assert playback.last_break(frames, 50) == 30
    assert playback.last_break(frames, 0) == 0


async def test_after_clearing_it_speaks_again() -> None:
    async with scene(FakeLine()) as it:
        it.playback.say(Speak(1, (ONE,), False))
        await it.playback.clear()
        await it.say(2, TWO)
    assert PlaybackEnded(2, 1.0) in it.facts


async def test_clearing_before_the_first_step_still_ends_the_utterance() -> None:
    async with scene(FakeLine()) as it:
        it.playback.say(Speak(1, (ONE,), False))
        for turns in range(5):
            it.playback.say(Speak(2 + turns, (ONE,), False))
            for _ in range(turns):
                await asyncio.sleep(0)
            await it.playback.clear()
        for utterance in range(1, 7):
            await asyncio.wait_for(it.playback.finished(utterance), 5)
    ended = [fact.utterance for fact in it.facts if isinstance(fact, PlaybackEnded)]
    assert sorted(ended) == [1, 2, 3, 4, 5, 6]


async def test_clearing_with_nothing_to_say_clears_the_line() -> None:
    async with scene(FakeLine()) as it:
        await it.playback.clear()
    assert it.line.told == ["clear"]
    assert it.facts == []


async def test_a_failing_voice_ends_the_utterance_and_is_told() -> None:
    async with scene(FakeLine()) as it:
        await it.say(1, ONE, "This is broken.")
        await it.say(2, TWO)
    assert it.facts == [PlaybackEnded(1, 0.0), StageFailed("speak", 1, "no such voice"), PlaybackEnded(2, 1.0)]


async def test_a_slow_voice_is_over_its_budget() -> None:
    async with scene(FakeLine(), budget=0.0) as it:
        await it.say(1, ONE)
    assert it.facts == [PlaybackEnded(1, 0.0), StageFailed("speak", 1, "over its budget")]
    assert it.began == []


async def test_what_was_cut_off_is_not_synthesised_any_further() -> None:
    async with scene(FakeLine(), Voice(milliseconds=1000)) as it:
        it.playback.say(Speak(1, (ONE, TWO, THREE), False))
        while not it.line.frames:
            await asyncio.sleep(0.001)
        await it.playback.clear()
        await asyncio.wait_for(it.playback.finished(1), 5)
        await it.say(2)
    assert THREE not in it.voice.made


async def test_saying_nothing_is_over_at_once() -> None:
    async with scene(FakeLine()) as it:
        await it.say(1)
    assert it.facts == [PlaybackEnded(1, 1.0)]
    assert it.line.frames == []


async def test_a_line_that_is_gone_ends_the_utterance_and_is_no_failure_of_the_voice() -> None:
    async with scene(FakeLine(gone=True)) as it:
        await it.say(1, ONE)
        assert it.facts == [PlaybackEnded(1, 0.0)]


async def test_a_line_that_goes_while_it_is_cleared_leaves_nobody_waiting() -> None:
    async with scene(FakeLine(), Voice(milliseconds=1000)) as it:
        it.playback.say(Speak(1, (ONE,), False))
        it.playback.say(Speak(2, (TWO,), False))
        while not it.line.frames:
            await asyncio.sleep(0.001)
        it.line.gone = True
        await it.playback.clear()
        for utterance in (1, 2):
            await asyncio.wait_for(it.playback.finished(utterance), 5)
    assert [type(fact) for fact in it.facts] == [PlaybackEnded, PlaybackEnded]


async def test_an_utterance_that_was_never_said_is_not_waited_for() -> None:
    async with scene(FakeLine()) as it:
        await asyncio.wait_for(it.playback.finished(99), 1)

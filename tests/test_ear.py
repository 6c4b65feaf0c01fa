"""What the ear makes of a caller's voice. Loud is speech, and the engines are stand-ins."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

from callbot.content import Site
from callbot.ear import Ear, Stretch, joined
from callbot.engines import SAMPLE_RATE, Audio, Transcript
from callbot.events import Fact, PartialHeard, SpeechContinued, SpeechStarted, TurnEnded, Word
from callbot.pool import Pool
from tests.fakes import FakeDetector, FakeVad

CHUNK = SAMPLE_RATE // 50


@dataclass
class Transcriber:
    """Says how long the audio was that it was given, in tenths of seconds, and how loud it began."""

    heard: list[tuple[Audio, bool]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    fail: bool = False
    says: str = ""
    kinds_asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        kind: str = "",
        full: bool = False,
    ) -> Transcript:
        assert self.gate.wait(5)
        assert not full
        self.kinds_asked.append(kind)
        self.heard.append((audio, final))
        if self.fail:
            raise RuntimeError("out of order")
        if self.says:
            return Transcript(self.says, (), 0.9, 0.0)
        return Transcript(f"{round(10 * len(audio) / SAMPLE_RATE)} tenths were heard", (), 0.9, 0.0)


class BrokenDetector:
    """A turn detector that never answers."""

    def complete(self, audio: Audio) -> float:
        raise RuntimeError(f"no judgement on {len(audio)} samples")


@dataclass
class Caller:
    """Speaks and is silent."""

    site: Site
    pool: Pool
    ear: Ear = field(init=False)
    engine: Transcriber = field(default_factory=Transcriber)
    detector: FakeDetector | BrokenDetector = field(default_factory=FakeDetector)
    facts: list[Fact] = field(default_factory=list)
    dropped: list[None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ear = Ear(
            self.site.playbook.policy,
            self.pool,
            FakeVad(),
            self.detector,
            self.engine,
            self.facts.append,
            lambda: self.dropped.append(None),
        )

    async def sound(self, seconds: float, level: float, *, wait: bool = True) -> None:
        """Let the ear hear 20 ms at a time."""
        for _ in range(round(seconds * 50)):
            self.ear.hear(np.full(CHUNK, level, np.float32))
            if wait:
                await self.pool.idle()
                await asyncio.sleep(0)

    async def speak(self, seconds: float, *, wait: bool = True) -> None:
        await self.sound(seconds, 0.3, wait=wait)

    async def pause(self, seconds: float, *, wait: bool = True) -> None:
        await self.sound(seconds, 0.0, wait=wait)

    def kinds(self) -> list[type[Fact]]:
        return [type(fact) for fact in self.facts]


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool(1) as pool:
        yield pool


@pytest.fixture
def caller(site: Site, pool: Pool) -> Caller:
    return Caller(site, pool)


@pytest.fixture
def timing(site: Site) -> Callable[[str], float]:
    """A limit of the shipped policy."""
    return lambda name: float(getattr(site.playbook.policy.timing, name))


async def test_a_turn_is_told_in_order_and_transcribed_once(caller: Caller) -> None:
    await caller.pause(1.0)
    await caller.speak(1.5)
    await caller.pause(1.0)
    kinds = caller.kinds()
    partials = kinds.count(PartialHeard)
    assert partials >= 2
    assert kinds == [SpeechStarted, SpeechContinued, *[PartialHeard] * partials, TurnEnded]
    assert {getattr(fact, "turn", 1) for fact in caller.facts} == {1}
    assert [final for _, final in caller.engine.heard].count(True) == 1
    assert "tenths" in (await caller.ear.transcribe(1)).text


async def test_the_end_of_a_complete_turn_is_known_sooner_than_that_of_an_unfinished_one(
    caller: Caller, site: Site, pool: Pool, timing: Callable[[str], float]
) -> None:
    unsure = Caller(site, pool, detector=FakeDetector(0.1))
    for who, name in ((caller, "end_of_turn"), (unsure, "end_of_doubtful")):
        await who.speak(1.0)
        await who.pause(3.0)
        assert who.ear.quiet == pytest.approx(timing(name), abs=0.05)
        assert TurnEnded in who.kinds()


async def test_turns_are_counted(caller: Caller) -> None:
    for turn in (1, 2, 3):
        await caller.speak(0.5)
        await caller.pause(2.0)
        ended = caller.facts[-1]
        assert isinstance(ended, TurnEnded)
        assert ended.turn == turn == caller.ear.turn


async def test_the_first_consonant_is_kept_and_no_more(caller: Caller) -> None:
    await caller.pause(5.0)
    await caller.speak(1.0)
    await caller.pause(1.0)
    audio = next(audio for audio, final in caller.engine.heard if final)
    before = np.argmax(audio > 0.1) / SAMPLE_RATE
    assert 0.15 <= before <= 0.4
    ended = caller.facts[-1]
    assert isinstance(ended, TurnEnded)
    assert 1.2 < ended.seconds < 2.2


async def test_going_on_after_a_pause_throws_the_early_transcript_away(
    caller: Caller, timing: Callable[[str], float]
) -> None:
    await caller.speak(1.0, wait=False)
    await caller.pause(timing("pause") + 0.06, wait=False)
    caller.engine.gate.clear()
    await caller.speak(1.0, wait=False)
    await caller.pause(timing("end_of_unfinished") + 0.1, wait=False)
    caller.engine.gate.set()
    text = (await caller.ear.transcribe(1)).text
    assert int(text.split()[0]) >= 20
    assert caller.kinds().count(TurnEnded) == 1


async def test_partials_thin_out_while_the_engines_are_busy(caller: Caller) -> None:
    caller.engine.gate.clear()
    await caller.speak(8.0, wait=False)
    assert len(caller.dropped) >= 3
    caller.engine.gate.set()
    await caller.pool.idle()
    await asyncio.sleep(0)
    assert caller.kinds() == [SpeechStarted, SpeechContinued, PartialHeard]


async def test_who_may_be_in_danger_is_listened_to_closely(caller: Caller, timing: Callable[[str], float]) -> None:
    usual, closely = timing("partial_every"), timing("partial_closely")
    await caller.speak(usual + 0.1)
    heard = caller.kinds().count(PartialHeard)
    caller.ear.expect("", closely=True)
    await caller.speak(3 * closely + 0.1)
    assert caller.kinds().count(PartialHeard) >= heard + 3
    await caller.pause(timing("end_of_unfinished") + 0.1)
    before = caller.kinds().count(PartialHeard)
    await caller.speak(usual - 0.1)
    assert caller.kinds().count(PartialHeard) == before, "the next turn is another"


async def test_a_detector_that_fails_only_makes_turns_slower(
    site: Site, pool: Pool, timing: Callable[[str], float]
) -> None:
    caller = Caller(site, pool, detector=BrokenDetector())
    await caller.speak(1.0)
    await caller.pause(timing("end_of_doubtful") - 0.2)
    assert TurnEnded not in caller.kinds()
    await caller.pause(0.4)
    assert TurnEnded in caller.kinds()
    assert (await caller.ear.transcribe(1)).text


async def test_a_judgement_of_an_earlier_pause_does_not_end_a_later_one(site: Site) -> None:
    first, second = threading.Event(), threading.Event()

    class Slow(FakeDetector):
        """Finds the first half complete, but says so late; has not yet judged the whole."""

        def complete(self, audio: Audio) -> float:
            is_first = len(audio) < 1.5 * SAMPLE_RATE
            assert (first if is_first else second).wait(5)
            return 0.9 if is_first else 0.1

    with Pool(3) as other:
        caller = Caller(site, other, detector=Slow())
        await caller.speak(0.6, wait=False)
        await caller.pause(0.3, wait=False)
        await caller.speak(1.0, wait=False)
        await caller.pause(0.25, wait=False)
        first.set()
        for _ in range(30):
            await caller.pause(0.02, wait=False)
            await asyncio.sleep(0.001)
        assert TurnEnded not in caller.kinds()
        second.set()
        caller.ear.close()


async def test_a_partial_that_fails_costs_nothing_else(caller: Caller) -> None:
    caller.engine.fail = True
    await caller.speak(1.0)
    await caller.pause(1.0)
    assert caller.kinds() == [SpeechStarted, SpeechContinued, TurnEnded]
    with pytest.raises(RuntimeError, match="out of order"):
        await caller.ear.transcribe(1)


async def test_a_cough_is_no_turn(caller: Caller) -> None:
    await caller.pause(0.5)
    await caller.speak(0.04)
    await caller.pause(1.0)
    assert caller.facts == []
    assert caller.engine.heard == []


async def test_closing_drops_what_is_still_being_worked_on(caller: Caller) -> None:
    caller.engine.gate.clear()
    await caller.speak(1.0, wait=False)
    await caller.pause(1.5, wait=False)
    facts = list(caller.facts)
    caller.ear.close()
    caller.engine.gate.set()
    await caller.pool.idle()
    await asyncio.sleep(0)
    assert caller.facts == facts
    assert len(caller.engine.heard) <= 1


async def test_words_that_want_more_get_more_time(caller: Caller, timing: Callable[[str], float]) -> None:
    caller.engine.says = "it is at four twelve"
    caller.ear.expect("location")
    await caller.speak(1.0)
    await caller.pause(3.0)
    assert caller.ear.quiet == pytest.approx(timing("end_of_unfinished"), abs=0.05)
    assert caller.engine.kinds_asked[-1] == "location"


async def test_a_yes_to_a_question_is_answered_at_once(caller: Caller, timing: Callable[[str], float]) -> None:
    caller.engine.says = "Yes."
    caller.ear.expect("yes_no")
    await caller.speak(0.5)
    await caller.pause(3.0)
    assert caller.ear.quiet == pytest.approx(timing("end_of_finished"), abs=0.05)
    assert (await caller.ear.transcribe(1)).text == "Yes."
    assert [final for _, final in caller.engine.heard] == [False]  # the quick text was enough


async def test_another_answer_to_a_yes_or_no_question_is_recognised_in_full(caller: Caller) -> None:
    caller.engine.says = "it is on Orange Street"
    caller.ear.expect("yes_no")
    await caller.speak(0.5)
    await caller.pause(3.0)
    assert (await caller.ear.transcribe(1)).text == "it is on Orange Street"
    assert [final for _, final in caller.engine.heard] == [False, True]


async def test_what_two_partials_agree_on_is_told_as_stable(caller: Caller) -> None:
    caller.engine.says = "there is a hole"
    await caller.speak(3.0)
    partials = [fact for fact in caller.facts if isinstance(fact, PartialHeard)]
    assert [fact.stable for fact in partials] == ["", *["there is a hole"] * (len(partials) - 1)]
    assert len(partials) >= 2


async def test_a_long_turn_keeps_its_words_and_drops_their_audio(caller: Caller) -> None:
    for _ in range(8):
        await caller.speak(9.0)
        await caller.pause(0.3)
    await caller.pause(2.0)
    assert max(len(audio) for audio, _ in caller.engine.heard) < 30 * SAMPLE_RATE
    assert caller.kinds().count(TurnEnded) >= 1
    text = (await caller.ear.transcribe(1)).text
    assert text.count("tenths") >= 4
    ended = next(fact for fact in caller.facts if isinstance(fact, TurnEnded))
    assert ended.seconds > 40


async def test_somebody_who_never_pauses_is_heard_in_stretches(caller: Caller) -> None:
    await caller.speak(40.0)
    await caller.pause(2.0)
    assert max(len(audio) for audio, _ in caller.engine.heard) < 30 * SAMPLE_RATE
    assert (await caller.ear.transcribe(1)).text.count("tenths") >= 3


async def test_the_words_of_a_stretch_keep_their_place_in_the_turn() -> None:
    loop = asyncio.get_running_loop()
    parts = []
    for begins in (0, 3 * SAMPLE_RATE):
        future: asyncio.Future[Transcript] = loop.create_future()
        future.set_result(Transcript("word", (Word("word", 0.5, 1.0, 0.9),), 0.9, 0.1))
        parts.append(Stretch(future, begins))
    whole = await joined(parts)
    assert whole.text == "word word"
    assert [word.start for word in whole.words] == [0.5, 3.5]


async def test_the_bots_own_voice_on_the_line_is_nobody_speaking(caller: Caller) -> None:
    rng = np.random.default_rng(0)
    said = (0.5 * rng.standard_normal(3 * SAMPLE_RATE)).astype(np.float32)
    for start in range(0, len(said), CHUNK):
        stretch = said[start : start + CHUNK]
        caller.ear.bot_says(stretch)
        caller.ear.hear(0.1 * stretch)
    assert caller.facts == []
    await caller.speak(1.0)
    assert SpeechStarted in caller.kinds()


async def test_the_words_before_a_pause_are_known_before_the_turn_ends(caller: Caller) -> None:
    caller.engine.says = "he is not breathing"
    await caller.speak(0.4)
    await caller.pause(0.25)
    assert caller.facts[-1] == PartialHeard(1, "he is not breathing")
    await caller.speak(2.0)
    assert TurnEnded not in caller.kinds()


async def test_a_pause_that_sounds_unfinished_is_not_recognised_at_once(
    site: Site, pool: Pool, timing: Callable[[str], float]
) -> None:
    caller = Caller(site, pool, detector=FakeDetector(0.1))
    await caller.speak(0.6)
    await caller.pause(timing("rest") - 0.1)
    assert caller.engine.heard == []
    await caller.pause(0.2)
    assert [final for _, final in caller.engine.heard] == [True]


async def test_a_word_over_the_bot_is_told_as_soon_as_it_is_over(caller: Caller) -> None:
    caller.engine.says = "uh huh"
    caller.detector = caller.ear.detector = FakeDetector(0.1)
    rng = np.random.default_rng(0)
    for _ in range(20):
        caller.ear.bot_says((0.1 * rng.standard_normal(CHUNK)).astype(np.float32))
        caller.ear.hear(np.full(CHUNK, 0.3, np.float32))
        await caller.pool.idle()
    await caller.pause(0.25)
    assert caller.facts[-1] == PartialHeard(1, "uh huh")
    assert [final for _, final in caller.engine.heard] == [False]

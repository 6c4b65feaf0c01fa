"""The conductor, driven by lists of facts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbot.call import Call
from callbot.content import Site
from callbot.events import (
    CallEnded,
    ClearPlayback,
    Command,
    Escalate,
    Fact,
    HangUp,
    KeyPressed,
    PartialHeard,
    PlaybackEnded,
    SaveCase,
    Saved,
    SaveTurn,
    Speak,
    SpeechStarted,
    StageFailed,
    StartTimer,
    TakenOver,
    TimerFired,
    Transcribe,
    Transcribed,
    Transfer,
    TurnEnded,
    Understand,
    Understood,
)
from tests.fakes import ORANGE, Driver, meaning, of_type, started

NOISE = "loud music at 215 orange street"
MEANINGS = {
    NOISE: meaning("noise_complaint", location=ORANGE),
    "just music": meaning("noise_complaint"),
    "yes": meaning("affirm"),
    "no": meaning("deny"),
    "my name is daniel ortiz": meaning("inform", caller_name={"text": "daniel", "first": "Daniel", "last": "Ortiz"}),
    "get me a person": meaning("speak_to_person"),
    "say that again": meaning("repeat"),
    "hold on": meaning("hold_on"),
    "bye": meaning("goodbye"),
    "help": meaning("emergency"),
    "i am worried about my uncle": meaning("welfare_check"),
}
EMERGENCY = "someone just got hit by a car he is not moving please send somebody"


@pytest.fixture
def driver(site: Site) -> Driver:
    driver = Driver(site, MEANINGS)
    driver.start()
    return driver


def test_a_noise_complaint_is_filed_and_told_only_after_the_commit(driver: Driver) -> None:
    driver.say(NOISE)
    assert "still going on" in driver.said[-1]
    driver.say("yes")
    driver.say("my name is daniel ortiz")
    assert "number you are calling from" in driver.said[-1]
    driver.say("yes")
    assert "215 Orange Street" in driver.said[-2]
    commands = driver.say("yes")
    case = of_type(commands, SaveCase)[0].case
    assert (case.status, case.disposition) == ("closed", "close")
    assert case.callback_number == "+12035550123"
    assert case.caller_name == "Daniel Ortiz"
    spoken = [command for command in commands if isinstance(command, Speak)]
    assert commands.index(of_type(commands, SaveCase)[0]) < commands.index(spoken[0])
    assert "26-00001-4" in " ".join(spoken[0].sentences)
    commands = driver.say("no")
    assert of_type(commands, HangUp)[0].outcome == "close"


def test_nothing_is_claimed_while_the_store_has_not_answered(site: Site) -> None:
    driver = Driver(site, MEANINGS)
    driver.start(caller=None)
    driver.say(NOISE)
    driver.say("yes")
    driver.say("no")  # no name
    call = driver.call
    call.receive(SpeechStarted(), 50)
    call.receive(TurnEnded(9, 1), 51)
    understand = of_type(call.receive(Transcribed(9, "yes", 0.9, ()), 51), Understand)[0]
    assert understand.asked == "confirm"
    saving = call.receive(Understood(understand.turn, replace(MEANINGS["yes"], text="yes")), 51)
    assert of_type(saving, Speak) == []
    filing = call.receive(Saved(of_type(saving, SaveTurn)[0].record.index, "26-00001-4"), 52)
    assert of_type(filing, Speak) == []
    assert len(of_type(filing, SaveCase)) == 1
    told = call.receive(Saved(of_type(filing, SaveCase)[0].turn, "26-00001-4"), 53)
    assert "filed" in of_type(told, Speak)[0].sentences[0]


def test_an_emergency_in_a_partial_transcript_transfers_at_once(driver: Driver) -> None:
    driver.feed(SpeechStarted())
    commands = driver.feed(PartialHeard(1, EMERGENCY))
    transfer = of_type(commands, Transfer)[0]
    assert transfer.priority == "emergency"
    assert transfer.target == driver.site.lines.lines["main"].transfer_emergency
    assert of_type(commands, Escalate)[0].kind in ("crash_injury", "medical")
    speak = of_type(commands, Speak)[0]
    assert speak.protected
    assert transfer.after_utterance == speak.utterance


def test_the_small_model_alone_can_call_an_emergency(driver: Driver) -> None:
    assert of_type(driver.say("help"), Transfer)[0].priority == "emergency"


def test_an_emergency_is_heard_while_the_bot_speaks_and_while_it_leaves(site: Site) -> None:
    driver = Driver(site, MEANINGS)
    call = driver.call
    call.receive(started(), 0)  # greeting still plays
    assert of_type(call.receive(PartialHeard(1, EMERGENCY), 1), ClearPlayback)
    other = Driver(site, MEANINGS)
    other.start()
    assert of_type(other.say("bye"), HangUp)
    assert of_type(other.feed(PartialHeard(2, EMERGENCY)), Transfer)


def test_asking_for_a_person_hands_the_call_over(driver: Driver) -> None:
    driver.say(NOISE)
    commands = driver.say("get me a person")
    assert of_type(commands, Escalate)[0].reason == "caller_asked"
    assert of_type(commands, Transfer)[0].target == driver.site.lines.lines["main"].transfer_human
    assert commands.index(of_type(commands, SaveTurn)[0]) < commands.index(of_type(commands, Speak)[0])


def test_words_over_the_bot_stop_it_and_back_channels_do_not(site: Site) -> None:
    driver = Driver(site, MEANINGS)
    driver.call.receive(started(), 0)
    driver.call.receive(SpeechStarted(), 1)
    assert driver.call.receive(PartialHeard(1, "Uh-huh."), 1.2) == []
    assert driver.call.receive(TurnEnded(1, 0.4), 1.5) == [Transcribe(1)]
    assert of_type(driver.call.receive(Transcribed(1, "Uh-huh.", 0.9, ()), 1.6), Understand) == []
    driver.call.receive(SpeechStarted(), 2)
    assert ClearPlayback() in driver.call.receive(PartialHeard(2, "there is a"), 2.5)


def test_a_caller_who_goes_on_is_answered_once_with_all_words(driver: Driver) -> None:
    driver.feed(SpeechStarted())
    driver.feed(TurnEnded(1, 1.0))
    first = of_type(driver.call.receive(Transcribed(1, "loud music", 0.9, ()), 9), Understand)[0]
    driver.feed(SpeechStarted())
    assert of_type(driver.call.receive(Understood(first.turn, meaning("inform", text="loud music")), 9.5), Speak) == []
    driver.feed(TurnEnded(2, 1.0))
    second = driver.feed(Transcribed(2, "at 215 orange street", 0.9, ()))
    assert of_type(second, Understand)[0].text == NOISE
    assert len(of_type(second, Speak)) == 1


def test_empty_turns_are_no_turns(driver: Driver) -> None:
    commands = driver.say("")
    assert of_type(commands, SaveTurn) == []
    assert of_type(commands, StartTimer)[-1].name == "silence"


def test_two_silences_bring_a_person(driver: Driver) -> None:
    first = driver.feed(TimerFired("silence"))
    assert of_type(first, Transfer) == []
    assert "still there" in of_type(first, Speak)[0].sentences[0]
    second = driver.feed(TimerFired("silence"))
    assert of_type(second, Escalate)[0].reason == "silence"


def test_hold_on_gives_more_time(driver: Driver) -> None:
    commands = driver.say("hold on")
    timing = driver.site.playbook.policy.timing
    assert [t.seconds for t in of_type(commands, StartTimer) if t.name == "silence"] == [timing.hold]


def test_repeat_says_the_question_again(driver: Driver) -> None:
    driver.say(NOISE)
    question = driver.said[-1]
    driver.say("say that again")
    assert driver.said[-1] == question


def test_keys_answer_yes_no_and_numbers(site: Site) -> None:
    driver = Driver(site, MEANINGS)
    driver.start(caller=None)
    driver.say(NOISE)
    driver.feed(KeyPressed("1"))
    driver.say("my name is daniel ortiz")
    commands: list[Command] = []
    for key in "2035550142":
        commands += driver.feed(KeyPressed(key))
    assert of_type(commands, Understand)[0].text == "2035550142"
    assert of_type(commands, Understand)[0].asked == "callback_number"


def test_zero_brings_a_person(driver: Driver) -> None:
    assert of_type(driver.feed(KeyPressed("0")), Escalate)[0].reason == "caller_asked"


@pytest.mark.parametrize("station", ["decide", "file", "speak"])
def test_stations_without_a_softer_fallback_bring_a_person(driver: Driver, station: str) -> None:
    failed = StageFailed(station, 0, "broken")  # type: ignore[arg-type]
    commands = driver.feed(failed)
    assert of_type(commands, Escalate)[0].reason == "station_failed"
    assert len(of_type(commands, Transfer)) == 1


def test_a_failed_model_is_replaced_by_rules_once_then_by_a_person(driver: Driver) -> None:
    call = driver.call
    call.receive(SpeechStarted(), 5)
    call.receive(TurnEnded(1, 1), 6)
    call.receive(Transcribed(1, "loud music", 0.9, ()), 6)
    again = of_type(call.receive(StageFailed("understand", 1, "broken"), 7), Understand)
    assert [u.by for u in again] == ["rules"]
    assert of_type(call.receive(StageFailed("understand", 1, "broken"), 8), Transfer)


def test_failed_hearing_is_asked_again_then_a_person(driver: Driver) -> None:
    for _ in range(driver.site.playbook.policy.retries.not_understood):
        driver.feed(SpeechStarted())
        driver.feed(TurnEnded(1, 1))
        commands = driver.feed(StageFailed("hear", 1, "broken"))
        assert of_type(commands, Transfer) == []
        assert of_type(commands, Speak)
    driver.feed(SpeechStarted())
    driver.feed(TurnEnded(1, 1))
    assert of_type(driver.feed(StageFailed("hear", 1, "broken")), Transfer)


def test_a_long_answer_time_is_bridged(driver: Driver) -> None:
    driver.feed(SpeechStarted())
    timers = of_type(driver.feed(TurnEnded(1, 1)), StartTimer)
    assert [t.name for t in timers] == ["filler"]
    assert timers[0].seconds <= 3
    assert of_type(driver.feed(TimerFired("filler")), Speak)


def test_a_caller_who_hangs_up_leaves_a_filed_case_if_it_is_complete(driver: Driver) -> None:
    driver.say(NOISE)
    case = of_type(driver.feed(CallEnded("hung up")), SaveCase)[0].case
    assert case.status in ("closed", "queued")
    assert "caller_left" in case.note


def test_a_caller_who_hangs_up_early_leaves_a_draft(driver: Driver) -> None:
    commands = driver.say("just music")
    assert of_type(commands, SaveTurn)[-1].case is not None
    assert of_type(driver.feed(CallEnded("hung up")), SaveCase) == []


def test_a_worried_caller_who_hangs_up_is_called_back(driver: Driver) -> None:
    driver.say("i am worried about my uncle")
    assert of_type(driver.feed(CallEnded("hung up")), Escalate)[0].reason == "caller_left"


def test_nothing_happens_after_the_end(driver: Driver) -> None:
    driver.feed(CallEnded("hung up"))
    assert driver.feed(PartialHeard(1, EMERGENCY)) == []


def test_an_operator_who_takes_over_silences_the_bot(driver: Driver) -> None:
    assert driver.feed(TakenOver("ann")) == [ClearPlayback()]
    assert driver.say(NOISE) == []


def test_an_endless_call_is_given_to_a_person(driver: Driver) -> None:
    assert of_type(driver.feed(TimerFired("call")), Escalate)[0].reason == "longest_call"


# ---------------------------------------------------------------- properties

_WORDS = st.sampled_from([*MEANINGS, "", "uh huh", "mumble", "well it is like this"])
_FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(SpeechStarted),
    st.builds(PartialHeard, st.integers(1, 5), _WORDS),
    st.builds(TurnEnded, st.integers(1, 5), st.floats(0.1, 5)),
    st.builds(Transcribed, st.integers(1, 5), _WORDS, st.floats(0, 1), st.just(())),
    st.builds(KeyPressed, st.sampled_from("0123456789*#")),
    st.builds(TimerFired, st.sampled_from(["silence", "filler", "keys"])),
    st.builds(PlaybackEnded, st.integers(1, 9), st.floats(0, 1)),
    st.builds(Saved, st.integers(0, 9), st.just("26-00001-4")),
    st.builds(StageFailed, st.sampled_from(["hear", "understand", "summarize"]), st.integers(0, 9), st.just("x")),
    st.builds(lambda words: Understood(1, replace(MEANINGS.get(words, meaning("inform", 0.2)), text=words)), _WORDS),
)


def _is_emergency(commands: list[Command]) -> bool:
    return any(isinstance(c, Transfer) and c.priority == "emergency" for c in commands)


@settings(max_examples=150, deadline=None)
@given(facts=st.lists(_FACTS, max_size=40), partial=st.booleans())
def test_an_emergency_is_obeyed_after_any_sequence_of_facts(site: Site, facts: list[Fact], partial: bool) -> None:
    driver = Driver(site, MEANINGS)
    commands = driver.start()
    for fact in facts:
        commands += driver.feed(fact)
    heard: Fact = PartialHeard(99, EMERGENCY) if partial else Transcribed(99, EMERGENCY, 0.9, ())
    assert _is_emergency(commands) or _is_emergency(driver.feed(heard))


@settings(max_examples=60, deadline=None)
@given(words=st.lists(_WORDS, max_size=12))
def test_an_emergency_is_obeyed_in_every_state_that_a_conversation_reaches(site: Site, words: list[str]) -> None:
    driver = Driver(site, MEANINGS)
    commands = driver.start()
    for text in words:
        commands += driver.say(text)
    ended = _is_emergency(commands)
    assert ended or _is_emergency(driver.feed(PartialHeard(99, EMERGENCY)))


@settings(max_examples=60, deadline=None)
@given(facts=st.lists(_FACTS, max_size=40))
def test_the_same_facts_give_the_same_commands(site: Site, facts: list[Fact]) -> None:
    def play() -> list[Command]:
        call = Call(site.playbook, site.emergency, site.lines.lines["main"])
        given_facts = [started(), *facts]
        return [c for at, fact in enumerate(given_facts) for c in call.receive(fact, float(at))]

    assert play() == play()


@settings(max_examples=60, deadline=None)
@given(words=st.lists(_WORDS, min_size=45, max_size=45))
def test_every_conversation_ends(site: Site, words: list[str]) -> None:
    driver = Driver(site, MEANINGS)
    driver.start()
    commands: list[Command] = []
    for text in words:
        commands += driver.say(text) if text else driver.feed(TimerFired("silence"))
    assert any(isinstance(command, (Transfer, HangUp)) for command in commands)

"""The conductor, driven by lists of facts."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbot.call import Call
from callbot.content import Site
from callbot.events import (
    CallEnded,
    CaseStatus,
    ClearPlayback,
    Command,
    Escalate,
    Fact,
    HangUp,
    HoldPlayback,
    IntentGuess,
    KeyPressed,
    Listen,
    LookedUp,
    LookUp,
    PartialHeard,
    PlaybackEnded,
    ResumePlayback,
    SaveCase,
    Saved,
    SaveTurn,
    Speak,
    SpeechContinued,
    SpeechStarted,
    StageFailed,
    StartTimer,
    StopTimer,
    TakenOver,
    TimerFired,
    Transcribe,
    Transcribed,
    Transfer,
    TurnEnded,
    Understand,
    Understanding,
    Understood,
    Word,
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
    "it is really bad here": meaning("emergency"),
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
    driver.say("no")  # no number
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
    assert any("filed" in sentence for sentence in of_type(told, Speak)[0].sentences)


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


@pytest.mark.parametrize("answer", ["yes", "mumble", "get me a person", ""])
def test_a_suspicion_of_the_small_model_is_asked_and_only_a_no_clears_it(driver: Driver, answer: str) -> None:
    asked = driver.say("it is really bad here")
    assert "danger" in of_type(asked, Speak)[0].sentences[0]
    commands = driver.say(answer) if answer else driver.feed(TimerFired("silence"))
    assert of_type(commands, Transfer)[0].priority == "emergency"


def test_a_suspicion_that_is_denied_goes_on_with_what_was_said(site: Site) -> None:
    both = Understanding(
        "someone broke into my car",
        (IntentGuess("emergency", 0.8), IntentGuess("theft_report", 0.18)),
        (),
        False,
    )
    driver = Driver(site, {**MEANINGS, "someone broke into my car": both})
    driver.start()
    driver.say("someone broke into my car")
    commands = driver.say("no")
    assert of_type(commands, Transfer) == []
    assert driver.call.dialog.draft is not None
    assert driver.call.dialog.draft.intent == "theft_report"
    assert of_type(driver.say("someone broke into my car"), Transfer) == []


def test_a_denied_suspicion_leads_back_to_the_open_question(driver: Driver) -> None:
    driver.say(NOISE)
    driver.say("it is really bad here")
    driver.say("no")
    assert driver.call.dialog.asked == "is_ongoing"
    assert driver.call.dialog.state == "collect"


def test_words_before_a_pause_do_not_take_an_emergency_back(driver: Driver) -> None:
    driver.feed(SpeechStarted())
    driver.feed(TurnEnded(1, 1))
    driver.call.receive(Transcribed(1, "my car was broken into last night", 0.9, ()), 9)
    driver.feed(SpeechStarted())
    driver.feed(TurnEnded(2, 1))
    assert of_type(driver.feed(Transcribed(2, "he has a gun", 0.9, ())), Transfer)[0].priority == "emergency"


def test_the_case_number_is_not_cut_off_and_can_be_repeated(driver: Driver) -> None:
    for text in (NOISE, "yes", "no", "no"):
        driver.say(text)
    told = of_type(driver.say("yes"), Speak)[0]
    assert told.protected
    assert any("26-00001-4" in sentence for sentence in told.sentences)
    again = of_type(driver.say("say that again"), Speak)[0]
    assert any("26-00001-4" in sentence for sentence in again.sentences)


def test_a_yes_to_a_read_back_that_was_cut_off_confirms_nothing(driver: Driver) -> None:
    for text in (NOISE, "yes"):
        driver.say(text)
    driver.feed(SpeechStarted())
    driver.feed(TurnEnded(7, 1))
    call = driver.call
    understand = of_type(call.receive(Transcribed(7, "no", 0.9, ()), 50), Understand)[0]
    save = of_type(call.receive(Understood(understand.turn, replace(MEANINGS["no"], text="no")), 50), SaveTurn)[0]
    read_back = of_type(call.receive(Saved(save.record.index, None), 50), Speak)[0]
    call.receive(SpeechStarted(), 51)
    call.receive(PlaybackEnded(read_back.utterance, 0.1), 51)
    call.receive(TurnEnded(8, 0.4), 51.5)
    understand = of_type(call.receive(Transcribed(8, "yes", 0.9, ()), 52), Understand)[0]
    save = of_type(call.receive(Understood(understand.turn, replace(MEANINGS["yes"], text="yes")), 52), SaveTurn)[0]
    after = call.receive(Saved(save.record.index, None), 52)
    assert of_type(after, SaveCase) == []
    assert "Is that right?" in of_type(after, Speak)[0].sentences


def test_a_quick_yeah_after_the_question_is_an_answer(driver: Driver) -> None:
    driver.say(NOISE)
    call = driver.call
    call._floor.speaking[99] = False  # the tail of the question is still on its way
    call.receive(SpeechStarted(), 50)
    call.receive(PlaybackEnded(99, 1.0), 50.2)
    call.receive(TurnEnded(5, 0.4), 50.6)
    assert of_type(call.receive(Transcribed(5, "Yeah.", 0.9, ()), 51), Understand)


def test_a_noise_only_makes_the_bot_pause(driver: Driver) -> None:
    driver.say(NOISE)
    call = driver.call
    call._floor.speaking[99] = False
    call.receive(SpeechStarted(), 50)
    assert HoldPlayback() in call.receive(SpeechContinued(), 50.2)
    assert call.receive(SpeechContinued(), 50.3) == []
    call.receive(TurnEnded(5, 0.4), 51)
    after = call.receive(Transcribed(5, "", 0.0, ()), 51.2)
    assert ResumePlayback() in after
    assert of_type(after, Speak) == []


def test_sound_without_words_lets_the_bot_go_on_before_it_ends(driver: Driver) -> None:
    driver.say(NOISE)
    call = driver.call
    call._floor.speaking[99] = False
    call.receive(SpeechStarted(), 50)
    call.receive(SpeechContinued(), 50.2)
    assert call.receive(PartialHeard(5, ""), 50.6) == [ResumePlayback()]
    assert HoldPlayback() in call.receive(PartialHeard(5, "hello there"), 51.1)


def test_the_log_holds_what_was_heard_of_an_answer_that_was_interrupted(site: Site) -> None:
    driver = Driver(site, MEANINGS)
    greeting = of_type(driver.call.receive(started(), 0), Speak)[0]
    cut = driver.call.receive(PlaybackEnded(greeting.utterance, 0.4, ("Hello, this is ...",)), 2)
    assert of_type(cut, SaveTurn)[0].record.said == ("Hello, this is ...",)
    assert of_type(driver.call.receive(PlaybackEnded(greeting.utterance, 0.4, ("Hello, ...",)), 3), SaveTurn) == []


def test_the_ear_is_told_what_is_asked(driver: Driver) -> None:
    assert of_type(driver.say("just music"), Listen) == [Listen("location")]
    assert of_type(driver.say(NOISE), Listen) == [Listen("yes_no")]


def test_a_voice_in_the_background_delays_the_answer_only_shortly(driver: Driver) -> None:
    call = driver.call
    call.receive(SpeechStarted(), 5)
    call.receive(TurnEnded(1, 1), 6)
    understand = of_type(call.receive(Transcribed(1, NOISE, 0.9, ()), 6.5), Understand)[0]
    call.receive(SpeechStarted(), 6.6)
    timers = of_type(call.receive(Understood(understand.turn, replace(MEANINGS[NOISE], text=NOISE)), 6.7), StartTimer)
    assert [timer.name for timer in timers] == ["floor"]
    assert of_type(call.receive(TimerFired("floor"), 9), SaveTurn)


def test_failures_of_turns_that_nobody_waits_for_change_nothing(driver: Driver) -> None:
    driver.say(NOISE)
    assert driver.feed(StageFailed("understand", 1, "late")) == []


def test_turns_are_taken_in_their_order(driver: Driver) -> None:
    call = driver.call
    for turn in (1, 2):
        call.receive(SpeechStarted(), turn)
        call.receive(TurnEnded(turn, 1), turn + 0.5)
    assert of_type(call.receive(Transcribed(2, "at 215 orange street", 0.9, ()), 3), Understand) == []
    texts = [command.text for command in of_type(call.receive(Transcribed(1, "loud music", 0.9, ()), 4), Understand)]
    assert texts[-1] == NOISE


def test_the_last_words_of_a_caller_who_hangs_up_are_kept(driver: Driver) -> None:
    driver.feed(SpeechStarted())
    driver.feed(PartialHeard(1, "a pothole at 145 orange"))
    kept = of_type(driver.feed(CallEnded("hung up")), SaveTurn)
    assert kept[0].record.heard == "a pothole at 145 orange"


def test_a_report_that_is_taken_back_is_not_filed(site: Site) -> None:
    driver = Driver(site, {**MEANINGS, "never mind forget it": meaning("goodbye")})
    driver.start()
    driver.say(NOISE)
    commands = driver.say("never mind forget it")
    assert of_type(commands, SaveCase) == []
    assert of_type(commands, HangUp)[0].outcome == "answer"


def test_what_should_be_changed_is_asked_anew(site: Site) -> None:
    driver = Driver(site, {**MEANINGS, "the house number": meaning("affirm")})
    driver.start()
    for text in (NOISE, "yes", "no", "no", "no"):
        driver.say(text)
    assert "change" in driver.said[-1]
    commands = driver.say("the house number")
    assert of_type(commands, SaveCase) == []
    assert driver.call.dialog.asked == "location"


def test_a_correction_to_an_unknown_place_is_not_filed(site: Site) -> None:
    unknown = {**ORANGE, "street": "Zorkelburg Lane", "matched": None, "score": 0.3, "number": None}
    driver = Driver(site, {**MEANINGS, "it is on zorkelburg lane": meaning("correct", location=unknown)})
    driver.start()
    commands: list[Command] = []
    for text in (NOISE, "yes", "no", "no", "it is on zorkelburg lane", "yes"):
        commands += driver.say(text)
    assert of_type(commands, SaveCase) == []
    assert of_type(commands, Escalate)[0].reason == "location_not_found"


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
    driver.call.receive(SpeechContinued(), 1.1)
    assert driver.call.receive(PartialHeard(1, "Uh-huh."), 1.2) == [ResumePlayback()]
    assert driver.call.receive(TurnEnded(1, 0.4), 1.5)[0] == Transcribe(1)
    assert of_type(driver.call.receive(Transcribed(1, "Uh-huh.", 0.9, ()), 1.6), Understand) == []
    driver.call.receive(SpeechStarted(), 2)
    assert HoldPlayback() in driver.call.receive(PartialHeard(2, "there is a"), 2.5)
    driver.call.receive(TurnEnded(2, 1), 3)
    assert ClearPlayback() in driver.call.receive(Transcribed(2, "there is a hole", 0.9, ()), 3.5)


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


def test_failed_hearing_is_asked_again_once_then_a_person(driver: Driver) -> None:
    for transfers in (0, 1):
        driver.feed(SpeechStarted())
        driver.feed(TurnEnded(1, 1))
        commands = driver.feed(StageFailed("hear", 1, "broken"))
        assert len(of_type(commands, Transfer)) == transfers
        assert of_type(commands, Speak)


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


def test_a_case_that_the_caller_objected_to_is_not_closed_unseen(driver: Driver) -> None:
    for text in (NOISE, "yes", "no", "no", "no"):
        driver.say(text)
    assert driver.call.dialog.state == "amend"
    assert of_type(driver.feed(CallEnded("hung up")), SaveCase)[0].case.status == "queued"


def test_a_caller_who_hangs_up_early_leaves_a_draft(driver: Driver) -> None:
    commands = driver.say("just music")
    assert of_type(commands, SaveTurn)[-1].case is not None
    assert of_type(driver.feed(CallEnded("hung up")), SaveCase) == []


def test_a_worried_caller_who_hangs_up_is_called_back(driver: Driver) -> None:
    driver.say("i am worried about my uncle")
    assert of_type(driver.feed(CallEnded("hung up")), Escalate)[0].reason == "caller_left"


def test_a_caller_who_may_be_worried_is_called_back_too(site: Site) -> None:
    driver = Driver(site, {"he has not been seen for days": meaning("welfare_check", 0.5)})
    driver.start()
    driver.say("he has not been seen for days")
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


@settings(max_examples=100, deadline=None)
@given(facts=st.lists(_FACTS, max_size=40))
def test_whoever_waits_for_an_answer_hears_something_soon(site: Site, facts: list[Fact]) -> None:
    call = Call(site.playbook, site.emergency, site.lines.lines["main"])
    running: set[str] = set()
    for at, fact in enumerate([started(), *facts]):
        if isinstance(fact, TimerFired):
            running.discard(fact.name)
        for command in call.receive(fact, float(at)):
            if isinstance(command, StartTimer):
                running.add(command.name)
            elif isinstance(command, StopTimer):
                running.discard(command.name)
        if call.phase in ("hearing", "thinking", "saving") and call._floor.is_quiet:
            assert "filler" in running


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


_STEERING = MEANINGS | {
    "no, the address is wrong": meaning("deny"),
    "that's it": meaning("deny", 0.4),
    "sorry, make that two": meaning("correct"),
    "is it outside": meaning("info_question", 0.7),
}
_ACTS = st.one_of(
    st.sampled_from(
        [
            *((NOISE, "say") for _ in range(2)),
            *((words, "say") for words in _STEERING),
            *((words, "say") for words in ("anonymous", "never mind", "mumble", "are you a robot", "scratch that")),
        ]
    ),
    st.builds(lambda key: (key, "press"), st.sampled_from("0123456789*#")),
    st.just(("", "wait")),
)


def _act(driver: Driver, act: tuple[str, str]) -> list[Command]:
    words, how = act
    if how == "say":
        return driver.say(words)
    return driver.feed(KeyPressed(words) if how == "press" else TimerFired("silence"))


def _hears_emergency(driver: Driver, *, partial: bool) -> bool:
    """What the call would do now if the caller cried for help; the call itself goes on as if nothing had been said."""
    call = driver.call
    shared = {id(part): part for part in (call.book, call.rules, call.line)}
    other = copy.deepcopy(call, shared)
    heard: Fact = PartialHeard(99, EMERGENCY) if partial else Transcribed(99, EMERGENCY, 0.9, ())
    return _is_emergency(other.receive(heard, driver.at + 1))


@settings(max_examples=40, deadline=None)
@given(acts=st.lists(_ACTS, min_size=60, max_size=60), known=st.booleans())
def test_sixty_acts_end_in_a_defined_state_and_help_is_reached_after_each(
    site: Site, acts: list[tuple[str, str]], known: bool
) -> None:
    driver = Driver(site, _STEERING)
    commands = driver.start("+12035550123" if known else None)
    for act in acts:
        assert _hears_emergency(driver, partial=True)
        assert _hears_emergency(driver, partial=False)
        commands = _act(driver, act)
        assert driver.call.dialog.state in site.playbook.flow.states
        assert driver.call.phase in ("waiting", "leaving", "emergency")
        if driver.call.phase != "waiting":
            break
    assert any(isinstance(command, (Transfer, HangUp)) for command in commands)
    assert site.playbook.flow.states[driver.call.dialog.state].ends is not None
    assert driver.call.phase == "emergency" or _hears_emergency(driver, partial=False)


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


# ---------------------------------------------------------------- earlier cases

STATUS = "what became of my case"
KNOWN = "26-00014-3"
ENQUIRY = MEANINGS | {
    STATUS: meaning("case_status"),
    "it is the first one": meaning("inform", case_number=KNOWN),
    "it is the second one": meaning("inform", case_number="26-00014-9"),
    "26000143": meaning("inform", case_number=KNOWN),
}
FOUND = CaseStatus(KNOWN, "pothole", "assigned", by_person=True, due_at=None, part_of=None)


@pytest.fixture
def enquiry(site: Site) -> Driver:
    """A caller who asks about a case."""
    driver = Driver(site, ENQUIRY, statuses={KNOWN: FOUND})
    driver.start()
    driver.say(STATUS)
    return driver


def test_the_store_is_asked_before_anything_is_said_about_a_case(enquiry: Driver) -> None:
    commands = enquiry.say("it is the first one")
    kinds = [type(command) for command in commands if not isinstance(command, (StopTimer, StartTimer))]
    assert kinds.index(LookUp) < kinds.index(Speak)
    assert KNOWN in " ".join(enquiry.said[-3:])
    (closed,) = of_type(commands, SaveCase)
    assert (closed.case.status, closed.case.disposition) == ("closed", "answer")
    (end,) = of_type(enquiry.say("no"), HangUp)
    assert end.outcome == "answer"


def test_what_was_told_about_a_case_is_in_the_log(enquiry: Driver) -> None:
    saved = of_type(enquiry.say("it is the first one"), SaveTurn)
    assert saved[0].record.said == ()
    assert KNOWN in " ".join(saved[-1].record.said)


def test_a_second_unknown_number_brings_a_person(enquiry: Driver) -> None:
    enquiry.say("it is the second one")
    assert "26-00014-9" in " ".join(enquiry.said[-3:])
    (escalation,) = of_type(enquiry.say("it is the second one"), Escalate)
    assert escalation.reason == "case_unknown"


def test_a_case_number_on_the_keypad_is_complete_with_its_check_digit(enquiry: Driver) -> None:
    for key in KNOWN.replace("-", "")[:-1]:
        assert not of_type(enquiry.feed(KeyPressed(key)), LookUp)
    assert of_type(enquiry.feed(KeyPressed(KNOWN[-1])), LookUp)
    assert KNOWN in " ".join(enquiry.said[-3:])


def test_a_store_that_cannot_look_a_case_up_leads_to_a_person(site: Site) -> None:
    driver = Slow(site, ENQUIRY)
    driver.start()
    driver.say(STATUS)
    driver.say("it is the first one")
    (escalation,) = of_type(driver.feed(StageFailed("file", 2, "over its budget")), Escalate)
    assert escalation.reason == "station_failed"
    assert driver.feed(LookedUp(2, FOUND)) == []


def test_a_caller_who_leaves_before_the_answer_leaves_a_draft(site: Site) -> None:
    driver = Slow(site, ENQUIRY)
    driver.start()
    driver.say(STATUS)
    driver.say("it is the first one")
    assert of_type(driver.feed(CallEnded("hung up")), SaveCase) == []


class Slow(Driver):
    """A store that does not answer questions."""

    def _answers(self, command: Command) -> list[Fact]:
        return [] if isinstance(command, LookUp) else super()._answers(command)


def test_a_repeat_is_told_only_after_the_commit(site: Site) -> None:
    driver = Driver(site, MEANINGS, linked_to="26-00002-9")
    driver.start()
    for words in (NOISE, "yes", "no", "no", "yes"):
        commands = driver.say(words)
    (save,) = of_type(commands, SaveCase)
    assert save.repeat_within == site.playbook.policy.repeats["noise_complaint"]
    assert "26-00002-9" not in " ".join(driver.said[:-3])
    assert "26-00002-9" in " ".join(driver.said[-3:])


def test_words_are_kept_with_their_time_in_the_call(driver: Driver) -> None:
    driver.feed(SpeechStarted())
    driver.feed(TurnEnded(1, 2.0))
    words = (Word("just", 0.5, 0.7, 0.9), Word("music", 0.8, 1.2, 0.9))
    began = driver.at - 2.0
    (save,) = of_type(driver.feed(Transcribed(1, "just music", 0.9, words)), SaveTurn)
    assert [(word.text, word.start, word.end) for word in save.record.words] == [
        ("just", began + 0.5, began + 0.7),
        ("music", began + 0.8, began + 1.2),
    ]

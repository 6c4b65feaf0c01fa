"""Who has the floor, and the order of turns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callbot.events import PlaybackEnded, Transcribed, Word
from callbot.floor import Floor, TurnOrder, plain, plain_set
from callbot.schema import Murmur


def floor() -> Floor:
    return Floor(plain_set(["Uh-huh", "okay"]), Murmur(longest=0.8, confidence=0.6, unless=("stop", "hang on")))


def heard(text: str, confidence: float = 1.0, *, seconds: float = 0.5) -> Transcribed:
    words = text.split()
    step = seconds / len(words)
    timed = tuple(Word(word, at * step, (at + 1) * step, confidence) for at, word in enumerate(words))
    return Transcribed(1, text, confidence, timed)


def test_words_interrupt_and_back_channels_do_not() -> None:
    voices = floor()
    assert not voices.is_cut_by("Okay.")
    assert not voices.is_cut_by("...")
    assert voices.is_cut_by("there is a")


def test_the_bot_holds_its_tongue_once_and_only_while_it_speaks() -> None:
    voices = floor()
    assert not voices.hold()
    speak = voices.speak(("Hello.",))
    assert voices.hold()
    assert not voices.hold()
    assert voices.is_quiet  # nobody is heard
    voices.played(PlaybackEnded(speak.utterance, 0.4))
    assert not voices.held


def test_what_must_be_heard_is_not_stopped() -> None:
    voices = floor()
    voices.speak(("Your number is 5.",), protected=True)
    assert not voices.hold()
    assert not voices.interruptible


def test_a_back_channel_is_one_only_while_the_bot_speaks() -> None:
    voices = floor()
    speak = voices.speak(("Is that right?",))
    voices.caller_begins()
    assert voices.is_backchannel(heard("uh huh"))
    voices.played(PlaybackEnded(speak.utterance, 1.0))
    voices.caller_ends()
    assert not voices.is_backchannel(heard("uh huh"))


def test_a_short_sound_that_is_badly_heard_is_a_murmur() -> None:
    voices = floor()
    voices.speak(("Hello.",))
    voices.caller_begins()
    assert voices.is_backchannel(heard("In a month.", 0.4)), "the recogniser's mm-hmm"
    assert not voices.is_backchannel(heard("In a month.", 0.7))
    assert not voices.is_backchannel(heard("In a month of Sundays.", 0.4, seconds=1.2))
    for meant in ("Stop!", "No, hang on.", "412"):
        assert not voices.is_backchannel(heard(meant, 0.2)), "so callers interrupt, or answer"


def test_a_question_counts_as_heard_when_most_of_it_was() -> None:
    voices = floor()
    for share, heard in ((0.1, False), (0.6, True)):
        question = voices.ask(("I have a pothole.", "Is that right?"), protected=False)
        voices.played(PlaybackEnded(question.utterance, share))
        assert voices.question_heard is heard


def test_nobody_speaks_when_both_are_quiet() -> None:
    voices = floor()
    assert voices.is_quiet
    voices.caller_begins()
    assert not voices.is_quiet
    voices.caller_ends()
    assert voices.is_quiet


@given(order=st.permutations(range(1, 6)))
def test_transcripts_come_out_in_the_order_of_their_turns(order: list[int]) -> None:
    turns = TurnOrder()
    for turn in range(1, 6):
        turns.ended(turn)
    out = [fact.turn for turn in order for fact in turns.arrived(Transcribed(turn, "words", 1.0, ()))]
    assert out == [1, 2, 3, 4, 5]


def test_a_turn_that_was_lost_holds_nothing_back() -> None:
    turns = TurnOrder()
    turns.ended(1)
    turns.ended(2)
    assert turns.arrived(Transcribed(2, "words", 1.0, ())) == []
    assert turns.awaits_words
    assert [fact.turn for fact in turns.dropped(1)] == [2]
    assert not turns.awaits_words


def test_plain_keeps_words_only() -> None:
    assert plain("Uh-huh, I'm HERE!") == "uh huh i'm here"

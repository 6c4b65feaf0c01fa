"""What the log of a call says about its newest turn."""

from __future__ import annotations

from callbot.dialog.machine import Reply
from callbot.dialog.state import Dialog
from callbot.events import PlaybackEnded, SaveTurn, Speak, TurnRecord
from callbot.turn_log import TurnLog


def record(said: str) -> TurnRecord:
    return TurnRecord(1, "a pothole", "", "reason", "collect", "pothole", 0.9, (said,), 1.0, 2.0)


def test_what_is_said_about_a_filed_case_is_added() -> None:
    log = TurnLog()
    log.write(record("Thank you."), None)
    amended = log.amend(Reply(Dialog(state="more"), ("It is filed.",), "saved")).record
    assert (amended.said, amended.state) == (("Thank you.", "It is filed."), "more")


def test_only_what_the_caller_heard_stays_in_the_log() -> None:
    log = TurnLog()
    log.write(record("Where is it exactly?"), None)
    log.spoken(Speak(3, ("Where is it exactly?",), False))
    assert log.played(PlaybackEnded(2, 0.2, ("What",))) == []
    (command,) = log.played(PlaybackEnded(3, 0.4, ("Where is",)))
    assert command == SaveTurn(record("Where is"), None)
    assert log.played(PlaybackEnded(3, 0.4, ("Where is",))) == []


def test_an_answer_that_was_heard_to_its_end_is_not_written_again() -> None:
    log = TurnLog()
    log.write(record("Where is it?"), None)
    log.spoken(Speak(3, ("Where is it?",), False))
    assert log.played(PlaybackEnded(3, 1.0, ("Where is it?",))) == []


def test_an_answer_that_ends_after_the_next_turn_is_corrected_in_its_own() -> None:
    log = TurnLog()
    log.write(record("Where is it?"), None)
    log.spoken(Speak(3, ("Where is it?",), False))
    log.write(record("Thank you."), None)
    (command,) = log.played(PlaybackEnded(3, 0.5, ("Where",)))
    assert command.record == record("Where")

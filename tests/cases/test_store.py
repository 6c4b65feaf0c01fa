"""The store against a real SQLite file."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from callbot.cases.lifecycle import IllegalMove
from callbot.cases.models import FINISHED, LAYOUT
from callbot.cases.numbers import parse_case_number
from callbot.cases.store import Filed, Store
from callbot.errors import StoreError
from callbot.events import CallEnded, Evidence, Outcome, TurnEnded, Word, from_json, to_json
from tests.cases.samples import HOWE, at, escalate, located, snapshot, started, turn

CODES = {"pothole": "POTHOLE", "noise_complaint": "NOISE"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "new folder" / "cases.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    """A store in which one call has begun."""
    opened = Store(f"sqlite:///{file}", service_codes=CODES)
    opened.open_call(started())
    yield opened
    opened.close()


def reopened(file: Path) -> Store:
    """The same store as the next process sees it."""
    return Store(f"sqlite:///{file}", service_codes=CODES)


# ---------------------------------------------------------------- turns and drafts


def test_a_turn_before_there_is_a_report_has_no_case(store: Store) -> None:
    assert store.save_turn("c1", turn(0, None), None, at(1)) is None
    assert store.cases() == []


def test_the_first_snapshot_makes_a_draft_with_a_number(store: Store) -> None:
    number = store.save_turn("c1", turn(1), snapshot(), at(5))
    assert number == parse_case_number(number or "")
    assert store.case(number or "") == {
        "number": number,
        "intent": "pothole",
        "service_code": "POTHOLE",
        "status": "draft",
        "disposition": None,
        "priority": "low",
        "slots": {},
        "confidence": 0.9,
        "summary": None,
        "call_id": "c1",
        "caller_name": None,
        "callback_number": None,
        "created_at": "2026-05-04T12:00:05+00:00",
        "updated_at": "2026-05-04T12:00:05+00:00",
        "links": [],
    }


def test_later_turns_keep_the_number_and_tell_what_changed(store: Store) -> None:
    first = store.save_turn("c1", turn(1), snapshot(), at(5))
    second = store.save_turn("c1", turn(2), located(callback_number="+12035550123"), at(9))
    assert first == second
    call = store.call("c1")
    assert call is not None
    assert [(e["what"], e["name"], e["new"], e["why"], e["who"]) for e in call["events"]] == [
        ("created", None, first, "", "callbot"),
        ("callback_number", None, "+12035550123", "", "callbot"),
        ("slot", "location", HOWE, 'turn 2: "88 Howe Street, apartment three"', "callbot"),
    ]
    assert [e["at"] for e in call["events"]] == [at(5).isoformat(), at(9).isoformat(), at(9).isoformat()]


def test_a_changed_and_a_dropped_slot_keep_their_old_value_in_the_history(store: Store) -> None:
    store.save_turn("c1", turn(1), snapshot(slots={"plate": "AB123", "is_blocking": True}), at(1))
    store.save_turn("c1", turn(2), snapshot(slots={"plate": "AB124"}), at(2))
    call = store.call("c1")
    assert call is not None
    assert [(e["name"], e["old"], e["new"]) for e in call["events"][-2:]] == [
        ("plate", "AB123", "AB124"),
        ("is_blocking", True, None),
    ]


def test_a_turn_is_read_as_it_was_saved(store: Store) -> None:
    store.save_turn("c1", turn(2, "près du café", keys="12", said=("One.", "Two.")), None, at(7))
    call = store.call("c1")
    assert call is not None
    assert call["turns"] == [
        {
            "index": 2,
            "heard": "près du café",
            "keys": "12",
            "asked": "reason",
            "state": "collect",
            "intent": "pothole",
            "confidence": 0.9,
            "said": ["One.", "Two."],
            "started_at": 20.0,
            "ended_at": 23.0,
            "words": None,
            "saved_at": "2026-05-04T12:00:07+00:00",
        }
    ]


def test_a_turn_keeps_when_each_word_was_said(store: Store) -> None:
    store.save_turn(
        "c1", turn(1, "a pothole", words=(Word("a", 4.0, 4.1, 0.9), Word("pothole", 4.1, 4.6, 0.8))), None, at(7)
    )
    call = store.call("c1")
    assert call is not None
    assert call["turns"][0]["words"][1] == {"text": "pothole", "start": 4.1, "end": 4.6, "probability": 0.8}


def test_a_turn_that_is_saved_again_replaces_itself(store: Store) -> None:
    store.save_turn("c1", turn(1, "a poodle"), None, at(1))
    store.save_turn("c1", turn(1, "a pothole"), None, at(2))
    call = store.call("c1")
    assert call is not None
    assert [t["heard"] for t in call["turns"]] == ["a pothole"]


def test_a_turn_and_its_case_are_one_transaction(store: Store) -> None:
    naive = datetime(2026, 5, 4)
    with pytest.raises(StoreError, match=r"turn 1 of call c1: .*time zone"):
        store.save_turn("c1", turn(1), snapshot(), naive)
    call = store.call("c1")
    assert call is not None
    assert (call["turns"], call["cases"]) == ([], [])


# ---------------------------------------------------------------- filing


def test_filing_moves_the_case_and_says_why(store: Store) -> None:
    number = store.save_turn("c1", turn(1), located(), at(5))
    filed = store.save_case("c1", located(status="closed", disposition="close", note="default"), at(9), summary="Hole.")
    assert filed == Filed(number or "", None)
    case = store.case(filed.number)
    call = store.call("c1")
    assert case is not None
    assert call is not None
    assert (case["status"], case["disposition"], case["summary"]) == ("closed", "close", "Hole.")
    assert [(e["what"], e["old"], e["new"], e["why"]) for e in call["events"][-2:]] == [
        ("disposition", None, "close", "default"),
        ("status", "draft", "closed", "default"),
    ]


def test_a_case_that_never_was_a_draft_can_be_filed_at_once(store: Store) -> None:
    filed = store.save_case("c1", located(status="queued"), at(9))
    assert [case["status"] for case in store.cases()] == ["queued"]
    assert store.save_case("c1", located(status="queued"), at(10)) == filed


def test_a_draft_after_a_filed_case_is_another_case_and_linked(store: Store) -> None:
    first = store.save_case("c1", located(status="closed"), at(9)).number
    second = store.save_turn("c1", turn(4), snapshot(intent="noise_complaint"), at(20))
    assert second is not None
    assert second != first
    assert [(case["number"], case["links"]) for case in store.cases()] == [(second, [first]), (first, [second])]


def test_two_potholes_in_one_call_are_two_cases(store: Store) -> None:
    store.save_case("c1", located(status="closed"), at(9))
    store.save_turn("c1", turn(4), snapshot(), at(20))
    assert [case["status"] for case in store.cases()] == ["draft", "closed"]


def test_the_turn_after_filing_does_not_open_a_case(store: Store) -> None:
    store.save_case("c1", located(status="closed"), at(9))
    store.save_turn("c1", turn(4, "no, that's all"), located(status="closed"), at(20))
    assert len(store.cases()) == 1


def test_a_filed_case_cannot_be_filed_otherwise(store: Store) -> None:
    store.save_case("c1", located(status="closed"), at(9))
    with pytest.raises(IllegalMove, match="closed cannot become queued"):
        store.save_case("c1", located(status="queued"), at(10))
    assert [case["status"] for case in store.cases()] == ["closed"]


def test_a_draft_may_turn_out_to_be_about_something_else(store: Store) -> None:
    number = store.save_turn("c1", turn(1), snapshot(), at(1))
    assert store.save_turn("c1", turn(2), snapshot(intent="noise_complaint"), at(2)) == number
    assert [(case["intent"], case["service_code"]) for case in store.cases()] == [("noise_complaint", "NOISE")]


def test_numbers_count_within_the_year(store: Store) -> None:
    middles = []
    for i, wall in enumerate([at(0), at(1), datetime(2027, 1, 1, tzinfo=UTC)]):
        store.open_call(started(f"n{i}"))
        middles.append((store.save_turn(f"n{i}", turn(1), snapshot(), wall) or "")[:8])
    assert middles == ["26-00001", "26-00002", "27-00001"]


# ---------------------------------------------------------------- escalation and transfer


def test_an_escalation_takes_the_draft_along(store: Store) -> None:
    number = store.save_turn("c1", turn(1), snapshot(), at(1))
    entry = store.escalate("c1", escalate(located(priority="high")), "A summary.", at(3))
    (waiting,) = store.queue()
    assert waiting["id"] == entry
    assert (waiting["reason"], waiting["summary"], waiting["caller"]) == ("caller_asked", "A summary.", "+12035550123")
    assert [t["heard"] for t in waiting["transcript"]] == ["there is a pothole"]
    assert waiting["case"] == store.case(number or "")
    assert waiting["case"]["status"] == "escalated"
    assert waiting["case"]["summary"] == "A summary."
    assert waiting["case"]["slots"] == {"location": HOWE}


def test_an_escalation_without_a_report_makes_no_case(store: Store) -> None:
    store.escalate("c1", escalate(), "", at(3))
    assert store.cases() == []
    assert [waiting["case"] for waiting in store.queue()] == [None]


def test_what_is_told_after_the_escalation_still_goes_into_its_case(store: Store) -> None:
    store.save_turn("c1", turn(1), snapshot(), at(1))
    store.escalate("c1", escalate(snapshot()), "", at(2))
    store.save_turn("c1", turn(2), located(), at(3))
    store.save_case("c1", located(status="escalated"), at(4))
    assert [(case["status"], case["slots"]) for case in store.cases()] == [("escalated", {"location": HOWE})]


def test_a_closed_case_stays_closed_when_the_caller_then_wants_a_person(store: Store) -> None:
    store.save_case("c1", located(status="closed"), at(1))
    store.escalate("c1", escalate(), "", at(2))
    store.escalate("c1", escalate(located(status="closed")), "", at(3))
    assert [case["status"] for case in store.cases()] == ["closed"]
    assert [waiting["case"] for waiting in store.queue()] == [None, None]


def test_a_queued_case_goes_along_only_if_the_handover_is_about_it(store: Store) -> None:
    store.save_case("c1", located(status="queued"), at(1))
    store.escalate("c1", escalate(), "", at(2))
    assert [case["status"] for case in store.cases()] == ["queued"]
    store.escalate("c1", escalate(located(status="queued")), "", at(3))
    assert [case["status"] for case in store.cases()] == ["escalated"]


def test_emergencies_come_first_and_then_who_has_waited_longest(store: Store) -> None:
    for i, priority in enumerate(["low", "medium", "emergency", "high", "emergency"]):
        store.escalate("c1", escalate(priority=priority, evidence=str(i)), "", at(i))
    assert [waiting["evidence"] for waiting in store.queue()] == ["2", "4", "3", "1", "0"]


def test_the_carrier_learns_of_the_newest_transfer(store: Store) -> None:
    assert store.transfer_of("CA1") is None
    store.request_transfer("c1", "+12035550111", "medium", "caller_asked", at(4))
    store.open_call(started("c2", wall=at(60)))
    assert store.transfer_of("CA1") == "+12035550111"
    store.request_transfer("c2", "sip:desk@example.org", "emergency", "fire", at(64))
    assert store.transfer_of("CA1") == "sip:desk@example.org"
    assert store.transfer_of("CA2") is None
    call = store.call("c1")
    assert call is not None
    assert call["transfer"] == {
        "target": "+12035550111",
        "priority": "medium",
        "reason": "caller_asked",
        "at": at(4).isoformat(),
    }


def test_an_empty_carrier_id_is_nobody(store: Store) -> None:
    store.open_call(started("c2", carrier_call_id=""))
    store.request_transfer("c2", "+12035550111", "medium", "", at(4))
    assert store.transfer_of("") is None
    store.end_call("c2", "queue", "finished", at(9))
    assert not store.ended_in_order("")


def test_a_call_that_callbot_hung_up_has_ended_in_order(store: Store) -> None:
    assert not store.ended_in_order("nobody")
    assert not store.ended_in_order("CA1"), "it runs, or its process has died"
    for outcome, reason in product(get_args(Outcome), FINISHED):
        store.end_call("c1", outcome, reason, at(9))
        assert store.ended_in_order("CA1") == (outcome in ("close", "queue", "answer"))
    store.end_call("c1", None, "finished", at(9))
    assert not store.ended_in_order("CA1")


@pytest.mark.parametrize("reason", ["an error inside callbot", "callbot is shutting down", ""])
def test_a_call_that_broke_off_after_its_case_was_filed_has_not_ended_in_order(store: Store, reason: str) -> None:
    store.end_call("c1", "queue", reason, at(9))
    assert not store.ended_in_order("CA1")


def test_the_newest_call_with_the_carriers_id_counts(store: Store) -> None:
    store.end_call("c1", "close", "finished", at(9))
    store.open_call(started("c2", wall=at(60)))
    assert not store.ended_in_order("CA1")


# ---------------------------------------------------------------- calls and replay


def test_a_call_begins_and_ends(store: Store) -> None:
    store.open_call(started("c2", wall=at(100)))
    store.end_call("c1", "close", "the caller hung up", at(50))
    newest, oldest = store.calls()
    assert (newest["id"], newest["ended_at"], newest["outcome"], newest["transfer"]) == ("c2", None, None, None)
    assert (oldest["ended_at"], oldest["outcome"], oldest["reason"]) == (
        at(50).isoformat(),
        "close",
        "the caller hung up",
    )
    assert [call["id"] for call in store.calls(limit=1)] == ["c2"]
    assert store.call("nobody") is None


def test_facts_come_back_in_order_over_several_batches(store: Store) -> None:
    facts = [TurnEnded(1, 2.5), CallEnded("hung up")]
    store.record("c1", [(0.5, to_json(started())), (1.25, to_json(facts[0]))])
    store.record("c1", [])
    store.record("c1", [(2.0, to_json(facts[1]))])
    replayed = [(second, from_json(event)) for second, event in store.replayable("c1")]
    assert replayed == [(0.5, started()), (1.25, facts[0]), (2.0, facts[1])]
    assert store.replayable("c2") == []


@pytest.mark.parametrize(
    "use",
    [
        lambda store: store.save_turn("lost", turn(1), None, at(1)),
        lambda store: store.save_case("lost", snapshot(), at(1)),
        lambda store: store.record("lost", [(0.0, {"event": "SpeechStarted"})]),
        lambda store: store.escalate("lost", escalate(), "", at(1)),
        lambda store: store.request_transfer("lost", "+12035550111", "low", "", at(1)),
        lambda store: store.end_call("lost", None, "", at(1)),
        lambda store: store.open_call(started()),
    ],
)
def test_an_unknown_or_repeated_call_is_an_error(store: Store, use: object) -> None:
    assert callable(use)
    with pytest.raises(StoreError, match=r"lost|c1"):
        use(store)


def test_errors_hold_no_personal_data(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        store.save_turn("lost", turn(1, "my name is Ann"), None, at(1))
    chain = f"{caught.value} {caught.value.__cause__}"
    assert "Ann" not in chain
    assert str(caught.value) == "the case store could not save turn 1 of call lost: FOREIGN KEY constraint failed"


# ---------------------------------------------------------------- reading cases


def filed(store: Store) -> list[str]:
    """Three cases, oldest first."""
    ann = {"caller_name": "Ann Lee", "callback_number": "+12035550123"}
    quoted = {"location": Evidence(1, "next to the Co-op, 100%", 0.9, confirmed=True)}
    cases = [
        located(status="closed", disposition="close", **ann),
        snapshot(intent="noise_complaint", slots={"description": "LOUD ÉTUDES"}),
        snapshot(status="queued", disposition="queue", evidence=quoted),
    ]
    numbers = []
    for i, case in enumerate(cases):
        store.open_call(started(f"f{i}"))
        numbers.append(store.save_case(f"f{i}", case, at(i)).number)
    return numbers


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [2, 1, 0]),
        ({"limit": 2}, [2, 1]),
        ({"limit": 2, "offset": 2}, [0]),
        ({"intent": "pothole"}, [2, 0]),
        ({"status": "draft"}, [1]),
        ({"disposition": "close"}, [0]),
        ({"since": at(1)}, [2, 1]),
        ({"until": at(1)}, [0]),
        ({"since": at(1).astimezone(timezone(timedelta(hours=-4)))}, [2, 1]),
        ({"q": "howe ANN"}, [0]),
        ({"q": "études"}, [1]),
        ({"q": "5550123"}, [0]),
        ({"q": "co-op"}, [2]),
        ({"q": "100%"}, [2]),
        ({"q": "%"}, [2]),
        ({"q": "_"}, [1]),
        ({"q": "street"}, [0]),
        ({"q": "matched"}, []),
        ({"q": "  "}, [2, 1, 0]),
        ({"intent": "pothole", "status": "queued"}, [2]),
    ],
)
def test_filters(store: Store, filters: dict[str, object], found: list[int]) -> None:
    numbers = filed(store)
    assert [case["number"] for case in store.cases(**filters)] == [numbers[i] for i in found]  # type: ignore[arg-type]


def test_a_case_is_found_by_any_spelling_of_its_number(store: Store) -> None:
    number = filed(store)[0]
    for spelling in (number, number.replace("-", ""), number.replace("-", " ")):
        found = store.case(spelling)
        assert found is not None
        assert found["number"] == number
    assert [case["number"] for case in store.cases(q=number.replace("-", ""))] == [number]
    assert store.case("26-99999-9") is None
    assert store.case("what?") is None


# ---------------------------------------------------------------- the file


def test_the_history_can_only_grow(store: Store, file: Path) -> None:
    store.save_turn("c1", turn(1), located(), at(1))
    with sqlite3.connect(file) as other:
        for statement in ("UPDATE caseevent SET who = 'me'", "DELETE FROM caseevent"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
                other.execute(statement)
    other.close()


def test_the_file_is_private_and_its_folder_is_made(store: Store, file: Path) -> None:
    store.save_turn("c1", turn(1), None, at(1))
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_next_process_reads_what_this_one_wrote(store: Store, file: Path) -> None:
    number = store.save_turn("c1", turn(1), located(), at(1))
    store.close()
    again = reopened(file)
    assert [case["number"] for case in again.cases()] == [number]
    again.close()


def test_a_file_of_another_layout_is_refused(store: Store, file: Path) -> None:
    store.close()
    with sqlite3.connect(file) as other:
        other.execute(f"PRAGMA user_version = {LAYOUT + 1}")
    other.close()
    with pytest.raises(StoreError, match=f"layout {LAYOUT + 1}"):
        reopened(file)


def test_a_file_of_the_first_layout_gets_what_it_lacks(store: Store, file: Path) -> None:
    number = store.save_turn("c1", turn(1), located(), at(1)) or ""
    store.close()
    with sqlite3.connect(file) as other:
        other.executescript(
            "DROP TABLE caselink; DROP TABLE promise; ALTER TABLE turn DROP COLUMN words; PRAGMA user_version = 1"
        )
    other.close()
    again = reopened(file)
    again.save_turn("c1", turn(1, words=(Word("hole", 1.0, 1.2, 0.9),)), None, at(2))
    assert again.save_case("c1", located(status="queued"), at(3), follow_up=24) == Filed(number, None)
    assert [row["case"] for row in again.due()] == [number]
    again.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cases.db").write_bytes(b"no database " * 100)
    with pytest.raises(StoreError, match="could not open the database: file is not a database"):
        reopened(tmp_path / "cases.db")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("postgresql://localhost/cases", "not postgresql"),
        ("nonsense", "cannot be read"),
        ("sqlite:////proc/nowhere/cases.db", "cannot make"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_one_sentence(url: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        Store(url, service_codes={})


def test_a_broken_database_is_noticed(store: Store, file: Path) -> None:
    assert store.is_reachable()
    with sqlite3.connect(file) as other:
        other.execute("ALTER TABLE call RENAME TO gone")
    other.close()
    assert not store.is_reachable()


def test_readers_do_not_wait_for_a_writer(store: Store, file: Path) -> None:
    store.save_turn("c1", turn(1), snapshot(), at(1))
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert len(store.cases()) == 1
    writer.execute("ROLLBACK")
    writer.close()


@pytest.mark.usefixtures("store")
def test_a_writer_that_waits_too_long_says_so(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callbot.cases.database.BUSY_TIMEOUT", 0.05)
    hasty = Store(f"sqlite:///{file}", service_codes=CODES)
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="could not end call c1: database is locked"):
        hasty.end_call("c1", None, "", at(1))
    writer.execute("ROLLBACK")
    writer.close()
    hasty.close()


def test_many_threads_get_different_numbers(store: Store) -> None:
    for i in range(4):
        store.open_call(started(f"t{i}"))
    numbers: list[str | None] = []

    def work(call_id: str) -> None:
        for index in range(1, 6):
            numbers.append(store.save_turn(call_id, turn(index), snapshot(), at(index)))
            store.save_case(call_id, snapshot(status="closed"), at(index))
            store.queue()

    threads = [threading.Thread(target=work, args=(f"t{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(numbers)) == 20
    assert len(store.cases()) == 20

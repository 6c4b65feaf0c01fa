"""What becomes of reports over several calls, in text with a real store: the same hole twice, questions about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from callbot.cases.store import Store
from callbot.chat import Chat
from callbot.content import Site
from callbot.engines import Understander
from callbot.events import IntentGuess, Understanding
from callbot.room import load_rules

HOLE = "there is a pothole at 215 Orange Street"
MEANT = {
    HOLE: "pothole",
    "I want to know what became of my report": "case_status",
    "no": "deny",
    "yes": "affirm",
}


@dataclass(frozen=True)
class Listener:
    """Knows what some words mean; values are found by the keyword rules."""

    rules: Understander

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:
        """See `engines.Understander`."""
        found = self.rules.understand(text, asked, wall)
        return replace(found, intents=(IntentGuess(MEANT[text], 0.97),)) if text in MEANT else found


@pytest.fixture(scope="module")
def rules(site: Site) -> Understander:
    return load_rules(site)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'cases.db'}", service_codes={})
    yield store
    store.close()


def call(site: Site, rules: Understander, store: Store, *lines: str) -> list[dict[str, Any]]:
    """One call, to its end."""
    chat = Chat(site, Listener(rules), rules, store, "+12035550123")
    turns = [chat.greet()]
    for line in lines:
        turns.append(chat.say(line))
    chat.close()
    return turns


REPORT = (HOLE, "no", "no", "yes", "no")


def test_the_second_report_of_a_hole_is_added_to_the_first(site: Site, rules: Understander, store: Store) -> None:
    first = call(site, rules, store, *REPORT)
    second = call(site, rules, store, *REPORT)
    number = first[-1]["case"]["number"]
    assert number in " ".join(first[4]["say"])
    assert f"case {number}" in " ".join(second[4]["say"])
    assert second[4]["case"]["number"] not in " ".join(second[4]["say"])
    assert (second[-1]["outcome"], second[-1]["case"]["status"]) == ("close", "linked")
    assert second[-1]["case"]["links"] == [number]


def test_a_caller_hears_what_became_of_a_report(site: Site, rules: Understander, store: Store) -> None:
    number = call(site, rules, store, *REPORT)[-1]["case"]["number"]
    turns = call(site, rules, store, "I want to know what became of my report", number, "no")
    assert f"Case {number}" in " ".join(turns[2]["say"])
    assert (turns[-1]["outcome"], turns[-1]["case"]["status"]) == ("answer", "closed")


def test_a_number_that_is_unknown_twice_brings_a_person(site: Site, rules: Understander, store: Store) -> None:
    turns = call(site, rules, store, "I want to know what became of my report", "26-00077-1", "26-00077-2")
    assert turns[2]["asked"] == "case_number"
    assert turns[-1]["outcome"] == "human"
    assert site.playbook.reasons["case_unknown"] in turns[-1]["summary"]

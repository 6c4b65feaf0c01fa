"""Scripted calls: their format, and that each of them ends as it should.

They are played without the small model: keyword rules, or the intent that the script names, stand for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest

from callbot.cases.store import Store
from callbot.chat import Chat
from callbot.content import Site
from callbot.conversations import Conversation, Group, Line, Played, differences, play, read_conversations
from callbot.engines import Understander
from callbot.errors import ContentError
from callbot.events import IntentGuess, Understanding
from callbot.room import load_rules
from tests.fakes import WALL

FOLDER = Path(__file__).parent.parent / "fixtures" / "conversations"
SCRIPTED = {f"{path.stem}: {c.name}": c for path in sorted(FOLDER.glob("*.yaml")) for c in read_conversations(path)}

SURE = 0.97
"""Confidence of an intent that the script names."""
LONGEST = 20
"""Caller turns of a call that goes well."""


@dataclass(frozen=True)
class Listener:
    """Understands words as the script says, and others by the keyword rules."""

    rules: Understander
    meant: dict[str, Line]

    def understand(self, text: str, asked: str, wall: datetime) -> Understanding:
        """See `engines.Understander`."""
        found = self.rules.understand(text, asked, wall)
        line = self.meant.get(text)
        if line is None or line.means is None:
            return replace(found, page=line.page or "") if line else found
        names = (line.means,) if isinstance(line.means, str) else line.means
        sure = SURE if line.sure is None else line.sure
        guesses = tuple(IntentGuess(name, sure) for name in names)
        strange = names == ("out_of_scope",)
        return replace(found, intents=guesses, out_of_scope=strange, wanted=names, page=line.page or "")


@pytest.fixture(scope="module")
def rules(site: Site) -> Understander:
    return load_rules(site)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'cases.db'}", service_codes={})
    yield store
    store.close()


def played(site: Site, rules: Understander, store: Store, conversation: Conversation) -> Played:
    meant = {line.say: line for line in conversation.lines if line.say}
    chat = Chat(site, Listener(rules, meant), rules, store, conversation.caller, now=lambda: WALL)
    return play(chat, conversation)


@pytest.mark.parametrize("name", SCRIPTED)
def test_a_scripted_call_ends_as_it_should(site: Site, rules: Understander, store: Store, name: str) -> None:
    conversation = SCRIPTED[name]
    call = played(site, rules, store, conversation)
    talk = "\n".join(f"{turn['heard']!r} -> {' '.join(turn['say'])}" for turn in call.turns)
    assert differences(conversation, call, site.playbook.reasons) == [], talk
    assert call.turns[-1]["turn"] <= LONGEST


def test_every_kind_of_case_and_every_reason_to_raise_one_is_played(site: Site) -> None:
    book = site.playbook
    assert {c.intent for c in SCRIPTED.values()} >= set(book.catalogue.intents)
    assert {c.reason for c in SCRIPTED.values()} >= {row.reason for row in book.policy.raises}


def test_every_way_of_talking_is_played() -> None:
    groups = [group for conversation in SCRIPTED.values() for group in conversation.groups]
    assert len(SCRIPTED) >= 125
    assert {group for group in get_args(Group) if groups.count(group) < 3} == set()


def test_an_emergency_and_a_wish_for_a_person_come_up_at_every_question(site: Site) -> None:
    """The question that is open when the caller says it."""
    asked: dict[str, set[str]] = {"emergency": set(), "person": set()}
    for conversation in SCRIPTED.values():
        for group in asked:
            if group in conversation.groups and conversation.outcome in ("emergency", "human"):
                before = [line.asks for line in conversation.lines[:-1]] or ["reason"]
                asked[group].add(before[-1] or "reason")
    questions = {state.asks for state in site.playbook.flow.states.values() if state.asks} - {"slot", "alarm"}
    slots = {item.slot for form in site.playbook.forms.values() for item in form.slots if item.is_required}
    assert asked["emergency"] >= questions | slots
    assert asked["person"] >= questions | slots


def test_a_close_case_says_why_it_was_closed(site: Site, rules: Understander, store: Store) -> None:
    conversation = next(c for c in SCRIPTED.values() if c.intent == "pothole" and c.outcome == "close")
    events = played(site, rules, store, conversation).call["events"]
    closed = next(event for event in events if event["what"] == "status" and event["new"] == "closed")
    assert "confidence" in closed["why"]
    assert "intent" in closed["why"]


# ---------------------------------------------------------------- the format


GOOD = """\
- name: a hole
  groups: [straight]
  lines:
    - {say: a pothole, means: pothole, asks: location}
  outcome: answer
  intent: pothole
"""


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("say: a pothole, ", "say: a pothole, keys: '1', ", ":4: "),
        ("say: a pothole, means", "silence: 8, means", ":4: "),
        ("{say: a pothole, means: pothole, asks: location}", "{}", ":4: "),
        ("say: a pothole, ", "audio: hole.wav, ", ":4: "),
        ("say: a pothole, means: pothole", "audio: hole.wav", ":1: "),
        ("groups: [straight]", "groups: [strait]", ":2: "),
        ("outcome: answer", "outcome: closed", ":5: "),
        ("intent: pothole", "intend: pothole", ":6: "),
        ("lines:", "line:", ":3: "),
        ("name: a hole", "name: a hole\n  name: twice", ":2: "),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, mistake: str) -> None:
    path = tmp_path / "holes.yaml"
    path.write_text(GOOD)
    assert len(read_conversations(path)) == 1
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ContentError) as caught:
        read_conversations(path)
    assert any(f"{path}{mistake}" in found for found in caught.value.mistakes), caught.value.mistakes


def test_what_comes_out_otherwise_is_told(site: Site, rules: Understander, store: Store, tmp_path: Path) -> None:
    path = tmp_path / "holes.yaml"
    path.write_text(
        GOOD.replace("asks: location", "asks: caller_name, answers: pizza")
        + "  reason: weapon\n  cases: 2\n  slots: {location.street: Elm Street}\n"
    )
    (conversation,) = read_conversations(path)
    conversation = conversation.model_copy(update={"outcome": "close"})
    told = "\n".join(differences(conversation, played(site, rules, store, conversation), site.playbook.reasons))
    for words in ("asks for location", "'pizza'", "not close", "not weapon", "1 cases, not 2", "not 'Elm Street'"):
        assert words in told


def test_a_line_that_is_no_longer_said_is_told(site: Site, rules: Understander, store: Store) -> None:
    asked = next(c for c in SCRIPTED.values() if c.reason == "caller_asked")
    more = asked.model_copy(update={"lines": (*asked.lines, asked.lines[0])})
    told = differences(more, played(site, rules, store, more), site.playbook.reasons)
    assert [sentence for sentence in told if "the call was over before line" in sentence]

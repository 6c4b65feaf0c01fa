"""Conversations in text with the real small model and a real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callbot import config
from callbot.cases.store import Store
from callbot.chat import Chat
from callbot.content import Site
from callbot.engines import Understander
from callbot.room import load_rules, load_understander, pull_missing

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def understander(site: Site) -> Understander:
    settings = config.load()
    pull_missing(settings, [settings.encoder])
    return load_understander(settings, site)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'cases.db'}", service_codes={"pothole": "POTHOLE"})
    yield store
    store.close()


@pytest.fixture
def chat(site: Site, understander: Understander, store: Store) -> Chat:
    return Chat(site, understander, load_rules(site), store, "+12035550123")


def _play(chat: Chat, *lines: str) -> list[dict[str, Any]]:
    turns = [chat.greet()]
    for line in lines:
        if chat.is_over:
            break
        turns.append(chat.wait() if not line else chat.say(line))
    if not chat.is_over:
        turns.append(chat.hang_up())
    return turns


def test_the_greeting_tells_what_answers_and_that_emergencies_come_first(chat: Chat) -> None:
    greeting = " ".join(chat.greet()["say"])
    for part in ("automated assistant", "recorded", "emergency"):
        assert part in greeting


def test_a_pothole_closes_itself(chat: Chat) -> None:
    turns = _play(
        chat,
        "there is a huge pothole on Chapel Street near College",
        "I'd rather not give my name",
        "no",
        "yes that's right",
        "no that's everything",
    )
    last = turns[-1]
    assert last["outcome"] == "close"
    assert last["case"]["status"] == "closed"
    assert last["case"]["service_code"] == "POTHOLE"
    assert last["case"]["slots"]["location"]["matched"] == "Chapel Street"
    assert last["case"]["caller_name"] is None


def test_a_mere_greeting_gets_an_answer(chat: Chat) -> None:
    turns = _play(chat, "hello can you hear me", "there is a huge pothole on Chapel Street near College")
    assert turns[1]["say"], "who types has said all there is to say"
    assert turns[1]["asked"] == "reason"
    assert "College" in turns[2]["case"]["slots"]["location"]["text"]
    assert "hear me" not in turns[2]["case"]["slots"]["description"]


def test_a_clear_report_closes_although_the_caller_hangs_up(chat: Chat) -> None:
    last = _play(chat, "there is a huge pothole on Chapel Street near College")[-1]
    assert last["outcome"] in ("close", "queue")
    assert last["case"]["status"] in ("closed", "queued")


def test_a_noise_complaint_in_one_breath_asks_only_what_is_missing(chat: Chat) -> None:
    turns = _play(
        chat,
        "my neighbors at 215 Orange Street have been blasting music since ten thirty",
        "yes it is still going on",
        "my name is Daniel Ortiz",
        "yes this number is fine",
        "yes",
        "no thank you",
    )
    assert turns[-1]["outcome"] == "close"
    case = turns[-1]["case"]
    assert case["slots"]["is_ongoing"] is True
    assert case["callback_number"] == "+12035550123"
    assert len(turns) == 7


def test_a_correction_at_the_read_back_is_taken(chat: Chat) -> None:
    turns = _play(
        chat,
        "somebody is parked across my driveway at 412 Winthrop Avenue",
        "it's a gray Honda Civic",
        "no name please",
        "no, I meant 421 Winthrop",
        "yes",
        "no",
    )
    assert turns[-1]["case"]["slots"]["location"]["number"] == "421"
    assert turns[-1]["case"]["slots"]["location"]["matched"] == "Winthrop Avenue"


def test_a_theft_is_queued_for_staff(chat: Chat) -> None:
    turns = _play(
        chat,
        "my blue Trek mountain bike got stolen last night off my porch at 88 Howe Street",
        "about five hundred dollars",
        "Daniel Ortiz",
        "yes",
        "yes",
        "no",
    )
    assert turns[-1]["outcome"] == "queue"
    assert turns[-1]["case"]["status"] == "queued"


def test_a_welfare_check_goes_to_a_person_with_a_summary(chat: Chat) -> None:
    turns = _play(
        chat,
        "I'm worried about my uncle, I haven't been able to reach him for four days",
        "His name is Walter Green and he lives at 88 Howe Street, apartment three",
        "Patricia Green",
        "two oh three five five five zero one four two",
    )
    assert turns[-1]["outcome"] == "human"
    assert "Walter Green" in turns[-1]["summary"]
    assert "88 Howe Street" in turns[-1]["summary"]
    assert "+12035550142" in turns[-1]["summary"]


@pytest.mark.parametrize(
    "before",
    [
        [],
        ["there's a loud party"],
        ["there's a loud party at 215 Orange Street"],
        ["there's a loud party at 215 Orange Street", "yes", "no", "hold on a second"],
    ],
)
def test_an_emergency_is_obeyed_at_every_point(chat: Chat, before: list[str]) -> None:
    last = _play(chat, *before, "oh my god somebody just got stabbed he is bleeding")[-1]
    assert last["outcome"] == "emergency"
    assert "stabbed" in last["summary"]


@pytest.mark.parametrize("before", [[], ["there's a pothole"], ["there's a pothole on Whalley Avenue", "no"]])
def test_a_wish_for_a_person_is_obeyed_at_every_point(chat: Chat, before: list[str]) -> None:
    assert _play(chat, *before, "can I talk to a real person please")[-1]["outcome"] == "human"


def test_two_silences_bring_a_person(chat: Chat) -> None:
    assert _play(chat, "", "")[-1]["outcome"] == "human"


def test_pizza_is_not_filed(chat: Chat) -> None:
    last = _play(chat, "is this the number to order a pizza?", "I want a large pepperoni pizza")[-1]
    assert last["outcome"] == "human"
    assert last["case"] is None

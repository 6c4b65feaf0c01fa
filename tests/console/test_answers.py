"""The documents that Twilio asks for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from callbot.cases.store import Store
from callbot.console.answers import LONGEST_FORM, check_answers
from callbot.console.app import create_app
from callbot.console.live import LiveCalls
from callbot.errors import ContentError, StoreError
from callbot.events import Outcome
from callbot.metrics import Metrics
from callbot.schema import Catalogue
from callbot.telephony.signatures import twilio_signature
from tests.cases.samples import at, started
from tests.console.conftest import PERSON

FORM = {"CallSid": "CA1", "From": "+12035550123", "To": "+12035550100"}


def document(answer: httpx.Response) -> ElementTree.Element:
    """A TwiML document."""
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/xml")
    root = ElementTree.fromstring(answer.text)
    assert root.tag == "Response"
    return root


def parameters(root: ElementTree.Element) -> dict[str | None, str | None]:
    """What the stream brings along."""
    return {each.get("name"): each.get("value") for each in root.iter("Parameter")}


@pytest.fixture
def build(store: Store, answers: dict[str, str], catalogue: Catalogue) -> Any:
    """Opens a client of a console with options of its own."""

    @asynccontextmanager
    async def opened(base_url: str = "http://bot.example.org", **options: Any) -> AsyncIterator[httpx.AsyncClient]:
        arguments: dict[str, Any] = {
            "store": store,
            "metrics": Metrics(),
            "live": LiveCalls(),
            "ready": dict,
            "catalogue": catalogue,
            "answers": answers,
            "public_url": "",
            "media_port": 8765,
            "issue_token": lambda: "secret",
            "person_for": lambda called: f"{PERSON}{called[-2:]}",
            "overflow_for": lambda _called: None,
        }
        app = create_app(**(arguments | options))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base_url) as client:
            yield client

    return opened


# ---------------------------------------------------------------- a call comes in


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_call_is_sent_to_the_media_socket(client: httpx.AsyncClient, method: str) -> None:
    fields = {"params": FORM} if method == "GET" else {"data": FORM}
    root = document(await client.request(method, "/answer/twilio", **fields))  # type: ignore[arg-type]
    stream = root.find("Connect/Stream")
    assert stream is not None
    assert stream.get("url") == "ws://127.0.0.1:8765/twilio"
    assert parameters(root) == {"token": "secret", "from": "+12035550123", "to": "+12035550100"}
    assert root.findtext("Redirect") == "http://127.0.0.1:8080/answer/twilio/after"


async def test_a_call_without_room_goes_to_the_overflow_number(build: Any) -> None:
    async with build(overflow_for=lambda called: f"+1203555{called[-4:]}") as full:
        root = document(await full.post("/answer/twilio", data=FORM))
    assert root.find("Connect") is None
    assert root.findtext("Dial/Number") == f"+1203555{FORM['To'][-4:]}"


async def test_a_request_without_fields_is_answered(client: httpx.AsyncClient) -> None:
    assert parameters(document(await client.get("/answer/twilio"))) == {"token": "secret", "from": "", "to": ""}
    document(await client.post("/answer/twilio"))


async def test_what_the_caller_can_choose_is_escaped(client: httpx.AsyncClient) -> None:
    name = "\"/><Dial>+1</Dial><a b='&$token\x00\x1b"
    answer = await client.post("/answer/twilio", data={"From": name})
    root = document(answer)
    assert parameters(root)["from"] == name.rstrip("\x00\x1b")
    assert root.find("Dial") is None


@pytest.mark.parametrize(
    ("public_url", "base_url", "stream", "after"),
    [
        ("https://bot.example.org", "http://x", "wss://bot.example.org/twilio", "https://bot.example.org/answer"),
        ("https://example.org/bot/", "http://x", "wss://example.org/bot/twilio", "https://example.org/bot/answer"),
        ("", "http://127.0.0.1:8080", "ws://127.0.0.1:8765/twilio", "http://127.0.0.1:8080/answer"),
        ("", "http://[::1]:8080", "ws://[::1]:8765/twilio", "http://[::1]:8080/answer"),
    ],
)
async def test_addresses_are_as_the_carrier_sees_them(
    build: Any, public_url: str, base_url: str, stream: str, after: str
) -> None:
    async with build(base_url, public_url=public_url) as client:
        root = document(await client.get("/answer/twilio"))
    found = root.find("Connect/Stream")
    assert found is not None
    assert found.get("url") == stream
    assert (root.findtext("Redirect") or "").startswith(after)


# ---------------------------------------------------------------- callbot has left


@pytest.mark.parametrize("outcome", ["close", "queue", "answer"])
async def test_a_caller_who_is_done_is_hung_up(client: httpx.AsyncClient, store: Store, outcome: Outcome) -> None:
    store.open_call(started())
    store.end_call("c1", outcome, "finished", at(9))
    root = document(await client.post("/answer/twilio/after", data=FORM))
    assert [child.tag for child in root] == ["Hangup"]


async def test_a_goodbye_that_is_not_written_yet_counts(build: Any, store: Store) -> None:
    store.open_call(started())
    async with build(hung_up={"CA1"}) as client:
        root = document(await client.post("/answer/twilio/after", data=FORM))
    assert [child.tag for child in root] == ["Hangup"]


async def test_a_goodbye_is_not_somebody_elses(build: Any) -> None:
    async with build(hung_up={"", "CA2"}) as client:
        for form in (FORM, FORM | {"CallSid": ""}):
            root = document(await client.post("/answer/twilio/after", data=form))
            assert root.findtext("Dial/Number") == f"{PERSON}00"


async def test_a_caller_whose_process_died_in_mid_call_goes_to_a_person(build: Any, store: Store) -> None:
    store.open_call(started())
    async with build() as client:
        root = document(await client.post("/answer/twilio/after", data=FORM))
    assert root.findtext("Dial/Number") == f"{PERSON}00"


@pytest.mark.parametrize("outcome", [None, "queue", "human"])
async def test_a_caller_whose_call_broke_off_goes_to_a_person(
    build: Any, store: Store, outcome: Outcome | None
) -> None:
    store.open_call(started())
    store.end_call("c1", outcome, "an error inside callbot", at(9))
    async with build() as client:
        root = document(await client.post("/answer/twilio/after", data=FORM))
    assert root.findtext("Dial/Number") == f"{PERSON}00"


@pytest.mark.parametrize(
    ("target", "noun"),
    [("+12035550199", "Number"), ("sip:desk@example.org;a=b&c", "Sip"), ("SIPS:desk@example.org", "Sip")],
)
async def test_a_caller_who_needs_a_person_is_connected(
    client: httpx.AsyncClient, store: Store, target: str, noun: str
) -> None:
    store.open_call(started())
    store.request_transfer("c1", target, "emergency", "fire", at(3))
    root = document(await client.post("/answer/twilio/after", data=FORM))
    assert root.findtext(f"Dial/{noun}") == target
    dial = root.find("Dial")
    assert dial is not None
    assert dial.get("action") == "http://127.0.0.1:8080/answer/twilio/after"


async def test_what_was_agreed_last_outweighs_a_goodbye(build: Any, store: Store) -> None:
    store.open_call(started())
    store.request_transfer("c1", "+12035550111", "medium", "caller_asked", at(3))
    store.end_call("c1", "queue", "finished", at(9))
    async with build() as client:
        root = document(await client.post("/answer/twilio/after", data=FORM))
        assert root.findtext("Dial/Number") == "+12035550111"
    async with build(transfers={"CA1": "+12035550199"}, hung_up={"CA1"}) as client:
        root = document(await client.post("/answer/twilio/after", data=FORM))
        assert root.findtext("Dial/Number") == "+12035550199"


@pytest.mark.parametrize("status", ["no-answer", "busy", "failed", "canceled", ""])
async def test_a_caller_whom_nobody_could_take_is_told_so(client: httpx.AsyncClient, status: str) -> None:
    root = document(await client.post("/answer/twilio/after", data=FORM | {"DialCallStatus": status}))
    assert [child.tag for child in root] == ["Say", "Hangup"]
    assert "dial 9 1 1" in (root.findtext("Say") or "")


@pytest.mark.parametrize("status", ["completed", "answered"])
async def test_a_caller_who_has_talked_with_a_person_is_not(client: httpx.AsyncClient, status: str) -> None:
    root = document(await client.post("/answer/twilio/after", data=FORM | {"DialCallStatus": status}))
    assert [child.tag for child in root] == ["Hangup"]


async def test_a_transfer_that_is_not_written_yet_counts(build: Any, store: Store) -> None:
    store.open_call(started())
    async with build(transfers={"CA1": "+12035550199"}) as client:
        root = document(await client.post("/answer/twilio/after", data=FORM))
    assert root.findtext("Dial/Number") == "+12035550199"


async def test_a_caller_whom_callbot_never_took_goes_to_a_person(build: Any) -> None:
    async with build() as client:
        root = document(await client.post("/answer/twilio/after", data=FORM))
        assert root.findtext("Dial/Number") == f"{PERSON}00"
        document(await client.get("/answer/twilio/after"))


@pytest.mark.parametrize("question", ["transfer_of", "ended_in_order"])
async def test_a_broken_store_costs_no_caller_the_person(
    build: Any, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, question: str
) -> None:
    def broken(_carrier_call_id: str) -> bool:
        raise StoreError("the disk is gone")

    monkeypatch.setattr(store, question, broken)
    async with build() as client:
        root = document(await client.post("/answer/twilio/after", data=FORM))
    assert root.findtext("Dial/Number") == f"{PERSON}00"
    assert "the disk is gone" in caplog.text
    assert "+1203555" not in caplog.text


# ---------------------------------------------------------------- requests that Twilio would not send


async def test_with_a_credential_only_signed_requests_are_answered(build: Any) -> None:
    url = "https://bot.example.org/answer/twilio?x=1"
    async with build(public_url="https://bot.example.org", twilio_auth_token="12345") as client:

        async def ask(signature: str) -> int:
            headers = {"X-Twilio-Signature": signature}
            answer = await client.post("/answer/twilio?x=1", data=FORM, headers=headers)
            return int(answer.status_code)

        assert await ask(twilio_signature("12345", url, FORM.items())) == 200
        assert await ask(twilio_signature("54321", url, FORM.items())) == 403
        assert await ask(twilio_signature("12345", url)) == 403
        assert (await client.post("/answer/twilio?x=1", data=FORM)).status_code == 403
        assert (await client.get("/answer/twilio/after")).status_code == 403


async def test_odd_forms_are_refused(client: httpx.AsyncClient) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert (await client.post("/answer/twilio", json=FORM)).status_code == 415
    assert (await client.post("/answer/twilio", content=b"a" * (LONGEST_FORM + 1), headers=form)).status_code == 413
    document(await client.post("/answer/twilio", content=b"\xff=%ff&&=", headers=form))


# ---------------------------------------------------------------- documents with mistakes


def test_the_shipped_documents_have_no_mistakes(answers: dict[str, str]) -> None:
    assert check_answers(answers) == []


@pytest.mark.parametrize(
    ("name", "text", "mistake"),
    [
        (
            "twilio.xml",
            "<Response>\n$tokn</Response>",
            "twilio.xml:2: nothing is called $tokn here; use one of",
        ),
        ("twilio.xml", "<Response>\n5$</Response>", "twilio.xml:2: a $ must be followed by a name"),
        (
            "twilio_after_hangup.xml",
            "<Response>\n<Hangup></Response>",
            "twilio_after_hangup.xml:2: not well-formed",
        ),
    ],
)
def test_mistakes_have_file_and_line(answers: dict[str, str], name: str, text: str, mistake: str) -> None:
    (found,) = check_answers(answers | {name: text})
    assert found.startswith(mistake)


async def test_a_console_with_broken_documents_does_not_start(build: Any, answers: dict[str, str]) -> None:
    del answers["twilio.xml"]
    with pytest.raises(ContentError, match=r"telephony/answer/twilio.xml:1: this document is missing"):
        async with build():
            pass

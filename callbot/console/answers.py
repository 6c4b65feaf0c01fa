"""What a carrier does with a call: the documents it asks for when a call comes in and when callbot has left it.

The documents are content (telephony/answer); here their `$words` are filled in and escaped. Only a caller whose call
callbot itself has ended in order is hung up on. Whoever was cut off (callbot died or was stopped, its store is broken,
the media stream failed) is connected with a person of the line that was called; if nobody answers there, a document
says so before the call ends.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from string import Template
from typing import Final
from urllib.parse import parse_qsl
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from callbot.cases.store import Store
from callbot.console.guard import host_name
from callbot.errors import StoreError
from callbot.telephony.signatures import signed_by_twilio

log = logging.getLogger("callbot.console")

START, HANGUP = "twilio.xml", "twilio_after_hangup.xml"
TRANSFER, UNANSWERED = "twilio_after_transfer.xml", "twilio_after_unanswered.xml"

WORDS: Final[dict[str, frozenset[str]]] = {
    START: frozenset({"stream_url", "base_url", "token", "caller", "called"}),
    TRANSFER: frozenset({"base_url", "noun", "target"}),
    UNANSWERED: frozenset({"base_url"}),
    HANGUP: frozenset({"base_url"}),
}
"""Document -> the words that it may use."""

_ANSWERED: Final = frozenset({"completed", "answered"})
"""Twilio's words for a dialled person who was there."""

LONGEST_FORM = 64 * 1024
"""Bytes; Twilio sends one or two thousand."""

_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")

Fields = list[tuple[str, str]]


def check_answers(answers: Mapping[str, str]) -> list[str]:
    """The mistakes of the answer documents (file name -> text), each as ``file:line: what to mend``."""
    mistakes = [f"{name}:1: this document is missing" for name in WORDS if name not in answers]
    for name in WORDS.keys() & answers.keys():
        mistakes += (f"{name}:{mistake}" for mistake in _mistakes_of(answers[name], WORDS[name]))
    return sorted(mistakes)


@dataclass(frozen=True)
class TwilioAnswers:
    """Twilio's two questions."""

    answers: Mapping[str, str]
    """Documents without mistakes, see `check_answers`."""
    store: Store
    public_url: str
    """How Twilio reaches this server, "" = by the name in its request."""
    media_port: int
    """Port of the media sockets, used when there is no public URL."""
    issue_token: Callable[[], str]
    """Makes the one-time secret that the stream has to bring along."""
    person_for: Callable[[str], str]
    """The telephone number or SIP address of people, for a number that was called."""
    overflow_for: Callable[[str], str | None]
    """Where a call to that number goes at once because there is no room for it; None = there is."""
    transfers: Mapping[str, str]
    """Twilio's id of a call -> where its caller goes, as sessions of this process have agreed. Asked before the
    store, because Twilio asks at once and a slow database must not cost a caller the person."""
    hung_up: Collection[str]
    """Twilio's ids of the calls that sessions of this process have ended in order; in memory for the same reason."""
    auth_token: str
    """Twilio's; with it, requests must be signed. "" = they need not be."""

    def router(self) -> APIRouter:
        """The routes below /answer/twilio."""
        router = APIRouter(prefix="/answer/twilio", include_in_schema=False)
        router.add_api_route("", self.begin, methods=["GET", "POST"])
        router.add_api_route("/after", self.after, methods=["GET", "POST"])
        return router

    async def begin(self, request: Request) -> Response:
        """A call has come in: open a media stream, or connect it elsewhere when there is no room."""
        fields = dict(await self._read(request))
        elsewhere = self.overflow_for(fields.get("To", ""))
        if elsewhere is not None:
            log.warning("a call goes to its line's overflow number: there is no room for it")
            return self._dial(elsewhere, request)
        return self._document(
            START,
            request,
            stream_url=self._stream_url(request),
            token=self.issue_token(),
            caller=fields.get("From", ""),
            called=fields.get("To", ""),
        )

    async def after(self, request: Request) -> Response:
        """callbot has left the call, or could not be reached: connect the caller with a person, or hang up.

        Twilio asks once more when it has dialled the person; then nobody is dialled again.
        """
        fields = dict(await self._read(request))
        dialled = fields.get("DialCallStatus")
        if dialled is not None:
            return self._document(HANGUP if dialled in _ANSWERED else UNANSWERED, request)
        target = await run_in_threadpool(self._target, fields.get("CallSid", ""), fields.get("To", ""))
        if target is None:
            return self._document(HANGUP, request)
        return self._dial(target, request)

    def _dial(self, target: str, request: Request) -> Response:
        noun = "Sip" if target.lower().startswith(("sip:", "sips:")) else "Number"
        return self._document(TRANSFER, request, noun=noun, target=target)

    def _target(self, carrier_call_id: str, called: str) -> str | None:
        """Where the caller goes; None = nowhere, the call has ended in order."""
        # Looked up once: this is a worker thread, and the session may forget its call between two looks.
        agreed = self.transfers.get(carrier_call_id)
        # An empty id is no id: it must not have one caller hung up on for another's goodbye.
        if agreed is not None or (carrier_call_id and carrier_call_id in self.hung_up):
            return agreed
        try:
            agreed = self.store.transfer_of(carrier_call_id)
            if agreed is not None or self.store.ended_in_order(carrier_call_id):
                return agreed
        except StoreError as error:
            log.error("a caller goes to a person because nobody knows what was agreed: %s", error)
        else:
            log.warning("a caller goes to a person because callbot did not end the call in order")
        return self.person_for(called)

    def _document(self, name: str, request: Request, **words: str) -> Response:
        return Response(_filled(self.answers[name], base_url=self._base_url(request), **words), media_type="text/xml")

    def _base_url(self, request: Request) -> str:
        return (self.public_url or str(request.base_url)).rstrip("/")

    def _stream_url(self, request: Request) -> str:
        if self.public_url:
            return re.sub("^http", "ws", self._base_url(request)) + "/twilio"
        host = host_name(request.headers)
        return f"ws://{f'[{host}]' if ':' in host else host}:{self.media_port}/twilio"

    async def _read(self, request: Request) -> Fields:
        """The fields of query and form; refuses requests that Twilio has not sent."""
        form = await _form(request)
        query = f"?{request.url.query}" if request.url.query else ""
        url = self._base_url(request) + request.url.path + query
        signature = request.headers.get("x-twilio-signature", "")
        if self.auth_token and not signed_by_twilio(signature, self.auth_token, url, form):
            log.warning("refused a question for an answer document: its signature is missing or wrong")
            raise HTTPException(403, "the signature is missing or wrong")
        return [*request.query_params.multi_items(), *form]


async def _form(request: Request) -> Fields:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            raise HTTPException(413, "the form is too long")
    if not body:
        return []
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise HTTPException(415, "send the fields as application/x-www-form-urlencoded")
    return parse_qsl(body.decode(errors="replace"), keep_blank_values=True)


def _filled(document: str, **words: str) -> str:
    quotes = {'"': "&quot;", "'": "&apos;"}
    return Template(document).substitute({k: escape(_NOT_XML.sub("", v), quotes) for k, v in words.items()})


def _mistakes_of(document: str, known: frozenset[str]) -> list[str]:
    mistakes = []
    for number, line in enumerate(document.splitlines(), start=1):
        template = Template(line)
        if not template.is_valid():
            mistakes.append(f"{number}: a $ must be followed by a name; write $$ for a dollar sign")
        else:
            unknown = set(template.get_identifiers()) - known
            choice = ", ".join(f"${word}" for word in sorted(known))
            mistakes += [f"{number}: nothing is called ${word} here; use one of {choice}" for word in sorted(unknown)]
    if not mistakes:
        try:
            ElementTree.fromstring(_filled(document, **dict.fromkeys(known, "x")))
        except ElementTree.ParseError as error:
            mistakes.append(f"{error.position[0]}: not well-formed XML: {error}")
    return mistakes

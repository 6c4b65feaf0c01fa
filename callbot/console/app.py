"""The console: answer documents for carriers, health and metrics for machines, pages and JSON for people.

In this version everything is read-only, and whatever shows callers is for people at this machine (guard.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from callbot.cases.store import Store
from callbot.console import api, pages
from callbot.console.answers import TwilioAnswers, check_answers
from callbot.console.guard import Guard, sentence
from callbot.console.live import LiveCalls
from callbot.console.wording import Wording
from callbot.errors import ContentError, StoreError
from callbot.metrics import CONTENT_TYPE, Metrics
from callbot.schema import Catalogue


def create_app(
    *,
    store: Store,
    metrics: Metrics,
    live: LiveCalls,
    ready: Callable[[], dict[str, bool]],
    catalogue: Catalogue,
    answers: Mapping[str, str],
    public_url: str,
    media_port: int,
    issue_token: Callable[[], str],
    person_for: Callable[[str], str],
    overflow_for: Callable[[str], str | None],
    transfers: Mapping[str, str] = MappingProxyType({}),
    hung_up: Collection[str] = frozenset(),
    twilio_auth_token: str = "",
) -> FastAPI:
    """The web application.

    `ready` says of each thing that calls need whether it is there; it is asked in a worker thread. `answers` are
    the documents of telephony/answer, file name -> text. `public_url` is how carriers reach this server ("" = by
    the name in their request), `media_port` where the media sockets are. `issue_token` makes a stream's one-time
    secret; `person_for` gives the transfer target for a number that was called. `transfers` (carrier's id of a call ->
    target) are those that sessions of this process have agreed but perhaps not yet written to the store; `hung_up`
    (carrier's ids) are the calls that they have ended in order. With `twilio_auth_token`, Twilio's requests must be
    signed.

    Raises ContentError when an answer document has mistakes.
    """
    mistakes = check_answers(answers)
    if mistakes:
        raise ContentError([f"telephony/answer/{mistake}" for mistake in mistakes])
    twilio = TwilioAnswers(
        answers=answers,
        store=store,
        public_url=public_url.rstrip("/"),
        media_port=media_port,
        issue_token=issue_token,
        person_for=person_for,
        overflow_for=overflow_for,
        transfers=transfers,
        hung_up=hung_up,
        auth_token=twilio_auth_token,
    )
    # The interactive documentation would load scripts from elsewhere.
    app = FastAPI(title="callbot", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    app.state.live = live
    app.add_middleware(Guard)
    app.add_exception_handler(StoreError, _store_failed)
    app.include_router(twilio.router())
    wording = Wording(catalogue)
    app.include_router(api.router(store, live, wording))
    app.include_router(pages.router(store, wording))
    app.mount("/static", StaticFiles(directory=Path(__file__).with_name("static")))
    _watch(app, metrics, ready)
    return app


def _watch(app: FastAPI, metrics: Metrics, ready: Callable[[], dict[str, bool]]) -> None:
    """What machines ask to see whether all is well."""

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process is up."""
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> JSONResponse:
        """Whether a further call could be taken, and what is missing if not."""
        parts = ready()
        missing = [name for name, is_there in parts.items() if not is_there]
        return JSONResponse({"ready": not missing, "missing": missing, "parts": parts}, 503 if missing else 200)

    @app.get("/metrics", include_in_schema=False)
    async def prometheus() -> Response:
        """The metrics in the Prometheus text format."""
        return Response(metrics.text(), media_type=CONTENT_TYPE)


async def _store_failed(request: Request, error: Exception) -> Response:
    return sentence(request.url.path, 503, f"{error}")

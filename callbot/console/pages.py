"""The first page: running calls, the operators' queue, what is due, the newest cases.

Queue, due items and cases are whole without JavaScript; the running calls need it (static/console.js), since they
change with every word.
"""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from callbot.cases.store import Store
from callbot.console.wording import Wording

NEWEST = 50
"""Cases on the page."""


def router(store: Store, wording: Wording) -> APIRouter:
    """The page at /."""
    templates = Environment(
        loader=PackageLoader("callbot.console"),
        # Nearly everything on the page was said by a stranger.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = templates.get_template("index.html")
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @routes.get("/")
    def index() -> HTMLResponse:
        """The page as it stands; the browser asks again for what has changed."""
        now = datetime.now(UTC)
        due = [{**row, "is_overdue": datetime.fromisoformat(row["due_at"]) <= now} for row in store.due()]
        cases = store.cases(limit=NEWEST)
        return HTMLResponse(page.render(wording=wording, queue=store.queue(), due=due, cases=cases))

    return routes

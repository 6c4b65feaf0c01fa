"""A headless Chromium, spoken to in its own protocol (Chrome DevTools over a websocket)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

CHROMIUM = Path("/usr/bin/chromium")


class Page:
    """One open page."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._count = 0
        self._is_loaded = False
        self.complaints: list[str] = []
        """What the page wrote to its console, errors and refused contents included."""

    async def do(self, method: str, **params: Any) -> Any:
        """One command of the protocol."""
        self._count += 1
        await self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while True:
            message = await self._next()
            if message.get("id") == self._count:
                assert "error" not in message, message
                return message["result"]

    async def open(self, url: str) -> None:
        """Go to another page and wait until it has been loaded."""
        self._is_loaded = False
        await self.do("Page.navigate", url=url)
        while not self._is_loaded:
            await self._next()

    async def _next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await self._socket.recv())
        method = message.get("method")
        if method in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
            self.complaints.append(json.dumps(message["params"]))
        if method == "Page.loadEventFired":
            self._is_loaded = True
        return message

    async def value(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        result = await self.do("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    async def wait_for(self, expression: str) -> None:
        """Wait until an expression is true. Raises TimeoutError."""
        await _until(lambda: self.value(expression))


@asynccontextmanager
async def open_page(url: str, profile: Path, *, scripts: bool = True) -> AsyncIterator[Page]:
    """A page in a browser of its own; `scripts=False` switches JavaScript off in it."""
    browser = await asyncio.create_subprocess_exec(
        str(CHROMIUM),
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--remote-debugging-port=0",
        f"--user-data-dir={profile}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with connect(await _page_socket(profile), max_size=None) as socket:
            page = Page(socket)
            for domain in ("Page", "Runtime", "Log"):
                await page.do(f"{domain}.enable")
            await page.do("Emulation.setScriptExecutionDisabled", value=not scripts)
            await page.open(url)
            yield page
    finally:
        browser.terminate()
        await browser.wait()


async def _page_socket(profile: Path) -> str:
    """Address of the only page's socket, once the browser is up."""
    note = profile / "DevToolsActivePort"

    async def port() -> str:
        return note.read_text().partition("\n")[0] if note.exists() else ""

    async def address() -> str:
        pages = (await client.get(f"http://127.0.0.1:{number}/json/list")).json()
        return next((str(page["webSocketDebuggerUrl"]) for page in pages if page["type"] == "page"), "")

    number = await _until(port)
    async with httpx.AsyncClient() as client:
        return str(await _until(address))


async def _until(check: Callable[[], Awaitable[Any]], seconds: float = 30) -> Any:
    """What `check` gives as soon as that is true. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            if found := await check():
                return found
            await asyncio.sleep(0.05)

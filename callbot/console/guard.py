"""Who may see what, and what browsers may do with it.

There is no log-in yet, so pages and data are for people at this very machine. A request counts as one of theirs
only if it comes over loopback, without the traces of a proxy (which would make the whole world look local), and
under a local name (or a web page somewhere could reach it by pointing its own name here). What is not listed as
open is closed.
"""

from __future__ import annotations

import ipaddress
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OPEN: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_OPEN_BELOW: Final = "/answer/"
_PROXY_HEADERS: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Callers' data must not stay in a browser's cache.
    "Cache-Control": "no-store",
}


def sentence(path: str, status: int, text: str) -> Response:
    """An answer that is one sentence: JSON for programs, plain text for people."""
    if path.startswith("/api/"):
        return JSONResponse({"detail": text}, status)
    return PlainTextResponse(f"{text}\n", status)


class Guard:
    """ASGI middleware around everything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to strangers, and give every answer the security headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        app = self._app if is_open(scope["path"]) or is_local(HTTPConnection(scope)) else _refusal(scope["path"])
        await app(scope, receive, send_guarded)


def is_open(path: str) -> bool:
    """Whether everybody may ask for this path: carriers and the machines that watch the server."""
    return path in _OPEN or path.startswith(_OPEN_BELOW)


def is_local(request: HTTPConnection) -> bool:
    """Whether the request comes from somebody at this machine."""
    came_directly = not any(name in request.headers for name in _PROXY_HEADERS)
    return came_directly and request.client is not None and _is_loopback(request.client.host) and _is_to_us(request)


def _is_to_us(request: HTTPConnection) -> bool:
    host = host_name(request.headers)
    return host == "localhost" or _is_loopback(host)


def host_name(headers: Headers) -> str:
    """The Host header without its port, and without the brackets of IPv6."""
    host = headers.get("host", "")
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # A socket that listens on IPv4 and IPv6 alike gives IPv4 callers such an address.
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _refusal(path: str) -> Response:
    return sentence(path, 403, "The console can only be opened on the machine that callbot runs on.")

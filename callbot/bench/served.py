"""The server that is measured: `callbot serve` in a process of its own, which also tells when it makes a sound.

Started by `callbot.bench.serving` as ``python -m callbot.bench.served OPTIONS`` (a JSON object of settings). It
writes one JSON object a line to stdout: `ready` with the ports, `zero` for each call with the moment that its log
counts from, `sound` when the first frame of an answer goes out. Moments are monotonic seconds, which all processes
of a machine share.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from callbot import config
from callbot.content import load_site
from callbot.server import Server, running
from callbot.session import Session


def main() -> None:
    """Serve until stdin is closed: a server whose caller has died must not stay."""
    asyncio.run(_serve(json.loads(sys.argv[1])))


async def _serve(options: dict[str, Any]) -> None:
    settings = config.load(**options)
    watcher = _Watcher()
    async with running(settings, load_site(settings.site), watcher.watch) as server:
        watcher.server = server
        _tell("ready", media_port=server.media_port, console_port=server.console_port)
        await asyncio.to_thread(sys.stdin.read)


class _Watcher:
    """Follows the calls of a server."""

    server: Server | None = None

    def watch(self, call_id: str, event: dict[str, Any]) -> None:
        """Take what the console is told."""
        if event["type"] != "started" or self.server is None:
            return
        session = next((s for s in self.server.sessions if s.started.call_id == call_id), None)
        if session is not None:
            _follow(session)


def _follow(session: Session) -> None:
    call = session.started.carrier_call_id
    ago = (datetime.now(UTC) - session.started.wall).total_seconds()
    _tell("zero", call=call, call_id=session.started.call_id, at=time.monotonic() - ago)
    session.playback.began = _then(session.playback.began, lambda: _tell("sound", call=call, at=time.monotonic()))


def _then(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        first()
        second()

    return both


def _tell(kind: str, **details: Any) -> None:
    print(json.dumps({"type": kind, **details}), flush=True)


if __name__ == "__main__":
    main()

"""One-time secrets that tie a media stream to the answer document that asked for it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

_LIFETIME = 120.0
"""Seconds from the answer document to the stream's start message; carriers take a few."""


class Tokens:
    """Tokens that were given out and not used yet."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._given: dict[str, float] = {}

    def issue(self) -> str:
        """A new secret."""
        now = self._clock()
        self._given = {token: until for token, until in self._given.items() if until > now}
        token = secrets.token_urlsafe(24)
        self._given[token] = now + _LIFETIME
        return token

    def redeem(self, token: str) -> bool:
        """Whether this token was given out, is fresh and has not been used; it is used up by that."""
        until = self._given.pop(token, None)
        return until is not None and until > self._clock()

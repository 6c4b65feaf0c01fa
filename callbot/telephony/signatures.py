"""Whether a request really comes from the carrier.

Pure. Twilio signs every webhook and every opening of a media socket with the account's auth token: HMAC-SHA1
over the URL and the form's fields (Twilio, "Webhooks Security"). All comparisons take the same time whether
they match or not.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


def twilio_signature(auth_token: str, url: str, form: Iterable[tuple[str, str]] = ()) -> str:
    """What Twilio puts into the header X-Twilio-Signature.

    `url` is the address exactly as Twilio was given it, query included and still percent-encoded; for a media
    socket its scheme is `wss`. `form` holds the fields of a POST, () for a GET.
    """
    # A field that is sent twice with the same value counts once, as in Twilio's own library.
    signed = url + "".join(name + value for name, value in sorted(set(form)))
    digest = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def signed_by_twilio(signature: str, auth_token: str, url: str, form: Iterable[tuple[str, str]] = ()) -> bool:
    """Whether `signature` was made with `auth_token` over `url` and `form`.

    Raises ValueError when `url` is not a URL.
    """
    fields = tuple(form)
    made = [twilio_signature(auth_token, spelling, fields) for spelling in _spellings(url)]
    # Bytes, because compare_digest refuses text beyond ASCII, which a forger is free to send.
    matches = [hmac.compare_digest(signature.encode(errors="replace"), m.encode()) for m in made]
    return any(matches)


def _spellings(url: str) -> list[str]:
    """The URL as given, with and without the port, and these with the slash at the end turned round.

    Twilio is not consistent about the port and undocumented about the slash. All of them lead to the same place
    and none can be signed without the token, so that accepting each costs nothing.
    """
    parts = urlsplit(url)
    with_ports = [parts, _with_port(parts, None), _with_port(parts, parts.port or _DEFAULT_PORTS.get(parts.scheme))]
    with_slashes = [part._replace(path=_other_slash(part.path)) for part in with_ports]
    return list(dict.fromkeys([url, *(part.geturl() for part in (*with_ports, *with_slashes))]))


def _with_port(parts: SplitResult, port: int | None) -> SplitResult:
    user, at, host = parts.netloc.rpartition("@")
    if parts.port is not None:
        host = host.rpartition(":")[0]
    return parts._replace(netloc=f"{user}{at}{host}" if port is None else f"{user}{at}{host}:{port}")


def _other_slash(path: str) -> str:
    return path.removesuffix("/") if path.endswith("/") else path + "/"

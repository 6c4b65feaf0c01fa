"""Twilio's signature: the published vector, the media socket's, and forgeries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.telephony.signatures import signed_by_twilio, twilio_signature

TOKEN = "12345"
WEBHOOK = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
SOCKET = "wss://example.com/media"
SOCKET_SIGNATURE = "7PR3qMkpDyEJtMrVOY/LDyNq8J8="


def test_published_vector() -> None:
    """Twilio's own example for webhooks."""
    assert twilio_signature(TOKEN, WEBHOOK, FORM) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_socket_vector() -> None:
    assert signed_by_twilio(SOCKET_SIGNATURE, TOKEN, SOCKET)


def test_order_and_repetition_of_fields_do_not_matter() -> None:
    assert twilio_signature(TOKEN, WEBHOOK, [*reversed(FORM), FORM[0]]) == twilio_signature(TOKEN, WEBHOOK, FORM)


@pytest.mark.parametrize(
    ("signed", "seen"),
    [
        ("wss://example.com:443/media", SOCKET),
        (SOCKET, "wss://example.com:443/media"),
        ("https://user:pass@example.com/a?b=%20c", "https://user:pass@example.com:443/a?b=%20c"),
        ("ws://example.com:8765/media", "ws://example.com:8765/media"),
        ("wss://[2001:db8::1]/media", "wss://[2001:db8::1]:443/media"),
        ("wss://example.com/media/", SOCKET),
        ("wss://example.com", "wss://example.com/"),
    ],
)
def test_spellings_of_the_same_place(signed: str, seen: str) -> None:
    assert signed_by_twilio(twilio_signature(TOKEN, signed), TOKEN, seen)


@pytest.mark.parametrize(
    ("signature", "token", "url"),
    [
        ("", TOKEN, SOCKET),
        (SOCKET_SIGNATURE.lower(), TOKEN, SOCKET),
        (SOCKET_SIGNATURE, "12346", SOCKET),
        (SOCKET_SIGNATURE, TOKEN, "https://example.com/media"),
        (SOCKET_SIGNATURE, TOKEN, "wss://example.com/media2"),
        (SOCKET_SIGNATURE, TOKEN, "wss://example.com/media?x=1"),
        ("ünsigned", TOKEN, SOCKET),
    ],
)
def test_forgery(signature: str, token: str, url: str) -> None:
    assert not signed_by_twilio(signature, token, url)


def test_changed_form_is_a_forgery() -> None:
    signature = twilio_signature(TOKEN, WEBHOOK, FORM)
    assert not signed_by_twilio(signature, TOKEN, WEBHOOK, [*FORM[1:], ("CallSid", "CA0")])


@given(st.text())
def test_guesses_fail_without_an_error(guess: str) -> None:
    assert signed_by_twilio(guess, TOKEN, SOCKET) == (guess == SOCKET_SIGNATURE)

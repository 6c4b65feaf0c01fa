"""A stream is let in once, with a secret that was given out for it."""

from __future__ import annotations

from dataclasses import dataclass

from callbot.telephony.tokens import Tokens


@dataclass
class Clock:
    """Stands still until it is set."""

    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


def test_a_token_opens_the_door_once() -> None:
    tokens = Tokens()
    token = tokens.issue()
    assert tokens.redeem(token)
    assert not tokens.redeem(token)


def test_what_was_not_given_out_opens_nothing() -> None:
    tokens = Tokens()
    token = tokens.issue()
    assert not tokens.redeem("")
    assert not tokens.redeem(token[:-1])
    assert not Tokens().redeem(token)


def test_tokens_cannot_be_guessed() -> None:
    tokens = Tokens()
    given = {tokens.issue() for _ in range(100)}
    assert len(given) == 100
    assert all(len(token) >= 32 for token in given)


def test_a_token_lives_long_enough_for_a_carrier_and_no_longer() -> None:
    clock = Clock()
    tokens = Tokens(clock)
    early, late = tokens.issue(), tokens.issue()
    clock.at += 60
    assert tokens.redeem(early)
    clock.at += 600
    assert not tokens.redeem(late)


def test_old_tokens_do_not_take_the_fresh_ones_along() -> None:
    clock = Clock()
    tokens = Tokens(clock)
    old = tokens.issue()
    clock.at += 90
    fresh = tokens.issue()
    clock.at += 60
    tokens.issue()
    assert not tokens.redeem(old)
    assert tokens.redeem(fresh)

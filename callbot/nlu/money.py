"""Amounts of money: "about six hundred dollars", "two grand", "$1,200.50", "six dollars and fifty cents"."""

from __future__ import annotations

from collections.abc import Sequence

from callbot.nlu.numbers import cardinal_at, joined_at
from callbot.nlu.tokens import Token, tokenize

UNRESOLVED = 0.1
"""Score of words that hold no amount."""

CURRENCY = frozenset({"dollar", "dollars", "bucks", "buck", "usd"})
_BARE = {"hundred": 100, "thousand": 1000}
"""A note, or a number of which the beginning was not heard: "a fake hundred"."""
_CENTS = frozenset({"cent", "cents"})
_VAGUE = {"couple": 2, "few": 3, "several": 4}
_THOUSANDS = frozenset({"grand", "k"})


def amount_at(tokens: Sequence[Token], at: int) -> tuple[float, int, bool] | None:
    """The amount at token `at`, the index after it, and whether its words say that it is money; None if none."""
    words = ["thousand" if token.text in _THOUSANDS else token.text for token in tokens]
    sign = words[at : at + 1] == ["$"]
    here = at + sign
    if (found := _number(words, here)) is None:
        return None
    value, here = found
    money = sign or any(token.text == "grand" for token in tokens[at:here])
    if words[here : here + 1] and words[here] in CURRENCY:
        here, money = here + 1, True
        cents_at = here + (words[here : here + 1] == ["and"])
        cents = cardinal_at(words, cents_at)
        if cents is not None and cents[1] < len(words) and words[cents[1]] in _CENTS:
            value, here = value + cents[0] / 100, cents[1] + 1
    return value, here, money


def _number(words: list[str], at: int) -> tuple[float, int] | None:
    if at >= len(words):
        return None
    word = words[at]
    if "." in word and word.replace(".", "").replace(",", "").isdecimal():
        value = float(word.replace(",", ""))
        scaled = words[at + 1 : at + 2] == ["thousand"]
        return (value * 1000, at + 2) if scaled else (value, at + 1)
    start = at + (word == "a")
    if start < len(words) and words[start] in _VAGUE:
        start_of = start + 1 + (words[start + 1 : start + 2] == ["of"])
        scale = {"hundred": 100, "thousand": 1000}.get(words[start_of] if start_of < len(words) else "")
        return (_VAGUE[words[start]] * scale, start_of + 1) if scale else None
    joined = joined_at(words, at)
    full = cardinal_at(words, at)
    if joined and (full is None or joined[1] > full[1]):
        return float(joined[0]), joined[1]
    return (float(full[0]), full[1]) if full else None


def parse_amount(text: str) -> tuple[int | float | str, float]:
    """Dollars in `text` (a whole number where there are no cents), and how sure it is; the text itself if none.

    Of a range ("six or seven thousand") and of several amounts the largest counts, with a lower score.
    """
    tokens = tokenize(text)
    found: list[tuple[float, bool]] = []
    at = 0
    while at < len(tokens):
        amount = amount_at(tokens, at)
        if amount is not None:
            found.append((amount[0], amount[2]))
        at = amount[1] if amount is not None else at + 1
    bare = [float(_BARE[token.text]) for token in tokens if token.text in _BARE]
    money = [value for value, sure in found if sure] or [value for value, _ in found] or bare
    if not money:
        return text.strip(), UNRESOLVED
    value = max(money)
    vague = any(token.text in _VAGUE for token in tokens)
    score = 0.95 if any(sure for _, sure in found) else 0.85
    return int(value) if value == int(value) else value, 0.6 if len(found) > 1 or vague else score

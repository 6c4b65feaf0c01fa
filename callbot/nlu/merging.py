"""One location from the words of two turns: "Edgewood Avenue" ... "in front of number three thirty". PURE."""

from __future__ import annotations

import re
from collections.abc import Mapping

from callbot.events import Scalar
from callbot.nlu.addresses import NOTHING

_NEAR = re.compile(
    r"\W*(?:(?:it's|its|um|uh|right|just|that's) )*(?:near|by|close to|next to|between|off|past)\b", re.I
)
_CORRECTS = re.compile(r"\b(?:no|not|wait|sorry|meant|mean|actually|correction|instead|wrong)\b", re.I)
_NO_CORRECTION = re.compile(
    r"\b(?:no|not)\b(?: \w+){0,3}? (?:number|numbers|sure|far|know|certain)\b|\bnot really\b|\bno idea\b", re.I
)
"""Words that deny something else than the place: "there is no number", "not far from"."""
_BETWEEN = re.compile(r"\b(?:between|near|close to|next to|cross streets?)\b", re.I)


def is_landmark(location: Mapping[str, Scalar]) -> bool:
    """It holds only words about a known street ("the gas station"): without that street it names no place."""
    score = location.get("score")
    named = any(location.get(key) for key in ("street", "number", "cross_street", "unit"))
    return not named and isinstance(score, (int, float)) and score <= NOTHING


def merge_location(
    old: dict[str, Scalar],
    new: dict[str, Scalar],
    *,
    answers: bool = False,
    corrects: bool = False,
    in_passing: bool = False,
) -> dict[str, Scalar]:
    """An earlier location completed or corrected by a later one; both as `parse_location` makes them.

    A new street replaces the old one with its number and corner, except where the new words only place the old
    street ("near Court Street": a corner) or correct it ("no, Winthrop": the number stays). Everything else of
    the new one wins where it was said; "text" joins both.

    `answers`: the caller was asked for the number or the nearest corner of the old street, so that a further street
    is its corner. The "text" of the new one is then the whole utterance. `corrects`: the caller takes something back.
    `in_passing`: the bot had asked for something else; a bare street is then a corner of the known one, too.
    """
    if is_landmark(new) and old.get("place"):
        new = {**new, "place": None}
    if not old.get("street") or not new.get("street") or old["street"] == new["street"]:
        return _completed(old, new)
    said = str(new.get("text") or "")
    corrects = corrects or bool(_CORRECTS.search(_NO_CORRECTION.sub(" ", said)))
    if answers and not corrects and (corner := _corner(old, new, said)) is not None:
        return _completed(old, corner)
    beside = _NEAR.match(said) or (in_passing and not corrects and old.get("matched"))
    if not new.get("number") and not new.get("place") and beside:
        return _completed(old, {**new, "street": None, "matched": None, "cross_street": new["street"]})
    if new.get("number") or not corrects:
        return dict(new)
    return _completed({**old, "street": None, "matched": None, "cross_street": None, "place": None}, new)


def _corner(old: Mapping[str, Scalar], new: dict[str, Scalar], said: str) -> dict[str, Scalar] | None:
    """What an answer adds to a known street; None for another address, such as a full one or another corner."""
    if not old.get("matched") or old.get("number") or new.get("number"):
        return None
    street, cross = new["street"], new.get("cross_street")
    added = {**new, "street": None, "matched": None}
    if new.get("place"):
        # "By Edgewood Park" does not move the pothole to the park's street; "the Walmart on Foxon" is elsewhere.
        rest = said.lower().replace(str(new["place"]).lower(), " ")
        return added if str(street).split()[0].lower() not in rest else None
    if cross is None or cross == old["street"] or _BETWEEN.search(said):
        return {**added, "cross_street": street}
    return None


def _completed(old: dict[str, Scalar], new: dict[str, Scalar]) -> dict[str, Scalar]:
    source = new if new.get("street") else old
    texts = [str(part["text"]) for part in (old, new) if part.get("text")]
    merged = {key: new[key] if new.get(key) is not None else old.get(key) for key in (*old, *new)}
    score = source.get("score") if source.get("street") else max(_number(old), _number(new))
    matched = source.get("matched")
    return {**merged, "text": ", ".join(dict.fromkeys(texts)), "matched": matched, "score": score}


def _number(location: dict[str, Scalar]) -> float:
    score = location.get("score")
    return float(score) if isinstance(score, (int, float)) else 0.0

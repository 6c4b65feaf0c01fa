"""A slot's words as the value that goes into the case: one door for every slot of the catalogue.

The value is the canonical JSON form, the score (0 to 1) says how surely the words were resolved. Words that
cannot be resolved stay as they were said, with a low score, so that nothing a caller said is lost; records
keep them in their "text".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from callbot.events import SlotValue
from callbot.nlu.addresses import parse_location
from callbot.nlu.flags import FLAG_SLOTS, flag
from callbot.nlu.gazetteer import Gazetteer
from callbot.nlu.money import parse_amount
from callbot.nlu.people import parse_name
from callbot.nlu.phones import parse_phone
from callbot.nlu.plates import parse_plate
from callbot.nlu.references import parse_reference
from callbot.nlu.times import parse_time
from callbot.nlu.vehicles import VehicleLists, parse_vehicle

NO_VEHICLES = VehicleLists((), (), ())
TEXT_SLOTS = frozenset(
    {
        *("animal_type", "item_description", "person_description", "description", "question", "relationship"),
    }
)
"""Slots whose value is what was said."""


@dataclass(frozen=True, slots=True)
class _Context:
    gazetteer: Gazetteer
    wall: datetime
    timezone: str
    vehicles: VehicleLists
    area_code: str


def normalize(
    slot: str,
    text: str,
    *,
    gazetteer: Gazetteer,
    wall: datetime,
    timezone: str,
    vehicles: VehicleLists = NO_VEHICLES,
    area_code: str = "203",
) -> tuple[SlotValue, float]:
    """The canonical value of `slot` said as `text`, and how surely it was resolved (0 to 1).

    `wall` is the call's start (aware), `timezone` the agency's IANA zone, `area_code` completes telephone
    numbers of seven digits. Any text is accepted. Raises KeyError for a slot that is not in the catalogue and
    zoneinfo.ZoneInfoNotFoundError for an unknown zone.
    """
    if slot in TEXT_SLOTS:
        said = text.strip().removesuffix("'s").removesuffix("\u2019s")  # "a raccoon's in the attic"
        return said, 1.0 if said else 0.0
    if slot in FLAG_SLOTS:
        value = flag(slot, text)
        return value, 0.9 if value is not None else 0.0
    return _PARSERS[slot](text, _Context(gazetteer, wall, timezone, vehicles, area_code))


def _location(text: str, context: _Context) -> tuple[SlotValue, float]:
    value = parse_location(text, context.gazetteer)
    return value, _score_of(value)


def _time(text: str, context: _Context) -> tuple[SlotValue, float]:
    value = parse_time(text, context.wall, context.timezone)
    score = _score_of(value)
    return {key: value[key] for key in ("text", "from", "to")}, score


def _score_of(value: dict[str, str | int | float | bool | None]) -> float:
    score = value["score"]
    assert isinstance(score, float)
    return score


_PARSERS: dict[str, Callable[[str, _Context], tuple[SlotValue, float]]] = {
    "location": _location,
    "occurred_at": _time,
    "vehicle": lambda text, context: parse_vehicle(text, context.vehicles),
    "plate": lambda text, _: parse_plate(text),
    "callback_number": lambda text, context: parse_phone(text, context.area_code),
    "caller_name": lambda text, _: parse_name(text),
    "person_name": lambda text, _: parse_name(text),
    "item_value": lambda text, _: parse_amount(text),
    "amount": lambda text, _: parse_amount(text),
    "case_number": lambda text, _: parse_reference(text),
    "report_number": lambda text, _: parse_reference(text),
}

SLOTS = frozenset({*TEXT_SLOTS, *FLAG_SLOTS, *_PARSERS})
"""Every slot that can be normalised."""

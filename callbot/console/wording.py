"""How the console calls things: names from the site's catalogue, values and moments as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from callbot.cases.summary import display
from callbot.events import SlotValue
from callbot.schema import Catalogue


class Wording:
    """Words for what is stored under names."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._zone = ZoneInfo(catalogue.agency.timezone)

    @property
    def agency(self) -> str:
        """Who answers the line."""
        return self._catalogue.agency.name

    def title(self, intent: str) -> str:
        """An intent in words. One that has left the catalogue keeps its name: its old cases are still there."""
        spec = self._catalogue.intents.get(intent)
        return spec.title if spec else self.plain(intent)

    def details(self, slots: Mapping[str, SlotValue]) -> list[tuple[str, str]]:
        """Label and value of each filled slot, in words."""
        shown = ((name, display(value)) for name, value in slots.items())
        return [(self._label(name), text) for name, text in shown if text]

    def moment(self, iso: str) -> str:
        """A moment on the agency's clock.

        For ``2026-05-04T12:00:05+00:00`` in New Haven this is "4 May, 08:00".
        """
        local = datetime.fromisoformat(iso).astimezone(self._zone)
        return f"{local.day} {local:%b}, {local:%H:%M}"

    @staticmethod
    def plain(name: str) -> str:
        """A name with its underscores as spaces."""
        return name.replace("_", " ")

    def _label(self, slot: str) -> str:
        spec = self._catalogue.slots.get(slot)
        return spec.label if spec else self.plain(slot)

"""The catalogue, what callers say, and places."""

from __future__ import annotations

from callbot.check import intents
from callbot.content import Site
from callbot.nlu.utterances import UtteranceFile
from callbot.schema import Places


def test_an_intent_needs_a_form_and_utterances(site: Site) -> None:
    known = site.playbook.catalogue
    names = set(known.intents)
    assert list(intents.catalogue(known, names, names)) == []
    found = list(intents.catalogue(known, names - {"pothole"}, names - {"pothole"}))
    assert [position for position, _ in found] == [("intents", "pothole")] * 2


def test_an_unknown_slot_in_an_utterance_is_refused(site: Site) -> None:
    file = UtteranceFile.model_validate({"intent": "pothole", "utterances": ["a hole on [Howe Street](place)"]})
    ((position, sentence),) = intents.utterances("pothole", file, site.playbook.catalogue)
    assert position == ("utterances", 0)
    assert "there is no slot 'place'" in sentence


def test_a_place_is_on_a_known_street() -> None:
    places = Places.model_validate([{"name": "City Hall", "street": "Church Street"}, {"name": "the pier"}])
    assert list(intents.places(places, {"Church Street"})) == []
    ((position, _),) = intents.places(places, {"Chapel Street"})
    assert position == (0, "street")

"""Utterances meet their meaning."""

from __future__ import annotations

from callbot.content import Site
from callbot.evaluate.judged import Spoken, counted_slots, detectors, judge, written
from callbot.nlu.alarm import Alarm
from callbot.nlu.utterances import UtteranceFile
from tests.evaluate.samples import FakeModel, Said, engine

SAID = "There's a hole at [215 Orange Street](location), since [last night](occurred_at)!"
TEXT = "There's a hole at 215 Orange Street, since last night!"


def lines(say: str, intent: str | None = "pothole") -> list[Spoken]:
    return written([UtteranceFile.model_validate({"intent": intent, "utterances": [say]})])


def test_marks_become_values_and_what_nobody_marks_does_not_count(site: Site) -> None:
    [line] = lines(SAID)
    assert line.text == TEXT
    found = engine(site)
    found.model = FakeModel({TEXT: Said(spans=(("location", 18, 35, 0.9), ("occurred_at", 43, 53, 0.8)))})
    counted = {"pothole": frozenset({"location"})}
    row = judge(found, {}, counted, line)
    assert row.wanted == row.found == {("location", 4, 7)}
    assert [(named.slot, named.words) for named in row.named] == [("location", "215 orange street")]
    value = row.named[0].value
    assert isinstance(value, dict)
    assert (value["street"], value["number"]) == ("Orange Street", "215")
    everything = judge(found, {}, {}, line)
    assert {slot for slot, _, _ in everything.wanted} == {"location", "occurred_at"}


def test_what_was_heard_has_no_places(site: Site) -> None:
    [line] = lines(SAID)
    row = judge(engine(site), {}, {}, Spoken(line.said, "there is a hole", heard=True))
    assert row.wanted == frozenset()
    assert [named.slot for named in row.named] == ["location", "occurred_at"]


def test_three_detectors_are_independent(site: Site) -> None:
    found = engine(site)
    found.model = FakeModel({"quiet words": Said(alarm=Alarm(0.9, "fire", 0.1, 0.9))})
    [phrase], [likeness] = lines("my house is on fire", "emergency"), lines("quiet words", "emergency")
    alarms = detectors(site)
    assert judge(found, alarms, {}, phrase).alarms == {"phrases"}
    assert judge(found, alarms, {}, likeness).alarms == {"likeness"}


def test_slots_that_count_are_those_of_the_form(site: Site) -> None:
    counted = counted_slots(site)
    assert "location" in counted["pothole"]
    assert "plate" not in counted["pothole"]
    assert "plate" in counted["inform"]

"""Whatever a caller does, the call comes to an end, and an emergency is obeyed before that at any moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from callbot.content import Site
from callbot.events import KeyPressed, TimerFired, Transfer
from tests.dialog.talk import ANN, CAR, NIGHT, UNCLE, place
from tests.fakes import ORANGE, Driver, meaning, of_type

EMERGENCY = "oh my god he is not breathing"
SILENCE = ""
_BOTH = replace(meaning("pothole", 0.5), wanted=("pothole", "graffiti"))
MEANINGS = {
    "there's a pothole": meaning("pothole"),
    "there's a pothole at 215 orange street": meaning("pothole", location=ORANGE),
    "maybe a hole": meaning("pothole", 0.5),
    "my bike was stolen": meaning("theft_report", item_description="a bike"),
    "a man looks into cars": meaning("suspicious_activity"),
    "i cannot reach my uncle": meaning("welfare_check", person_name=UNCLE),
    "an abandoned car": meaning("abandoned_vehicle", vehicle=CAR),
    "a pothole and graffiti in the same place": _BOTH,
    "no wait it's actually about graffiti": meaning("graffiti"),
    "when is trash day": replace(meaning("info_question"), page="trash_days"),
    "what does the mayor earn": meaning("info_question"),
    "what became of my case": meaning("case_status", case_number="26-00014-7"),
    "at 215 orange street": meaning("inform", location=ORANGE),
    "on elmwood row": meaning("inform", location=place("Elmwood Row", score=0.3)),
    "on a street": meaning("inform", location=place(number=None)),
    "not orange street but oak street": meaning("correct", location=place("Oak Street")),
    "last night": meaning("inform", occurred_at=NIGHT),
    "ann lee": meaning("inform", caller_name=ANN),
    "two oh three five five five oh one four two": meaning("inform", callback_number="+12035550142"),
    "yes": meaning("affirm"),
    "no": meaning("deny"),
    "the address": meaning("inform", 0.3),
    "i don't know": meaning("dont_know"),
    "i don't want to give my name": meaning("deny"),
    "scratch that": meaning("correct"),
    "never mind": meaning("deny"),
    "thanks": meaning("thanks"),
    "hello": meaning("greet"),
    "say that again": meaning("repeat"),
    "hold on": meaning("hold_on"),
    "are you a robot": meaning("inform", 0.3),
    "why do you need that": meaning("inform", 0.3),
    "a pizza please": meaning("out_of_scope"),
    "it is really bad here": meaning("emergency", 0.7),
    "blah blah": meaning("inform", 0.1),
}
ACTS = st.lists(
    st.sampled_from([*MEANINGS, SILENCE, "#0", *(f"#{key}" for key in "1256789*#")]), min_size=60, max_size=60
)


def _caller(site: Site, acts: Sequence[str]) -> Driver:
    """A call in which these things are done, as long as it lasts."""
    driver = Driver(site, MEANINGS)
    driver.start()
    for act in acts:
        _do(driver, act)
    return driver


def _do(driver: Driver, act: str) -> None:
    if act.startswith("#"):
        driver.feed(KeyPressed(act[1:]))
        driver.feed(TimerFired("keys"))
    elif act == SILENCE:
        driver.feed(TimerFired("silence"))
    else:
        driver.say(act)
    if driver.call.phase == "hearing":
        # Who only greets is given time to go on.
        driver.feed(TimerFired("floor"))


@settings(max_examples=40, deadline=None)
@given(acts=ACTS)
def test_every_call_ends_and_every_emergency_on_the_way_is_obeyed(site: Site, acts: list[str]) -> None:
    driver = Driver(site, MEANINGS)
    driver.start()
    flow, limit = site.playbook.flow, site.playbook.policy.retries.turns
    done: list[str] = []
    for act in acts:
        if driver.call.phase != "waiting":
            break
        assert flow.states[driver.call.dialog.state].asks is not None
        assert _is_obeyed(_caller(site, done))
        _do(driver, act)
        done.append(act)
    assert driver.call.phase in ("leaving", "emergency"), driver.said[-3:]
    assert flow.states[driver.call.dialog.state].ends is not None
    assert driver.call.dialog.outcome is not None or driver.call.dialog.state == "goodbye"
    assert driver.call.dialog.turns <= limit


def _is_obeyed(driver: Driver) -> bool:
    """An emergency that is told now leads to its transfer at once."""
    driver.say(EMERGENCY)
    return [transfer.priority for transfer in of_type(driver.commands, Transfer)] == ["emergency"]

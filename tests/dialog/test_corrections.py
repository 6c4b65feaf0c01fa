"""What a caller corrects, and how it is taken back."""

from __future__ import annotations

import pytest

from callbot.content import Site
from callbot.dialog.corrections import aimed_at, denies_matter
from callbot.dialog.form import Draft, fill
from callbot.dialog.reading import asked_for
from callbot.dialog.state import Dialog
from callbot.events import SlotHit, SlotValue
from callbot.schema import Playbook
from tests.dialog.talk import ANN, CAR, Talk, place


@pytest.fixture
def book(site: Site) -> Playbook:
    return site.playbook


@pytest.fixture
def talk(site: Site) -> Talk:
    return Talk(site.playbook)


@pytest.mark.parametrize(
    ("intent", "said", "denied"),
    [
        ("pothole", "no sorry, not a pothole, it's the sidewalk", True),
        ("street_light_out", "not the street light, the traffic signal", True),
        ("noise_complaint", "it's not Elm Street, it's Oak Street", False),
        ("parking_violation", "not a Honda, a Mazda", False),
    ],
)
def test_a_kind_of_case_is_denied_by_its_name(book: Playbook, intent: str, said: str, denied: bool) -> None:
    assert denies_matter(book, intent, said) == denied


def _filled(book: Playbook) -> Draft:
    values: dict[str, SlotValue] = {"location": place(), "vehicle": CAR, "caller_name": ANN}
    values |= {"callback_number": "+12035550142"}
    hits = [SlotHit(slot, str(value), value, 0.9) for slot, value in values.items()]
    return fill(book, Draft("parking_violation", 0.9), hits, 1)


@pytest.mark.parametrize(
    ("said", "slot"),
    [
        ("almost, it's blue, not red", "vehicle"),
        ("no, not a Honda, a Mazda", "vehicle"),
        ("did I say Elm? I meant Oak", "location"),
        ("the number's wrong, it's nineteen", "location"),
        ("the house number is wrong", "location"),
        ("wait, the phone number is wrong", "callback_number"),
        ("sorry, the number is 203 555 0199", "callback_number"),
        ("actually my name is Ann Ray", "caller_name"),
        ("the color is wrong", "vehicle"),
        ("twenty, not twelve", "location"),
        ("sorry, make that two oh three, five five five, oh one nine nine", "callback_number"),
        ("yes, that's right", ""),
        ("my name is Ann Lee", ""),
        ("no", ""),
    ],
)
def test_the_slot_that_is_corrected_is_the_one_that_is_denied_or_called_by_its_name(
    book: Playbook, said: str, slot: str
) -> None:
    confirming = Dialog("confirm", asked="confirm", draft=_filled(book))
    assert aimed_at(book, confirming, said) == slot
    names_no_value = not slot or said.endswith("wrong")
    assert asked_for(book, confirming, said) == ("confirm" if names_no_value else slot)


def test_what_should_be_changed_needs_no_word_of_correction(book: Playbook) -> None:
    amending = Dialog("amend", asked="amend", draft=_filled(book))
    assert aimed_at(book, amending, "the address") == "location"
    assert aimed_at(book, amending, "nothing") == ""


def test_nothing_to_change_reads_it_back_once_more(talk: Talk) -> None:
    talk.say("pothole", location=place(), caller_name=ANN, callback_number="+12035550142")
    talk.say("deny", text="no")
    assert talk.asked == "amend"
    talk.say("affirm", text="nothing, it's right")
    assert talk.asked == "confirm"
    assert "changed" not in talk.said


def test_nothing_is_corrected_before_there_is_a_form(book: Playbook) -> None:
    assert aimed_at(book, Dialog("open"), "no, it's not red") == ""


def test_a_story_is_no_correction(book: Playbook) -> None:
    telling = Dialog("collect", asked="description", draft=_filled(book))
    assert aimed_at(book, telling, "he was shouting at a car that is not red") == ""
    assert aimed_at(book, telling, "sorry, it's blue, not red") == "vehicle"


def test_another_line_of_the_form_is_corrected_whatever_is_being_asked(talk: Talk) -> None:
    talk.say("pothole", location=place(), caller_name=ANN, text="a pothole at 12 Elm Street, I'm Ann Lee")
    assert talk.asked == "callback_number"
    ray = {**ANN, "text": "Ann Ray", "last": "Ray"}
    talk.say("inform", text="sorry, my name is Ann Ray", caller_name=ray)
    assert talk.value("caller_name") == ray
    assert "changed" in talk.said
    assert talk.asked == "callback_number"


def test_a_line_that_is_called_wrong_is_asked_anew(talk: Talk) -> None:
    talk.say("pothole", location=place())
    assert talk.asked == "caller_name"
    talk.say("correct", text="wait, the address is wrong")
    assert "forget" in talk.said
    assert talk.asked == "location"


def test_the_read_back_is_left_for_the_line_that_is_wrong(talk: Talk) -> None:
    talk.say("pothole", location=place(), caller_name=ANN, callback_number="+12035550142")
    assert talk.asked == "confirm"
    talk.say("deny", text="no, the address is wrong")
    assert talk.asked == "location"
    talk.say("inform", location=place("Oak Street"))
    assert talk.asked == "confirm"
    assert "Oak Street" in talk.said

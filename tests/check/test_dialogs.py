"""Prompts, moods and the policy."""

from __future__ import annotations

import pytest

from callbot.check import dialogs
from callbot.content import Site
from callbot.schema import Moods, Prompts


def test_a_line_of_its_own_greeting_is_no_unused_prompt(site: Site, texts: Prompts) -> None:
    more = Prompts(prompts={**texts.prompts, "greeting_at_night": "Good night."})
    assert list(dialogs.unused_prompts(more, site.playbook.flow, site.playbook.forms, site.playbook.policy)) == []


@pytest.mark.parametrize(
    ("intent", "says"),
    [
        ("pot_hole", "there is no intent"),
        ("theft_report", "the disposition of 'theft_report' is `queue`"),
        ("lost_property", "does not require a location"),
    ],
)
def test_a_kind_of_case_that_cannot_be_a_repeat_is_refused(site: Site, intent: str, says: str) -> None:
    rules = site.playbook.policy.model_copy(update={"repeats": {intent: 3.0}})
    ((position, sentence),) = dialogs.repeats(rules, site.playbook.catalogue)
    assert position == ("repeats", intent)
    assert says in sentence


def test_a_mood_whose_phrase_cannot_be_read_is_refused() -> None:
    ((position, _),) = dialogs.moods(Moods(moods={"angry": ("this is bad", "(this is bad")}))
    assert position == ("moods", "angry", 1)

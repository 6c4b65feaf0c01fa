"""What the shipped texts owe to the ear of a caller."""

from __future__ import annotations

import pytest

from callbot.content import Site
from callbot.dialog.render import sentences, variables_of

LONGEST = 25
"""Words that somebody can listen to and still know the question."""
LONGER = frozenset({"greeting", "answer"})
"""What has to be said first, by law, and what a knowledge page says."""
SECOND = frozenset({"status_due"})
"""Said after another prompt, which has sounded while these are synthesised."""


def _variants(site: Site) -> list[tuple[str, str]]:
    return [(name, text) for name, variants in site.playbook.prompts.items() for text in variants]


def test_a_prompt_with_a_value_begins_with_a_sentence_that_is_ready(site: Site) -> None:
    """Fixed sentences are cached: they sound at once while the rest is synthesised."""
    late = {name for name, text in _variants(site) if variables_of(text) and variables_of(sentences(text)[0])}
    assert late <= SECOND


def test_prompts_are_short_and_ask_one_thing(site: Site) -> None:
    for name, text in _variants(site):
        assert text.count("?") <= 1, text
        assert name in LONGER or len(text.split()) < LONGEST, text


def test_what_may_be_asked_twice_is_asked_in_other_words(site: Site) -> None:
    for form in site.playbook.forms.values():
        for item in form.slots:
            for prompt in filter(None, (item.ask, item.detail)):
                assert f"{prompt}_again" in site.playbook.prompts, prompt


@pytest.mark.parametrize("word", ["filed", "case number"])
def test_nothing_is_claimed_before_the_store_has_confirmed(site: Site, word: str) -> None:
    """Only what is said after a commit may tell that something has been done."""
    after = {form.filed for form in site.playbook.forms.values()}
    claims = {name for name, text in _variants(site) if f"have {word}" in text or f"your {word} is" in text.lower()}
    assert {name for name in claims if not name.startswith("ask_")} <= after

"""Pages that answer questions."""

from __future__ import annotations

import pytest

from callbot.check import knowledge
from callbot.schema import AskedFile, Page, Unanswered

PAGE = Page(
    title="Trash days",
    questions=tuple(f"When is the trash of street {n} picked up?" for n in range(5)),
    answer="It is picked up on Mondays.",
)


def test_a_page_that_can_be_found_and_said_has_no_mistakes() -> None:
    assert list(knowledge.pages({"trash_days": PAGE}, ["trash_days"])) == []


@pytest.mark.parametrize(
    ("changed", "position"),
    [
        ({"answer": "It is picked up when?"}, ("answer",)),
        ({"answer": "It is picked up on Mondays"}, ("answer",)),
        ({"answer": "One. Two. Three. Four."}, ("answer",)),
        ({"questions": ("when is my trash picked up",)}, ("questions", 0)),
        ({"see": ("snow",)}, ("see", 0)),
    ],
)
def test_a_page_that_cannot_is_refused(changed: dict[str, object], position: tuple[str | int, ...]) -> None:
    found = list(knowledge.pages({"trash_days": PAGE.model_copy(update=changed)}, ["trash_days"]))
    assert position in [where for name, (where, _) in found if name == "trash_days"]


def test_a_question_stands_on_one_page() -> None:
    again = PAGE.model_copy(update={"title": "Rubbish", "questions": PAGE.questions[:1]})
    ((name, (position, _)),) = knowledge.pages({"trash_days": PAGE, "rubbish": again}, ["trash_days", "rubbish"])
    assert (name, position) == ("rubbish", ("questions", 0))
    ((position, _),) = knowledge.unanswered(Unanswered(questions=PAGE.questions[:1]), {"trash_days": PAGE})
    assert position == ("questions", 0)


def test_questions_ask_for_pages_that_exist() -> None:
    asked = AskedFile.model_validate({"questions": [{"say": "When does the trash go?", "pages": ["trash_days"]}]})
    assert list(knowledge.asked(asked, ["trash_days"])) == []
    ((position, _),) = knowledge.asked(asked, ["snow"])
    assert position == ("questions", 0, "pages", 0)

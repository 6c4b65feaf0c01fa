"""Checks of intents/knowledge/: pages that can be found and said, and the questions that they answer. PURE."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from callbot.check.findings import Finding
from callbot.nlu.utterances import tokenise
from callbot.schema import AskedFile, Page, Unanswered

_ANSWER_WORDS = 45
"""Longest answer: at the voice's pace some 17 seconds, more than which nobody keeps in mind."""
_ANSWER_SENTENCES = 3
_SENTENCE_END = re.compile(r"[.!](?=\s|$)")
_PHONE = re.compile(r"(?<!\d)(?:\(?(\d{3})\)?[-. ])?(\d{3})[-. ](\d{4})(?!\d)")
_PAGE_NAME = re.compile(r"[a-z][a-z0-9_]*")


def pages(content: Mapping[str, Page], known: Collection[str]) -> Iterator[tuple[str, Finding]]:
    """Knowledge pages can be found and can be said: the page's name with each finding.

    `known` are the names of all pages, readable or not.
    """
    titles: dict[str, str] = {}
    asked: dict[str, str] = {}
    for name, page in content.items():
        yield from ((name, finding) for finding in _page(name, page, known))
        title = _plain(page.title)
        if title in titles:
            yield name, (("title",), f"the page '{titles[title]}' has this title already")
        titles.setdefault(title, name)
        for index, question in enumerate(page.questions):
            plain = _plain(question)
            if plain in asked:
                where = "this page" if asked[plain] == name else f"the page '{asked[plain]}'"
                yield name, (("questions", index), f"{where} has this question already")
            asked.setdefault(plain, name)


def _page(name: str, page: Page, known: Collection[str]) -> Iterator[Finding]:
    if not _PAGE_NAME.fullmatch(name):
        yield (), f"'{name}' is no page name: use small letters, digits and _"
    for index, question in enumerate(page.questions):
        if not question.endswith("?"):
            yield ("questions", index), "a question ends with a question mark"
    words, sentences = len(page.answer.split()), len(_SENTENCE_END.findall(page.answer))
    if words > _ANSWER_WORDS:
        yield ("answer",), f"the answer has {words} words, callers keep {_ANSWER_WORDS} in mind"
    if sentences > _ANSWER_SENTENCES:
        yield ("answer",), f"the answer has {sentences} sentences, at most {_ANSWER_SENTENCES} are said"
    if not page.answer.endswith((".", "!")):
        yield ("answer",), "the answer ends with a full stop: what is asked next is the dialog's business"
    if "?" in page.answer:
        yield ("answer",), "the answer must not ask: the caller would reply to it"
    if "{" in page.answer or "}" in page.answer:
        yield ("answer",), "the answer is said as it stands: there are no {variables} in it"
    for match in _PHONE.finditer(page.answer) if page.example else ():
        if not re.fullmatch(r"203\D+555\D01\d\d", match.group().lstrip("(")):
            yield ("answer",), f"{match.group()} could be somebody's: an example has 203-555-0100 to 203-555-0199"
    for index, other in enumerate(page.see):
        if other == name or other not in known:
            yield ("see", index), f"there is no other page '{other}'"


def unanswered(content: Unanswered, answered: Mapping[str, Page]) -> Iterator[Finding]:
    """Questions without an answer stand on no page."""
    owner = {_plain(question): name for name, page in answered.items() for question in page.questions}
    for index, question in enumerate(content.questions):
        if not question.endswith("?"):
            yield ("questions", index), "a question ends with a question mark"
        if _plain(question) in owner:
            yield ("questions", index), f"the page '{owner[_plain(question)]}' answers this"


def asked(content: AskedFile, known: Collection[str]) -> Iterator[Finding]:
    """Questions that test the pages ask for pages that exist."""
    for index, question in enumerate(content.questions):
        for at, page in enumerate(question.pages):
            if page not in known:
                yield ("questions", index, "pages", at), f"there is no page '{page}'"


def _plain(text: str) -> str:
    return " ".join(token.word for token in tokenise(text))

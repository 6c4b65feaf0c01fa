"""One page, and nothing from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from callbot.bench.part import Table
from callbot.evaluate.plots import heat_map
from callbot.evaluate.report import page
from callbot.evaluate.section import Picture, Section

SECTION = Section(
    {},
    (Table("intents", [{"intent": "<b>", "F1": 0.5}], "a note"), Table("missed", [])),
    (Picture("confusion", heat_map("x", {("a", "a"): 1})),),
)


class Strict(HTMLParser):
    """Every element is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag not in ("meta", "rect", "line", "circle", "polyline"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("rect", "line", "circle", "polyline"):
            assert self.open.pop() == tag


def test_a_page_is_whole_and_alone() -> None:
    text = page("a & b", {"made": "2030-01-02"}, {"text": {"intents": SECTION}, "speech, 10 dB": {"intents": SECTION}})
    reader = Strict()
    reader.feed(text)
    assert reader.open == []
    assert "&lt;b&gt;" in text
    assert "0.500" in text
    assert "a note" in text
    assert "missed: none" in text
    assert 'href="#speech-10-db"' in text
    assert 'id="speech-10-db"' in text
    # A namespace is a name, not a place to fetch from.
    elsewhere = [url for url in re.findall(r"https?://[^\"' ]+", text) if url != "http://www.w3.org/2000/svg"]
    assert elsewhere == []
    assert "<script" not in text

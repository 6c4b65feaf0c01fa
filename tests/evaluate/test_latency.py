"""What is timed, not how long it takes: that is the machine's business."""

from __future__ import annotations

from callbot.content import Site
from callbot.evaluate.judged import Spoken
from callbot.evaluate.latency import section
from tests.evaluate.samples import engine, example


def line(words: int) -> Spoken:
    text = " ".join(["word"] * words)
    return Spoken(example(text), text)


def test_only_utterances_of_some_twenty_words_are_timed(site: Site) -> None:
    found = section(engine(site), [line(3), line(18), line(22), line(60)])
    assert found.figures["runs"] == 200
    assert found.tables[0].rows[0]["utterances"] == 2
    assert 0 <= found.figures["p50_ms"] <= found.figures["p95_ms"]


def test_without_any_nothing_is_timed(site: Site) -> None:
    assert section(engine(site), [line(3)]).figures == {"runs": 0}

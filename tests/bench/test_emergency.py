"""Emergencies in mid-sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from callbot.audio import read_wav
from callbot.bench.calls import Placed
from callbot.bench.emergency import CONTINUATIONS, RECORDED, SENTENCES, Cry, phrase_end, rescue_of, spoken_cry, table
from callbot.bench.material import CALLERS
from callbot.bench.serving import Log
from callbot.content import Site
from callbot.engines import SAMPLE_RATE
from callbot.events import Word
from tests.bench.samples import row
from tests.fakes import FakeSynthesizer

CRY = Cry("a fire", Path("fire.wav"), phrase_ends=4.0, seconds=9.0)


def _words(text: str) -> list[Word]:
    return [Word(f" {word}", float(i), i + 0.5, 1.0) for i, word in enumerate(text.split())]


@pytest.mark.parametrize(("before", "phrase"), SENTENCES)
def test_the_phrase_is_an_emergency_only_with_its_last_word(site: Site, before: str, phrase: str) -> None:
    words = _words(f"{before} {phrase}")
    assert phrase_end(site.emergency, words) == words[-1].end


@pytest.mark.parametrize("words", CONTINUATIONS)
def test_what_follows_is_none(site: Site, words: str) -> None:
    assert phrase_end(site.emergency, _words(words)) is None


def test_the_recorded_emergencies_are_there() -> None:
    assert all((CALLERS / name).is_file() for pair in RECORDED for name in pair)


def test_the_phrase_ends_where_what_follows_begins(tmp_path: Path) -> None:
    cry = spoken_cry(FakeSynthesizer(), 1, tmp_path)
    before, phrase = SENTENCES[1]
    words = len(before.split()) + len(phrase.split())
    # The stand-in speaks 50 ms a word, and this sentence is joined with gaps of 40 ms.
    assert cry.phrase_ends == pytest.approx(0.05 * words + 0.04, abs=0.01)
    assert cry.seconds == pytest.approx(len(read_wav(cry.file)) / SAMPLE_RATE, abs=0.001)
    assert cry.seconds > cry.phrase_ends + 0.5


def _placed(*rows: tuple[float, dict[str, object]]) -> Placed:
    return Placed(zero=100.0, begun=[110.0], log=Log(rows, ()))


def test_the_time_counts_from_the_phrases_end() -> None:
    human = row(112.0, "Transfer", reason="caller_asked")
    found = rescue_of(CRY, _placed(human, row(114.8, "Transfer", reason="emergency")))
    assert found.after == pytest.approx(0.8)
    assert found.while_speaking
    late = rescue_of(CRY, _placed(row(120.0, "Transfer", reason="emergency")))
    assert late.after == pytest.approx(6.0)
    assert not late.while_speaking


def test_an_emergency_that_nobody_notices_counts() -> None:
    found = [rescue_of(CRY, _placed()), rescue_of(CRY, Placed(refused="busy"))]
    assert [rescue.after for rescue in found] == [None, None]
    (line,) = table(found).rows
    assert (line["sentences"], line["transferred"], line["p50"]) == (2, 0, None)


def test_many_are_told_by_their_middle_and_tail() -> None:
    rescues = [rescue_of(CRY, _placed(row(114 + s, "Transfer", reason="emergency"))) for s in (0.5, 0.7, 0.9)]
    (line,) = table(rescues).rows
    assert line["p50"] == pytest.approx(0.7)
    assert (line["transferred"], line["while speaking"]) == (3, 3)

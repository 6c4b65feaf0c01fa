"""More speakers, where the program is installed: each differs, and says all of a sentence."""

from pathlib import Path

import numpy as np
import pytest

from callbot.audio import rms_dbfs
from callbot.engines import SAMPLE_RATE
from callbot.errors import EngineError
from callbot.speech import flite
from callbot.speech.flite import SPEAKERS, FliteVoice

needs_flite = pytest.mark.skipif(not flite.installed(), reason=f"{flite.PROGRAM} is not installed")
SENTENCE = "-- There's a pothole on Chapel Street."


@needs_flite
def test_each_speaker_says_the_sentence_in_its_own_way() -> None:
    said = [np.concatenate(list(FliteVoice(speaker).varied(SENTENCE, pace=1.0, variety=0.5))) for speaker in SPEAKERS]
    assert len({len(audio) for audio in said}) == len(SPEAKERS)
    for audio in said:
        assert 1.5 < len(audio) / SAMPLE_RATE < 4
        assert rms_dbfs(audio) > -35


@needs_flite
def test_the_pace_is_kept() -> None:
    voice = FliteVoice(SPEAKERS[0])
    slow, fast = (sum(map(len, voice.varied(SENTENCE, pace=pace, variety=0.5))) for pace in (1.2, 0.8))
    assert slow > fast * 1.3


def test_a_program_that_fails_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "broken"
    program.write_text("#!/bin/sh\necho no such voice >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(flite, "PROGRAM", str(program))
    with pytest.raises(EngineError, match="no such voice"):
        list(FliteVoice("slt").varied("hello", pace=1.0, variety=0.5))

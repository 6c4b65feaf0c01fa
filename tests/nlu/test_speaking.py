"""Utterances are spoken, sent down a line, heard and kept."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np

from callbot.audio import rms_dbfs
from callbot.engines import SAMPLE_RATE, Audio, Transcript
from callbot.nlu.heard import FOLDER, read_heard
from callbot.nlu.speaking import SHARE, chosen, on_the_line, speak
from callbot.nlu.utterances import UtteranceFile


class Hummer:
    """A voice that hums."""

    def __init__(self) -> None:
        self.said: list[tuple[str, float]] = []

    def varied(self, sentence: str, *, pace: float, variety: float) -> Iterator[Audio]:
        assert 0 <= variety <= 1
        self.said.append((sentence, pace))
        yield np.sin(np.arange(SAMPLE_RATE, dtype=np.float32) * np.float32(0.2))


class Parrot:
    """Hears what it was told to."""

    def __init__(self, *texts: str) -> None:
        self._texts = iter(texts)

    def transcribe(
        self,
        audio: Audio,
        *,
        final: bool,
        kind: str = "",  # noqa: ARG002
        full: bool = False,  # noqa: ARG002
    ) -> Transcript:
        assert final
        assert len(audio) > SAMPLE_RATE
        return Transcript(next(self._texts), (), 1.0, 0.0)


FILES = [
    UtteranceFile.model_validate(
        {"intent": "pothole", "utterances": ["A hole on [Whalley](location), please!", "a deep hole here", "yes"]}
    )
]


def test_what_was_heard_is_kept_and_not_heard_again(tmp_path: Path) -> None:
    wanted = chosen(FILES)
    assert len(wanted) == 2, "a single word is not spoken"
    texts = {"A hole on Whalley, please!": "a whole on wally please", "a deep hole here": "Thanks for watching"}
    voice, done = Hummer(), list[int]()
    ear = Parrot(*(texts[spoken.text] for spoken in wanted))
    speak(wanted, [voice], ear, tmp_path, seed=0, progress=done.append)
    assert done == [0, 1, 2]
    assert {sentence for sentence, _ in voice.said} == set(texts), "spoken as written, without marks"
    [heard] = read_heard(tmp_path / FOLDER)
    assert heard.example.text == "a whole on wally please"
    assert heard.example.tags[3] == "B-location"
    again = Hummer()
    speak(wanted, [again], Parrot("never a deep hole"), tmp_path, seed=0, progress=done.append)
    assert len(again.said) == 1, "only what was not understood is tried once more"


def test_each_caller_speaks_differently_but_always_the_same() -> None:
    wanted, voices = chosen(FILES), (Hummer(), Hummer())
    for voice in voices:
        for seed in (0, 1):
            speak(wanted, [voice], Parrot("", ""), Path("/tmp/never"), seed=seed, progress=lambda _: None)
    assert voices[0].said == voices[1].said
    assert len({pace for _, pace in voices[0].said}) == 4


def test_other_voices_say_a_part() -> None:
    said = [f"hole number {n} here" for n in range(40)]
    own, other = Hummer(), Hummer()
    wanted = chosen([UtteranceFile.model_validate({"intent": "pothole", "utterances": said})])
    speak(wanted, [own, other], Parrot(*[""] * 40), Path("/tmp/never"), seed=0, progress=lambda _: None)
    assert len(own.said) + len(other.said) == 40
    assert 10 < len(other.said) < 30


def test_of_each_intent_some_are_spoken() -> None:
    many = [f"number {word} of many" for word in range(SHARE * 2)]
    assert len(chosen([UtteranceFile.model_validate({"intent": "pothole", "utterances": many})])) == SHARE


def test_a_line_adds_noise_but_keeps_the_voice() -> None:
    voice = np.sin(np.arange(SAMPLE_RATE, dtype=np.float32) * np.float32(0.2))
    quiet = int(0.25 * SAMPLE_RATE)
    for seed in range(8):
        heard = on_the_line(voice, Random(seed))
        assert np.isfinite(heard).all()
        loud, noise = rms_dbfs(heard[quiet * 2 : -quiet * 2]), rms_dbfs(heard[: quiet // 2])
        assert noise + 3 < loud
        assert -30 < loud < -14

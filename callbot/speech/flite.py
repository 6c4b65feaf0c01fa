"""More speakers than the site's own voice, for material to train on: those of the program flite, where it is installed.

They answer no caller. But a recogniser mishears each speaker in another way, and callers are many.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from callbot.audio import read_wav
from callbot.engines import Audio
from callbot.errors import EngineError

PROGRAM = "flite"
SPEAKERS = ("slt", "rms", "awb")
"""A woman and two men, one of them a Scot; the program's other voices are much harder to understand."""

_PATIENCE = 60.0
"""Seconds for a sentence; it takes a fifth of one."""


def installed() -> bool:
    """Whether there is such a program on this machine."""
    return shutil.which(PROGRAM) is not None


class FliteVoice:
    """One of `SPEAKERS`; may be used by many threads at once."""

    def __init__(self, speaker: str) -> None:
        self._speaker = speaker

    def varied(self, sentence: str, *, pace: float, variety: float) -> Iterator[Audio]:  # noqa: ARG002
        """The sentence, its sounds `pace` times as long as usual; these voices have no liveliness to vary.

        Raises EngineError when the program fails.
        """
        with TemporaryDirectory() as folder:
            said = Path(folder) / "said.wav"
            command = [PROGRAM, "-voice", self._speaker, "--setf", f"duration_stretch={pace}"]
            try:
                done = subprocess.run(
                    [*command, "-t", sentence, "-o", str(said)],
                    capture_output=True,
                    text=True,
                    check=False,
                    timeout=_PATIENCE,
                )
            except subprocess.TimeoutExpired as error:
                raise EngineError(f"{PROGRAM} needed more than {_PATIENCE:g} s for a sentence") from error
            if done.returncode or not said.exists():
                raise EngineError(f"{PROGRAM} could not say a sentence: {done.stderr.strip() or done.returncode}")
            yield read_wav(said)

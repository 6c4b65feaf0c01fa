"""How much of Whisper's window a stretch of sound needs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callbot.speech.windows import FRAMES_PER_SECOND, WHOLE, Window, window

SECONDS = st.floats(0, 30)


@given(SECONDS, st.booleans())
def test_the_sound_fits_with_silence_behind_it(seconds: float, final: bool) -> None:
    needed = window(seconds, final=final)
    assert needed.encoded <= needed.seen <= WHOLE.seen
    assert needed == WHOLE or needed.encoded >= (seconds + 1) * FRAMES_PER_SECOND
    # The encoder halves the frames.
    assert needed.encoded % 2 == 0
    assert needed.seen % 2 == 0


@given(SECONDS, SECONDS, st.booleans())
def test_more_sound_never_gets_less(one: float, other: float, final: bool) -> None:
    shorter, longer = (window(seconds, final=final) for seconds in sorted((one, other)))
    assert shorter.encoded <= longer.encoded
    assert shorter.seen <= longer.seen


def test_an_answer_is_encoded_in_a_tenth_of_the_window() -> None:
    assert window(0.4, final=True) == Window(300, 2000)
    assert window(2.5, final=True) == Window(360, 2000)
    assert window(2.5, final=False) == Window(360, 1500)
    assert window(20.0, final=False) == WHOLE

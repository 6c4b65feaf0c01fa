"""A real, tiny training of the real encoder."""

from __future__ import annotations

import numpy as np
import pytest

from callbot.evaluate.decoding import decoded, several
from callbot.evaluate.fitting import Fitted, Recipe, fit
from callbot.evaluate.labelled import Labelled
from tests.nlu.test_model import encoder_folder

PLAY = Labelled(("play", "blue", "moon", "by", "ann"), ("Play",), ("O", "B-track", "I-track", "O", "B-artist"))
BOOK = Labelled(("book", "a", "table", "at", "mario"), ("Book",), ("O", "O", "O", "O", "B-inn"))
SEEN = np.zeros((2, 7), np.float32)


@pytest.mark.model
def test_a_tiny_training_learns_intents_and_tags() -> None:
    steps: list[str] = []
    asked: list[float] = []

    def quality(fitted: Fitted) -> float:
        asked.append(float(fitted.read([PLAY])[0].intents[0]))
        return float(len(asked))

    recipe = Recipe(epochs=2, rank=4, batch=8, rate=3e-3, head_rate=1e-2, averaging=0.5)
    shown = [PLAY, BOOK] * 32
    fitted = fit(encoder_folder(), shown, [PLAY], recipe, quality, lambda done, of, _: steps.append(f"{done}/{of}"))
    assert steps[-1] == "16/16"
    assert len(asked) == 2, "the last and the averaged weights, after the second pass only"
    for example in (PLAY, BOOK):
        [reading] = fitted.read([example])
        intent, path = decoded(reading, fitted.chain.table(), SEEN)
        assert fitted.names.intents[intent] == example.intents[0]
        assert tuple(fitted.names.tags[tag] for tag in path) == example.tags
    assert np.allclose(fitted.read([BOOK, PLAY])[1].intents, fitted.read([PLAY])[0].intents, atol=1e-4)


@pytest.mark.model
def test_several_intents_are_learnt_by_themselves() -> None:
    both = Labelled(("cancel", "it", "please"), ("cancel", "thank"), ("O",) * 3)
    none = Labelled(("blue", "moon"), (), ("O",) * 2)
    recipe = Recipe(epochs=2, rank=4, batch=8, rate=3e-3, head_rate=1e-2, several=True)
    fitted = fit(encoder_folder(), [both, none] * 32, [both], recipe, lambda _: 1.0, lambda *_: None)
    one, other = fitted.read([both, none])
    assert several(one, fitted.chain.table())[0] == [0, 1]
    assert several(other, fitted.chain.table())[0] == []

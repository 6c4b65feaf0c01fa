"""What a fitted network comes to on a benchmark; the fitting is proved elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from callbot.evaluate import public
from callbot.evaluate.benchmarks import Benchmark
from callbot.evaluate.decoding import Reading
from callbot.evaluate.fitting import Recipe
from callbot.evaluate.labelled import Labelled, Names
from callbot.nlu.calibrate import Floats
from callbot.nlu.model import transitions

PLAY = Labelled(("play", "moon"), ("Play",), ("O", "B-track"))
STOP = Labelled(("stop",), ("Stop",), ("O",))
STRANGE = Labelled(("moon",), (), ("O",))


class FakeChain:
    def __init__(self, tags: Sequence[str]) -> None:
        self._tags = tags

    def table(self) -> Floats:
        return transitions(self._tags)


class FakeFitted:
    """Hears "play" and "moon"; everything else is a stop."""

    def __init__(self, names: Names, recipe: Recipe) -> None:
        self.names = names
        self.recipe = recipe
        self.chain = FakeChain(names.tags)

    def read(self, examples: Sequence[Labelled]) -> list[Reading]:
        return [self._one(example) for example in examples]

    def _one(self, example: Labelled) -> Reading:
        sure = 4.0 if example.intents else 0.5
        intents = np.array([sure, -sure] if "play" in example.words else [-sure, sure], np.float32)
        slots = np.zeros((len(example.words), len(self.names.tags)), np.float32)
        if len(self.names.tags) > 1:
            slots[:, 1] = [3.0 if word == "moon" else -3.0 for word in example.words]
        place = len(example.words) + (0.0 if example.intents else 5.0)
        return Reading(intents, slots, np.array([place, hash(example) % 7 / 100], np.float32))


def fitted(examples: Sequence[Labelled], *, several: bool = False) -> FakeFitted:
    return FakeFitted(Names.of(examples), Recipe(epochs=1, several=several))


def test_frames_take_intent_and_values() -> None:
    wrong = Labelled(("play", "moon"), ("Play",), ("O", "O"))
    made = fitted([PLAY, STOP])
    seen = public.allowed_tags(made.names, [PLAY, STOP])
    found = public.tally(made, [PLAY, STOP, wrong], seen)  # type: ignore[arg-type]
    assert (found.count, found.right, found.frames) == (3, 3, 2)
    assert found.slot_f1 == pytest.approx(2 / 3)
    assert found.quality == pytest.approx(5 / 3 + 2 / 3)
    assert np.isneginf(seen[1, 1]), "nobody stops a track"


def test_figures_stand_beside_published_ones() -> None:
    section = public.scored(Benchmark("snips", (PLAY, STOP), (), (PLAY, STOP)), fitted([PLAY, STOP]))  # type: ignore[arg-type]
    assert section.figures["ours"] == {"intent": 1.0, "slot F1": 1.0, "frame": 1.0}
    [table] = section.tables
    assert next(row["model"] for row in table.rows) == "this network"
    assert any(row["slot F1"] == "96.1 %" for row in table.rows)


def test_strangers_are_told_by_distance_and_energy() -> None:
    plain = [Labelled(one.words, one.intents, ("O",) * len(one.words)) for one in (PLAY, STOP)]
    shown = [plain[0], plain[1], Labelled(("please", "stop"), ("Stop",), ("O", "O"))] * 3
    benchmark = Benchmark("clinc", tuple(shown), tuple(shown), tuple(plain), (STRANGE,))
    section = public.scored(benchmark, fitted(shown))  # type: ignore[arg-type]
    assert section.figures["ours"] == {"intent": 1.0, "AUROC": 1.0, "passed at 95": 0.0}


def test_several_intents_have_an_f1_of_their_own() -> None:
    both = Labelled(("play", "it"), ("Play", "Stop"), ("O", "O"))
    section = public.scored(Benchmark("nlupp", (PLAY, STOP), (), (both, PLAY)), fitted([PLAY, STOP], several=True))  # type: ignore[arg-type]
    assert section.figures["ours"]["intent"] == 0.5
    assert section.figures["ours"]["intent F1"] == pytest.approx(0.8)


def test_weights_are_chosen_by_other_examples_than_the_tested_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def fake_fit(encoder, trained, checked, recipe, quality, progress):  # type: ignore[no-untyped-def]  # noqa: ARG001
        made = fitted([*trained, *checked])
        asked.append(quality(made))
        return made

    monkeypatch.setattr(public, "fit", fake_fit)
    section = public.run(Benchmark("snips", (PLAY, STOP), (PLAY,), (STOP,)), Path("encoder"), lambda *_: None)
    assert asked == [3.0]
    assert section.figures["tested"] == 1

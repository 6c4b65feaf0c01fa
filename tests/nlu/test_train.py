"""A real, small training: it learns, it can be repeated, and it never leaves half an adapter behind."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import torch

from callbot.nlu.card import Report
from callbot.nlu.model import SmallModel
from callbot.nlu.train import temperature, train
from callbot.nlu.utterances import UtteranceFile
from tests.nlu.test_model import encoder_folder
from tests.nlu.test_swaps import LISTS

SEEN = {
    "pothole": [
        "there's a pothole on [Chapel Street](location)",
        "a deep hole in the road at [Whalley Avenue](location)",
    ],
    "noise_complaint": [
        "loud music on [Chapel Street](location)",
        "a noisy party next door, on [East Rock Road](location)",
    ],
    "out_of_scope": ["what's the weather tomorrow", "I want to order a pizza", "who won the game"],
}
UNSEEN = {
    "pothole": ["my tire hit a big hole in the street on [Chapel Street](location)"],
    "noise_complaint": ["they play music so loud that I can't sleep"],
    None: ["this noise is killing me"],
}


def files(utterances: dict[str, list[str]] | dict[str | None, list[str]]) -> list[UtteranceFile]:
    return [UtteranceFile.model_validate({"intent": intent, "utterances": said}) for intent, said in utterances.items()]


def small_training(out: Path, seed: int = 0, steps: list[str] | None = None) -> Report:
    def progress(done: int, total: int, word: str) -> None:
        if steps is not None:
            steps.append(f"{done}/{total} {word}")

    known = files({intent: said * 3 for intent, said in SEEN.items()})
    return train(
        *(known, files(UNSEEN), encoder_folder(), out),
        seed=seed,
        epochs=1,
        lists=LISTS,
        progress=progress,
        today=date(2030, 1, 2),
        draws=640,
    )


@pytest.mark.model
def test_a_small_training_learns_and_serves(tmp_path: Path) -> None:
    out = tmp_path / "adapter"
    out.mkdir()
    (out / "old.txt").write_text("an older adapter", encoding="utf-8")
    steps: list[str] = []
    report = small_training(out, steps=steps)
    model = SmallModel.load(encoder_folder(), out)

    said = "There's a pothole on Whalley Avenue!"
    prediction = model.predict(said, "reason")
    assert prediction.intents[0].name == "pothole"
    assert [said[span.start : span.end] for span in prediction.spans] == ["Whalley Avenue"]
    assert model.predict("loud music next door").intents[0].name == "noise_complaint"
    assert model.predict("I want to order a pizza").out_of_scope

    assert not (out / "old.txt").exists(), "the old adapter is replaced as a whole"
    assert [path.name for path in tmp_path.iterdir()] == ["adapter"], "no scratch folder stays"
    assert sum(file.stat().st_size for file in out.iterdir()) < 6_000_000, "small enough to lie beside the site"
    assert steps[-1].startswith("20/20 pass 1: calibration")

    card = (out / "README.md").read_text(encoding="utf-8")
    assert all(fact in card for fact in ("2030-01-02", report.data, "Apache-2.0", "among them on look-alikes | 0 of 1"))
    assert report.held_out is not None
    assert report.held_out.accuracy == 1.0


@pytest.mark.model
def test_a_training_that_fails_leaves_the_old_adapter(tmp_path: Path) -> None:
    out = tmp_path / "adapter"
    out.mkdir()
    (out / "settings.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="two intents"):
        train(
            *(files({"pothole": ["a pothole"]}), [], encoder_folder(), out),
            seed=0,
            epochs=1,
            lists=LISTS,
            progress=lambda *_: None,
            today=date(2030, 1, 2),
        )
    assert (out / "settings.json").read_text(encoding="utf-8") == "{}"


def test_temperature_tames_a_boaster() -> None:
    """Three of four right at logits that claim certainty: the best temperature makes it 75 %."""
    logits = torch.tensor([[10.0, 0.0]] * 4)
    found = temperature(logits, torch.tensor([0, 0, 0, 1]))
    assert torch.softmax(logits[0] / found, dim=0)[0].item() == pytest.approx(0.75, abs=0.01)

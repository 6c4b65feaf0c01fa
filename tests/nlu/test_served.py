"""The graph that serves answers like the network that was trained."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from callbot import config
from callbot.content import Site, load_held_out
from callbot.errors import ModelError
from callbot.nlu.model import ADAPTER, SETTINGS, SmallModel, read_settings
from callbot.nlu.network import torch_encoder
from callbot.nlu.served import graph, open_encoder
from callbot.nlu.utterances import examples
from callbot.room import graphs
from tests.nlu.test_model import encoder_folder, shipped

pytestmark = pytest.mark.model

DIFFERENT = 0.05
"""Share of the held-out utterances whose best intent may change with 8-bit weights: those of two close ones."""
FAR = 0.10
"""Most by which the confidence of an unchanged intent may differ on the average utterance."""


def in_torch(site: Site) -> SmallModel:
    return SmallModel.load(encoder_folder(), site.adapter, torch_encoder)


def test_both_runtimes_understand_the_same(site: Site) -> None:
    other = in_torch(site)
    said = [example for file in load_held_out(site.folder) for example in examples(file)]
    pairs = [(shipped().predict(e.text, e.asked), other.predict(e.text, e.asked)) for e in said[::3]]
    same = [one.intents[0].name == two.intents[0].name for one, two in pairs]
    assert np.mean(same) >= 1 - DIFFERENT
    apart = [abs(one.intents[0].probability - two.intents[0].probability) for one, two in pairs]
    assert np.mean([gap for gap, alike in zip(apart, same, strict=True) if alike]) < FAR
    assert np.mean([one.alarm.rings == two.alarm.rings for one, two in pairs]) >= 1 - DIFFERENT


def test_a_graph_is_built_once(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scale = read_settings(site.adapter / SETTINGS).scale
    built = graph(encoder_folder(), site.adapter, scale, graphs(config.load()))
    monkeypatch.setattr("callbot.nlu.served._build", lambda *_: pytest.fail("it was there"))
    assert graph(encoder_folder(), site.adapter, scale, graphs(config.load())) == built
    assert built.stat().st_size < 30_000_000, "8 bits a weight"
    with pytest.raises(ModelError, match="is missing"):
        graph(encoder_folder(), tmp_path, scale, tmp_path)


def test_another_adapter_is_another_graph(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(_encoder: Path, _adapter: Path, _scale: float, path: Path) -> None:
        path.write_bytes(b"a graph")

    monkeypatch.setattr("callbot.nlu.served._build", build)
    one = graph(encoder_folder(), site.adapter, 2.0, tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ADAPTER).write_bytes(b"other weights")
    other = graph(encoder_folder(), tmp_path / "other", 2.0, tmp_path)
    assert one != other != graph(encoder_folder(), tmp_path / "other", 1.0, tmp_path)


def test_torch_serves_where_no_graph_can_be_had(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def build(*_: object) -> None:
        raise RuntimeError("no exporter here")

    def states(ids: Sequence[int], _segments: Sequence[int]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return np.zeros((len(ids), 384), np.float32)

    monkeypatch.setattr("callbot.nlu.served._build", build)
    monkeypatch.setattr("callbot.nlu.network.torch_encoder", lambda *_: states)
    with caplog.at_level(logging.WARNING):
        encode = open_encoder(tmp_path)(encoder_folder(), site.adapter, 2.0)
    assert encode([1, 2], [0, 0]).shape == (2, 384)
    assert "no exporter here" in caplog.text

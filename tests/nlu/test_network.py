"""The heads in torch and those that serve are the same."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from callbot.errors import ModelError
from callbot.nlu.model import Heads
from callbot.nlu.network import Network, load_encoder


class Embedding(nn.Module):
    """States that hang on the subword alone."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(50, 8)

    def forward(self, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor) -> SimpleNamespace:
        assert token_type_ids.shape == attention_mask.shape == input_ids.shape
        return SimpleNamespace(last_hidden_state=self.table(input_ids))


def test_training_and_serving_compute_the_same_heads() -> None:
    torch.manual_seed(0)
    network = Network(Embedding(), hidden=8, intents=5, tags=3, kinds=4).eval()
    ids = torch.tensor([[1, 2, 3, 4, 5], [7, 8, 9, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    with torch.inference_mode():
        answers = network(ids, torch.zeros_like(ids), mask)
        states = network.encoder(ids, torch.zeros_like(ids), mask).last_hidden_state.numpy()
    tensors = {name: value.numpy() for name, value in network.state_dict().items() if not name.startswith("encoder.")}
    heads = Heads(tensors)
    assert heads.shape == (5, 3, 4)
    for row, (length, firsts) in enumerate([(5, [1, 3]), (3, [0, 2])]):
        raw = heads.read(states[row, :length], firsts)
        for mine, other in (
            (raw.intents, answers.intents[row]),
            (raw.wants, answers.wants[row]),
            (raw.slots, answers.slots[row, firsts]),
            (np.array(raw.alarm), answers.alarm[row]),
            (raw.kinds, answers.kinds[row]),
            (raw.pooled, answers.pooled[row]),
        ):
            np.testing.assert_allclose(mine, other.numpy(), atol=1e-5)


def test_an_encoder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is missing"):
        load_encoder(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(ModelError, match="damaged"):
        load_encoder(tmp_path)

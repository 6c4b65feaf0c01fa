"""The small model in torch: for training, for building the graph that serves, and to serve where that fails.

Only this module, `train` and `served` import torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from callbot.errors import ModelError
from callbot.nlu.calibrate import Floats
from callbot.nlu.model import ADAPTER, WEIGHTS, Encode, present


class Answers(NamedTuple):
    """What the network says about a batch; see `model.Raw`."""

    intents: Tensor
    """(batch, intents)"""
    wants: Tensor
    """(batch, intents)"""
    slots: Tensor
    """(batch, subwords, tags)"""
    alarm: Tensor
    """(batch,)"""
    kinds: Tensor
    """(batch, kinds)"""
    pooled: Tensor
    """(batch, hidden)"""


class Network(nn.Module):
    """The encoder with heads for one of the intents, for each intent by itself, for the words' tags, for an emergency
    and for its kind.

    The intents see the mean of all words and those words that a learned look singles out; so does the emergency, with
    a look of its own: three words in a long story may be all that counts.
    """

    def __init__(self, encoder: nn.Module, hidden: int, intents: int, tags: int, kinds: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(0.1)
        self.look = nn.Linear(hidden, 2)
        self.intent = nn.Linear(2 * hidden, intents)
        self.wants = nn.Linear(2 * hidden, intents)
        self.slot = nn.Linear(hidden, tags)
        self.alarm = nn.Linear(2 * hidden, 1)
        self.kind = nn.Linear(2 * hidden, kinds)

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor) -> Answers:
        """Subword ids, segment ids and mask, each (batch, subwords), to `Answers`."""
        states = self.encoder(input_ids=ids, token_type_ids=segments, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(states.dtype)
        pooled = (states * weights).sum(1) / weights.sum(1)
        looks = self.look(states).masked_fill(mask.unsqueeze(-1) == 0, -1e9).softmax(dim=1)
        intent_focus, alarm_focus = (looks.transpose(1, 2) @ states).unbind(dim=1)
        both = self.dropout(torch.cat([pooled, intent_focus], dim=-1))
        danger = self.dropout(torch.cat([pooled, alarm_focus], dim=-1))
        return Answers(
            self.intent(both),
            self.wants(both),
            self.slot(self.dropout(states)),
            self.alarm(danger).squeeze(-1),
            self.kind(danger),
            pooled,
        )


def load_encoder(folder: Path) -> tuple[nn.Module, int]:
    """The encoder in `folder`, and the width of its states.

    Built from its own files, so that nothing is looked for in a hub. Raises ModelError.
    """
    tensors = _tensors(folder / WEIGHTS)
    try:
        config = AutoConfig.from_pretrained(present(folder / "config.json").parent, local_files_only=True)
        body: nn.Module = AutoModel.from_config(config, add_pooling_layer=False)
        # The pooler is a layer of another use of this encoder; positions are counted by the code.
        unused = ("pooler.", "embeddings.position_ids")
        body.load_state_dict({name: value for name, value in tensors.items() if not name.startswith(unused)})
    except (OSError, ValueError, RuntimeError, TypeError) as error:
        raise ModelError(f"{folder} holds no usable encoder: {error}") from error
    return body, int(config.hidden_size)


def adapted_encoder(encoder: Path, adapter: Path | None, scale: float) -> nn.Module:
    """The encoder of folder `encoder` with the low-rank products of folder `adapter`, if any, added, times `scale`.

    Raises ModelError when either is missing or damaged, or they do not fit each other.
    """
    body, _ = load_encoder(encoder)
    if adapter is None:
        return body.eval()
    tensors = _tensors(adapter / ADAPTER)
    try:
        with torch.no_grad():
            for name, down in tensors.items():
                if name.endswith(".lora_A.weight"):
                    stem = name.removesuffix(".lora_A.weight")
                    up = tensors[f"{stem}.lora_B.weight"]
                    layer = body.get_submodule(stem.removeprefix("base_model.model."))
                    layer.get_parameter("weight").add_(up.float() @ down.float(), alpha=scale)
    except (KeyError, AttributeError, RuntimeError) as error:
        raise ModelError(f"{adapter / ADAPTER} does not fit the encoder: {error}") from error
    return body.eval()


def torch_encoder(encoder: Path, adapter: Path | None, scale: float, threads: int = 1) -> Encode:
    """States of one input, computed by torch.

    `threads` counts for all of torch in this process. More than one is slower on a shared machine: with a second
    thread and a busy second core one utterance took 27 times as long. Raises ModelError.
    """
    torch.set_num_threads(threads)
    body = adapted_encoder(encoder, adapter, scale)

    def encode(ids: Sequence[int], segments: Sequence[int]) -> Floats:
        row, kinds = torch.tensor([ids]), torch.tensor([segments])
        with torch.inference_mode():
            states: Tensor = body(
                input_ids=row, token_type_ids=kinds, attention_mask=torch.ones_like(row)
            ).last_hidden_state
        found: Floats = states[0].numpy()
        return found

    return encode


def _tensors(path: Path) -> dict[str, Tensor]:
    try:
        tensors: dict[str, Tensor] = load_file(present(path))
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is damaged: {error}") from error
    return tensors

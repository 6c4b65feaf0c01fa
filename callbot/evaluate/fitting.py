"""Trains the small model's network on any labelled utterances: public benchmarks, with the means of our own training.

Encoder, subwords, heads and the out-of-scope distance are those that serve callers. What differs from the training
of a site's adapter is what the benchmarks allow and the site does not: thousands of examples a label, so that the
order of the tags can be learnt too (see `chain`).
"""

from __future__ import annotations

import math
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from callbot.evaluate.chain import Chain
from callbot.evaluate.decoding import Reading
from callbot.evaluate.labelled import Labelled, Names, swapped, values_of
from callbot.nlu.model import Encoded, Subwords
from callbot.nlu.network import Answers, Network, load_encoder
from callbot.nlu.trainer import pace, padded

_TARGETS = r".*(query|key|value|dense)$"
"""Every layer of the encoder but the table of subwords: what is learnt there helps no word that is new in the test."""
_CLIP, _DECAY = 1.0, 0.01

Progress = Callable[[int, int, str], None]
"""Called after each step with steps done, steps in all, and a word on how it goes."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train."""

    epochs: int
    rank: int = 32
    batch: int = 32
    rate: float = 8e-4
    """Learning rate of the adapter."""
    head_rate: float = 2e-3
    smoothing: float = 0.05
    """Share of the intent's probability that is spread over all intents."""
    swap: float = 0.3
    """Share of the examples whose values are swapped for those of others, each time that they are drawn."""
    averaging: float = 0.998
    """What the running average of the weights keeps at each step."""
    several: bool = False
    """An utterance may have any number of intents."""
    seed: int = 0
    device: str = "cpu"
    """"cpu", or "cuda" for a graphics card."""


class Fitted:
    """A network with its names, in training or trained."""

    def __init__(self, encoder: Path, names: Names, recipe: Recipe) -> None:
        """Raises ModelError for an unusable encoder."""
        torch.manual_seed(recipe.seed)
        body, hidden = load_encoder(encoder)
        self.names = names
        self.recipe = recipe
        network = Network(_adapted(body, recipe.rank), hidden, len(names.intents), len(names.tags), kinds=1)
        self.network = network.to(recipe.device)
        self.chain = Chain(names.tags).to(recipe.device)
        self._subwords = Subwords(encoder)

    def read(self, examples: Sequence[Labelled]) -> list[Reading]:
        """What the network, without dropout, says about the examples, in their order."""
        self.network.eval()
        found: dict[int, Reading] = {}
        order = sorted(range(len(examples)), key=lambda at: len(examples[at].words))
        with torch.inference_mode():
            for start in range(0, len(order), 64):
                chosen = order[start : start + 64]
                batch = [self.encode(examples[at]) for at in chosen]
                answers: Answers = self.network(*self.padded(batch))
                intents = answers.wants if self.recipe.several else answers.intents
                for row, (at, encoded) in enumerate(zip(chosen, batch, strict=True)):
                    words = answers.slots[row, encoded.firsts].cpu().numpy()
                    found[at] = Reading(intents[row].cpu().numpy(), words, answers.pooled[row].cpu().numpy())
        return [found[at] for at in range(len(examples))]

    def encode(self, example: Labelled) -> Encoded:
        """The example as subwords, after no question."""
        return self._subwords.encode(example.words, "")

    def padded(self, batch: Sequence[Encoded]) -> list[Tensor]:
        """Ids, segments and mask of a batch, each (batch, subwords), where the network is."""
        return [tensor.to(self.recipe.device) for tensor in padded(batch, [encoded.ids for encoded in batch])]

    def weights(self) -> dict[str, Tensor]:
        """Everything that is trained."""
        named = [*self.network.named_parameters(prefix="network"), *self.chain.named_parameters(prefix="chain")]
        return {name: weight for name, weight in named if weight.requires_grad}


def fit(
    encoder: Path,
    trained: Sequence[Labelled],
    checked: Sequence[Labelled],
    recipe: Recipe,
    quality: Callable[[Fitted], float],
    progress: Progress,
) -> Fitted:
    """Train on `trained`; of the last and the averaged weights after each of the later passes those are kept that
    reach the best `quality`, which must judge by other examples than the tested ones.

    One thread: with two, a busy second core makes each step many times slower. Raises ModelError for an unusable
    encoder.
    """
    torch.set_num_threads(1)
    fitted = Fitted(encoder, Names.of([*trained, *checked]), recipe)
    rng = Random(recipe.seed)
    optimizer = _optimizer(fitted)
    steps = recipe.epochs * math.ceil(len(trained) / recipe.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: pace(step, steps))
    average = {name: weight.detach().clone() for name, weight in fitted.weights().items()}
    pool = values_of(trained)
    best, kept, done = -1.0, average, 0
    for epoch in range(1, recipe.epochs + 1):
        for batch in _batches(fitted, trained, pool, rng):
            loss = _step(fitted, batch, optimizer)
            schedule.step()
            _follow(average, fitted.weights(), recipe.averaging)
            done += 1
            progress(done, steps, f"pass {epoch}: loss {loss:.3f}")
        if 2 * epoch <= recipe.epochs:
            continue
        for state in ({name: w.detach().clone() for name, w in fitted.weights().items()}, average):
            reached = _with(fitted, state, quality)
            progress(done, steps, f"pass {epoch}: quality {reached:.4f}")
            if reached > best:
                best, kept = reached, {name: weight.clone() for name, weight in state.items()}
    _load(fitted, kept)
    return fitted


def _adapted(body: nn.Module, rank: int) -> nn.Module:
    shape = LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=0.0, bias="none", target_modules=_TARGETS)
    with warnings.catch_warnings():
        # peft 0.21 asks transformers 5.23 for a property by its old name.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
        adapted: nn.Module = get_peft_model(body, shape)
    return adapted


def _optimizer(fitted: Fitted) -> torch.optim.Optimizer:
    recipe, groups = fitted.recipe, defaultdict(list)
    for name, weight in fitted.weights().items():
        groups["encoder" if name.startswith("network.encoder.") else "heads"].append(weight)
    rates = {"encoder": recipe.rate, "heads": recipe.head_rate}
    rows = [{"params": weights, "lr": rates[kind]} for kind, weights in groups.items()]
    return torch.optim.AdamW(rows, weight_decay=_DECAY)


_Batch = list[tuple[Encoded, Labelled]]


def _batches(
    fitted: Fitted, trained: Sequence[Labelled], pool: dict[str, list[tuple[str, ...]]], rng: Random
) -> list[_Batch]:
    """One pass: batches of like length, in random order."""
    recipe = fitted.recipe
    drawn = [swapped(one, pool, rng) if rng.random() < recipe.swap else one for one in trained]
    # Among those of one length chance decides, so that no two passes have the same batches.
    rng.shuffle(drawn)
    coded = sorted(((fitted.encode(one), one) for one in drawn), key=lambda pair: len(pair[0].ids))
    batches = [coded[start : start + recipe.batch] for start in range(0, len(coded), recipe.batch)]
    rng.shuffle(batches)
    return batches


def _step(fitted: Fitted, batch: _Batch, optimizer: torch.optim.Optimizer) -> float:
    """Take one step; returns the loss before it."""
    fitted.network.train()
    optimizer.zero_grad()
    answers: Answers = fitted.network(*fitted.padded([encoded for encoded, _ in batch]))
    loss = _intent_loss(fitted, answers, [example for _, example in batch])
    if len(fitted.names.tags) > 1:
        loss = loss + _slot_loss(fitted, answers.slots, batch)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(list(fitted.weights().values()), _CLIP)
    optimizer.step()
    return float(loss.detach())


def _intent_loss(fitted: Fitted, answers: Answers, batch: Sequence[Labelled]) -> Tensor:
    numbers = {name: number for number, name in enumerate(fitted.names.intents)}
    if fitted.recipe.several:
        wanted = torch.zeros_like(answers.wants)
        for row, example in enumerate(batch):
            wanted[row, [numbers[name] for name in example.intents]] = 1
        # Summed over the intents: most are absent, and the mean would all but hide those that are there.
        return binary_cross_entropy_with_logits(answers.wants, wanted, reduction="none").sum(1).mean()
    right = torch.tensor([numbers[name] for example in batch for name in example.intents], device=fitted.recipe.device)
    return cross_entropy(answers.intents, right, label_smoothing=fitted.recipe.smoothing)


def _slot_loss(fitted: Fitted, slots: Tensor, batch: _Batch) -> Tensor:
    numbers = {name: number for number, name in enumerate(fitted.names.tags)}
    lengths = torch.tensor([len(encoded.firsts) for encoded, _ in batch])
    shape = (len(batch), int(lengths.max()))
    firsts, tags = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
    for row, (encoded, example) in enumerate(batch):
        count = len(encoded.firsts)
        firsts[row, :count] = torch.tensor(encoded.firsts)
        tags[row, :count] = torch.tensor([numbers[tag] for tag in example.tags[:count]])
    firsts, tags, lengths = (tensor.to(fitted.recipe.device) for tensor in (firsts, tags, lengths))
    words = slots.gather(1, firsts.unsqueeze(2).expand(-1, -1, slots.shape[2]))
    return fitted.chain.loss(words, tags, lengths)


def _follow(average: dict[str, Tensor], weights: dict[str, Tensor], keep: float) -> None:
    with torch.no_grad():
        for name, weight in weights.items():
            average[name].lerp_(weight, 1 - keep)


def _with(fitted: Fitted, state: dict[str, Tensor], quality: Callable[[Fitted], float]) -> float:
    """The quality under other weights; the present ones are back afterwards."""
    present = {name: weight.detach().clone() for name, weight in fitted.weights().items()}
    _load(fitted, state)
    reached = quality(fitted)
    _load(fitted, present)
    return reached


def _load(fitted: Fitted, state: dict[str, Tensor]) -> None:
    with torch.no_grad():
        for name, weight in fitted.weights().items():
            weight.copy_(state[name])

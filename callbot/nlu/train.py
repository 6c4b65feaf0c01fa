"""Trains the small model's adapter from a site's example utterances.

The recipe (low-rank adapter of rank 16, both heads at once, a rate that rises and falls) was chosen by measurement on
public benchmarks: it is as good as training the whole encoder, at 3 % of its size. What decides here is data:
each pass sees every example in other words (see `augment`). One example in eight is never trained on: it picks
the best pass, sets the temperatures and the out-of-scope threshold. The held-out utterances, written by another
hand, decide nothing; they are only reported.
"""

from __future__ import annotations

import json
import math
import shutil
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import torch
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from callbot.content import Site
from callbot.nlu.augment import Augmenter
from callbot.nlu.calibrate import Floats, clouds, distance
from callbot.nlu.card import Report, card
from callbot.nlu.material import data_hash, known_examples, site_lists, split
from callbot.nlu.model import (
    ADAPTER,
    FORMAT,
    HEADS,
    OUT_OF_SCOPE,
    SETTINGS,
    WEIGHTS,
    AdapterSettings,
    Encoded,
    Network,
    SmallModel,
    Subwords,
    file_hash,
    load_encoder,
    transitions,
    viterbi,
)
from callbot.nlu.scores import evaluate
from callbot.nlu.swaps import AugmentLists
from callbot.nlu.utterances import OUTSIDE, Example, UtteranceFile, examples, spans

RANK, ALPHA = 16, 32
TARGETS = r".*(query|key|value|attention\.output\.dense|intermediate\.dense|output\.dense)$"
LEARNING_RATE, WEIGHT_DECAY, CLIP, WARM_UP = 1e-3, 0.01, 1.0, 0.1
BATCH = 32
DRAWS = 10_000
"""Varied examples a pass."""
KEPT_IN_SCOPE = 0.97
"""Share of the calibration split's in-scope utterances below the out-of-scope threshold."""
IGNORED = -100

Progress = Callable[[int, int, str], None]
"""Called after each step with steps done, steps in all, and a word on how it goes."""


class Coded(NamedTuple):
    """An example as numbers."""

    encoded: Encoded
    intent: int
    tags: list[int]
    """One a word that was read."""


class Outputs(NamedTuple):
    """What the network says about an example."""

    intent: Floats
    """Logits (intents,)."""
    slots: Floats
    """Logits at the words (words, tags)."""
    pooled: Floats
    """Embedding (hidden,)."""


class Labels:
    """Numbers of the intents and tags, in a fixed order."""

    def __init__(self, known: Sequence[Example]) -> None:
        slots = sorted({slot for example in known for slot, _, _ in spans(example.tags)})
        self.intents = tuple(sorted({str(example.intent) for example in known}))
        self.tags = (OUTSIDE, *(f"{mark}-{slot}" for slot in slots for mark in "BI"))

    def code(self, example: Example, subwords: Subwords) -> Coded:
        """The example as numbers."""
        encoded = subwords.encode(example.words, example.asked)
        tags = [self.tags.index(tag) for tag in example.tags[: len(encoded.firsts)]]
        return Coded(encoded, self.intents.index(str(example.intent)), tags)


def train(
    files: Sequence[UtteranceFile],
    held_out: Sequence[UtteranceFile],
    encoder: Path,
    out: Path,
    *,
    seed: int,
    epochs: int,
    lists: AugmentLists,
    progress: Progress,
    today: date,
    draws: int = DRAWS,
    threads: int = 1,
) -> Report:
    """Train an adapter for the encoder in folder `encoder` and put it in place of folder `out`.

    `files` are the site's utterances, `held_out` those that only test. The same input and seed give the same
    adapter on the same machine with the same number of `threads`. `out` is replaced in one move at the end, so
    a training that is broken off leaves the old adapter.

    Raises ValueError for a training file without an intent or fewer than two intents, MarkupError for broken
    marks, ModelError for an unusable encoder.
    """
    begun = time.monotonic()
    known = known_examples(files)
    trained, calibration = split(known, seed)
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    labels, subwords = Labels(known), Subwords(encoder)
    body, hidden = load_encoder(encoder)
    network = Network(_adapted(body), hidden, len(labels.intents), len(labels.tags))
    augmenter = Augmenter(lists, trained, Random(seed))
    trainer = Trainer(network, labels, subwords, augmenter, Random(seed + 1))
    best = trainer.fit(trained, calibration, epochs, draws, progress)
    scratch = out.with_name(f".{out.name}.new")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    _write(scratch, trainer, trained, calibration, file_hash(encoder / WEIGHTS))
    model = SmallModel.load(encoder, scratch, threads)
    tested = [example for file in held_out for example in examples(file)]
    report = Report(
        folder=out,
        bytes=sum(file.stat().st_size for file in scratch.iterdir()),
        data=data_hash(known),
        seed=seed,
        epochs=epochs,
        best_epoch=best,
        trained=len(trained),
        draws=epochs * draws,
        seconds=time.monotonic() - begun,
        calibration=evaluate(model, calibration),
        held_out=evaluate(model, tested) if tested else None,
    )
    counts = Counter(str(example.intent) for example in known)
    (scratch / "README.md").write_text(card(report, counts, today), encoding="utf-8")
    _replace(out, scratch)
    return report


def train_site(
    site: Site,
    held_out: Sequence[UtteranceFile],
    encoder: Path,
    *,
    seed: int,
    epochs: int,
    progress: Progress,
    today: date,
    threads: int = 1,
) -> Report:
    """Train the adapter of a loaded site, in its place; see `train`.

    Raises ContentError when the site lacks a list that training needs.
    """
    lists = site_lists(site)
    return train(
        site.utterances,
        held_out,
        encoder,
        site.adapter,
        seed=seed,
        epochs=epochs,
        lists=lists,
        progress=progress,
        today=today,
        threads=threads,
    )


def lora() -> LoraConfig:
    """The low-rank adapter's shape."""
    return LoraConfig(r=RANK, lora_alpha=ALPHA, lora_dropout=0.05, bias="none", target_modules=TARGETS)


def _adapted(body: nn.Module) -> nn.Module:
    with warnings.catch_warnings():
        # peft 0.21 asks transformers 5.23 for a property by its old name.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
        adapted: nn.Module = get_peft_model(body, lora())
    return adapted


def temperature(logits: Tensor, truth: Tensor) -> float:
    """The number by which `logits` (n, classes) are best divided before the softmax, given the `truth` (n,)."""
    exponent = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.LBFGS([exponent], lr=0.1, max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = cross_entropy(logits / exponent.exp(), truth)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return float(exponent.detach().exp())


class Trainer:
    """One network in training."""

    def __init__(self, network: Network, labels: Labels, subwords: Subwords, augmenter: Augmenter, rng: Random) -> None:
        self.network = network
        self.labels = labels
        self._subwords = subwords
        self._augmenter = augmenter
        self._rng = rng
        self._weights = [weight for weight in network.parameters() if weight.requires_grad]

    def fit(
        self, trained: Sequence[Example], calibration: Sequence[Example], epochs: int, draws: int, progress: Progress
    ) -> int:
        """Train for `epochs` passes, keep the weights of the one that does best on `calibration`; returns which."""
        optimizer = torch.optim.AdamW(self._weights, lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        steps = epochs * math.ceil(draws / BATCH)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _pace(step, steps))
        best, best_score, kept = 0, -1.0, self._state()
        done = 0
        for epoch in range(1, epochs + 1):
            for batch in self._batches(trained, draws):
                loss = self._step(batch)
                optimizer.step()
                schedule.step()
                done += 1
                progress(done, steps, f"pass {epoch}: loss {loss:.3f}")
            reached = self._quality(calibration)
            progress(done, steps, f"pass {epoch}: calibration {reached:.3f}")
            if reached >= best_score:
                best, best_score, kept = epoch, reached, self._state()
        self.network.load_state_dict(kept, strict=False)
        return best

    def outputs(self, chosen: Sequence[Example]) -> list[Outputs]:
        """What the network, without dropout, says about `chosen`, in their order."""
        self.network.eval()
        result: list[Outputs] = []
        with torch.inference_mode():
            for start in range(0, len(chosen), BATCH):
                batch = [self.labels.code(example, self._subwords) for example in chosen[start : start + BATCH]]
                intent, slots, pooled = self.network(*_padded(batch))
                for at, coded in enumerate(batch):
                    words = slots[at, coded.encoded.firsts]
                    result.append(Outputs(intent[at].numpy(), words.numpy(), pooled[at].numpy()))
        return result

    def varied(self, chosen: Sequence[Example]) -> list[Example]:
        """Each example as another caller would say it."""
        return [self._augmenter.vary(example) for example in chosen]

    def _state(self) -> dict[str, Tensor]:
        wanted = {name for name, weight in self.network.named_parameters() if weight.requires_grad}
        return {name: value.clone() for name, value in self.network.state_dict().items() if name in wanted}

    def _batches(self, trained: Sequence[Example], draws: int) -> list[list[Coded]]:
        """A pass of varied examples in batches of like length, in random order.

        Rare intents are drawn more often, by the square root of their rareness, and so are examples with values:
        slots take more examples to learn than intents do.
        """
        counts = Counter(example.intent for example in trained)
        weights = [(1 + 0.3 * _value_count(e)) / math.sqrt(counts[e.intent]) for e in trained]
        drawn = self.varied(self._rng.choices(trained, weights, k=draws))
        coded = sorted((self.labels.code(e, self._subwords) for e in drawn), key=lambda one: len(one.encoded.ids))
        batches = [coded[start : start + BATCH] for start in range(0, len(coded), BATCH)]
        self._rng.shuffle(batches)
        return batches

    def _step(self, batch: Sequence[Coded]) -> float:
        """Compute gradients of one batch; returns its loss."""
        self.network.train()
        self.network.zero_grad()
        intent, slots, _ = self.network(*_padded(batch))
        wanted = torch.tensor([coded.intent for coded in batch])
        loss = cross_entropy(intent, wanted) + cross_entropy(slots.flatten(0, 1), _tag_targets(batch).flatten())
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._weights, CLIP)
        return float(loss.detach())

    def _quality(self, calibration: Sequence[Example]) -> float:
        """Intent accuracy plus share of utterances whose tags are all right, 0 to 2."""
        allowed = transitions(self.labels.tags)
        right = 0.0
        for example, out in zip(calibration, self.outputs(calibration), strict=True):
            coded = self.labels.code(example, self._subwords)
            right += int(out.intent.argmax()) == coded.intent
            right += viterbi(_log_softmax(out.slots), allowed) == coded.tags
        return right / len(calibration)


def _value_count(example: Example) -> int:
    return sum(tag.startswith("B-") for tag in example.tags)


def _pace(step: int, steps: int) -> float:
    """Share of the learning rate at a step: rises over the first tenth, then falls to 0."""
    warm = max(1, round(steps * WARM_UP))
    return (step + 1) / warm if step < warm else max(0.0, (steps - step) / max(1, steps - warm))


def _padded(batch: Sequence[Coded]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, segments and mask of a batch, each (batch, subwords)."""
    length = max(len(coded.encoded.ids) for coded in batch)
    shape = (len(batch), length)
    ids, segments, mask = (torch.zeros(shape, dtype=torch.long) for _ in range(3))
    for at, (encoded, _, _) in enumerate(batch):
        ids[at, : len(encoded.ids)] = torch.tensor(encoded.ids)
        segments[at, : len(encoded.ids)] = torch.tensor(encoded.segments)
        mask[at, : len(encoded.ids)] = 1
    return ids, segments, mask


def _tag_targets(batch: Sequence[Coded]) -> Tensor:
    """The tag at the first subword of every word, IGNORED elsewhere."""
    targets = torch.full((len(batch), max(len(coded.encoded.ids) for coded in batch)), IGNORED)
    for at, coded in enumerate(batch):
        targets[at, coded.encoded.firsts] = torch.tensor(coded.tags)
    return targets


def _log_softmax(logits: Floats) -> Floats:
    shares: Floats = torch.log_softmax(torch.from_numpy(logits), dim=-1).numpy()
    return shares


def _write(
    folder: Path, trainer: Trainer, trained: Sequence[Example], calibration: Sequence[Example], encoder: str
) -> None:
    """Everything that `SmallModel.load` reads."""
    network, labels = trainer.network, trainer.labels
    shown = [*trained, *trainer.varied(trained)]
    embeddings: dict[str, list[Floats]] = defaultdict(list)
    for example, out in zip(shown, trainer.outputs(shown), strict=True):
        if example.intent != OUT_OF_SCOPE:
            embeddings[str(example.intent)].append(out.pooled)
    means, precision = clouds(embeddings)
    outputs = trainer.outputs(calibration)
    intents = torch.tensor([labels.intents.index(str(example.intent)) for example in calibration])
    tags = torch.tensor([labels.tags.index(tag) for example in calibration for tag in example.tags])
    familiar = [
        distance(out.pooled, means, precision)
        for example, out in zip(calibration, outputs, strict=True)
        if example.intent != OUT_OF_SCOPE
    ]
    settings = AdapterSettings(
        format=FORMAT,
        encoder=encoder,
        intents=labels.intents,
        tags=labels.tags,
        scale=ALPHA / RANK,
        intent_temperature=temperature(torch.tensor(np.stack([out.intent for out in outputs])), intents),
        slot_temperature=temperature(torch.tensor(np.concatenate([out.slots for out in outputs])), tags),
        threshold=float(np.quantile(familiar, KEPT_IN_SCOPE)),
    )
    heads = {name: value for name, value in network.state_dict().items() if not name.startswith("encoder.")}
    heads |= {"means": torch.from_numpy(means), "precision": torch.from_numpy(precision)}
    _save({name: value.contiguous() for name, value in heads.items()}, folder / HEADS)
    _save(get_peft_model_state_dict(network.encoder), folder / ADAPTER)
    shape = lora().to_dict() | {"base_model_name_or_path": None, "target_modules": TARGETS}
    (folder / "adapter_config.json").write_text(json.dumps(shape, indent=1, default=str) + "\n", encoding="utf-8")
    (folder / SETTINGS).write_text(settings.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _save(tensors: dict[str, Tensor], path: Path) -> None:
    save_file(tensors, path)
    # safetensors makes files that only their owner can read; an adapter is read by whoever runs the site.
    path.chmod(0o644)


def _replace(out: Path, scratch: Path) -> None:
    """Put `scratch` in the place of `out`. A reader finds the old folder or the new one, never half of each."""
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    scratch.rename(out)
    shutil.rmtree(old, ignore_errors=True)

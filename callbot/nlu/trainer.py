"""Teaches the network: lessons in, weights out.

The recipe (a low-rank adapter, all heads at once, a rate that rises and falls, weights averaged over the last steps)
was chosen by measurement. On two cores the machine's time decides how many lessons there can be: half of each batch is
computed by a second process, see `partner`. With a graphics card there is time for all that helps; each pass is then
made up by a process of its own.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from random import Random
from typing import Any, NamedTuple

import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from callbot.nlu.calibrate import Floats, clouds
from callbot.nlu.fitting import Labels
from callbot.nlu.lessons import Lesson, Lessons
from callbot.nlu.model import EMERGENCY, Encoded, Subwords, transitions, viterbi
from callbot.nlu.network import Answers, Network
from callbot.nlu.partner import Partner
from callbot.nlu.recipe import GRAPHICS_CARD, TWO_CORES, Recipe
from callbot.nlu.utterances import OUTSIDE

TARGETS = r".*layer\.[{layers}]\..*(query|key|value|attention\.output\.dense|intermediate\.dense|output\.dense)$"
SCALE = 2.0
"""Times which the adapter's products count."""
HEADS_FASTER = 2.0
"""The heads learn at so many times the adapter's rate."""
SHOWN_FIRST = 3000
"""Lessons that the heads are set by before the first step."""
TIMID = 0.5
"""Share of the log-odds of that first guess: it has seen only what an untrained encoder sees."""
WEIGHT_DECAY, CLIP, WARM_UP = 0.01, 1.0, 0.1
SMOOTHING = 0.05
"""Share of the intent's target that goes to all others: the writers themselves would not always agree."""
HIDDEN_WORDS = 0.06
"""Share of the subwords that are hidden from the model in training, so that no single one decides."""
MEMORY = 0.995
"""What a step keeps of the averaged weights: they remember some 200 steps."""
WANTS_SHARE, ALARM_SHARE, KIND_SHARE = 10.0, 2.0, 0.2
"""Weights of the losses beside those of intent and slots."""


IGNORED = -100
_READ = 32
"""Lessons that are read at a time, without gradients."""
_NEVER = -1e4
"""Logit of a tag that a lesson says nothing about."""

Progress = Callable[[int, int, str], None]
"""Called after each step with steps done, steps in all, and a word on how it goes."""


def usual_recipe() -> Recipe:
    """What fits this machine."""
    return GRAPHICS_CARD if torch.cuda.is_available() else TWO_CORES


class Coded(NamedTuple):
    """A lesson as numbers."""

    encoded: Encoded
    intents: list[int]
    tags: list[int]
    """One a word that was read."""
    taught: list[bool]
    """Which tags the lesson says something about."""
    kind: int
    """IGNORED = none."""


class Coder(NamedTuple):
    """Turns lessons into numbers."""

    labels: Labels
    subwords: Subwords

    def code(self, lesson: Lesson) -> Coded:
        """See `Coded`."""
        encoded = self.subwords.encode(lesson.words, lesson.asked)
        tags = [self.labels.tags.index(tag) for tag in lesson.tags[: len(encoded.firsts)]]
        taught = [tag == OUTSIDE or tag[2:] in lesson.slots for tag in self.labels.tags]
        intents = [self.labels.intents.index(intent) for intent in lesson.intents]
        kind = self.labels.kinds.index(lesson.kind) if lesson.kind else IGNORED
        return Coded(encoded, intents, tags, taught, kind)


def lora(recipe: Recipe) -> LoraConfig:
    """The low-rank adapter's shape."""
    targets = TARGETS.format(layers=recipe.layers)
    alpha = SCALE * recipe.rank
    return LoraConfig(r=recipe.rank, lora_alpha=alpha, lora_dropout=0.05, bias="none", target_modules=targets)


def adapted(body: nn.Module, recipe: Recipe) -> nn.Module:
    """The encoder with an adapter in it, to be trained."""
    with warnings.catch_warnings():
        # peft 0.21 asks transformers 5.23 for a property by its old name.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
        model: nn.Module = get_peft_model(body, lora(recipe))
    return model


def trained_weights(network: nn.Module) -> dict[str, Tensor]:
    """A copy of all that is trained."""
    return {name: weight.detach().clone() for name, weight in network.named_parameters() if weight.requires_grad}


def meet(network: nn.Module, before: Mapping[str, Tensor]) -> None:
    """Take the network's weights halfway back to those of `before`."""
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if name in before:
                weight.lerp_(before[name].to(weight.device), 0.5)


class Trainer:
    """One network in training."""

    def __init__(self, network: Network, coder: Coder, lessons: Lessons, recipe: Recipe, seed: int) -> None:
        self.network = network.to(recipe.device)
        self._coder = coder
        self._lessons = lessons
        self._recipe = recipe
        self._seed = seed
        self._rng = Random(seed)
        self._weights = {name: weight for name, weight in network.named_parameters() if weight.requires_grad}
        self._average = {name: weight.detach().clone() for name, weight in self._weights.items()}

    def fit(self, dev: Sequence[Lesson], progress: Progress, *, is_new: bool = True) -> int:
        """Train, keep the averaged weights of the pass that does best on `dev`; returns which. The network is on the
        CPU afterwards. `is_new`: its heads know nothing yet."""
        recipe = self._recipe
        with self._passes() as passes:
            if is_new:
                self._set_heads()
            optimizer = torch.optim.AdamW(self._groups(), lr=recipe.rate, weight_decay=WEIGHT_DECAY)
            steps = recipe.passes * math.ceil(recipe.draws / recipe.batch)
            schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: pace(step, steps))
            best, best_score, kept = 0, -1.0, self._average
            done = 0
            with self._partner() as partner:
                for epoch, lessons in enumerate(passes, start=1):
                    for batch in self._batches(lessons):
                        loss = self._gradients(batch) if partner is None else self._halves(partner, batch)
                        nn.utils.clip_grad_norm_(self._weights.values(), CLIP)
                        optimizer.step()
                        schedule.step()
                        done += 1
                        self._remember(done)
                        progress(done, steps, f"pass {epoch}: loss {float(loss):.3f}" if done % 10 == 0 else "")
                    averaged = {name: value.clone() for name, value in self._average.items()}
                    reached = self._quality(dev, averaged)
                    progress(done, steps, f"pass {epoch}: dev {reached:.3f}")
                    if reached >= best_score:
                        best, best_score, kept = epoch, reached, averaged
        self.network.load_state_dict(kept, strict=False)
        self.network.cpu()
        return best

    @contextmanager
    def _passes(self) -> Iterator[Iterator[list[Coded]]]:
        """The lessons of each pass in turn. Each pass has a seed of its own, so that it is the same whoever makes it
        up: this process just in time, or others ahead of a graphics card."""
        seeds = [f"{self._seed}/{number}" for number in range(1, self._recipe.passes + 1)]
        made = partial(_made, self._lessons, self._coder, self._recipe.draws)
        if self._recipe.device == "cpu":
            yield map(made, seeds)
            return
        # Forked before the card is used: what knows a card cannot be forked.
        with ProcessPoolExecutor(
            min(len(seeds), len(os.sched_getaffinity(0))), multiprocessing.get_context("fork"), _adopt, (made,)
        ) as others:
            yield others.map(_by_adopted, seeds)

    def _partner(self) -> AbstractContextManager[Partner[list[Coded]] | None]:
        if self._recipe.device != "cpu":
            return nullcontext()
        return Partner(self._weights, self._gradients, torch.initial_seed() + 1)

    def _halves(self, partner: Partner[list[Coded]], batch: list[Coded]) -> float:
        half = (len(batch) + 1) // 2
        return partner.step(batch[::2], batch[1::2], self._gradients, half / len(batch))

    def _groups(self) -> list[dict[str, Any]]:
        """The weights by their learning rate."""
        heads = [weight for name, weight in self._weights.items() if not name.startswith("encoder.")]
        adapter = [weight for name, weight in self._weights.items() if name.startswith("encoder.")]
        return [{"params": adapter}, {"params": heads, "lr": self._recipe.rate * HEADS_FASTER}]

    def _set_heads(self) -> None:
        """Start the heads where the untrained encoder's embeddings part the labels best (linear discriminants).

        From a random start a third of all steps went into finding that: 48 % of fifty intents are right so before the
        first step, and were right after 300.
        """
        drawn = self._lessons.drawn(SHOWN_FIRST, f"{self._seed}/first")
        lessons = [lesson for lesson in drawn if len(lesson.intents) == 1]
        pooled: dict[str, list[Floats]] = defaultdict(list)
        words: dict[str, list[Floats]] = defaultdict(list)
        for lesson, (states, mean) in zip(lessons, self._states(lessons), strict=True):
            pooled[lesson.intents[0]].append(mean)
            for tag, state in zip(lesson.tags, states, strict=False):
                if tag != OUTSIDE or lesson.slots:
                    words[tag].append(state)
        with torch.no_grad():
            weight, bias = discriminants(pooled, self._coder.labels.intents)
            # At first the look is at nothing in particular, so that both halves see the mean.
            self.network.intent.weight.copy_(torch.from_numpy(np.concatenate([weight, weight], axis=1) / 2))
            self.network.intent.bias.copy_(torch.from_numpy(bias))
            weight, bias = discriminants(words, self._coder.labels.tags)
            self.network.slot.weight.copy_(torch.from_numpy(weight))
            self.network.slot.bias.copy_(torch.from_numpy(bias))
            self._average = {name: value.detach().clone() for name, value in self._weights.items()}

    def _states(self, lessons: Sequence[Lesson]) -> list[tuple[Floats, Floats]]:
        """The states of the words (words, hidden) and their mean (hidden,) of lessons, without dropout."""
        self.network.eval()
        result: list[tuple[Floats, Floats]] = []
        with torch.inference_mode():
            for start in range(0, len(lessons), _READ):
                batch = [self._coder.code(lesson).encoded for lesson in lessons[start : start + _READ]]
                ids, segments, mask = self._padded(batch, [encoded.ids for encoded in batch])
                states = self.network.encoder(
                    input_ids=ids, token_type_ids=segments, attention_mask=mask
                ).last_hidden_state
                result += [
                    (states[at, one.firsts].cpu().numpy(), states[at, : len(one.ids)].mean(dim=0).cpu().numpy())
                    for at, one in enumerate(batch)
                ]
        return result

    def _remember(self, done: int) -> None:
        # The first steps are forgotten sooner: they were far from anything.
        keep = min(MEMORY, done / (done + 10))
        with torch.no_grad():
            for name, weight in self._weights.items():
                self._average[name].mul_(keep).add_(weight, alpha=1 - keep)

    def _batches(self, coded: list[Coded]) -> list[list[Coded]]:
        """A pass of lessons in batches of like length, in random order."""
        size = self._recipe.batch
        coded = sorted(coded, key=lambda one: len(one.encoded.ids))
        batches = [coded[start : start + size] for start in range(0, len(coded), size)]
        self._rng.shuffle(batches)
        return batches

    def _hidden(self, encoded: Encoded) -> list[int]:
        """The ids, some of the caller's subwords masked."""
        mask = self._coder.subwords.mask
        return [
            mask if mask is not None and segment == 1 and self._rng.random() < HIDDEN_WORDS else one
            for one, segment in zip(encoded.ids, encoded.segments, strict=True)
        ]

    def _padded(self, batch: Sequence[Encoded], ids: Sequence[Sequence[int]]) -> list[Tensor]:
        return [tensor.to(self._recipe.device) for tensor in padded(batch, ids)]

    def _gradients(self, batch: Sequence[Coded]) -> float:
        """Compute the gradients of (half) a batch; returns its loss."""
        self.network.train()
        self.network.zero_grad()
        if not batch:
            return 0.0
        ids = [self._hidden(coded.encoded) for coded in batch]
        answers: Answers = self.network(*self._padded([coded.encoded for coded in batch], ids))
        loss = self._loss(answers, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        return float(loss.detach())

    def _loss(self, answers: Answers, batch: Sequence[Coded]) -> Tensor:
        intents = self._coder.labels.intents
        targets = torch.zeros(len(batch), len(intents))
        for at, coded in enumerate(batch):
            targets[at, coded.intents] = 1
        device = self._recipe.device
        targets = targets.to(device)
        taught = torch.tensor([coded.taught for coded in batch], device=device)
        slots = answers.slots.masked_fill(~taught.unsqueeze(1), _NEVER)
        danger = targets[:, intents.index(EMERGENCY)] if EMERGENCY in intents else None
        kinds = torch.tensor([coded.kind for coded in batch])
        has_kinds = bool((kinds != IGNORED).any())
        loss = cross_entropy(
            answers.intents, targets / targets.sum(dim=1, keepdim=True), label_smoothing=SMOOTHING
        ) + cross_entropy(slots.flatten(0, 1), _tag_targets(batch).flatten().to(device))
        loss = loss + WANTS_SHARE * binary_cross_entropy_with_logits(answers.wants, targets)
        if danger is not None:
            loss = loss + ALARM_SHARE * binary_cross_entropy_with_logits(answers.alarm, danger)
        if has_kinds:
            loss = loss + KIND_SHARE * cross_entropy(answers.kinds, kinds.to(device))
        return loss

    def _quality(self, dev: Sequence[Lesson], weights: Mapping[str, Tensor]) -> float:
        """Intent accuracy plus share of utterances whose tags are all right, 0 to 2, with other `weights`."""
        present = {name: weight.detach().clone() for name, weight in self._weights.items()}
        self.network.load_state_dict(dict(weights), strict=False)
        allowed = transitions(self._coder.labels.tags)
        right = 0.0
        for lesson, raw in zip(dev, self._read(dev), strict=True):
            coded = self._coder.code(lesson)
            right += self._coder.labels.intents[int(raw[0].argmax())] == lesson.intents[0]
            tags = np.where(coded.taught, raw[1], _NEVER).astype(np.float32)
            right += viterbi(tags, allowed) == coded.tags
        self.network.load_state_dict(present, strict=False)
        return right / max(1, len(dev))

    def _read(self, lessons: Sequence[Lesson]) -> list[tuple[Floats, Floats]]:
        """Intent logits (intents,) and tag logits (words, tags) of lessons, without dropout."""
        self.network.eval()
        result: list[tuple[Floats, Floats]] = []
        with torch.inference_mode():
            for start in range(0, len(lessons), _READ):
                batch = [self._coder.code(lesson).encoded for lesson in lessons[start : start + _READ]]
                answers: Answers = self.network(*self._padded(batch, [encoded.ids for encoded in batch]))
                result += [
                    (
                        answers.intents[at].cpu().numpy(),
                        torch.log_softmax(answers.slots[at, one.firsts], -1).cpu().numpy(),
                    )
                    for at, one in enumerate(batch)
                ]
        return result


def _made(lessons: Lessons, coder: Coder, draws: int, seed: str) -> list[Coded]:
    return [coder.code(lesson) for lesson in lessons.drawn(draws, seed)]


_adopted: Callable[[str], list[Coded]] | None = None
"""In a process that makes up passes: how."""


def _adopt(made: Callable[[str], list[Coded]]) -> None:
    global _adopted
    _adopted = made


def _by_adopted(seed: str) -> list[Coded]:
    assert _adopted is not None
    return _adopted(seed)


def discriminants(groups: Mapping[str, Sequence[Floats]], names: Sequence[str]) -> tuple[Floats, Floats]:
    """Weights (names, hidden) and biases (names,) of a linear discriminant between `groups` of embeddings, timid;
    names without a group get nothing but a low bias."""
    means, precision = clouds(groups)
    total = sum(map(len, groups.values()))
    weight = np.zeros((len(names), means.shape[1]), np.float32)
    bias = np.full(len(names), np.log(1 / total), np.float32)
    for name, mean in zip(sorted(groups), means, strict=True):
        at = names.index(name)
        weight[at] = precision @ mean
        bias[at] = np.log(len(groups[name]) / total) - mean @ precision @ mean / 2
    return TIMID * weight, TIMID * bias


def pace(step: int, steps: int) -> float:
    """Share of the learning rate at a step: rises over the first tenth, then falls to 0."""
    warm = max(1, round(steps * WARM_UP))
    return (step + 1) / warm if step < warm else max(0.0, (steps - step) / max(1, steps - warm))


def padded(batch: Sequence[Encoded], ids: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, segments and mask of a batch, each (batch, subwords)."""
    length = max(len(encoded.ids) for encoded in batch)
    rows, segments, mask = (torch.zeros((len(batch), length), dtype=torch.long) for _ in range(3))
    for at, (encoded, shown) in enumerate(zip(batch, ids, strict=True)):
        rows[at, : len(shown)] = torch.tensor(shown)
        segments[at, : len(shown)] = torch.tensor(encoded.segments)
        mask[at, : len(shown)] = 1
    return rows, segments, mask


def _tag_targets(batch: Sequence[Coded]) -> Tensor:
    """The tag at the first subword of every word, IGNORED elsewhere."""
    targets = torch.full((len(batch), max(len(coded.encoded.ids) for coded in batch)), IGNORED)
    for at, coded in enumerate(batch):
        targets[at, coded.encoded.firsts] = torch.tensor(coded.tags)
    return targets

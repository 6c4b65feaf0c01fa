"""Trains the small model's adapter from a site's example utterances, as a new version.

The recipe (low-rank adapter of rank 16, all heads at once, a rate that rises and falls, weights averaged over the last
steps) was chosen by measurement. What decides here is data: each pass sees every line in other words (see `augment`,
`typed`, `lessons`), and lines as the recogniser heard them. A fifth is never trained on: a small part of it watches
the passes, the larger part calibrates the model as it is served (see `fitting`). The held-out utterances, written by
another hand, decide nothing; they are only reported.
"""

from __future__ import annotations

import json
import math
import shutil
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.numpy import save_file
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from callbot.content import Site
from callbot.nlu.alarm import Bank, unit
from callbot.nlu.augment import Augmenter
from callbot.nlu.calibrate import Floats, clouds
from callbot.nlu.card import Report, card, card_json
from callbot.nlu.drift import Baseline, baseline, turn, vocabulary
from callbot.nlu.emergency import KINDS
from callbot.nlu.fitting import Fitted, Known, Labels, fit
from callbot.nlu.heard import HeardExample
from callbot.nlu.lessons import Lesson, Lessons
from callbot.nlu.material import (
    Division,
    Line,
    data_hash,
    divided,
    known_lines,
    own_values,
    plain_lines,
    site_heard,
    site_lists,
    site_slots,
    taught_slots,
)
from callbot.nlu.measures import Figures, measured
from callbot.nlu.model import (
    ADAPTER,
    EMERGENCY,
    FORMAT,
    HEADS,
    OUT_OF_SCOPE,
    SETTINGS,
    WEIGHTS,
    Encode,
    Encoded,
    Heads,
    Raw,
    SmallModel,
    Subwords,
    Surroundings,
    file_hash,
    read_tensors,
    transitions,
    viterbi,
)
from callbot.nlu.network import Answers, Network, load_encoder
from callbot.nlu.partner import Partner
from callbot.nlu.served import open_encoder
from callbot.nlu.swaps import AugmentLists
from callbot.nlu.utterances import OUTSIDE, UtteranceFile, examples, spans
from callbot.nlu.versions import CURRENT, promote

RANK, ALPHA = 16, 32
TARGETS = r".*layer\.[2-5]\..*(query|key|value|attention\.output\.dense|intermediate\.dense|output\.dense)$"
"""The upper four of six layers: what is common to all English is left as it is, and a step costs a quarter less."""
HEADS_FASTER = 2.0
"""The heads learn at so many times the adapter's rate."""
SHOWN_FIRST = 3000
"""Lessons that the heads are set by before the first step."""
TIMID = 0.5
"""Share of the log-odds of that first guess: it has seen only what an untrained encoder sees."""
LEARNING_RATE, WEIGHT_DECAY, CLIP, WARM_UP = 1e-3, 0.01, 1.0, 0.1
BATCH = 24
"""Half of it in each of two processes. Less than is usual: the machine's time is short, and more steps teach more than
surer ones."""
DRAWS = 12_000
"""Lessons a pass."""
SMOOTHING = 0.05
"""Share of the intent's target that goes to all others: the writers themselves would not always agree."""
HIDDEN_WORDS = 0.06
"""Share of the subwords that are hidden from the model in training, so that no single one decides."""
MEMORY = 0.995
"""What a step keeps of the averaged weights: they remember some 200 steps."""
WANTS_SHARE, ALARM_SHARE, KIND_SHARE = 10.0, 1.0, 0.2
"""Weights of the losses beside those of intent and slots."""
BANK_CALM = 700
"""Ordinary lines that speak against a likeness to emergencies: the look-alikes, and those nearest to emergencies."""
JOINED_PAIRS = 200
"""Pairs of calibration lines that show how clearly two wishes are seen."""
IGNORED = -100
_NEVER = -1e4
"""Logit of a tag that a lesson says nothing about."""

Progress = Callable[[int, int, str], None]
"""Called after each step with steps done, steps in all, and a word on how it goes."""


@dataclass(frozen=True)
class Task:
    """What to train."""

    files: Sequence[UtteranceFile]
    """The site's utterances."""
    heard: Sequence[HeardExample]
    """The same as a recogniser heard them."""
    plain: Sequence[Line]
    """Lines that are only trained on; see `material.plain_lines`."""
    slots: Mapping[str, frozenset[str]]
    """Slots of each case intent."""
    lists: AugmentLists
    held_out: Sequence[UtteranceFile]
    """Utterances that only test."""
    is_emergency: Callable[[str], bool]
    """The emergency phrases."""
    encoder: Path
    out: Path
    """Folder of the versions."""
    cache: Path
    """Folder of the served graphs."""


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


def train(task: Task, *, seed: int, epochs: int, progress: Progress, today: date, draws: int = DRAWS) -> Report:
    """Train an adapter and put it into a new version of folder `task.out`; the first one serves at once.

    The same input and seed give the same adapter on the same machine, on one thread. The version appears in one move
    at the end, so a training that is broken off leaves nothing.

    Raises ValueError for a training file without an intent or fewer than two intents, MarkupError for broken marks,
    ModelError for an unusable encoder.
    """
    begun = time.monotonic()
    known = known_lines(task.files, task.heard)
    division = divided(known)
    taught = taught_slots(known, task.slots)
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    labels, subwords = _labels(known), Subwords(task.encoder)
    body, hidden = load_encoder(task.encoder)
    network = Network(_adapted(body), hidden, len(labels.intents), len(labels.tags), len(labels.kinds))
    augmenter = Augmenter(task.lists, [line.example for line in division.trained], Random(seed))
    lessons = Lessons([*division.trained, *_unseen(task.plain, known)], augmenter, taught, Random(seed + 1))
    trainer = Trainer(network, labels, subwords, lessons, Random(seed + 2))
    best = trainer.fit([lessons.plain(line) for line in division.dev], epochs, draws, progress)
    scratch = task.out / ".new"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    _write_weights(scratch, network)
    fitted = _fitted(task, scratch, division, taught, labels, subwords, lessons)
    model = SmallModel.load(task.encoder, scratch, open_encoder(task.cache))
    report = Report(
        folder=task.out / f"{today.isoformat()}-{file_hash(scratch / ADAPTER)[:4]}",
        bytes=sum(file.stat().st_size for file in scratch.iterdir()),
        data=data_hash(known),
        seed=seed,
        epochs=epochs,
        best_epoch=best,
        trained=len(division.trained),
        heard=sum(line.is_heard for line in known),
        draws=epochs * draws,
        seconds=time.monotonic() - begun,
        close=fitted.close,
        calibration=_on_calibration(model, division, taught, task),
        held_out=_held_out(model, task, taught),
        usual=_usual(model, division, task.lists),
    )
    counts = Counter(str(line.example.intent) for line in known if not line.is_heard)
    (scratch / "README.md").write_text(card(report, counts, today), encoding="utf-8")
    (scratch / "card.json").write_text(card_json(report, counts, today), encoding="utf-8")
    shutil.rmtree(report.folder, ignore_errors=True)
    scratch.rename(report.folder)
    if not (task.out / CURRENT).exists():
        promote(task.out, report.folder.name)
    return report


def train_site(
    site: Site,
    held_out: Sequence[UtteranceFile],
    encoder: Path,
    cache: Path,
    *,
    seed: int,
    epochs: int,
    progress: Progress,
    today: date,
) -> Report:
    """Train a new version of a loaded site's adapter; see `train`.

    Raises ContentError when the site lacks a list that training needs, or a heard utterance is broken.
    """
    task = Task(
        files=site.utterances,
        heard=site_heard(site),
        plain=plain_lines(site.playbook.catalogue),
        slots=site_slots(site),
        lists=site_lists(site),
        held_out=held_out,
        is_emergency=lambda text: site.emergency.find(text) is not None,
        encoder=encoder,
        out=site.adapters,
        cache=cache,
    )
    return train(task, seed=seed, epochs=epochs, progress=progress, today=today)


def lora() -> LoraConfig:
    """The low-rank adapter's shape."""
    return LoraConfig(r=RANK, lora_alpha=ALPHA, lora_dropout=0.05, bias="none", target_modules=TARGETS)


def _adapted(body: nn.Module) -> nn.Module:
    with warnings.catch_warnings():
        # peft 0.21 asks transformers 5.23 for a property by its old name.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
        adapted: nn.Module = get_peft_model(body, lora())
    return adapted


def _unseen(plain: Sequence[Line], known: Sequence[Line]) -> list[Line]:
    """Those of the `plain` lines whose words are not already on one side of the division."""
    taken = {line.source for line in known}
    intents = {line.example.intent for line in known}
    return [line for line in plain if line.source not in taken and line.example.intent in intents]


def _labels(known: Sequence[Line]) -> Labels:
    slots = sorted({slot for line in known for slot, _, _ in spans(line.example.tags)})
    intents = tuple(sorted({str(line.example.intent) for line in known}))
    return Labels(intents, (OUTSIDE, *(f"{mark}-{slot}" for slot in slots for mark in "BI")), KINDS)


class Trainer:
    """One network in training."""

    def __init__(self, network: Network, labels: Labels, subwords: Subwords, lessons: Lessons, rng: Random) -> None:
        self.network = network
        self.labels = labels
        self._subwords = subwords
        self._lessons = lessons
        self._rng = rng
        self._weights = {name: weight for name, weight in network.named_parameters() if weight.requires_grad}
        self._average = {name: weight.detach().clone() for name, weight in self._weights.items()}

    def fit(self, dev: Sequence[Lesson], epochs: int, draws: int, progress: Progress) -> int:
        """Train for `epochs` passes, keep the averaged weights of the one that does best on `dev`; returns which."""
        self._set_heads()
        optimizer = torch.optim.AdamW(self._groups(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        steps = epochs * math.ceil(draws / BATCH)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _pace(step, steps))
        best, best_score, kept = 0, -1.0, self._average
        done = 0
        with Partner(self._weights, self._gradients, torch.initial_seed() + 1) as partner:
            for epoch in range(1, epochs + 1):
                for batch in self._batches(draws):
                    half = (len(batch) + 1) // 2
                    loss = partner.step(batch[::2], batch[1::2], self._gradients, half / len(batch))
                    nn.utils.clip_grad_norm_(self._weights.values(), CLIP)
                    optimizer.step()
                    schedule.step()
                    done += 1
                    self._remember(done)
                    progress(done, steps, f"pass {epoch}: loss {loss:.3f}")
                averaged = {name: value.clone() for name, value in self._average.items()}
                reached = self._quality(dev, averaged)
                progress(done, steps, f"pass {epoch}: dev {reached:.3f}")
                if reached >= best_score:
                    best, best_score, kept = epoch, reached, averaged
        self.network.load_state_dict(kept, strict=False)
        return best

    def _groups(self) -> list[dict[str, Any]]:
        """The weights by their learning rate."""
        heads = [weight for name, weight in self._weights.items() if not name.startswith("encoder.")]
        adapter = [weight for name, weight in self._weights.items() if name.startswith("encoder.")]
        return [{"params": adapter}, {"params": heads, "lr": LEARNING_RATE * HEADS_FASTER}]

    def _set_heads(self) -> None:
        """Start the heads where the untrained encoder's embeddings part the labels best (linear discriminants).

        From a random start a third of all steps went into finding that: 48 % of fifty intents are right so before the
        first step, and were right after 300.
        """
        lessons = [lesson for lesson in self._lessons.drawn(SHOWN_FIRST) if len(lesson.intents) == 1]
        pooled: dict[str, list[Floats]] = defaultdict(list)
        words: dict[str, list[Floats]] = defaultdict(list)
        for lesson, (states, mean) in zip(lessons, self._states(lessons), strict=True):
            pooled[lesson.intents[0]].append(mean)
            for tag, state in zip(lesson.tags, states, strict=False):
                if tag != OUTSIDE or lesson.slots:
                    words[tag].append(state)
        with torch.no_grad():
            weight, bias = discriminants(pooled, self.labels.intents)
            # At first the look is at nothing in particular, so that both halves see the mean.
            self.network.intent.weight.copy_(torch.from_numpy(np.concatenate([weight, weight], axis=1) / 2))
            self.network.intent.bias.copy_(torch.from_numpy(bias))
            weight, bias = discriminants(words, self.labels.tags)
            self.network.slot.weight.copy_(torch.from_numpy(weight))
            self.network.slot.bias.copy_(torch.from_numpy(bias))
            self._average = {name: value.detach().clone() for name, value in self._weights.items()}

    def _states(self, lessons: Sequence[Lesson]) -> list[tuple[Floats, Floats]]:
        """The states of the words (words, hidden) and their mean (hidden,) of lessons, without dropout."""
        self.network.eval()
        result: list[tuple[Floats, Floats]] = []
        with torch.inference_mode():
            for start in range(0, len(lessons), BATCH):
                batch = [self._code(lesson).encoded for lesson in lessons[start : start + BATCH]]
                ids, segments, mask = _padded(batch, [encoded.ids for encoded in batch])
                states = self.network.encoder(
                    input_ids=ids, token_type_ids=segments, attention_mask=mask
                ).last_hidden_state
                result += [
                    (states[at, one.firsts].numpy(), states[at, : len(one.ids)].mean(dim=0).numpy())
                    for at, one in enumerate(batch)
                ]
        return result

    def _remember(self, done: int) -> None:
        # The first steps are forgotten sooner: they were far from anything.
        keep = min(MEMORY, done / (done + 10))
        with torch.no_grad():
            for name, weight in self._weights.items():
                self._average[name].mul_(keep).add_(weight, alpha=1 - keep)

    def _batches(self, draws: int) -> list[list[Coded]]:
        """A pass of lessons in batches of like length, in random order."""
        coded = [self._code(lesson) for lesson in self._lessons.drawn(draws)]
        coded.sort(key=lambda one: len(one.encoded.ids))
        batches = [coded[start : start + BATCH] for start in range(0, len(coded), BATCH)]
        self._rng.shuffle(batches)
        return batches

    def _code(self, lesson: Lesson) -> Coded:
        encoded = self._subwords.encode(lesson.words, lesson.asked)
        tags = [self.labels.tags.index(tag) for tag in lesson.tags[: len(encoded.firsts)]]
        taught = [tag == OUTSIDE or tag[2:] in lesson.slots for tag in self.labels.tags]
        intents = [self.labels.intents.index(intent) for intent in lesson.intents]
        kind = self.labels.kinds.index(lesson.kind) if lesson.kind else IGNORED
        return Coded(encoded, intents, tags, taught, kind)

    def _hidden(self, encoded: Encoded) -> list[int]:
        """The ids, some of the caller's subwords masked."""
        mask = self._subwords.mask
        return [
            mask if mask is not None and segment == 1 and self._rng.random() < HIDDEN_WORDS else one
            for one, segment in zip(encoded.ids, encoded.segments, strict=True)
        ]

    def _gradients(self, batch: Sequence[Coded]) -> float:
        """Compute the gradients of (half) a batch; returns its loss."""
        self.network.train()
        self.network.zero_grad()
        if not batch:
            return 0.0
        ids = [self._hidden(coded.encoded) for coded in batch]
        answers: Answers = self.network(*_padded([coded.encoded for coded in batch], ids))
        loss = self._loss(answers, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        return float(loss.detach())

    def _loss(self, answers: Answers, batch: Sequence[Coded]) -> Tensor:
        targets = torch.zeros(len(batch), len(self.labels.intents))
        for at, coded in enumerate(batch):
            targets[at, coded.intents] = 1
        taught = torch.tensor([coded.taught for coded in batch])
        slots = answers.slots.masked_fill(~taught.unsqueeze(1), _NEVER)
        danger = targets[:, self.labels.intents.index(EMERGENCY)] if EMERGENCY in self.labels.intents else None
        kinds = torch.tensor([coded.kind for coded in batch])
        loss = cross_entropy(
            answers.intents, targets / targets.sum(dim=1, keepdim=True), label_smoothing=SMOOTHING
        ) + cross_entropy(slots.flatten(0, 1), _tag_targets(batch).flatten())
        loss = loss + WANTS_SHARE * binary_cross_entropy_with_logits(answers.wants, targets)
        if danger is not None:
            loss = loss + ALARM_SHARE * binary_cross_entropy_with_logits(answers.alarm, danger)
        if (kinds != IGNORED).any():
            loss = loss + KIND_SHARE * cross_entropy(answers.kinds, kinds)
        return loss

    def _quality(self, dev: Sequence[Lesson], weights: Mapping[str, Tensor]) -> float:
        """Intent accuracy plus share of utterances whose tags are all right, 0 to 2, with other `weights`."""
        present = {name: weight.detach().clone() for name, weight in self._weights.items()}
        self.network.load_state_dict(dict(weights), strict=False)
        allowed = transitions(self.labels.tags)
        right = 0.0
        for lesson, raw in zip(dev, self._read(dev), strict=True):
            coded = self._code(lesson)
            right += self.labels.intents[int(raw[0].argmax())] == lesson.intents[0]
            tags = np.where(coded.taught, raw[1], _NEVER).astype(np.float32)
            right += viterbi(tags, allowed) == coded.tags
        self.network.load_state_dict(present, strict=False)
        return right / max(1, len(dev))

    def _read(self, lessons: Sequence[Lesson]) -> list[tuple[Floats, Floats]]:
        """Intent logits (intents,) and tag logits (words, tags) of lessons, without dropout."""
        self.network.eval()
        result: list[tuple[Floats, Floats]] = []
        with torch.inference_mode():
            for start in range(0, len(lessons), BATCH):
                batch = [self._code(lesson).encoded for lesson in lessons[start : start + BATCH]]
                answers: Answers = self.network(*_padded(batch, [encoded.ids for encoded in batch]))
                result += [
                    (answers.intents[at].numpy(), torch.log_softmax(answers.slots[at, one.firsts], -1).numpy())
                    for at, one in enumerate(batch)
                ]
        return result


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


def _pace(step: int, steps: int) -> float:
    """Share of the learning rate at a step: rises over the first tenth, then falls to 0."""
    warm = max(1, round(steps * WARM_UP))
    return (step + 1) / warm if step < warm else max(0.0, (steps - step) / max(1, steps - warm))


def _padded(batch: Sequence[Encoded], ids: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor, Tensor]:
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


# ---------------------------------------------------------------- from the network to an adapter that serves


def _write_weights(folder: Path, network: Network) -> None:
    """The adapter in half precision (a third of a thousandth of what it adds is lost), the heads in full."""
    heads = {name: value.numpy() for name, value in network.state_dict().items() if not name.startswith("encoder.")}
    save(heads, folder / HEADS)
    adapter = {name: value.half().numpy() for name, value in get_peft_model_state_dict(network.encoder).items()}
    save(adapter, folder / ADAPTER)
    shape = lora().to_dict() | {"base_model_name_or_path": None, "target_modules": TARGETS}
    (folder / "adapter_config.json").write_text(json.dumps(shape, indent=1, default=str) + "\n", encoding="utf-8")


def save(tensors: Mapping[str, npt.NDArray[Any]], path: Path) -> None:
    """Write tensors that whoever runs the site may read."""
    save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, path)
    # safetensors makes files that only their owner can read.
    path.chmod(0o644)


def _fitted(
    task: Task,
    folder: Path,
    division: Division,
    taught: Mapping[str, frozenset[str]],
    labels: Labels,
    subwords: Subwords,
    lessons: Lessons,
) -> Fitted:
    """Complete the heads' file and write the settings, from what the served encoder says."""
    scale = ALPHA / RANK
    tensors = read_tensors(folder / HEADS)
    reader = _Reader(open_encoder(task.cache)(task.encoder, folder, scale), Heads(tensors), subwords)
    trained = [Known(line, reader.raw(lessons.plain(line))) for line in division.trained]
    # Unseen lines lie further from the middles than trained ones; their variants come nearer to that.
    varied = [Known(line, reader.raw(lessons.varied(line))) for line in division.trained]
    around = _surroundings([*trained, *varied], trained, labels)
    calibration = [Known(line, reader.raw(lessons.plain(line))) for line in division.calibration]
    fitted = fit(
        calibration,
        _pairs(division.calibration, lessons, reader),
        around.surroundings,
        labels,
        lambda line: own_values(line.example, taught).tags,
        taught,
        encoder=file_hash(task.encoder / WEIGHTS),
        adapter_scale=scale,
        version=FORMAT,
    )
    save(tensors | around.tensors, folder / HEADS)
    (folder / SETTINGS).write_text(fitted.settings.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return fitted


@dataclass(frozen=True)
class _Reader:
    """The heads on the served encoder."""

    encode: Encode
    heads: Heads
    subwords: Subwords

    def raw(self, lesson: Lesson) -> Raw:
        encoded = self.subwords.encode(lesson.words, lesson.asked)
        return self.heads.read(self.encode(encoded.ids, encoded.segments), encoded.firsts)


class _Around(NamedTuple):
    surroundings: Surroundings
    tensors: dict[str, npt.NDArray[Any]]


def _surroundings(shown: Sequence[Known], trained: Sequence[Known], labels: Labels) -> _Around:
    """Clouds of the intents, and the bank of known emergencies with what only sounds like them."""
    embeddings: dict[str, list[Floats]] = defaultdict(list)
    for line, raw in shown:
        if line.example.intent != OUT_OF_SCOPE:
            embeddings[str(line.example.intent)].append(raw.pooled)
    means, precision = clouds(embeddings)
    dangers = [one for one in trained if one.line.example.intent == EMERGENCY]
    calm = [one for one in trained if one.line.example.intent != EMERGENCY]
    if dangers:
        nearest = (
            unit(np.stack([one.raw.pooled for one in calm])) @ unit(np.stack([one.raw.pooled for one in dangers])).T
        )
        order = np.argsort(-nearest.max(axis=1) - np.array([one.line.is_look_alike for one in calm]))
        calm = [calm[at] for at in order[:BANK_CALM]]
    rows = [*dangers, *calm]
    kinds = [
        labels.kinds.index(one.line.example.kind or "other") if one.line.example.intent == EMERGENCY else -1
        for one in rows
    ]
    vectors = unit(np.stack([one.raw.pooled for one in rows])).astype(np.float16)
    numbers = np.array(kinds, np.int8)
    tensors: dict[str, npt.NDArray[Any]] = {
        **{"means": means, "precision": precision},
        **{"bank": vectors, "bank_kinds": numbers},
    }
    return _Around(Surroundings(means, precision, Bank(vectors, numbers)), tensors)


def _pairs(lines: Sequence[Line], lessons: Lessons, reader: _Reader) -> list[tuple[tuple[str, ...], Raw]]:
    """Calibration lines, two case intents in one utterance."""
    joined = lessons.pairs([line for line in lines if not line.is_heard], JOINED_PAIRS)
    return [(lesson.intents, reader.raw(lesson)) for lesson in joined]


def _on_calibration(model: SmallModel, division: Division, taught: Mapping[str, frozenset[str]], task: Task) -> Figures:
    lines = division.calibration
    alike = frozenset(at for at, line in enumerate(lines) if line.is_look_alike and line.example.intent != EMERGENCY)
    return measured(model, [line.example for line in lines], taught, task.is_emergency, alike)


def _usual(model: SmallModel, division: Division, lists: AugmentLists) -> Baseline:
    """What is usual among utterances that were not trained on, to see callers drift from it."""
    names = [name for field in fields(lists) for name in getattr(lists, field.name)]
    known = frozenset(word for line in division.trained for word in line.example.words) | vocabulary((), names)
    turns = []
    for line in division.calibration:
        found = model.predict(line.example.text, line.example.asked)
        turns.append(turn(line.example.text, found.intents[0].probability, found.out_of_scope, known))
    return baseline(turns)


def _held_out(model: SmallModel, task: Task, taught: Mapping[str, frozenset[str]]) -> Figures | None:
    tested = [example for file in task.held_out for example in examples(file)]
    return measured(model, tested, taught, task.is_emergency) if tested else None
